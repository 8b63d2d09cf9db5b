# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake that other tests trust does with people what the sandbox does."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import OutcomeUnknownError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ASSOCIATE,
    COMPLETE,
    FAILED,
    AssetKey,
    AssignmentQuery,
    AssignmentRequest,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import AppsBooks
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    CREATE,
    REGISTERED,
    RETIRE,
    RETIRED,
    UPDATE,
    UserFields,
    UserRequest,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, Fault, closed, lost
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import BOOK, WORD, Sink, World

NAMES = [f"n-{number}" for number in range(5)]
ACCOUNTS = [None, None, "a@harbour.example", "b@harbour.example", "c@elsewhere.example"]


def script(seed: int) -> Iterator[UserRequest | AssignmentRequest | str]:
    """What happens to a handful of people: requests, and ids of people who accept if they are invited."""
    draw = random.Random(seed)
    for turn in range(40):
        some = draw.sample(NAMES, draw.randint(1, 4))
        match draw.randrange(8):
            case 0 | 1 | 2:
                emails = [None, f"mail-{turn}@harbour.example"]
                users = [UserFields(name, draw.choice(emails), draw.choice(ACCOUNTS)) for name in some]
                yield UserRequest(draw.choice([CREATE, UPDATE]), tuple(users))
            case 3:
                yield UserRequest(RETIRE, tuple(map(UserFields, some)))
            case 4 | 5:
                yield AssignmentRequest(ASSOCIATE, (draw.choice([WORD, BOOK]),), client_user_ids=tuple(some))
            case _:
                yield some[0]


def play(api: AppsBooks, step: UserRequest | AssignmentRequest) -> object:
    """What the service says of one step, in a form that can be compared."""
    (done,) = api.submit_users([step]) if isinstance(step, UserRequest) else api.submit([step])
    if done.event_id is None:
        assert isinstance(done.error, VppError)
        return done.error.error_number
    (event,) = api.wait_for_events([done.event_id], poll_interval=30, timeout=600)
    told = {name: failure.error_number for failure in event.failures for name in failure.client_user_ids}
    return event.status, event.type, event.num_requested, told


def seen(api: AppsBooks) -> object:
    """The people of the script, and what they hold."""
    users, _walk = api.read_users(active_only=False)
    people = [
        (user.client_user_id, user.status, user.email, bool(user.id_hash), user.invite_code is not None)
        for user in users
        if user.client_user_id in NAMES
    ]
    sinks = {key: Sink() for key in (WORD, BOOK)}
    api.walk_assignments([(AssignmentQuery(asset=key), sink) for key, sink in sinks.items()])
    held = {row for sink in sinks.values() for row in sink.rows if row[3] in NAMES}
    active = [user for user in api.read_users()[0] if user.client_user_id in NAMES]
    return people, held, [user.client_user_id for user in active]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_both_say_and_do_the_same(seed: int, late: bool) -> None:
    world = World()
    world.switch(unknown_user_edit="async_9609" if late else "sync_9609")
    world.control("POST", "/locations/main/buy", {"adamId": BOOK.adam_id, "count": 1000})
    fake = FakeAppsBooks()
    fake.people.late = late
    fake.people.not_linkable = {"c@elsewhere.example"}
    fake.own(WORD.adam_id, device_assignable=True)
    fake.own(BOOK.adam_id, revocable=False, device_assignable=False)
    with world.client() as client:
        for step in script(seed):
            if isinstance(step, str):
                user = fake.people.active(step)
                if user is None or user.status != REGISTERED:
                    continue
                fake.people.accept(step)
                world.control("POST", "/locations/main/accept", {"clientUserId": step})
            else:
                assert play(fake, step) == play(client, step)
            assert seen(fake) == seen(client)


def test_the_log_and_what_is_sent() -> None:
    fake = FakeAppsBooks()
    wanted = [UserRequest(CREATE, (UserFields(name),)) for name in NAMES]
    fake.faults += [Fault(), lost(True)]
    done = fake.submit_users(wanted)
    assert [bool(item.event_id) for item in done] == [True, False, False, False, False]
    assert isinstance(done[1].error, OutcomeUnknownError)
    assert done[2].error is None
    assert fake.sent_users == wanted[:2]
    assert fake.writes == ["submit_users"]
    assert fake.people.statuses() == {"n-0": REGISTERED, "n-1": REGISTERED}
    fake.faults += [lost(False), closed(VppError("no"))]
    for request in wanted[2:4]:
        fake.submit_users([request])
    assert len(fake.people.records) == 2
    assert [user.client_user_id for user in fake.read_user("n-0")] == ["n-0"]
    assert fake.calls[-1] == "read_user"


def test_faults_of_events() -> None:
    fake = FakeAppsBooks()
    key = fake.own("7")
    users = tuple(map(UserFields, NAMES))
    fake.faults.append(Fault(fails={"n-1"}, number=9635))
    assert play(fake, UserRequest(CREATE, users)) == (FAILED, "CREATE", 5, {"n-1": 9635})
    fake.people.late = True
    assert play(fake, UserRequest(RETIRE, users[:2])) == (FAILED, "RETIRE", 2, {"n-1": 9609})
    fake.faults.append(Fault(polls=2))
    (done,) = fake.submit_users([UserRequest(CREATE, users[:1])])
    assert fake.people.statuses()["n-0"] == RETIRED
    fake.wait_for_events([done.event_id or ""], poll_interval=30, timeout=600)
    assert fake.people.statuses()["n-0"] == REGISTERED
    given = AssignmentRequest(ASSOCIATE, (key,), client_user_ids=("n-0", "n-2"))
    assert play(fake, given) == (COMPLETE, "ASSOCIATE", 2, {})
    assert fake.sent_pairs(ASSOCIATE) == [("7", "n-0"), ("7", "n-2")]
    play(fake, UserRequest(RETIRE, users[2:3]))
    assert fake.owned[AssetKey("7")].people == {"n-0"}
