# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for people remembers from run to run, where it has a state directory; nothing in check mode."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from .._core.digest import digest_of
from .._core.errors import OutcomeUnknownError, StateError
from .._core.state_ports import OpenWork, State, Write
from .._core.user_model import SubmittedUsers, User, UserRequest


class PeopleMemory:
    """`state` None = nothing is remembered. With `read_only` it is read and never written."""

    def __init__(self, state: State | None, source: str, *, read_only: bool) -> None:
        self._state, self._source = state, source
        self._written = None if read_only else state

    def of_source(self) -> frozenset[str]:
        """All that the source listed or made."""
        return self._state.people.people_of(self._source) if self._state else frozenset()

    def elsewhere(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of them whom another source has as well."""
        return self._state.people.listed_elsewhere(self._source, ids) if self._state else frozenset()

    def record(self, ids: Collection[str]) -> None:
        if self._written and ids:
            self._written.people.record_people(self._source, sorted(ids))

    def release(self, ids: Collection[str]) -> None:
        if self._written and ids:
            self._written.people.release_people(self._source, sorted(ids))

    def open_work(self) -> OpenWork:
        return self._state.journal.open_events() if self._state else OpenWork()

    def intend(self, requests: Sequence[UserRequest]) -> list[int]:
        """Before they go out; empty where nothing is remembered."""
        if not self._written:
            return []
        return self._written.journal.intend(
            [Write(request.verb, user_digest(request), len(request.users)) for request in requests]
        )

    def settle(self, ids: Sequence[int], entries: Sequence[SubmittedUsers]) -> None:
        """What came back. An answer that was lost leaves its entry open."""
        if not self._written or not ids:
            return
        pairs = list(zip(ids, entries, strict=True))
        self._written.journal.accepted({key: one.event_id for key, one in pairs if one.event_id is not None})
        self._written.journal.dropped(
            key for key, one in pairs if one.event_id is None and not isinstance(one.error, OutcomeUnknownError)
        )

    def ended(self, outcomes: Mapping[str, str]) -> None:
        if self._written and outcomes:
            self._written.journal.ended(outcomes)

    def dropped(self, ids: Collection[int]) -> None:
        if self._written and ids:
            self._written.journal.dropped(ids)

    def invited(self, users: Sequence[User]) -> frozenset[str]:
        """Who was mailed about the invite that is open now."""
        if self._state is None:
            return frozenset()
        ledger = self._state.invitations
        codes = {user.client_user_id: user.invite_code for user in users if user.invite_code is not None}
        try:
            mailed = ledger.of(codes)
            return frozenset(
                key
                for key, code in codes.items()
                if any(one.sent and one.invite == ledger.invite_mark(code) for one in mailed.get(key, ()))
            )
        except StateError:  # this is told after the work, which it must not hide
            return frozenset()


def user_digest(request: UserRequest) -> str:
    """Of whom a request is about. Their addresses are not in it: of one alone, they could be guessed from it."""
    return digest_of(request.verb, (f"user\t{user.client_user_id!r}" for user in request.users))
