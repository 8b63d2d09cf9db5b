"""Approved plans, and the bounded views of a plan."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.approval import (
    Operation,
    check_approved,
    diff_license,
    iter_operations,
    plan_document,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import BrakeError, InputError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import AssetPlan, LicensePlan
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, DISASSOCIATE, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, USERS, TargetIndex

NAMES = [f"S{number:03d}" for number in range(300)]
INDEX = TargetIndex(NAMES)
UID = "7700000000000042"
SETS = st.integers(0, 255)


def plan_of(make_asset, changes, kind=DEVICES):
    """`changes`: (add, remove) by adam id; what is removed was held."""
    parts = tuple(
        AssetPlan(make_asset(adam_id), have=remove, add=add & ~remove, remove=remove)
        for adam_id, (add, remove) in sorted(changes.items())
    )
    return LicensePlan(kind, parts, False, ())


def document_of(plan):
    return json.loads(json.dumps(plan_document(UID, iter_operations(plan, INDEX))))


CHANGES = st.dictionaries(st.sampled_from("123"), st.tuples(SETS, SETS), max_size=3)


@given(approved=CHANGES, fresh=CHANGES, kind=st.sampled_from([DEVICES, USERS]))
@example(approved={"1": (1, 0)}, fresh={"1": (1, 2)}, kind=DEVICES)
def test_only_what_was_approved(make_asset, approved, fresh, kind):
    document = document_of(plan_of(make_asset, approved, kind))
    plan = plan_of(make_asset, fresh, kind)

    def pairs(some):
        return {
            (operation.verb, operation.asset, name)
            for operation in iter_operations(some, INDEX)
            for name in operation.targets
        }

    beyond = pairs(plan) - pairs(plan_of(make_asset, approved, kind))
    if not beyond:
        check_approved(document, plan, INDEX, UID)
        return
    with pytest.raises(BrakeError, match=rf"holds {len(beyond)} operations? outside") as caught:
        check_approved(document, plan, INDEX, UID)
    assert caught.value.facts["unapproved_operations"] == len(beyond)


def test_the_kind_of_target_counts(make_asset):
    document = document_of(plan_of(make_asset, {"1": (1, 0)}))
    with pytest.raises(BrakeError):
        check_approved(document, plan_of(make_asset, {"1": (1, 0)}, USERS), INDEX, UID)


def test_digest_is_of_the_operations_alone():
    key = AssetKey("1")
    whole = plan_document(
        UID, [Operation(ASSOCIATE, key, DEVICES, ("A", "B")), Operation(DISASSOCIATE, key, USERS, ("u",))]
    )
    turned = plan_document(
        UID, [Operation(DISASSOCIATE, key, USERS, ("u",)), Operation(ASSOCIATE, key, DEVICES, ("B", "A"))]
    )
    assert whole == turned
    assert len(whole["digest"]) == 64
    assert plan_document("8", [])["digest"] != plan_document(UID, [])["digest"]
    tricky = plan_document(UID, [Operation(ASSOCIATE, key, USERS, ("a\nb",))])
    assert tricky["digest"] != plan_document(UID, [Operation(ASSOCIATE, key, USERS, ("a", "b"))])["digest"]


def edits(document):
    first = document["operations"][0]
    yield "another location", document | {"location_uid": "1"}
    yield "changed or damaged", document | {"digest": "0" * 64}
    yield "changed or damaged", document | {"operations": [first | {DEVICES: [*first[DEVICES], "NEW"]}]}
    yield "changed or damaged", document | {"operations": []}
    yield "isn't a plan", document | {"version": 2}
    yield "isn't a plan", document | {"format": "other"}
    yield "isn't a plan", document | {"operations": [first | {USERS: []}]}
    yield "isn't a plan", document | {"operations": [first | {DEVICES: [1]}]}
    yield "isn't a plan", document | {"operations": ["x"]}
    for key in ("verb", "adam_id", "pricing_param"):
        yield "isn't a plan", document | {"operations": [first | {key: 1}]}
    yield "isn't a plan", document | {"location_uid": 1}
    yield "isn't a plan", document | {"operations": None}
    yield "isn't a plan", {key: value for key, value in document.items() if key != "digest"}
    yield "isn't a plan", []


def test_edited_and_foreign_files(make_asset):
    plan = plan_of(make_asset, {"1": (3, 0)})
    for sentence, document in edits(document_of(plan)):
        with pytest.raises(InputError, match=sentence):
            check_approved(document, plan, INDEX, UID)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["format", "operations"]), inner),
)


@given(JSON)
def test_any_document_gives_a_sentence(make_asset, document):
    with pytest.raises(VppError):
        check_approved(document, plan_of(make_asset, {"1": (3, 0)}), INDEX, UID)


@pytest.mark.parametrize("limit", [0, 1, 5, 100])
def test_views_are_bounded(make_asset, limit):
    plan = plan_of(make_asset, {str(number): (2**60 - 1, 2**300 - 2**90) for number in range(1, 151)})
    diff = diff_license(plan, INDEX, limit)
    assert list(diff) == ["before", "after"]
    assert list(diff["before"]) == list(diff["after"])
    assert len(diff["before"]) == limit
    for side, verb in (("before", "taken_back"), ("after", "given")):
        listed = [name for entry in diff[side].values() for name in entry[verb]]
        assert len(listed) <= limit
        assert all(entry[verb][-1].startswith("... and ") for entry in diff[side].values())


def test_views_say_what_changes(make_asset):
    plan = plan_of(make_asset, {"1": (0b011, 0b100), "2": (0, 0)})
    assert diff_license(plan, INDEX) == {
        "before": {"1": {"holders": 1, "taken_back": ["S002"]}},
        "after": {"1": {"holders": 2, "given": ["S000", "S001"]}},
    }


def test_names_that_are_left_out_are_counted(make_asset):
    full = diff_license(plan_of(make_asset, {"1": (0b1111, 0)}), INDEX, limit=8)
    more = diff_license(plan_of(make_asset, {"1": (0b11111, 0)}), INDEX, limit=8)
    assert full["after"]["1"] == {"holders": 4, "given": ["S000", "S001", "S002", "S003"]}
    assert more["after"]["1"] == {"holders": 5, "given": ["S000", "S001", "S002", "... and 2 more"]}


@pytest.mark.parametrize(("count", "shown", "left_out"), [(50, 50, 0), (51, 49, 2), (300, 49, 251)])
def test_views_count_whom_they_leave_out(make_asset, count, shown, left_out):
    """One asset: half of the limit is for whom is given to, and half for whom is taken from."""
    given = diff_license(plan_of(make_asset, {"1": (2**count - 1, 0)}), INDEX, 100)["after"]["1"]["given"]
    assert given == NAMES[:shown] + [f"... and {left_out} more"] * bool(left_out)
