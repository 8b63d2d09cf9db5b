# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for people remembers from run to run, where it has a state directory; nothing in check mode."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .._core.digest import digest_of
from .._core.errors import InputError, StateError
from .._core.state_ports import Invitation, InvitationLedger, State, Write
from .._core.user_model import User, UserRequest
from .event_memory import EventMemory


class PeopleMemory(EventMemory):
    """`source`: the name of the list that the task reads. `place`: the path of its file, where the name is only that of
    the file."""

    def __init__(self, state: State | None, source: str, *, read_only: bool, place: str = "") -> None:
        super().__init__(state, read_only=read_only)
        self._source, self._place = source, place

    def check_place(self) -> None:
        """Raises InputError where the name stands for a file in another folder: with exclusive, each of the two would
        retire the people of the other."""
        if self._state and self._place and self._state.people.lies_elsewhere(self._source, self._place):
            raise InputError(
                f"src: state_dir knows '{self._source}' as a file in another folder; nothing was changed. Set source: "
                "to the same name if it is that very list, which was moved, and to a name of its own if it is another."
            )

    def of_source(self) -> frozenset[str]:
        """All that the source listed or made."""
        return self._state.people.people_of(self._source) if self._state else frozenset()

    def elsewhere(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of them whom another source has as well."""
        return self._state.people.listed_elsewhere(self._source, ids) if self._state else frozenset()

    def record(self, ids: Collection[str]) -> None:
        if self._written and ids:
            if self._place:
                self._written.people.record_place(self._source, self._place)
            self._written.people.record_people(self._source, sorted(ids))

    def release(self, ids: Collection[str]) -> None:
        if self._written and ids:
            self._written.people.release_people(self._source, sorted(ids))

    def making(self, ids: Collection[str]) -> None:
        """Before the POST that registers them."""
        if self._written and ids:
            self._written.people.record_made(sorted(ids))

    def not_ours(self, ids: Collection[str]) -> None:
        """They are retired, or somebody else registered them."""
        if self._written and ids:
            self._written.people.release_made(sorted(ids))

    def left(self, ids: Collection[str]) -> None:
        """They are retired for good, and handed back what they had."""
        if self._written and ids:
            self._written.reissues.forget(sorted(ids))

    def invited(self, users: Sequence[User]) -> frozenset[str]:
        """Who was mailed about the invite that is open now."""
        if self._state is None:
            return frozenset()
        try:
            return frozenset(key for key, one in open_mails(self._state.invitations, users).items() if one.sent)
        except StateError:  # this is told after the work, which it must not hide
            return frozenset()


def open_mails(ledger: InvitationLedger, users: Iterable[User]) -> dict[str, Invitation]:
    """The mails about the invites that are open now, by client_user_id; who was never mailed about it is absent."""
    codes = {user.client_user_id: user.invite_code for user in users if user.invite_code is not None}
    mailed = ledger.of(codes)
    return {
        key: one
        for key, code in codes.items()
        if key in mailed
        for mark in (ledger.invite_mark(code),)
        for one in mailed[key]
        if one.invite == mark
    }


def user_write(request: UserRequest) -> Write:
    """For the journal. It is of whom a request is about; their addresses are not in the digest: of one alone, they
    could be guessed from it."""
    digest = digest_of(request.verb, (f"user\t{user.client_user_id!r}" for user in request.users))
    return Write(request.verb, digest, len(request.users))
