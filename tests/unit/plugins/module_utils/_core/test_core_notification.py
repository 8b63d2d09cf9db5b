# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes between two looks, and the memory of notifications."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.notification import (
    ASSET_COUNT,
    POLLED,
    USER_ASSOCIATED,
    Look,
    Notification,
    Seen,
    changes_between,
)

A, B = AssetKey("361309726"), AssetKey("425073498", "PLUS")
UID = "7700000000000042"
LOOKS = st.builds(
    Look,
    st.frozensets(st.sampled_from("abcde")),
    st.dictionaries(st.sampled_from([A, B]), st.none() | st.integers(0, 9)),
)


class TestChanges:
    def test_who_accepted_is_one_event(self):
        (found,) = changes_between(Look(frozenset("a")), Look(frozenset("abc")), UID)
        assert found == Notification(USER_ASSOCIATED, UID, source=POLLED, client_user_ids=("b", "c"))

    def test_who_left_is_none(self):
        assert changes_between(Look(frozenset("ab")), Look(frozenset("a")), UID) == []

    def test_counts(self):
        found = changes_between(Look(totals={A: 5, B: 3}), Look(totals={A: 9}), UID)
        assert [(one.type, one.assets, one.count_delta) for one in found] == [
            (ASSET_COUNT, (A,), 4),
            (ASSET_COUNT, (B,), -3),
        ]

    def test_what_has_no_limit_has_no_count(self):
        assert changes_between(Look(totals={A: None}), Look(totals={A: 4}), UID) == []
        assert changes_between(Look(), Look(totals={A: None}), UID) == []

    @given(LOOKS)
    def test_between_a_look_and_itself_is_nothing(self, look):
        assert changes_between(look, look, UID) == []

    @given(LOOKS, LOOKS, LOOKS)
    def test_nothing_is_lost_by_a_look_in_between(self, first, second, third):
        told = {
            one for step in (changes_between(first, second, UID), changes_between(second, third, UID)) for one in step
        }
        people = {name for one in told for name in one.client_user_ids}
        assert third.associated - first.associated <= people


class TestFacts:
    def test_are_always_the_same_keys(self):
        empty = Notification("X", UID).facts()
        full = Notification(ASSET_COUNT, UID, "n", assets=(A,), count_delta=1, client_user_ids=("a",)).facts()
        assert list(empty) == list(full)
        assert full["users"] == [{"client_user_id": "a"}]
        assert full["assets"] == [{"adam_id": "361309726", "pricing_param": "STDQ"}]


def test_the_memory_forgets_the_oldest():
    seen = Seen(2)
    for name in "abac":
        seen.add(name)
    assert ("a" in seen, "b" in seen, "c" in seen) == (True, False, True)
