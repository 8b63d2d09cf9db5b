# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of invitations: how each person stands, what is asked for, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .license_model import RemovalLimit
from .model import AssetKey
from .people_row import folded
from .state_ports import Invitation, Reissue
from .user_model import BadRow, Person, User

NEW = "new"
INVITED = "invited"
ACCEPTED = "associated"
RETIRED = "retired"
NOT_OURS = "invitation unknown"
UNCERTAIN = "uncertain"
FAILED = "failed"
UNKNOWN = "unknown"
STATUSES = (NEW, INVITED, ACCEPTED, RETIRED, NOT_OURS, UNCERTAIN, FAILED, UNKNOWN)
"""How a person stands. NEW: registered and never mailed about the invite that is open now. NOT_OURS: the same, and
nobody knows who registered the person. FAILED: the mail server refused the only mail there was. UNKNOWN: not
registered."""

WAITING = frozenset({INVITED, UNCERTAIN})

MAIL = "mail"
REMIND = "remind"
AGAIN = "again"
REISSUE = "reissue"
GRANT = "grant"
ACTIONS = (REISSUE, AGAIN, MAIL, REMIND, GRANT)
"""What is done, in the order in which it is done: who was named comes first where not all mails may go out."""

LIST, RESEND = "list", "resend"


@dataclass(frozen=True, slots=True)
class InvitationGoal:
    """What the task asks for. `again_emails` are folded. `uncertain`: LIST or RESEND. Spans in seconds; `remind_after`
    None = nobody is reminded."""

    again_ids: frozenset[str] = frozenset()
    again_emails: frozenset[str] = field(default=frozenset(), repr=False)
    again_after: float = 86400.0
    uncertain: str = LIST
    remind_after: float | None = None
    max_reminders: int = 3
    reissue: bool = False
    max_removals: RemovalLimit | None = None

    def names(self, client_user_id: str, *emails: str) -> bool:
        """Whether the person is to be mailed whatever is known."""
        return client_user_id in self.again_ids or any(folded(one) in self.again_emails for one in emails if one)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What earlier runs left, by client_user_id. `mailed`: the mails about the invite that is open now. `ours`: whom we
    registered. `accounts`: marks of the Apple Accounts that people have now. `lost`: what a reissue took."""

    mailed: Mapping[str, Invitation] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    reissues: Mapping[str, Sequence[Reissue]] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, frozenset[AssetKey]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvitationPart:
    """One person of the task. `user`: the active record at Apple. `action`: of ACTIONS, or empty. `no_address`: to be
    mailed, and nobody knows an address. `too_soon`: named, and mailed a short while ago. `grants`: what a reissue
    took and the person is to be given again. `same_account`: invited anew, and accepted with the same Apple Account."""

    person: Person
    client_user_id: str
    user: User | None
    status: str
    action: str = ""
    mailed: Invitation | None = None
    no_address: bool = False
    too_soon: bool = False
    grants: frozenset[AssetKey] = frozenset()
    same_account: bool = False

    @property
    def address(self) -> str:
        """Apple's, which vpp_user keeps as listed."""
        return (self.user.email if self.user else "") or self.person.email

    @property
    def other_address(self) -> bool:
        known = self.user.email if self.user else ""
        return bool(known and self.person.email) and folded(known) != folded(self.person.email)


@dataclass(frozen=True, slots=True)
class InvitationPlan:
    """`parts`: the people of the task, in its order. `finished`: who is registered anew by now, by an earlier run.
    `owed`: licences that a reissue took from them and that were not given again, as far as is remembered."""

    parts: tuple[InvitationPart, ...]
    bad_rows: tuple[BadRow, ...] = ()
    finished: frozenset[str] = frozenset()
    owed: int = 0

    def of(self, *actions: str) -> list[InvitationPart]:
        return [part for part in self.parts if part.action in actions]

    @property
    def mails(self) -> list[InvitationPart]:
        """Who is mailed, in the order of the mails: those who waited longest for a reminder first among these."""
        reminded = sorted(self.of(REMIND), key=lambda part: (_last(part), part.client_user_id))
        return [*self.of(AGAIN), *self.of(MAIL), *reminded]


def _last(part: InvitationPart) -> datetime:
    mailed = part.mailed
    if mailed is None or mailed.last_sent is None:
        raise ValueError("who was never mailed is not reminded")
    return mailed.last_sent
