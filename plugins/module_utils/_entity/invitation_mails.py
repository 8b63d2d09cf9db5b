# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mails to people, before they have words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from .._core.invitation_model import AGAIN, REMIND, InvitationPart
from .._core.mail_ports import INVITATION, REMINDER, Mail
from .._core.model import Secret
from .._core.ports import AppsBooks
from .._core.state_ports import INTENDED
from .._core.user_model import User


def draft_mails(api: AppsBooks, parts: Sequence[InvitationPart], account_name: str, now: datetime) -> list[Mail]:
    """The mails to these people, in their order, with the links that are open now."""
    users = [part.user for part in parts if part.user is not None]
    links = api.invitation_links(users) if users else {}
    return [_mail(part, links[part.client_user_id], account_name, now) for part in parts]


def sample_mails(api: AppsBooks, parts: Sequence[InvitationPart], account_name: str, now: datetime) -> list[Mail]:
    """Of people whose links are still to be made, so that a template fails before anybody is retired."""
    code = Secret("0" * 32)
    return draft_mails(api, [replace(part, user=_with_code(part, code)) for part in parts], account_name, now)


def _with_code(part: InvitationPart, code: Secret) -> User:
    return User(part.client_user_id, "", part.address, invite_code=code)


def _mail(part: InvitationPart, link: Secret, account_name: str, now: datetime) -> Mail:
    mailed = part.mailed
    days = (now - mailed.first_sent).days if mailed is not None and mailed.first_sent is not None else 0
    # Of whom nobody knows whether a reminder came is mailed the same once more.
    lost = part.action == AGAIN and mailed is not None and mailed.state == INTENDED and mailed.sent > 0
    kind = REMINDER if part.action == REMIND or lost else INVITATION
    return Mail(part.client_user_id, kind, account_name, link, part.address, part.person.name, days=max(0, days))
