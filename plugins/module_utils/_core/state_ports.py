# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered from run to run, as Protocols: entities see these, the state directory implements them.

Moments have a time zone and whole seconds. Every method raises a StateError when the disk refuses; what was written
before it stays. What a method has written is on the disk when it returns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .assignment_cache import Snapshot
from .code_model import CodeLedger
from .model import AssetKey, Secret


@dataclass(frozen=True, slots=True)
class Write:
    """One POST that is about to go out. `digest` of what it asks for (digest.py); `count` of its pairs or people."""

    verb: str
    digest: str
    count: int


@dataclass(frozen=True, slots=True)
class OpenWrite:
    """A POST whose end nobody has seen. `event_id` empty = its answer never came. `age` in seconds since `intended`."""

    id: int
    write: Write
    intended: datetime
    age: float
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What earlier runs left open, oldest first: events to ask before anything else, and writes that Apple may or may
    not have taken, of which only the state at Apple can tell."""

    events: tuple[OpenWrite, ...] = ()
    unknown: tuple[OpenWrite, ...] = ()


class EventJournal(Protocol):
    """The POSTs of a location and what became of them."""

    def intend(self, writes: Sequence[Write]) -> list[int]:
        """Before the POSTs go out; the ids of the entries, in order. Forgets what is too old to matter."""

    def accepted(self, events: Mapping[int, str]) -> None:
        """The answers that came: event id by id of the entry."""

    def dropped(self, ids: Iterable[int]) -> None:
        """Entries that need no more asking: refused, never sent, or read from the state at Apple."""

    def ended(self, outcomes: Mapping[str, str]) -> None:
        """Status by event id. One that is PENDING stays open; one that the journal doesn't know is passed over."""

    def open_events(self) -> OpenWork:
        """What this and earlier runs left open."""


INTENDED = "intended"
SENT = "sent"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mail that is about to go out. Neither code nor address is stored."""

    client_user_id: str
    invite_code: Secret
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """The mails to one person about one invite.

    `invite` and `address`: marks, not the texts (InvitationLedger); `address` is that of the last attempt. `state`: of
    the last attempt, made at `attempted`. `sent`: mails that the mail server took, the first at `first_sent`, the last
    at `last_sent`; `failures`: attempts that it refused, the last with `smtp_code`. `message_key`: 32 hexadecimal
    digits for the Message-ID; the same for every attempt at the same mail, so that a mailbox may drop the second copy.
    """

    client_user_id: str
    invite: str
    address: str
    state: str
    message_key: str
    attempted: datetime
    sent: int = 0
    first_sent: datetime | None = None
    last_sent: datetime | None = None
    failures: int = 0
    smtp_code: int | None = None

    @property
    def reminders(self) -> int:
        return max(0, self.sent - 1)


class InvitationLedger(Protocol):
    """Who was mailed. The state at Apple tells who has accepted; it isn't repeated here."""

    def invite_mark(self, code: Secret) -> str:
        """By which an invite code is known again in `Invitation.invite`; nobody can turn it back into the code."""

    def address_mark(self, address: str) -> str:
        """The same for an e-mail address, without regard to case and to white space around."""

    def intend(self, mailing: Mailing) -> Invitation:
        """Before the mail's DATA. A person left `intended` or `failed` keeps the message key; one who was `sent` the
        mail gets that of the next reminder."""

    def settle(self, invitation: Invitation, *, sent: bool, smtp_code: int | None = None) -> Invitation:
        """What became of an intended mail; raises ValueError for one that isn't. Not called where nobody knows: the
        person then stays uncertain."""

    def uncertain(self) -> list[Invitation]:
        """Those whose mail went out or not, nobody knows: still `intended`. To be asked before the run's own mails.
        Sorted by moment of the attempt and id."""

    def of(self, ids: Iterable[str]) -> dict[str, list[Invitation]]:
        """By client_user_id, the last attempted last; who was never mailed is absent. A person whose invite was issued
        anew has several."""

    def due(self, age: float) -> list[Invitation]:
        """Whose last mail went out at least `age` seconds ago and who isn't uncertain, the oldest first. Also of
        invites that are accepted or void by now: Apple tells which."""


class PeopleLedger(Protocol):
    """Which people a source (a file of people, by an id that the admin gives it) lists or made. Taking back spares all
    others."""

    def record_people(self, source: str, ids: Iterable[str]) -> None:
        """The source lists or made them; those that it did before stay."""

    def release_people(self, source: str, ids: Iterable[str]) -> None:
        """They are retired, or no longer this source's concern."""

    def people_of(self, source: str) -> frozenset[str]:
        """All that are recorded for the source."""

    def listed_elsewhere(self, source: str, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` that another source has recorded as well."""

    def lies_elsewhere(self, source: str, place: str) -> bool:
        """Whether the file of the source was recorded at another path."""

    def record_place(self, source: str, place: str) -> None:
        """The path of the file of a source that is known by the file's name alone. The first one stays."""

    def record_made(self, ids: Iterable[str]) -> None:
        """Before the POST that registers them: whoever registers a person is who may invite that person."""

    def release_made(self, ids: Iterable[str]) -> None:
        """They are retired, or somebody else registered them: whoever comes back under the id is not ours."""

    def made_of(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of `ids` whom we registered, or were about to."""


@dataclass(frozen=True, slots=True)
class Reissue:
    """A person invited anew because of a wrong Apple Account. `account`: a mark of that account (ReissueLedger).
    `done`: the person is registered anew; else a run may have ended between the retirement and that."""

    client_user_id: str
    account: str
    done: bool


class ReissueLedger(Protocol):
    """Who was retired and registered anew, and what each lost by it and is still to be given again."""

    def account_mark(self, id_hash: str) -> str:
        """By which an Apple Account is known again in `Reissue.account`; nobody can turn it back."""

    def begin(self, client_user_id: str, id_hash: str, lost: Collection[AssetKey]) -> None:
        """Before the retirement. What was lost before stays."""

    def finish(self, ids: Iterable[str]) -> None:
        """They are registered anew."""

    def of(self, ids: Iterable[str]) -> dict[str, list[Reissue]]:
        """By client_user_id; who was never reissued is absent."""

    def lost_of(self, ids: Iterable[str]) -> dict[str, frozenset[AssetKey]]:
        """What is still to be given again, by client_user_id; who lacks nothing is absent."""

    def forget(self, ids: Iterable[str]) -> None:
        """They left: nothing is to be given to them again, should they come back."""

    def given(self, pairs: Iterable[tuple[str, AssetKey]]) -> None:
        """Of these nothing is to be given again any more."""


class AssignmentCache(Protocol):
    """Who held what when a run ended (assignment_cache.py). What is wrong with it is told in a warning; then there is
    none."""

    @property
    def read_only(self) -> bool:
        """In check mode: nothing can be kept."""

    def load(self) -> Snapshot | None:
        """What was kept last."""

    def save(self, snapshot: Snapshot) -> None:
        """In place of what was kept before."""

    def forget(self) -> None:
        """Nothing is kept any more."""


class State(Protocol):
    """The memory of one location, for one run."""

    @property
    def journal(self) -> EventJournal:
        """The POSTs."""

    @property
    def invitations(self) -> InvitationLedger:
        """The mails."""

    @property
    def people(self) -> PeopleLedger:
        """Whose people they are."""

    @property
    def reissues(self) -> ReissueLedger:
        """Who was invited anew."""

    @property
    def codes(self) -> CodeLedger:
        """The redemption codes; of the one memory that is kept for them (code_model.py)."""

    @property
    def cache(self) -> AssignmentCache:
        """Who held what."""


class StateDirectory(Protocol):
    """Where locations are remembered."""

    def open(self, location_uid: str) -> AbstractContextManager[State]:
        """The location's memory, for this run alone: waits for another run, then StateBusyError. Read-only (check
        mode, and what only tells): a copy that can't be written, without waiting, and empty where there is none yet."""
