# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of FakeAppsBooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    CREATE,
    REGISTERED,
    RETIRE,
    RETIRED,
    User,
    UserFields,
    UserRequest,
)


def service_order(users: Iterable[User]) -> list[User]:
    """As the port says: by id, the active record last."""
    return sorted(users, key=lambda user: (user.client_user_id, user.active))


class FakeUsers:
    """Records in the order of their making.

    `late`: an update or a retirement of somebody unknown is refused in the event, not at once. `not_linkable`: Managed
    Apple Accounts that Apple links to nobody (9635).
    """

    def __init__(self) -> None:
        self.records: list[User] = []
        self.not_linkable: set[str] = set()
        self.late = False
        self._codes = 0

    def add(self, client_user_id: str, email: str = "", status: str = REGISTERED, id_hash: str = "") -> User:
        """A person whom somebody registered before. Associated people have an account of their own."""
        if status == ASSOCIATED and not id_hash:
            id_hash = f"hash-of-{client_user_id}"
        code = self._code() if status == REGISTERED else None
        self.records.append(User(client_user_id, status, email, id_hash, code))
        return self.records[-1]

    def accept(self, client_user_id: str) -> None:
        """The person follows the link and accepts."""
        user = self.active(client_user_id)
        assert user is not None
        assert user.status == REGISTERED
        self._put(user, replace(user, status=ASSOCIATED, id_hash=f"hash-of-{client_user_id}", invite_code=None))

    def of(self, client_user_id: str) -> list[User]:
        return [user for user in self.records if user.client_user_id == client_user_id]

    def active(self, client_user_id: str) -> User | None:
        return next((user for user in self.of(client_user_id) if user.active), None)

    def statuses(self) -> dict[str, str]:
        """The status of each id: that of its active record, if it has one."""
        return {user.client_user_id: user.status for user in service_order(self.records)}

    def refusal(self, request: UserRequest) -> VppError | None:
        """What Apple says at once."""
        if not self.late and request.verb != CREATE and not all(self.active(u.client_user_id) for u in request.users):
            return ServiceError(f"Cannot {request.verb} users: no registered user (9609)", error_number=9609)
        return None

    def step(self, verb: str, fields: UserFields) -> int:
        """One task of an event: the number of its error, or 0."""
        name, account = fields.client_user_id, fields.managed_apple_account
        user = self.active(name)
        if (user is not None) == (verb == CREATE):
            return 9716 if verb == CREATE else 9609
        if verb == RETIRE:
            assert user is not None
            self._put(user, replace(user, status=RETIRED, invite_code=None))
            return 0
        if account in self.not_linkable:
            return 9635
        linked = f"hash-of-{account}" if account else ""
        if linked and any(one.active and one.id_hash == linked and one.client_user_id != name for one in self.records):
            return 9641
        user = user or self._create(name)
        changed = replace(user, email=user.email if fields.email is None else fields.email)
        if linked:
            changed = replace(changed, status=ASSOCIATED, id_hash=linked, invite_code=None)
        self._put(user, changed)
        return 0

    def _create(self, name: str) -> User:
        """A retired person who was never linked gets the old record back."""
        for former in self.of(name):
            if not former.id_hash:
                self._put(former, again := replace(former, status=REGISTERED, invite_code=self._code()))
                return again
        return self.add(name)

    def _put(self, old: User, new: User) -> None:
        # By identity: two retired records of one person may be equal.
        place = next(place for place, user in enumerate(self.records) if user is old)
        self.records[place] = new

    def _code(self) -> Secret:
        self._codes += 1
        return Secret(f"{self._codes:032x}")
