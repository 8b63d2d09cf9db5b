"""Whose location it is, and what is written on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, OwnershipError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    ClientConfig,
    ClientConfigChange,
    Limits,
    MdmInfo,
    Secret,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_account import (
    CLAIM_METADATA,
    FOREIGN,
    RELEASED_METADATA,
    AccountGoal,
    ownership,
    plan_account,
)

LIMITS = Limits()
TYPES = ("ASSET_COUNT", "ASSET_MANAGEMENT", "USER_MANAGEMENT")
MINE = MdmInfo("me", "North", CLAIM_METADATA)
THEIRS = MdmInfo("other", "Other MDM", "x")
GIVEN_UP = MdmInfo("other", "Other", RELEASED_METADATA)
HOOK = "https://hooks.example.org/vpp"
SECRET = Secret("invented-shared-secret")
BARE = ClientConfig("42", "Harbour")
OWN = ClientConfig("42", "Harbour", mdm_info=MINE)
FULL = replace(
    OWN, notification_url=HOOK, notification_auth_token=SECRET, notification_types=("ASSET_MANAGEMENT", "ASSET_COUNT")
)
GOAL = AccountGoal("present", "me", "North")


def plan(config, goal, types=TYPES):
    return plan_account(config, goal, LIMITS, types)


def apply(config, change):
    """What Apple would hold then, in both readings of a field that is left out: kept, as here, is the weaker one."""
    given = {
        "mdm_info": change.mdm_info,
        "notification_url": change.notification_url,
        "notification_auth_token": change.notification_auth_token,
        "notification_types": change.notification_types,
    }
    return replace(config, **{key: value for key, value in given.items() if value is not None})


@pytest.mark.parametrize("info", [None, GIVEN_UP, MdmInfo("me", "North", RELEASED_METADATA), MdmInfo("me", "Old", "x")])
def test_claim(info):
    goal = replace(GOAL, claim=True)
    found = plan(replace(BARE, mdm_info=info), goal)
    assert found.change == ClientConfigChange(mdm_info=MINE)
    assert found.after["claim"] == {"id": "me", "name": "North", "metadata": CLAIM_METADATA}
    assert not plan(apply(BARE, found.change), goal).changed


def test_settings_that_another_left_are_neither_sent_nor_told_as_ended():
    config = replace(FULL, mdm_info=GIVEN_UP)
    found = plan(config, replace(GOAL, claim=True))
    assert found.change == ClientConfigChange(mdm_info=MINE)
    assert {**found.before, "claim": None} == {**found.after, "claim": None}


def test_nothing_asked_nothing_done():
    for config in (BARE, OWN, FULL, replace(BARE, mdm_info=THEIRS)):
        assert not plan(config, GOAL).changed


@pytest.mark.parametrize("goal", [replace(GOAL, claim=True), replace(GOAL, notification_types=())])
def test_a_foreign_claim_stops(goal):
    with pytest.raises(OwnershipError, match=r"claimed by 'Other MDM' \(id 'other'\).*takeover: true") as caught:
        plan(replace(BARE, mdm_info=THEIRS), goal)
    assert caught.value.facts == {"holder_name": "Other MDM", "holder_id": "other"}


def test_takeover_writes_the_claim_and_ends_their_notifications():
    goal = replace(GOAL, claim=True, takeover=True)
    found = plan(replace(FULL, mdm_info=THEIRS), goal)
    assert found.change == ClientConfigChange(mdm_info=MINE, notification_types=())
    assert (found.before["notification_types"], found.after["notification_types"]) == (
        ["ASSET_COUNT", "ASSET_MANAGEMENT"],
        [],
    )
    assert not plan(apply(replace(FULL, mdm_info=THEIRS), found.change), goal).changed
    assert plan(replace(BARE, mdm_info=THEIRS), goal).change == ClientConfigChange(mdm_info=MINE)
    assert found.before["claim"] == {"id": "other", "name": "Other MDM", "metadata": "x"}
    with pytest.raises(InputError, match="notification_url and notification_auth_token must be given too"):
        plan(replace(FULL, mdm_info=THEIRS), replace(GOAL, claim=True, takeover=True, notification_types=TYPES))


def test_takeover_alone_claims_nothing():
    assert not plan(replace(BARE, mdm_info=THEIRS), replace(GOAL, takeover=True)).changed


@pytest.mark.parametrize("config", [BARE, replace(BARE, mdm_info=GIVEN_UP)])
def test_settings_need_our_claim(config):
    with pytest.raises(OwnershipError, match="set claim: true"):
        plan(config, replace(GOAL, notification_url=HOOK, notification_auth_token=SECRET))


@pytest.mark.parametrize("goal", [replace(GOAL, claim=True, takeover=True), replace(GOAL, state="absent")])
def test_never_on_the_token_of_an_mdm(goal):
    config = FULL if goal.state == "absent" else BARE
    with pytest.raises(OwnershipError, match="Systems Manager uses this location"):
        plan(config, replace(goal, mdm_name="Systems Manager"))
    assert not plan(OWN, replace(GOAL, claim=True, mdm_name="Systems Manager")).changed


def test_the_account_in_the_mdm_goes_before_our_claim():
    with pytest.raises(OwnershipError, match="remove the location's account there by hand, and run the task again"):
        plan(OWN, replace(GOAL, state="absent", mdm_name="Systems Manager"))
    assert plan(OWN, replace(GOAL, state="absent")).changed


def test_settings_are_merged_and_sent_whole():
    found = plan(FULL, replace(GOAL, notification_types=("USER_MANAGEMENT", "ASSET_COUNT", "ASSET_COUNT")))
    assert found.change == ClientConfigChange(MINE, HOOK, SECRET, ("ASSET_COUNT", "USER_MANAGEMENT"))
    assert found.before["notification_types"] == ["ASSET_COUNT", "ASSET_MANAGEMENT"]
    assert found.after["notification_types"] == ["ASSET_COUNT", "USER_MANAGEMENT"]
    assert not plan(FULL, replace(GOAL, notification_types=("ASSET_COUNT", "ASSET_MANAGEMENT"))).changed


def test_what_is_shown_where_there_is_no_token():
    goal = replace(GOAL, notification_url=HOOK, notification_auth_token=SECRET)
    before = plan(OWN, goal).before
    assert (before["notification_auth_token"], before["notification_url"]) == ("", "")
    assert plan(FULL, replace(goal, notification_types=())).before["notification_auth_token"] == "(set)"


def test_a_changed_token_is_never_shown():
    found = plan(FULL, replace(GOAL, notification_auth_token=Secret("another")))
    assert found.change.notification_auth_token == Secret("another")
    assert found.before["notification_auth_token"] == "(set)"
    assert found.after["notification_auth_token"] == "(changed)"
    assert "another" not in repr(found)
    assert SECRET.reveal() not in repr(found)
    assert not plan(FULL, replace(GOAL, notification_auth_token=SECRET)).changed


def test_ending_notifications_keeps_address_and_token():
    found = plan(FULL, replace(GOAL, notification_types=()))
    assert found.change == ClientConfigChange(MINE, HOOK, SECRET, ())
    assert not plan(OWN, replace(GOAL, notification_types=())).changed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"notification_url": HOOK}, "notification_auth_token must be given too"),
        ({"notification_auth_token": SECRET}, "notification_url must be given too"),
        ({"notification_types": ("ASSET_COUNT",)}, "notification_url and notification_auth_token must be given too"),
        (
            {"notification_url": HOOK, "notification_auth_token": Secret("")},
            "notification_auth_token must be given too",
        ),
        ({"notification_url": "http://a/b", "notification_auth_token": SECRET}, "must be https"),
        ({"notification_url": "https://", "notification_auth_token": SECRET}, "must be https"),
        ({"notification_url": HOOK + "?a=1", "notification_auth_token": SECRET}, "must be https"),
        ({"notification_url": "https://u:p@a/b", "notification_auth_token": SECRET}, "must be https"),
        ({"notification_url": "https://[a/b", "notification_auth_token": SECRET}, "must be https"),
        ({"notification_url": "https://a/" + "b" * 600, "notification_auth_token": SECRET}, "notification_url has 610"),
        ({"notification_url": HOOK, "notification_auth_token": Secret("s" * 513)}, "notification_auth_token has 513"),
        ({"notification_types": ("OTHER",), "notification_url": HOOK, "notification_auth_token": SECRET}, "know OTHER"),
        (
            {"notification_types": ("TEST_NOTIFICATION",), "notification_url": HOOK, "notification_auth_token": SECRET},
            "by itself",
        ),
        ({"claim": True, "metadata": "m" * 256}, "owner_metadata has 256"),
        ({"claim": True, "metadata": ""}, "metadata is empty"),
        ({"claim": True, "metadata": RELEASED_METADATA}, "marks a location given up"),
    ],
)
def test_what_apple_would_refuse(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        plan(OWN, replace(GOAL, **changes))


@pytest.mark.parametrize("option", ["owner_id", "owner_name"])
def test_a_claim_is_named_within_its_length(option):
    for text, sentence in (("i" * 101, "has 101 characters"), ("", "is empty")):
        with pytest.raises(InputError, match=f"^{option} {sentence}"):
            plan(BARE, replace(GOAL, claim=True, **{option: text}))
    assert plan(BARE, replace(GOAL, claim=True, **{option: "i" * 100})).changed


@pytest.mark.parametrize(
    "changes",
    [
        {"notification_url": "https://a/" + "b" * 502, "notification_auth_token": Secret("s" * 512)},
        {"claim": True, "metadata": "m" * 255},
        {"notification_url": "https://a/X", "notification_auth_token": SECRET},
    ],
)
def test_as_much_as_apple_takes(changes):
    assert plan(OWN, replace(GOAL, **changes)).changed


def test_types_are_not_checked_without_a_list():
    goal = replace(GOAL, notification_types=("NEW",))
    assert plan(FULL, goal, ()).changed


def test_absent_releases_once():
    goal = replace(GOAL, state="absent")
    found = plan(FULL, goal)
    assert found.change == ClientConfigChange(mdm_info=MdmInfo("me", "North", RELEASED_METADATA), notification_types=())
    after = apply(FULL, found.change)
    assert not plan(after, goal).changed
    assert plan(OWN, goal).change == ClientConfigChange(mdm_info=MdmInfo("me", "North", RELEASED_METADATA))


@pytest.mark.parametrize("info", [None, THEIRS, GIVEN_UP])
def test_absent_leaves_others_alone(info):
    found = plan(replace(FULL, mdm_info=info), replace(GOAL, state="absent"))
    assert (found.change, found.before, found.after) == (None, {}, {})


INFOS = st.sampled_from(
    [None, MINE, THEIRS, GIVEN_UP, MdmInfo("me", "North", RELEASED_METADATA), MdmInfo("me", "a", "b")]
)
SOME_TYPES = st.sets(st.sampled_from(TYPES)).map(tuple)
CONFIGS = st.builds(
    lambda info, both, types: replace(
        BARE,
        mdm_info=info,
        notification_url=HOOK if both else "",
        notification_auth_token=SECRET if both else None,
        notification_types=types if both else (),
    ),
    INFOS,
    st.booleans(),
    SOME_TYPES,
)
GOALS = st.builds(
    AccountGoal,
    state=st.sampled_from(["present", "absent"]),
    owner_id=st.just("me"),
    owner_name=st.just("North"),
    claim=st.booleans(),
    takeover=st.booleans(),
    mdm_name=st.sampled_from(["", "", "Systems Manager"]),
    notification_url=st.none() | st.just(HOOK),
    notification_auth_token=st.none() | st.sampled_from([SECRET, Secret("second-invented")]),
    notification_types=st.none() | SOME_TYPES,
)


@given(CONFIGS, GOALS)
def test_twice_is_once_and_others_are_never_touched(config, goal):
    try:
        found = plan(config, goal)
    except VppError as error:
        found = error.message
    assert "invented" not in repr(found)
    if isinstance(found, str):
        return
    if not found.change:
        assert found.before == found.after
        return
    assert not goal.mdm_name
    assert ownership(config.mdm_info, "me") != FOREIGN or (goal.takeover and goal.claim and goal.state == "present")
    assert found.change.mdm_info.id == "me"
    after = apply(config, found.change)
    again = plan(after, goal)
    assert not again.changed
