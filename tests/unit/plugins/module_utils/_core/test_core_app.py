# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for apps of an MDM: who comes and goes, what is sent, and how it is packed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.app_model import (
    NOT_PUSHED,
    NOT_SEEN,
    UNLICENSED,
    App,
    AppGoal,
    AppPlan,
    AppView,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.brakes_app import check_app_brakes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import BrakeError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import (
    ABSENT,
    PRESENT,
    parse_removal_limit,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import AppName
from ansible_collections.openmdm.vpp.plugins.module_utils._core.pack_app import pack_commands, pack_tags
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_app import plan_app, plan_apps

PAGES, WORD = AppName("1"), AppName("2")
FLEET = "abcdefgh"


def ids(text=""):
    return frozenset(text)


def app(name=PAGES, tag="app-pages"):
    return App(name, tag)


def view(tagged="", **changes):
    return AppView(app(), ids(tagged), **changes)


def present(wanted, **changes):
    return AppGoal(PRESENT, ids(wanted), ids(FLEET), **changes)


def exclusive(wanted, limit="100%", **changes):
    return present(wanted, exclusive=True, max_removals=parse_removal_limit(limit), **changes)


def absent(wanted, limit="100%", **changes):
    return AppGoal(ABSENT, ids(wanted), max_removals=parse_removal_limit(limit), **changes)


@pytest.mark.parametrize(
    ("seen", "goal", "expected"),
    [
        (view("a"), present("ab"), {"fit": "ab", "in_scope": "a", "add": "b"}),
        (view("ax"), present("ab"), {"add": "b"}),
        (view("ah"), exclusive("ab"), {"add": "b", "remove": "h", "holders": 2, "covered": 1}),
        (view("ax"), exclusive("ab"), {"add": "b", "remove": "", "holders": 1}),
        (view("ah"), exclusive("ab", keep=ids("h")), {"add": "b", "remove": "", "kept": "h", "covered": 2}),
        (
            view("", unfit={UNLICENSED: ids("b")}),
            present("ab"),
            {"fit": "a", "add": "a", "skipped": {UNLICENSED: ids("b")}},
        ),
        (view("b", unfit={UNLICENSED: ids("b")}), exclusive("ab"), {"fit": "a", "add": "a", "remove": ""}),
        (view("ab", without=ids("b")), present("abc", install=True), {"add": "c", "install": "bc"}),
        (view("ab", without=ids("b")), present("abc"), {"install": ""}),
        (
            view("ab", without=ids("ab"), unsendable={NOT_PUSHED: ids("b"), NOT_SEEN: ids("c")}),
            present("abc", install=True),
            {"install": "a", "skipped": {NOT_PUSHED: ids("b"), NOT_SEEN: ids("c")}},
        ),
        (view("ah", managed=ids("ah")), exclusive("a", uninstall=True), {"remove": "h", "uninstall": "h"}),
        (view("ah", managed=ids("ah")), exclusive("a"), {"remove": "h", "uninstall": ""}),
        (view("ab"), absent("bc"), {"remove": "b", "in_scope": "b", "holders": 2, "covered": 1}),
        (
            view("ab", managed=ids("bc")),
            absent("bc", uninstall=True),
            {"remove": "b", "uninstall": "bc", "holders": 3},
        ),
        (
            view("ab", managed=ids("b")),
            absent("ab", keep=ids("b"), uninstall=True),
            {"remove": "a", "uninstall": "", "kept": "b"},
        ),
        (
            view("ab", managed=ids("c")),
            absent("abc", keep=ids("bc"), uninstall=True),
            {"remove": "a", "uninstall": "", "kept": "bc"},
        ),
        (view("ab", managed=ids("c")), absent("abc", keep=ids("bc")), {"remove": "a", "kept": "b"}),
    ],
)
def test_plan(seen, goal, expected):
    plan = plan_app(seen, goal)
    for name, value in expected.items():
        assert getattr(plan, name) == (ids(value) if isinstance(value, str) else value), name


DEVICES = st.frozensets(st.sampled_from(FLEET))
GOALS = st.builds(
    AppGoal,
    state=st.sampled_from([PRESENT, ABSENT]),
    wanted=DEVICES,
    reach=DEVICES,
    exclusive=st.booleans(),
    keep=DEVICES,
    install=st.booleans(),
    uninstall=st.booleans(),
)
SIGHTS = st.builds(
    AppView,
    st.just(app()),
    tagged=DEVICES,
    unfit=st.dictionaries(st.sampled_from([UNLICENSED, "other"]), DEVICES),
    unsendable=st.dictionaries(st.sampled_from([NOT_PUSHED, NOT_SEEN]), DEVICES),
    without=DEVICES,
    managed=DEVICES,
)


def applied(seen: AppView, plan: AppPlan) -> AppView:
    """What is seen after the plan was carried out: a device that was sent the app waits for it."""
    return replace(
        seen,
        tagged=seen.tagged - plan.remove | plan.add,
        without=seen.without - plan.install | plan.uninstall,
        managed=seen.managed - plan.uninstall,
    )


@given(SIGHTS, GOALS)
def test_applying_it_reaches_the_goal_and_then_nothing_is_left(seen, goal):
    plan = plan_app(seen, goal)
    after = applied(seen, plan)
    if goal.state == PRESENT:
        assert plan.fit <= after.tagged
        if goal.exclusive:
            assert after.tagged & goal.reach <= goal.wanted | goal.keep
    else:
        assert not after.tagged & goal.wanted - goal.keep
    again = plan_app(after, goal)
    assert not again.changed


@given(SIGHTS, GOALS)
def test_what_is_never_touched(seen, goal):
    plan = plan_app(seen, goal)
    assert not (plan.remove | plan.uninstall) & goal.keep
    if goal.state == PRESENT:
        assert not plan.remove & goal.wanted
        assert plan.remove <= goal.reach
        assert goal.exclusive or not plan.remove
        assert not plan.add.intersection(*seen.unfit.values()) if seen.unfit else True
        assert plan.install <= plan.fit
    else:
        assert plan.remove | plan.uninstall <= goal.wanted
        assert not plan.add | plan.install
    assert plan.uninstall <= seen.managed
    assert plan.removals <= plan.holders - plan.covered


@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), DEVICES, DEVICES), max_size=4))
def test_packed_changes_are_what_was_planned(parts):
    plans = [
        AppPlan(app(AppName(str(number)), tag), add=add, remove=remove - add)
        for number, (tag, add, remove) in enumerate(parts)
    ]
    unit_of = {key: "one" if key < "e" else "two" for key in FLEET}
    changes = pack_tags(plans, unit_of)
    for add in (True, False):
        found = [
            (tag, key) for change in changes if change.add is add for tag in change.tags for key in change.device_ids
        ]
        wanted = {(plan.app.tag, key) for plan in plans for key in (plan.add if add else plan.remove)}
        assert len(found) == len(set(found))
        assert set(found) == wanted
    assert all(unit_of[key] == change.unit for change in changes for key in change.device_ids)
    assert pack_tags(plans[::-1], unit_of) == changes
    assert [change.add for change in changes] == sorted(change.add for change in changes)


@pytest.mark.parametrize("what", ["add", "remove", "install", "uninstall"])
def test_what_is_a_change(what):
    assert AppPlan(app(), **{what: ids("a")}).changed is True
    assert AppPlan(app(), fit=ids("a"), in_scope=ids("a"), kept=ids("b"), holders=1, covered=1).changed is False


def test_devices_with_the_same_tags_share_a_change():
    plans = [AppPlan(app(), add=ids("ab")), AppPlan(app(WORD, "app-word"), add=ids("abc"))]
    changes = pack_tags(plans, dict.fromkeys(FLEET, "one"))
    assert [(change.tags, change.device_ids) for change in changes] == [
        (("app-pages", "app-word"), ("a", "b")),
        (("app-word",), ("c",)),
    ]


def test_a_device_gets_one_command_for_all_its_apps():
    app_ids = {(PAGES, "one"): "11", (WORD, "one"): "12", (PAGES, "two"): "21"}
    unit_of = {"a": "one", "b": "two", "c": "one"}
    commands = pack_commands([(PAGES, ids("abc")), (WORD, ids("a"))], unit_of, app_ids, install=True)
    assert [(one.unit, one.device_id, one.app_ids) for one in commands] == [
        ("one", "a", ("11", "12")),
        ("one", "c", ("11",)),
        ("two", "b", ("21",)),
    ]


@pytest.mark.parametrize(
    ("seen", "goal", "sentence"),
    [
        (
            view("ab"),
            present("a", exclusive=True),
            "max_removals is missing, which 'exclusive' requires: this plan takes 1 ",
        ),
        (view("ab"), AppGoal(ABSENT, ids("a")), "'state: absent' requires: this plan takes 1 "),
        (view("ab"), exclusive(""), "names no device that can be in scope, so 'exclusive' would take all 2 "),
        (view("ab", unfit={"x": ids("c")}), exclusive("c"), "names no device that can be in scope"),
        (view("abcd"), exclusive("abc", max_shrink=20), r"\(1: 3 of 4\).* a loss of 20%"),
        (
            view("abcd"),
            exclusive("abc", "0", max_shrink=25),
            "takes 1 of 4 .* pairs out, 1 more than max_removals 0 ",
        ),
        (view("abcd"), exclusive("abc", "24%", max_shrink=25), r"1 more than max_removals 24% \(0\) allows"),
        (view("ab"), absent("ab", "1"), "takes 2 of 2 .* 1 more than max_removals 1 allows"),
        (view("", managed=ids("ab")), absent("ab", "1", uninstall=True), "takes 2 of 2 "),
    ],
)
def test_brakes(seen, goal, sentence):
    with pytest.raises(BrakeError, match=sentence):
        check_app_brakes(plan_apps([seen], goal), goal)


@pytest.mark.parametrize(
    ("seen", "goal"),
    [
        (view("abcd"), exclusive("abc", "1", max_shrink=25)),
        (view("abcd"), exclusive("abc", "25%", max_shrink=25)),
        (view("ab"), exclusive("", "2", allow_empty=True)),
        (view("ab", managed=ids("ab")), absent("ab", "2", uninstall=True)),
        (view("ab"), exclusive("a", "0", keep=ids("b"))),
        # The app moves to others, who get their licences later in the same play.
        (view("ab", unfit={UNLICENSED: ids("cd")}), exclusive("cd", "2", max_shrink=100)),
    ],
)
def test_brakes_let_go(seen, goal):
    check_app_brakes(plan_apps([seen], goal), goal)


def test_a_hundred_thousand_devices_are_planned_and_packed():
    fleet = [f"d{number}" for number in range(100_000)]
    goal = AppGoal(PRESENT, frozenset(fleet))
    plans = plan_apps([AppView(app(AppName(str(n)), f"app-{n}"), frozenset(fleet[::2])) for n in range(3)], goal)
    assert sum(len(change.device_ids) for change in pack_tags(plans, dict.fromkeys(fleet, "one"))) == 50_000
