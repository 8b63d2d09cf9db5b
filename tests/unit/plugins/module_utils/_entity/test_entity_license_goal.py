# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose location, which assets, which devices: what guards a plan before the first write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    AssetError,
    BrakeError,
    InputError,
    LocationError,
    OwnershipError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import AssetSelector
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, DISASSOCIATE, MdmInfo, Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_account import RELEASED_METADATA
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.location import LocationGuard
from ansible_collections.openmdm.vpp.tests.unit.fakes import LOCATION, UID, FakeAppsBooks, FakeNotify, claim, serials
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench import run

OLD, NEW = serials(10), serials(10, 10)
EXCLUSIVE: dict[str, Any] = {"exclusive": True, "max_removals": 100, "max_shrink": 100}


def world() -> FakeAppsBooks:
    api = FakeAppsBooks()
    api.own("101", devices=OLD)
    return api


class TestLocation:
    @pytest.mark.parametrize("guard", [LocationGuard(uid=UID), LocationGuard(name=LOCATION), LocationGuard()])
    def test_pin_that_fits(self, guard):
        assert run(world(), NEW, guard=guard).changed

    @pytest.mark.parametrize("guard", [LocationGuard(uid="42"), LocationGuard(uid=""), LocationGuard(UID, "Elsewhere")])
    @pytest.mark.parametrize("check", [True, False])
    def test_pin_that_does_not(self, guard, check):
        api = world()
        with pytest.raises(LocationError, match=f"governs the location '{LOCATION}'"):
            run(api, NEW, guard=guard, check=check)
        assert api.calls == ["read_service_config", "read_client_config"]

    @pytest.mark.parametrize("owner_id", ["", "ours"])
    @pytest.mark.parametrize("check", [True, False])
    def test_foreign_claim_stops(self, owner_id, check):
        api = world()
        api.config = claim(api.config, "theirs")
        with pytest.raises(OwnershipError, match="claimed by 'Another MDM' \\(id theirs\\)"):
            run(api, NEW, guard=LocationGuard(owner_id=owner_id), check=check)
        assert api.writes == []

    @pytest.mark.parametrize(
        ("mdm_info", "guard"),
        [
            (None, LocationGuard()),
            (MdmInfo("ours", "us", "x"), LocationGuard(owner_id="ours")),
            (MdmInfo("theirs", "them", "x"), LocationGuard(owner_id="ours", takeover=True)),
            (MdmInfo("theirs", "them", RELEASED_METADATA), LocationGuard(owner_id="ours")),
        ],
        ids=["unclaimed", "ours", "takeover", "released"],
    )
    def test_claim_that_lets_us(self, mdm_info, guard):
        api = world()
        api.config = replace(api.config, mdm_info=mdm_info)
        assert run(api, NEW, guard=guard).changed

    def test_the_claim_is_never_written(self):
        api = world()
        api.config = claim(api.config, "theirs")
        run(api, NEW, guard=LocationGuard(owner_id="ours", takeover=True))
        assert api.writes == ["submit"]


class TestAssets:
    def test_adam_ids_cost_no_look_up(self):
        api = world()
        run(api, NEW, assets=["101"])
        assert "lookup_metadata" not in api.calls

    def test_by_name(self):
        api = world()
        api.metadata = {"101": Metadata("101", "Pages", "com.example.pages")}
        run(api, NEW, assets=[AssetSelector(name="pages")])
        assert api.holders("101") == {*OLD, *NEW}
        assert "search_bundle_id" not in api.calls

    def test_by_bundle_id_of_the_own_look_up(self):
        api = world()
        api.metadata = {"101": Metadata("101", "Custom", "com.example.custom")}
        run(api, NEW, assets=[AssetSelector(bundle_id="com.example.custom")])
        assert "search_bundle_id" not in api.calls

    @pytest.mark.parametrize("known", [{}, {"101": Metadata("101", "Pages", "")}], ids=["unknown", "without bundle id"])
    def test_by_bundle_id_of_the_public_look_up(self, known):
        api = world()
        api.metadata = known
        api.public = [Metadata("999", "Foreign", "com.example.pages"), Metadata("101", "Pages", "com.example.pages")]
        outcome = run(api, NEW, assets=[AssetSelector(bundle_id="com.example.pages")])
        assert [entry["adam_id"] for entry in outcome.value] == ["101"]

    def test_public_look_up_alone_is_no_ownership(self):
        api = world()
        api.public = [Metadata("999", "Foreign", "com.example.pages")]
        with pytest.raises(AssetError):
            run(api, NEW, assets=[AssetSelector(bundle_id="com.example.pages")])
        assert api.writes == []

    def test_name_of_two_assets_is_no_guess(self):
        api = world()
        api.own("102")
        api.metadata = {one: Metadata(one, "Pages", f"com.example.{one}") for one in ("101", "102")}
        with pytest.raises(AssetError):
            run(api, NEW, assets=[AssetSelector(name="Pages")])

    def test_qualities_are_two_assets(self):
        api = world()
        plus = api.own("101", "PLUS")
        run(api, NEW, assets=[AssetSelector(adam_id="101", pricing_param="PLUS")])
        assert api.owned[plus].devices == set(NEW)
        assert api.holders("101") == set(OLD)

    def test_not_device_assignable_stops(self):
        api = world()
        api.own("102", product_type="Book", device_assignable=False, revocable=False)
        with pytest.raises(AssetError):
            run(api, NEW)
        assert api.writes == []

    def test_all_assets_leaves_out_what_devices_can_not_have(self):
        api = world()
        api.own("102", product_type="Book", device_assignable=False, revocable=False)
        outcome = run(api, NEW, all_assets=True, max_removals=0)
        assert outcome.summary["skipped"] == {"not_device_assignable": 10}
        assert outcome.error is None


class TestRemovals:
    def test_people_are_never_touched(self):
        api = world()
        api.owned[next(iter(api.owned))].people.add("u-1")
        run(api, NEW, **EXCLUSIVE)
        assert api.owned[next(iter(api.owned))].people == {"u-1"}

    def test_other_assets_are_never_touched(self):
        api = world()
        api.own("102", devices=OLD)
        run(api, NEW, assets=["101"], **EXCLUSIVE)
        assert api.holders("102") == set(OLD)

    def test_kept_devices(self):
        api = world()
        outcome = run(api, NEW, request={"keep_serial_numbers": tuple(OLD[:2])}, **EXCLUSIVE)
        assert api.holders("101") == {*OLD[:2], *NEW}
        assert outcome.summary["skipped"] == {"kept": 2}

    def test_kept_assets(self):
        api = world()
        api.own("102", devices=OLD)
        run(api, OLD, state="absent", max_removals=20, request={"keep_adam_ids": frozenset({"102"})})
        assert (api.holders("101"), api.holders("102")) == (set(), set(OLD))

    def test_keeping_what_is_not_owned_is_warned_of(self):
        notify = FakeNotify()
        run(world(), NEW, notify=notify, request={"keep_adam_ids": frozenset({"1010"})})
        assert "1010" in notify.told[0]

    def test_orphans_are_left_alone(self):
        api = world()
        outcome = run(api, NEW, request={"known_serial_numbers": tuple(OLD[:4])}, **EXCLUSIVE)
        assert api.holders("101") == {*OLD[4:], *NEW}
        assert outcome.summary["orphans"] == outcome.value[0]["orphans"] == 6

    def test_devices_of_the_task_are_known_without_being_listed(self):
        # Nine of ten holders stay: no shrinking list, although the file of known devices names only the one that goes.
        api = world()
        run(api, OLD[:9], exclusive=True, max_removals=1, request={"known_serial_numbers": (OLD[9],)})
        assert api.holders("101") == set(OLD[:9])

    def test_orphans_on_demand(self):
        api = world()
        run(api, NEW, orphans=True, request={"known_serial_numbers": tuple(OLD[:4])}, **EXCLUSIVE)
        assert api.holders("101") == set(NEW)

    def test_irrevocable_stays(self):
        api = FakeAppsBooks()
        api.own("101", devices=OLD, revocable=False)
        outcome = run(api, OLD, state="absent", max_removals=10)
        assert (outcome.changed, outcome.summary["skipped"]) == (False, {"irrevocable": 10})


class TestApprovedPlan:
    def test_the_plan_of_a_check_run_is_done(self):
        api = world()
        document = run(api, NEW, check=True, **EXCLUSIVE).document
        outcome = run(api, NEW, request={"approved": dict(document)}, **EXCLUSIVE)
        assert outcome.plan["digest"] == document["digest"]
        assert api.holders("101") == set(NEW)

    def test_more_than_it_holds_stops(self):
        api = world()
        document = dict(run(api, NEW, check=True, **EXCLUSIVE).document)
        api.own("101", devices=[*OLD, "DMPXLATER001"])
        with pytest.raises(BrakeError, match="1 operation outside"):
            run(api, NEW, request={"approved": document}, **EXCLUSIVE)
        assert api.writes == []

    def test_less_than_it_holds_is_fine(self):
        api = world()
        document = dict(run(api, NEW, check=True, **EXCLUSIVE).document)
        api.own("101", devices=OLD[1:])
        assert run(api, NEW, request={"approved": document}, **EXCLUSIVE).error is None

    @pytest.mark.parametrize("approved", [[], "", 0, {}, {"format": "openmdm.vpp plan"}])
    def test_anything_else_stops(self, approved):
        api = world()
        with pytest.raises(InputError, match="approved_plan"):
            run(api, NEW, request={"approved": approved}, **EXCLUSIVE)
        assert api.writes == []

    def test_of_another_location(self):
        api = world()
        document = dict(run(api, NEW, check=True).document)
        api.config = replace(api.config, uid="7700000000000043")
        with pytest.raises(InputError, match="another location"):
            run(api, NEW, request={"approved": document})


def test_requests_stay_within_the_limits_of_the_service():
    api = FakeAppsBooks()
    for adam_id in range(102, 135):
        api.own(str(adam_id), total=None)
    run(api, serials(2500))
    assert len(api.sent) == 6
    assert all(len(request.assets) <= 25 and len(request.serial_numbers) <= 1000 for request in api.sent)


def test_no_pair_is_sent_twice():
    api = world()
    api.own("102", devices=OLD[:3])
    run(api, [*OLD[:5], *NEW], **EXCLUSIVE)
    for verb in (ASSOCIATE, DISASSOCIATE):
        pairs = api.sent_pairs(verb)
        assert len(pairs) == len(set(pairs))
