# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps of an MDM while devices leave, lists are cut off, answers are lost, and others hold devices in scope."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    OutcomeUnknownError,
    PartialError,
    PendingError,
    TransportError,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.test_entity_app import (
    MINUTE,
    PAGES,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def leave(bench, method, serial_numbers):
    """They are gone when this method is called."""

    def act() -> None:
        for key in bench.mdm.ids(*serial_numbers):
            del bench.mdm.devices[key]

    bench.mdm.before[method] = act


def test_a_device_that_left_is_sent_nothing(bench):
    bench.tag(bench.seven[1:])
    bench.have(bench.seven[1:4])
    leave(bench, "change_tags", bench.seven[4:5])
    outcome = bench.run(install=True)
    assert [one.device_id for one in bench.commands()] == bench.mdm.ids(bench.seven[0], bench.seven[5])
    assert isinstance(outcome.error, PartialError)
    assert outcome.changed
    assert outcome.summary["not_sent"] == 1
    assert outcome.extra["failures"][0]["reason"] == "Systems Manager doesn't list these devices any more"


def test_a_tag_is_only_gone_where_the_device_shows_it(bench):
    """Half an answer to the look afterwards: nothing is removed from those of whom it does not tell."""
    bench.tag(bench.seven)
    bench.have(bench.seven)
    bench.mdm.before["change_tags"] = lambda: bench.mdm.fewer.update(read_devices=2)
    outcome = bench.run(state="absent", max_removals="9", uninstall=True)
    assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[:2])
    assert isinstance(outcome.error, PartialError)
    assert outcome.summary["removed"] == 2
    assert outcome.summary["not_sent"] == 4


def test_devices_that_left_do_not_count_as_served(bench):
    leave(bench, "ask_check_in", bench.seven[1:])
    bench.mdm.before["change_tags"] = lambda: bench.have(bench.seven)
    outcome = bench.run(wait=MINUTE)
    assert isinstance(outcome.error, PendingError)
    assert outcome.value[0]["installs"] == {"installed": 1, "absent": 5}


def test_those_that_have_it_do_not_speak_for_those_just_put_in_scope(bench):
    """The MDM may count what is missing only when a device reports."""
    others = [*bench.seven[:5], *serials(40, 20)]
    bench.mdm.enrol(*others[5:], tags=["year-7"], missing_apps=0)
    bench.tag(others)
    bench.have(others)
    outcome = bench.run(wait=MINUTE)
    assert isinstance(outcome.error, PendingError)
    assert outcome.value[0]["installs"] == {"installed": 45, "absent": 1}


@pytest.mark.parametrize("goal", [{}, {"state": "absent", "max_removals": "9", "uninstall": True}])
def test_a_slip_in_the_tag_of_an_app_is_told(bench, goal):
    bench.tag(bench.eight)
    bench.run(check=True, apps=(replace(PAGES, tag="App-Pagse"),), **goal)
    assert bench.notify.told == [
        "apps: no device has the tag 'App-Pagse' of 361309726 (Pages) yet; if it should be 'app-pages', correct it."
    ]
    bench.notify.told.clear()
    bench.run(check=True, apps=(replace(PAGES, tag="app-goodnotes"),), **goal)
    assert bench.notify.told == []


class TestLostAnswers:
    def test_a_command_may_have_arrived(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven[:3])
        first, second, third = bench.mdm.ids(*bench.seven[3:])
        bench.mdm.refused[first] = TransportError("Cannot install: not sent, since an answer was lost")
        bench.mdm.refused[second] = OutcomeUnknownError("Cannot install: the answer was lost")
        bench.mdm.refused[third] = TransportError("Cannot install: not sent, since an answer was lost")
        outcome = bench.run(install=True)
        assert outcome.changed
        assert outcome.summary["not_sent"] == 2
        assert outcome.error is not None
        assert outcome.error.message == (
            "The task stopped half-way: 0 of 3 commands are on their way, of 1 it is not known whether they arrived. "
            "Cannot install: the answer was lost. Run the task again once the cause is mended: it reads the state and "
            "sends only what is missing."
        )

    def test_what_exclusive_does_not_find_again_is_told(self, bench):
        bench.tag([*bench.seven, *bench.eight])
        bench.have([*bench.seven, *bench.eight])
        bench.mdm.errors["send_commands"] = deque([TransportError("Cannot remove: no answer")])
        outcome = bench.run(exclusive=True, uninstall=True, max_removals="2", max_shrink=100)
        assert outcome.error is not None
        assert outcome.error.message.endswith(
            "Apps not removed now have to be removed with state: absent and uninstall: true."
        )


class TestHeldByOthers:
    """In scope by a tag of the owner: what is removed comes back, and would be removed again every night."""

    def held(self, bench, serial_numbers):
        for key in bench.mdm.ids(*serial_numbers):
            bench.mdm.owner_tags[key] = frozenset({"app-pages"})

    def test_nothing_is_removed_from_them(self, bench):
        bench.tag(bench.seven[2:])
        bench.have(bench.seven)
        self.held(bench, bench.seven[:2])
        goal = {"state": "absent", "max_removals": "9", "uninstall": True}
        checked = bench.run(check=True, **goal)
        outcome = bench.run(**goal)
        assert checked.plan == outcome.plan
        assert outcome.plan["uninstall"] == 4
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[2:])
        assert any(
            "2 devices stay in the scope of an app by an owner's tag or an automatic one (app-pages), which "
            "can't be taken away here, so the app is not removed there." in one
            for one in bench.notify.told
        )

    def test_nor_from_those_that_have_the_tag_by_hand_as_well(self, bench):
        bench.tag(bench.seven)
        bench.have(bench.seven)
        self.held(bench, bench.seven[:2])
        goal = {"state": "absent", "max_removals": "9", "uninstall": True}
        outcome = bench.run(**goal)
        assert outcome.error is None
        assert outcome.summary["removed"] == 6
        assert [one.device_id for one in bench.commands()] == bench.mdm.ids(*bench.seven[2:])
        assert any("2 devices are still in the scope of an app" in one for one in bench.notify.told)
        bench.have(bench.seven[2:], None)
        again = bench.run(**goal)
        assert not again.changed


def test_a_device_seen_long_ago_is_not_a_newer_record(bench):
    """Two records: what is done is done to the one seen last, and the other keeps what it has."""
    old = bench.seven[0]
    bench.mdm.enrol(old, unit="N_1", tags=["app-pages"], last_seen=START - timedelta(days=90))
    bench.tag(bench.eight)
    bench.run(exclusive=True, max_removals="9", max_shrink=100)
    records = [one for one in bench.mdm.devices.values() if one.serial_number == old]
    assert [("app-pages" in one.tags) for one in records] == [True, True]
    assert records[0].last_seen > records[1].last_seen
