# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left to a person about an account in the MDM, and what is said aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._core.account_steps import (
    AccountWish,
    account_steps,
    account_warnings,
    hours,
    sync_age,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.manual_steps import StepText
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import LinkedAccount
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm_account import (
    HIDDEN,
    OTHER,
    OURS,
    Linkage,
    Linked,
)
from ansible_collections.openmdm.vpp.tests.unit.fakes import START

DONE, TO_DO, UNVERIFIABLE = keys.DONE, keys.TO_DO, keys.UNVERIFIABLE
LATER = START + timedelta(days=300)
GOOD = LinkedAccount(
    "1",
    name="Apps",
    email="apps@school.example",
    units=("N_1", "N_2"),
    token_expires=LATER,
    last_sync=START - timedelta(hours=48),
)
ALL_KEYS = (
    keys.LINK_ACCOUNT,
    keys.ACCOUNT_NAME,
    keys.ACCOUNT_EMAIL,
    keys.ACCOUNT_UNITS,
    keys.ALLOWED_ADMINS,
    keys.RENEW_TOKEN,
    keys.SYNC_ACCOUNT,
    keys.REMOVE_ACCOUNT,
)


def texts(facts: Mapping[str, str]) -> Mapping[str, StepText]:
    return {key: StepText(key, str(dict(facts)), "why", "how") for key in ALL_KEYS}


def good(token: str = OURS, **facts: object) -> Linked:
    told = {name: getattr(GOOD, name) for name in GOOD.__slots__}
    return Linked(LinkedAccount(**{**told, **facts}), token)


def linkage(*accounts: Linked, linked: bool | None = True) -> Linkage:
    return Linkage(linked, accounts, 0)


def states(found: Linkage, wish: AccountWish | None = None) -> dict[str, str]:
    steps = account_steps(texts, found, wish or AccountWish(), "School", (), LATER, START)
    assert len({(step.key, step.about) for step in steps}) == len(steps)
    return {step.key: step.state for step in steps}


def warnings(found: Linkage, wish: AccountWish | None = None) -> list[str]:
    return account_warnings(found, wish or AccountWish(), "The MDM", "School", LATER, START)


def test_an_account_as_it_should_be():
    assert states(linkage(good())) == {
        keys.LINK_ACCOUNT: DONE,
        keys.ALLOWED_ADMINS: UNVERIFIABLE,
        keys.RENEW_TOKEN: DONE,
        keys.SYNC_ACCOUNT: DONE,
    }
    assert warnings(linkage(good())) == []


@pytest.mark.parametrize(("linked", "state"), [(False, TO_DO), (None, UNVERIFIABLE)])
def test_none(linked, state):
    found = states(linkage(linked=linked), AccountWish(name="Apps", email="a@b.example", units=("N_1",)))
    assert found == {keys.LINK_ACCOUNT: state, keys.ALLOWED_ADMINS: UNVERIFIABLE}


@pytest.mark.parametrize(
    ("wish", "key", "state"),
    [
        ({"name": "Apps"}, keys.ACCOUNT_NAME, DONE),
        ({"name": "apps"}, keys.ACCOUNT_NAME, TO_DO),
        ({"email": "Apps@School.example "}, keys.ACCOUNT_EMAIL, DONE),
        ({"email": "b@school.example"}, keys.ACCOUNT_EMAIL, TO_DO),
        ({"units": ("N_2", "N_1")}, keys.ACCOUNT_UNITS, DONE),
        ({"units": ("N_1",)}, keys.ACCOUNT_UNITS, TO_DO),
        ({"units": ("N_1", "N_2", "N_3")}, keys.ACCOUNT_UNITS, TO_DO),
    ],
)
def test_what_was_asked_for(wish, key, state):
    assert states(linkage(good()), AccountWish(**wish))[key] == state


def test_all_units_are_not_the_listed_ones():
    assert states(linkage(good(units=None)), AccountWish(units=("N_1",)))[keys.ACCOUNT_UNITS] == TO_DO


@pytest.mark.parametrize(
    ("account", "state", "words"),
    [
        (good(OURS), DONE, None),
        (good(HIDDEN), UNVERIFIABLE, None),
        (good(OTHER), TO_DO, "another content token for the location 'School'"),
        (good(OTHER, token_expires=None), TO_DO, "another content token"),
        (good(OTHER, token_expires=LATER + timedelta(days=1)), None, "a newer content token .* use that one here"),
        (good(OURS, token_expires=START), TO_DO, r"expired on 2030-05-06; upload the file"),
        (good(HIDDEN, token_expires=START - timedelta(days=1)), TO_DO, "expired on 2030-05-05"),
        (good(OTHER, token_expires=START - timedelta(days=1)), TO_DO, "expired on 2030-05-05"),
    ],
)
def test_the_token(account, state, words):
    assert states(linkage(account)).get(keys.RENEW_TOKEN) == state
    told = warnings(linkage(account))
    assert len(told) == (words is not None)
    assert all(re.search(words, sentence) for sentence in told)


@pytest.mark.parametrize(
    ("last_sync", "state", "told"),
    [
        (START - timedelta(hours=48), DONE, 0),
        (START - timedelta(hours=48, seconds=1), TO_DO, 1),
        (START + timedelta(hours=1), DONE, 0),
        (None, UNVERIFIABLE, 0),
    ],
)
def test_the_sync(last_sync, state, told):
    found = linkage(good(last_sync=last_sync))
    assert states(found)[keys.SYNC_ACCOUNT] == state
    assert len(warnings(found)) == told


def test_a_sync_that_is_too_old_is_told_with_its_age():
    (sentence,) = warnings(linkage(good(last_sync=START - timedelta(hours=73))))
    assert "73 hours ago, which is more than max_sync_age (48)" in sentence


def test_a_clock_ahead_is_no_negative_age():
    account = good(last_sync=START + timedelta(hours=1)).account
    assert sync_age(account, START) == timedelta(0)
    assert hours(timedelta(hours=2, minutes=59)) == 2


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (linkage(good()), TO_DO),
        (linkage(linked=False), DONE),
        (linkage(linked=None), UNVERIFIABLE),
    ],
)
def test_an_account_that_is_to_go(found, state):
    wish = AccountWish(state="absent", name="Apps")
    assert states(found, wish) == {keys.REMOVE_ACCOUNT: state}
    assert warnings(found, wish) == []


def test_a_location_that_is_linked_twice():
    twice = linkage(good(), good(OTHER, id="2", name="Old"))
    steps = account_steps(texts, twice, AccountWish(), "School", (), LATER, START)
    abouts = {step.about: step.state for step in steps if step.key == keys.RENEW_TOKEN}
    assert abouts == {"School (Apps)": DONE, "School (Old)": TO_DO}
    assert "2 accounts of the location 'School'" in warnings(twice)[0]


def test_the_words_hold_what_is_to_be_typed():
    wish = AccountWish(name="Apps", email="a@b.example", units=("N_1",))
    (step, _admins) = account_steps(texts, linkage(linked=False), wish, "School", ("North (N_1)",), LATER, START)
    assert step.text.where == str(
        {"location": "School", "name": "Apps", "email": "a@b.example", "units": "North (N_1)"}
    )


def test_an_mdm_without_words_for_a_step_needs_none():
    assert account_steps(lambda facts: {}, linkage(good()), AccountWish(), "School", (), LATER, START) == []
