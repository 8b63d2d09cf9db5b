# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for invitations has to say that is no error. It names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.invitation_model import ACCEPTED, NOT_OURS, REISSUE, UNCERTAIN, UNKNOWN
from .._core.words import counted
from .mail_facts import max_mails_told
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
    hours = f"{request.goal.again_after / 3600:g} hours"
    counts = [
        (
            uncertain,
            ("person", "people"),
            (
                "may or may not have been mailed, since an earlier run ended in that very moment. Ask them, or mail "
                "them once more with uncertain: resend."
            ),
        ),
        (
            strangers if request.remembers else 0,
            ("person is", "people are"),
            (
                "registered, and state_dir doesn't tell by whom, so an MDM may have sent the invitation. Only who is "
                "named in mail_again is mailed."
            ),
        ),
        (unknown, *_unknown(check=plan.check)),
        (
            readdressed,
            ("person has", "people have"),
            (
                "another address at Apple than in the list, and mails go to that one. Run vpp_user first, which brings "
                "the listed address to Apple."
            ),
        ),
        (
            soon,
            ("person of mail_again was", "people of mail_again were"),
            (
                f"mailed, or maybe mailed, less than {hours} ago, and gets nothing now. Lower again_after_hours to "
                "mail all the same."
            ),
        ),
        (
            named,
            ("person of mail_again has", "people of mail_again have"),
            "accepted by now, so no mail is sent.",
        ),
        (
            no_code,
            ("person is", "people are"),
            "registered, but Apple tells no invite code there, so no mail can be sent.",
        ),
        (
            same,
            ("person was", "people were"),
            (
                "invited anew, and accepted with the same Apple Account as before. Nobody is invited anew twice for "
                "that, and what was lost is not given back."
            ),
        ),
        (
            plan.grants.short,
            ("licence", "licences"),
            "that people are to be given again can't be had at present; a later run gives what is free then.",
        ),
    ]
    told = [f"{counted(count, *words)} {rest}" for count, words, rest in counts if count]
    if plan.trial and plan.sends:
        told.insert(
            0,
            "This is a trial (redirect_all_to): the links in the mails lead nowhere, nothing is remembered, and "
            "everybody is still mailed by a run without it.",
        )
    if plan.held_back:
        told.append(max_mails_told(plan.sends, plan.held_back))
    if not plan.stable:
        told.append("The list of people kept changing while it was read, so some may be missing.")
    return [*told, *_lost(plan)]


def _unknown(*, check: bool) -> tuple[tuple[str, str], str]:
    if check:
        return ("person is", "people are"), "to be registered first, by vpp_user; a run after that sends the mails."
    words = ("person of the list is", "people of the list are")
    return words, "not registered at Apple, so no mail can be sent. Run vpp_user first."


def _lost(plan: PreparedInvitations) -> list[str]:
    found = [losses(part, plan.belongings) for part in plan.invitations.of(REISSUE)]
    lost, staying = sum(len(keys) for keys, _staying in found), sum(stays for _keys, stays in found)
    if not (lost or staying):
        return []
    books = f"; {staying} more, such as of books, stay with the people" if staying else ""
    licences = counted(lost, "licence", "licences")
    return [
        (
            f"Who is invited anew here loses {licences}{books}. A later run of this module gives the same again once "
            "the people have accepted. An app that stays on a device works on for 30 days and then stops."
        )
    ]
