# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People in requests: in order, within the limit, each once. And how many people a request for licences may name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import most_targets
from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch_users import pack_users
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Limits
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, USERS
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import CREATE, RETIRE, UPDATE, UserFields


def people(number):
    return [UserFields(f"u-{place}", f"p{place}@school.example") for place in range(number)]


@given(st.integers(0, 400), st.integers(1, 130), st.sampled_from([CREATE, UPDATE, RETIRE]))
def test_all_of_them_once_in_order_in_the_fewest_requests(number, limit, verb):
    wanted = people(number)
    packed = pack_users(verb, wanted, Limits(max_users=limit))
    assert [user for request in packed for user in request.users] == wanted
    assert {request.verb for request in packed} <= {verb}
    assert all(0 < len(request.users) <= limit for request in packed)
    assert len(packed) == -(-number // limit)


def test_ten_thousand_are_a_hundred_requests():
    assert len(pack_users(CREATE, people(10_000), Limits())) == 100


def test_an_id_that_stands_twice_is_refused_wherever_it_stands():
    wanted = [*people(300), UserFields("u-0", "other@school.example")]
    with pytest.raises(ValueError, match="twice") as caught:
        pack_users(CREATE, wanted, Limits())
    assert "@" not in str(caught.value)


@pytest.mark.parametrize(("verb", "limit", "words"), [("delete", 100, "verb"), (CREATE, 0, "positive")])
def test_what_cannot_be_packed(verb, limit, words):
    with pytest.raises(ValueError, match=words):
        pack_users(verb, people(1), Limits(max_users=limit))


@pytest.mark.parametrize(("kind", "most"), [(DEVICES, 900), (USERS, 7)])
def test_each_kind_of_target_has_its_limit(kind, most):
    assert most_targets(Limits(max_serial_numbers=900, max_client_user_ids=7), kind) == most
