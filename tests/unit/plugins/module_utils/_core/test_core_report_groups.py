# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts by group, and whose licences lie idle: against the same done with sets."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import MdmDevice, Unit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.reclaim_model import (
    RETIRED_PERSON,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.report_groups import (
    ELSEWHERE_DEVICE,
    REASONS,
    UNKNOWN_PERSON,
    count_groups,
    group_by_tag,
    group_by_unit,
    idle_devices,
    idle_licences,
    idle_people,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, RETIRED, User

NOW = datetime(2030, 5, 6, tzinfo=timezone.utc)
SERIALS = [f"DM{number}" for number in range(12)]
UNITS = [Unit("N_1", "North"), Unit("N_2", "South")]
devices_of = st.dictionaries(
    st.sampled_from(SERIALS),
    st.builds(
        MdmDevice,
        id=st.just("1"),
        unit=st.sampled_from(["N_1", "N_2"]),
        last_seen=st.sampled_from([None, NOW, NOW - timedelta(days=14), NOW - timedelta(days=13)]),
        tags=st.frozensets(st.sampled_from(["a", "b"])),
    ),
)
some = st.frozensets(st.sampled_from(SERIALS))


@given(devices_of, some)
def test_groups_are_counted(latest, holding):
    index = TargetIndex()
    holders = index.bits(holding)
    units, tags = group_by_unit(UNITS, latest, index), group_by_tag(latest, index)
    assert {key: group.devices.bit_count() for key, group in units.items()} == {
        unit.id: sum(device.unit == unit.id for device in latest.values()) for unit in UNITS
    }
    assert [group.name for group in units.values()] == ["North", "South"]
    for tag in ("a", "b"):
        members = {serial for serial, device in latest.items() if tag in device.tags}
        assert (tag in tags) == bool(members)
        assert count_groups(holders, tags).get(tag, 0) == len(members & holding)
    assert sum(count_groups(holders, units).values()) == len(holding & latest.keys())


@given(devices_of, some, some)
def test_every_holder_has_one_reason_or_none(latest, holding, elsewhere):
    index = TargetIndex()
    found = idle_devices(index, index.bits(holding), latest, elsewhere, NOW, 14)
    named = {reason: set(index.names(bits)) for reason, bits in found.items()}
    assert sum(map(len, named.values())) == len(set().union(*named.values()))
    assert named[UNKNOWN_DEVICE] == holding - latest.keys() - elsewhere
    assert named[ELSEWHERE_DEVICE] == (holding - latest.keys()) & elsewhere
    old = {serial for serial, one in latest.items() if one.last_seen and NOW - one.last_seen >= timedelta(days=14)}
    assert named[UNSEEN_DEVICE] == holding & old


@given(st.dictionaries(st.sampled_from(SERIALS), st.sampled_from([ASSOCIATED, RETIRED, "Registered"])), some)
def test_people_who_are_gone_are_told(statuses, holding):
    index = TargetIndex()
    users = {name: User(name, status) for name, status in statuses.items()}
    found = idle_people(index, index.bits(holding), users)
    assert set(index.names(found[RETIRED_PERSON])) == {name for name in holding if statuses.get(name) == RETIRED}
    assert set(index.names(found[UNKNOWN_PERSON])) == holding - statuses.keys()


@given(st.dictionaries(st.sampled_from(["1", "2", "3"]), st.tuples(some, some)), some, some)
def test_licences_are_those_of_the_idle_holders(held, idle, gone):
    index, users = TargetIndex(), TargetIndex()
    holdings = Holdings(index, users)
    keys = [AssetKey(adam_id) for adam_id in held]
    for adam_id, (devices, people) in held.items():
        holdings.know(AssetKey(adam_id), index.bits(devices), users.bits(people))
    found = idle_licences(
        holdings, keys, {UNKNOWN_DEVICE: index.bits(idle), UNSEEN_DEVICE: 0}, {RETIRED_PERSON: users.bits(gone)}
    )
    told = {one.reason: one for one in found}
    assert list(told) == [reason for reason in REASONS if reason in told]
    assert set(told) == {reason for reason, names in ((UNKNOWN_DEVICE, idle), (RETIRED_PERSON, gone)) if names}
    if idle:
        assert told[UNKNOWN_DEVICE].licenses == sum(len(devices & idle) for devices, _people in held.values())
        assert told[UNKNOWN_DEVICE].kind == "serial_numbers"
    if gone:
        assert told[RETIRED_PERSON].licenses == sum(len(people & gone) for _devices, people in held.values())
        assert told[RETIRED_PERSON].kind == "client_user_ids"
