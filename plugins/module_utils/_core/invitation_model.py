# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of invitations: how each person stands, what is asked for, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from .license_model import RemovalLimit
from .people_row import folded

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
