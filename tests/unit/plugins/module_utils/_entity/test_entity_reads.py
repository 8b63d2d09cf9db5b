# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop itself, and what is only read: licences and who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import BegunError, Outcome, reconcile
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.license_info import LicenseFilter, LicenseReader
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.user_info import UserFilter, UserReader
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks, FakeNotify, serials


@dataclass
class Plan:
    changed: bool


class Entity:
    def __init__(self, changed: bool = True, **errors: Exception) -> None:
        self.changed, self.errors, self.calls = changed, errors, list[str]()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.errors:
            raise self.errors[name]

    def plan(self) -> Plan:
        self._call("plan")
        return Plan(self.changed)

    def apply(self, plan: Plan) -> str:
        self._call("apply")
        return "applied"

    def report(self, plan: Plan, applied: str | None) -> Outcome:
        self._call("report")
        return Outcome("thing", applied, changed=plan.changed)


class TestReconcile:
    @pytest.mark.parametrize(
        ("changed", "check", "calls"),
        [
            (True, False, ["plan", "apply", "report"]),
            (True, True, ["plan", "report"]),
            (False, False, ["plan", "report"]),
            (False, True, ["plan", "report"]),
        ],
    )
    def test_applies_only_what_there_is_and_never_in_check_mode(self, changed, check, calls):
        entity = Entity(changed)
        reconcile(entity, check=check)
        assert entity.calls == calls

    @pytest.mark.parametrize("error", [KeyError("x"), ServiceError("broken")])
    @pytest.mark.parametrize("step", ["apply", "report"])
    def test_an_exception_after_the_first_write_says_that_it_was_begun(self, step, error):
        with pytest.raises(BegunError) as caught:
            reconcile(Entity(**{step: error}), check=False)
        assert caught.value.__cause__ is error

    @pytest.mark.parametrize("error", [KeyError("x"), ServiceError("broken")])
    def test_an_exception_before_it_goes_through(self, error):
        with pytest.raises(type(error)):
            reconcile(Entity(plan=error), check=False)

    def test_an_exception_in_a_check_goes_through(self):
        with pytest.raises(KeyError):
            reconcile(Entity(report=KeyError("x")), check=True)


def world() -> FakeAppsBooks:
    api = FakeAppsBooks()
    api.own("101", devices=serials(3), people={"u-1"}, total=10)
    api.own("102", total=None)
    api.own("103", product_type="Book", device_assignable=False, revocable=False, people={"u-1"})
    return api


def read(api: FakeAppsBooks, limit: int = 100, notify: FakeNotify | None = None, **wanted: Any) -> Outcome:
    return LicenseReader(api, LocationGuard(), LicenseFilter(**wanted), notify or FakeNotify()).read(limit)


class TestLicenseInfo:
    def ids(self, outcome: Outcome) -> list[str]:
        return [entry["adam_id"] for entry in outcome.value]

    def test_never_writes(self):
        api = world()
        read(api, assignments=True, metadata=True)
        assert api.writes == []

    @pytest.mark.parametrize(
        ("wanted", "ids"),
        [
            ({}, ["101", "102", "103"]),
            ({"product_type": "Book"}, ["103"]),
            ({"device_assignable": True}, ["101", "102"]),
            ({"selectors": (AssetSelector(adam_id="102"),)}, ["102"]),
            ({"selectors": (AssetSelector(adam_id="102"),), "product_type": "Book"}, []),
        ],
    )
    def test_filters(self, wanted, ids):
        assert self.ids(read(world(), **wanted)) == ids

    def test_unlimited_has_no_counts(self):
        entry = read(world()).value[1]
        assert (entry["unlimited"], entry["total_count"], entry["available_count"]) == (True, None, None)

    def test_assignments_are_read_only_when_asked_for(self):
        api = world()
        outcome = read(api)
        assert outcome.extra["assignments"] == []
        assert "walk_assignments" not in api.calls

    def test_assignments(self):
        found = read(world(), assignments=True).extra["assignments"]
        assert [(row["adam_id"], row["serial_number"] or row["client_user_id"]) for row in found] == [
            ("101", "u-1"),
            *[("101", serial) for serial in serials(3)],
            ("103", "u-1"),
        ]

    def test_assignments_of_devices(self):
        outcome = read(world(), assignments=True, serial_numbers=(serials(1)[0], "DMPXUNKNOWN1"))
        assert [row["serial_number"] for row in outcome.extra["assignments"]] == serials(1)

    def test_assignments_of_no_devices_are_none(self):
        api = world()
        assert read(api, assignments=True, serial_numbers=()).extra["assignments_total"] == 0

    def test_metadata_of_what_is_shown_only(self):
        api = world()
        api.metadata = {"101": Metadata("101", "Pages", "com.example.pages")}
        assert read(api, metadata=True).value[0]["name"] == "Pages"

    @pytest.mark.parametrize("limit", [0, 1, 3, 100])
    def test_limit(self, limit):
        outcome = read(world(), limit, assignments=True)
        assert len(outcome.value) == min(limit, 3)
        assert len(outcome.extra["assignments"]) == min(limit, 5)
        assert (outcome.extra["total"], outcome.extra["assignments_total"]) == (3, 5)
        assert outcome.extra["truncated"] is (limit < 5)
        assert len(outcome.document["licenses"]) == 3
        assert len(outcome.document["assignments"]) == 5

    def test_a_changing_list_is_warned_of(self):
        api, notify = world(), FakeNotify()
        api.before["walk_assignments"] = lambda: setattr(api, "shaky", 1)
        read(api, assignments=True, notify=notify)
        assert "kept changing" in notify.told[0]

    def test_a_read_that_fails_is_never_an_empty_answer(self):
        api = world()
        api.errors["walk_assignments"] = type(api.faults)([VppError("broken")])  # type: ignore[assignment]
        with pytest.raises(VppError, match="broken"):
            read(api, assignments=True)


@pytest.mark.parametrize(("shaky", "told"), [(0, 0), (1, 1)])
def test_people_that_kept_changing_are_warned_of(shaky, told):
    api, notify = world(), FakeNotify()
    api.people.add("u-1", "lea@x.example")
    api.shaky = shaky
    found = UserReader(api, LocationGuard(), UserFilter(), notify).read(100)
    assert [entry["client_user_id"] for entry in found.value] == ["u-1"]
    assert [text.partition(" while")[0] for text in notify.told] == ["The list of people kept changing"] * told
