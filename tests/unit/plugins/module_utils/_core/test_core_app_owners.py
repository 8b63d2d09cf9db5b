# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose licence serves a device, by the owner's address."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.app_owners import match_owners, owners_over_limit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import MdmDevice
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import (
    ASSOCIATED,
    DELETED,
    REGISTERED,
    RETIRED,
    User,
)

LEA = "lea@school.example"


def device(owner: str, key: str = "1") -> MdmDevice:
    return MdmDevice(key, "N_1", f"SERIAL{key}", owner=owner)


@pytest.mark.parametrize(
    ("owner", "users", "found"),
    [
        ("", [], "no_owner"),
        ("  ", [User("a", ASSOCIATED, "")], "no_owner"),
        (LEA, [], "owner_unknown"),
        (LEA, [User("a", RETIRED, LEA), User("b", DELETED, LEA)], "owner_unknown"),
        (LEA, [User("a", ASSOCIATED, "other@school.example")], "owner_unknown"),
        (LEA, [User("a", REGISTERED, LEA)], "not_associated"),
        (LEA, [User("a", REGISTERED, LEA), User("b", REGISTERED, LEA)], "not_associated"),
        (LEA, [User("a", ASSOCIATED, LEA)], {"1": "a"}),
        (" Lea@School.Example ", [User("a", ASSOCIATED, "LEA@school.example")], {"1": "a"}),
        (LEA, [User("a", RETIRED, LEA), User("a", ASSOCIATED, LEA)], {"1": "a"}),
        # Two registrations, one of them accepted: the MDM's own and ours, for one.
        (LEA, [User("a", REGISTERED, LEA), User("b", ASSOCIATED, LEA)], {"1": "b"}),
        (LEA, [User("a", ASSOCIATED, LEA), User("b", ASSOCIATED, LEA)], "ambiguous"),
    ],
)
def test_one_device(owner, users, found):
    match = match_owners([device(owner)], users)
    if isinstance(found, str):
        assert match.without == {found: frozenset({"1"})}
        assert match.people == {}
    else:
        assert (match.people, match.without) == (found, {})


def test_each_device_is_told_once():
    users = [User("a", ASSOCIATED, LEA), User("b", REGISTERED, "omar@school.example")]
    owners = (LEA, "", "omar@school.example", LEA, "x@school.example")
    match = match_owners([device(owner, str(number)) for number, owner in enumerate(owners)], users)
    assert match.people == {"0": "a", "3": "a"}
    assert match.without == {
        "no_owner": frozenset({"1"}),
        "not_associated": frozenset({"2"}),
        "owner_unknown": frozenset({"4"}),
    }


@pytest.mark.parametrize(("most", "owners"), [(1, 2), (2, 1), (3, 0)])
def test_owners_of_many_devices(most, owners):
    listed = [LEA, LEA.upper(), LEA, "omar@school.example", "omar@school.example", "x@school.example", "", "", "", ""]
    assert owners_over_limit([device(owner) for owner in listed], most) == owners
