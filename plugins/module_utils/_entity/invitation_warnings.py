# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for invitations has to say that is no error. It names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.invitation_model import ACCEPTED, NOT_OURS, REISSUE, UNCERTAIN, UNKNOWN
from .reissue import losses

if TYPE_CHECKING:
    from .invitation import InvitationRequest, PreparedInvitations


def warnings_of(plan: PreparedInvitations, request: InvitationRequest) -> list[str]:
    """One sentence a kind."""
    parts = plan.invitations.parts
    uncertain = sum(part.status == UNCERTAIN and not part.action for part in parts)
    strangers = sum(part.status == NOT_OURS and not part.action for part in parts)
    unknown = sum(part.status == UNKNOWN and not part.action for part in parts)
    readdressed = sum(part.other_address for part in parts)
    soon = sum(part.too_soon for part in parts)
    accepted = [part for part in parts if part.status == ACCEPTED]
    named = sum(
        request.goal.names(part.client_user_id, part.person.email, part.user.email if part.user else "")
        for part in accepted
    )
    no_code = sum(part.user is not None and part.user.invite_code is None and part.status != ACCEPTED for part in parts)
    same = sum(part.same_account for part in parts)
    told = [
        (
            plan.trial and plan.sends,
            (
                "This is a trial (redirect_all_to): the links in the mails lead nowhere, nothing is remembered, and "
                "everybody is still mailed by a run without it."
            ),
        ),
        (
            uncertain,
            (
                f"{uncertain} people may or may not have been mailed, since an earlier run ended in that very moment. "
                "Ask them, or mail them once more with uncertain: resend."
            ),
        ),
        (
            request.remembers and strangers,
            (
                f"{strangers} people are registered, and state_dir doesn't tell by whom, so an MDM may have invited "
                "them. They are mailed only when they are named in mail_again."
            ),
        ),
        (unknown, _unknown(unknown, check=plan.check)),
        (
            readdressed,
            (
                f"{readdressed} people have another address at Apple than in the list, and mails go to that one. Run "
                "vpp_user first, which brings the listed address to Apple."
            ),
        ),
        (
            soon,
            (
                f"{soon} people of mail_again were mailed, or may have been, less than "
                f"{request.goal.again_after / 3600:g} hours ago, and are not mailed. Lower "
                "again_after_hours to mail them all the same."
            ),
        ),
        (named, f"{named} people of mail_again have accepted by now, and are not mailed."),
        (no_code, f"{no_code} people are registered, and Apple tells no invite code of them, so they can't be mailed."),
        (
            plan.held_back,
            f"{plan.held_back} mails are beyond max_mails and held back; the next run sends them.",
        ),
        (
            same,
            (
                f"{same} people were invited anew and have accepted with the same Apple Account as before. They are "
                "not invited anew once more, and not given back what they lost."
            ),
        ),
        (
            plan.grants.short,
            (
                f"{plan.grants.short} licences that people are to be given again are not free at present; a later run "
                "gives them."
            ),
        ),
        (not plan.stable, "The list of people kept changing while it was read, so some may be missing."),
    ]
    return [*(text for is_so, text in told if is_so), *_lost(plan)]


def _unknown(count: int, *, check: bool) -> str:
    if check:
        return f"{count} people are to be registered first, by vpp_user; a run after that mails them."
    return f"{count} people of the list are not registered at Apple, so they can't be mailed. Run vpp_user first."


def _lost(plan: PreparedInvitations) -> list[str]:
    found = [losses(part, plan.belongings) for part in plan.invitations.of(REISSUE)]
    lost, staying = sum(len(keys) for keys, _staying in found), sum(stays for _keys, stays in found)
    if not (lost or staying):
        return []
    books = f"; {staying} others, such as books, stay with the people" if staying else ""
    return [
        (
            f"Who is invited anew here loses {lost} licences{books}. A later run of this module gives them again once "
            "the people have accepted. An app that stays on a device works on for 30 days and then stops."
        )
    ]
