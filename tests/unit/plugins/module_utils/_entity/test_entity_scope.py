# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From scopes to devices: who is meant, who is left out, who is known, and what stops it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.out_of_scope import OutOfScope
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.scope import (
    ScopedDevices,
    pick_devices,
    resolve_scope,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, FakeNotify, serials
from ansible_collections.openmdm.vpp.tests.unit.fakes_mdm import NORTH, SOUTH, FakeMdm

YEAR = Scope("with_any", ("year-7",))
CHOIR = Scope("with_any", ("choir",))


def fleet() -> FakeMdm:
    mdm = FakeMdm([NORTH, SOUTH])
    mdm.enrol(*serials(3), tags=["year-7"])
    mdm.enrol(*serials(2, 3), tags=["year-8"], owner_tags=["choir"], unit=SOUTH.id)
    mdm.enrol(*serials(2, 5), platform="macOS", auto_tags=["mac"], tags=["year-7"])
    mdm.enrol("", tags=["year-7"], name="iPad of Lea Moreau")
    mdm.enrol("R5CT", platform="", tags=["year-7"])
    return mdm


def resolve(mdm: FakeMdm, *scopes: Scope, notify: FakeNotify | None = None, **options: Any) -> ScopedDevices:
    told = {"within": None, "strict_tags": True, "notify": notify or FakeNotify(), **options}
    return resolve_scope(mdm, scopes, told.pop("within"), **told)


def test_who_is_meant_and_who_is_left_out():
    mdm = fleet()
    scoped = resolve(mdm, YEAR)
    assert scoped.serial_numbers == (*serials(3), *serials(2, 5))
    assert scoped.platforms == {"iOS": tuple(serials(3)), "macOS": tuple(serials(2, 5))}
    assert scoped.left_out_counts == {"no_serial_number": 1, "not_apple": 1}
    assert scoped.left_out_facts == [
        {"reason": "no_serial_number", "count": 1, "devices": ["id 0008"]},
        {"reason": "not_apple", "count": 1, "devices": ["R5CT"]},
    ]
    assert set(scoped.known) == {*serials(7), "R5CT"}
    assert mdm.calls == ["read_units", "read_devices", "read_members"]


def test_owners_tags_are_asked_for_only_where_no_device_shows_the_tag():
    mdm = fleet()
    assert resolve(mdm, CHOIR, YEAR).serial_numbers == (*serials(3), *serials(2, 5), *serials(2, 3))
    assert mdm.calls == ["read_units", "read_devices", "read_members", "read_tags"]
    assert mdm.log[2][1] == (Scope("with_any", ("choir", "year-7")),)


def test_within_is_the_universe():
    scoped = resolve(fleet(), Scope("with_all", ("year-7", "mac")), within=[YEAR])
    assert set(scoped.known) == {*serials(3), *serials(2, 5), "R5CT"}
    with pytest.raises(InputError, match="2 of the 2 devices in it are outside of devices.within"):
        resolve(fleet(), CHOIR, within=[YEAR])


@pytest.mark.parametrize(("tag", "hint"), [("yaer-7", "year-7"), ("YEAR-7", "year-7"), ("chor", "choir"), ("xyz", "")])
def test_a_tag_that_nothing_has(tag, hint):
    notify = FakeNotify()
    scope = Scope("with_any", (tag,))
    with pytest.raises(InputError) as caught:
        resolve(fleet(), scope)
    assert (f"did you mean {hint!r}?" in str(caught.value)) == bool(hint)
    assert resolve(fleet(), scope, strict_tags=False, notify=notify).members == ()
    assert len(notify.told) == 1


@pytest.mark.parametrize("scope", [YEAR, CHOIR, Scope("all"), Scope("without_any", ("year-8",))], ids=str)
@pytest.mark.parametrize("fewer", [{"read_devices": 4}, {"read_members": 1}, {"read_devices": 4, "read_members": 2}])
def test_whatever_is_lost_nobody_in_scope_loses_anything(scope, fewer):
    """Either it is noticed, or whom the rest would strip is really out of the scope."""
    mdm = fleet()
    meant = set(resolve(mdm, scope).serial_numbers)
    mdm.fewer = fewer
    losers: set[str] = set()
    with contextlib.suppress(ServiceError, InputError):
        scoped = resolve(mdm, scope)
        found = set(scoped.known) - set(scoped.serial_numbers)
        OutOfScope(mdm, [scope], scoped).confirm(sorted(found))
        losers = found
    assert not losers & meant


@pytest.mark.parametrize(
    "scope", [YEAR, Scope("with_all", ("year-7", "mac")), Scope("without_all", ("choir",))], ids=str
)
def test_who_is_out_of_the_scope_is_confirmed(scope):
    mdm = fleet()
    scoped = resolve(mdm, scope)
    OutOfScope(mdm, [scope], scoped).confirm(
        [serial for serial, one in scoped.fleet.latest.items() if one not in scoped.members]
    )
    with pytest.raises(ServiceError, match="would lose something"):
        OutOfScope(mdm, [scope], scoped).confirm(scoped.serial_numbers[:1])


def test_a_stranger_that_is_known_by_now_is_in_doubt():
    mdm = fleet()
    out_of_scope = OutOfScope(mdm, [YEAR], resolve(mdm, YEAR))
    out_of_scope.confirm(["ELSEWHERE01"])
    mdm.enrol("ELSEWHERE01")
    with pytest.raises(ServiceError, match="ELSEWHERE01"):
        out_of_scope.confirm(["ELSEWHERE01"])


def test_the_mdm_is_asked_once_whatever_the_number_of_devices():
    mdm = fleet()
    out_of_scope = OutOfScope(mdm, [YEAR, CHOIR], resolve(mdm, YEAR, CHOIR))
    mdm.log.clear()
    mdm.devices = {key: replace(one, tags=frozenset()) for key, one in mdm.devices.items()}
    mdm.owner_tags = dict.fromkeys(mdm.devices, frozenset())
    out_of_scope.confirm(serials(5))
    assert mdm.calls == ["read_members"] * 2


def test_a_unit_that_was_missing_from_the_list_gives_doubt():
    """Its devices looked as if nobody knew them."""
    mdm = fleet()
    mdm.units.remove(SOUTH)
    out_of_scope = OutOfScope(mdm, [YEAR], resolve(mdm, YEAR))
    mdm.units.append(SOUTH)
    with pytest.raises(ServiceError, match="nothing was changed"):
        out_of_scope.confirm(["ELSEWHERE01"])


def test_of_two_records_the_one_seen_last_is_meant():
    mdm, notify = fleet(), FakeNotify()
    mdm.enrol(serials(1)[0].lower(), unit=SOUTH.id, tags=["year-7"], last_seen=START - timedelta(days=40))
    scoped = resolve(mdm, YEAR, notify=notify)
    assert scoped.wanted[serials(1)[0]].unit == NORTH.id
    assert len(scoped.serial_numbers) == 5
    (told,) = notify.told
    assert told.startswith(
        "Systems Manager has more than one record of 1 serial numbers (DMPX00000000); the one seen last"
    )


def test_devices_by_serial_number():
    scoped, unknown = pick_devices(fleet(), [*serials(2), "ELSEWHERE01", "R5CT"], notify=FakeNotify())
    assert scoped.serial_numbers == tuple(serials(2))
    assert scoped.left_out_counts == {"not_apple": 1}
    assert unknown == ["ELSEWHERE01"]


def test_names_of_people_are_in_nothing_that_is_told():
    scoped = resolve(fleet(), YEAR)
    assert "Lea" not in str(scoped.left_out_facts)
