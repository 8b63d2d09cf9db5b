# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who was invited anew, and what is still to be given again."""

from __future__ import annotations

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import Reissue

APP, BOOK = AssetKey("1"), AssetKey("2", "PLUS")


def test_one_after_the_other(place):
    with place.open() as state:
        state.reissues.begin("p1", "hash-1", {APP, BOOK})
        state.reissues.begin("p2", "hash-1", set())
        mark = state.reissues.account_mark("hash-1")
        assert state.reissues.of(["p1", "p2", "p3"]) == {
            "p1": [Reissue("p1", mark, False)], "p2": [Reissue("p2", mark, False)],
        }  # fmt: skip
        state.reissues.finish(["p1"])
    place.clock.elapsed += 9
    with place.open() as state:
        state.reissues.begin("p1", "hash-0", {APP})
        first, second = state.reissues.of(["p1"])["p1"]
        assert (first.account, first.done) == (mark, True)
        assert (second.account, second.done) == (state.reissues.account_mark("hash-0"), False)
        assert state.reissues.lost_of(["p1", "p2"]) == {"p1": {APP, BOOK}}
        state.reissues.given([("p1", APP), ("p2", APP)])
        assert state.reissues.lost_of(["p1"]) == {"p1": {BOOK}}


def test_what_was_lost_before_stays(place):
    with place.open() as state:
        state.reissues.begin("p1", "hash", {APP})
        state.reissues.begin("p1", "hash", set())
        assert state.reissues.lost_of(["p1"]) == {"p1": {APP}}
        assert len(state.reissues.of(["p1"])["p1"]) == 1


def test_the_file_holds_no_account(place):
    with place.open() as state:
        state.reissues.begin("p1", "c2VjcmV0LWhhc2g=", {APP})
        assert state.reissues.account_mark("a") != state.reissues.account_mark("b")
    assert b"c2VjcmV0" not in place.file.read_bytes()


def test_whom_we_registered(place):
    with place.open() as state:
        state.people.record_made(["p1", "p2", "p1"])
    with place.open() as state:
        state.people.record_made(["p2", "p3"])
        assert state.people.made_of(["p1", "p3", "p4"]) == {"p1", "p3"}
        state.people.release_made(["p1", "nobody"])
        assert state.people.made_of(["p1", "p2", "p3"]) == {"p2", "p3"}
        assert state.people.made_of([]) == frozenset()
        state.people.record_people("a.csv", ["p1"])
        assert state.people.made_of(["p1"]) == frozenset()
