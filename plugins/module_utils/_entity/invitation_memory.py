# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task for invitations remembers from run to run, where it has a state directory; nothing in check mode."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .._core.invitation_model import Remembered
from .._core.model import AssetKey
from .._core.ports import Clock
from .._core.state_ports import State
from .._core.user_model import ASSOCIATED, User
from .._core.user_plan import PersonPlan
from .invitation_record import Mailings, NoLedger
from .people_memory import PeopleMemory, open_mails


class InvitationMemory(PeopleMemory):
    """People who are retired here come back at once, so that no list loses them."""

    def __init__(self, state: State | None, *, read_only: bool) -> None:
        super().__init__(state, "", read_only=read_only)

    def release(self, ids: Collection[str]) -> None:
        """They stay their list's."""

    def left(self, ids: Collection[str]) -> None:
        """They are given again what they lose."""

    def recall(self, people: Sequence[PersonPlan], created: Collection[str] = ()) -> Remembered:
        """What is known of these people. `created`: whom this very run has registered."""
        state, ids = self._state, [one.client_user_id for one in people]
        users = [one.user for one in people if one.user is not None]
        if state is None:
            return Remembered(ours=frozenset(created))
        reissues = state.reissues.of(ids)
        accounts = {
            user.client_user_id: state.reissues.account_mark(user.id_hash)
            for user in users
            if user.status == ASSOCIATED and user.client_user_id in reissues
        }
        return Remembered(
            open_mails(state.invitations, users),
            state.people.made_of(ids) | frozenset(created),
            reissues,
            accounts,
            state.reissues.lost_of(ids),
        )

    def mailings(self, clock: Clock) -> Mailings:
        return self._written.invitations if self._written else NoLedger(clock)

    def begin_reissue(self, user: User, lost: Collection[AssetKey]) -> None:
        if self._written:
            self._written.reissues.begin(user.client_user_id, user.id_hash, lost)

    def finish_reissues(self, ids: Collection[str]) -> None:
        if self._written and ids:
            self._written.reissues.finish(sorted(ids))

    def given(self, pairs: Iterable[tuple[str, AssetKey]]) -> None:
        """Of these nothing is to be given again any more."""
        found = list(pairs)
        if self._written and found:
            self._written.reissues.given(found)
