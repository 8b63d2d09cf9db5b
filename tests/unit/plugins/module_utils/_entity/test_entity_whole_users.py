# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for people, told whole: a key or a count that goes astray shows here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import REFUSED, UNCERTAIN, Mail, MailResult
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.person_id import person_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, BadRow, Person
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeAppsBooks, FakeNotify, Fault
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity import bench_user
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_invitation import FakeMailer, invite
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_whole import World, check_whole


def changed_users(_folder: Path, notify: FakeNotify) -> Outcome:
    """One is updated, one created, one refused, one as it should be; and a row is bad."""
    api = FakeAppsBooks()
    api.people.add("u-1", "old@x.example")
    api.people.add("u-2", "omar@fernhill.example", ASSOCIATED)
    api.faults.append(Fault(fails=[person_id(UID, "tama@fernhill.example")], number=9635))
    listed = [bench_user.person(name, line=line) for line, name in enumerate(("omar", "tama", "zoe"), 3)]
    listed.insert(0, bench_user.person("lea", line=2, key="u-1"))
    return bench_user.run(api, listed, bad_rows=[BadRow(7, "is bad")], show_people=True, notify=notify)


def leavers(_folder: Path, notify: FakeNotify) -> Outcome:
    api = FakeAppsBooks()
    for name in ("u-1", "u-2"):
        api.people.add(name, f"{name}@fernhill.example", ASSOCIATED)
    app, book = api.own("1"), api.own("2", product_type="Book", revocable=False)
    for key in (app, book):
        api.owned[key].people = {"u-1", "u-2"}
    gone = [Person(2, "u-1"), Person(3, "u-9")]
    return bench_user.run(api, gone, state="absent", max_removals=1, notify=notify)


def invitations(folder: Path, notify: FakeNotify) -> Outcome:
    """Of four one is mailed, one refused, one in doubt, one held back; others have accepted or are unknown."""
    api = FakeAppsBooks()
    for name in "abcd":
        api.people.add(name, f"{name}@fernhill.example")
    api.people.add("e", "e@fernhill.example", ASSOCIATED)
    mailer = FakeMailer(most=2)
    nothing = Mail("", "", "", Secret(""), "")
    mailer.outcomes["b"] = MailResult(nothing, REFUSED, 550, "5.1.1")
    mailer.outcomes["c"] = MailResult(nothing, UNCERTAIN)
    people = [Person(line, name, f"{name}@fernhill.example", name.upper()) for line, name in enumerate("abcdef", 2)]
    more = {"bad_rows": [BadRow(9, "is bad")], "show_people": True, "notify": notify}
    return invite(api, mailer, people, state_dir=folder, created="abcd", **more)


WORLDS = [changed_users, leavers, invitations]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_all_of_it(world: World, tmp_path: Path) -> None:
    check_whole(world, tmp_path)
