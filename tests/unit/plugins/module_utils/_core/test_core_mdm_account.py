# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which accounts of an MDM are this location's, whose token they have, and which one a token is taken from."""

from __future__ import annotations

import base64
import json
import textwrap

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import LinkedAccount, Unit
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm_account import (
    HIDDEN,
    OTHER,
    OURS,
    choose_account,
    find_linkage,
    location_label,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.token import token_value


def token(value: str, **extra: str) -> Secret:
    document = {**extra, "token": value, "expDate": "2031-03-02T09:15:00+0000", "orgName": "School"}
    return Secret(base64.b64encode(json.dumps(document).encode()).decode())


MINE = token("mine-0123456789")
WRAPPED = Secret("\n".join(textwrap.wrap(MINE.reveal(), 30)) + "\n")
REORDERED = token("mine-0123456789", a="other text of one token")
OLD = token("old-0123456789")
MASKED = Secret(MINE.reveal()[:4] + "*" * 12)


class TestValue:
    @pytest.mark.parametrize("text", [MINE.reveal(), WRAPPED.reveal(), REORDERED.reveal(), "\ufeff" + MINE.reveal()])
    def test_is_the_same_however_it_is_written(self, text):
        assert token_value(text) == "mine-0123456789"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            MASKED.reveal(),
            MINE.reveal()[:40],
            base64.b64encode(b"[]").decode(),
            base64.b64encode(b'{"token": 5}').decode(),
            base64.b64encode(b'{"orgName": "x"}').decode(),
            "x" * 70_000,
        ],
    )
    def test_is_empty_for_what_is_no_token(self, text):
        assert token_value(text) == ""


def seen(*accounts: LinkedAccount, uid: str = "42") -> tuple[bool | None, list[tuple[str, str]], int]:
    linkage = find_linkage(accounts, uid, MINE)
    return linkage.linked, [(one.account.id, one.token) for one in linkage.accounts], linkage.others


class TestLinkage:
    @pytest.mark.parametrize(
        ("facts", "whose"),
        [
            ({"location_uid": "42", "token": MINE}, OURS),
            ({"location_uid": "42", "token": WRAPPED}, OURS),
            ({"location_uid": "42", "token": REORDERED}, OURS),
            ({"location_uid": "42", "token": OLD}, OTHER),
            ({"location_uid": "42", "token": MASKED}, HIDDEN),
            ({"location_uid": "42", "token": Secret("")}, HIDDEN),
            ({"location_uid": "42"}, HIDDEN),
            ({"token": MINE}, OURS),
            ({"location_uid": "43", "token": MINE}, OURS),
        ],
    )
    def test_by_uid_or_token(self, facts, whose):
        assert seen(LinkedAccount("1", **facts)) == (True, [("1", whose)], 0)

    def test_never_by_name(self):
        assert seen(LinkedAccount("1", name="School", location_name="School", location_uid="43")) == (False, [], 1)

    def test_none(self):
        assert seen() == (False, [], 0)

    def test_the_same_location_twice(self):
        accounts = (LinkedAccount("1", location_uid="42", token=OLD), LinkedAccount("2", location_uid="42", token=MINE))
        assert seen(*accounts, LinkedAccount("3", location_uid="43")) == (True, [("1", OTHER), ("2", OURS)], 1)

    @pytest.mark.parametrize(
        ("uid", "facts"),
        [("42", {}), ("42", {"token": MASKED}), ("42", {"token": OLD}), ("", {"location_uid": "43", "token": OLD})],
        ids=["nothing told", "masked", "another token, which may be an older one", "Apple tells no uid"],
    )
    def test_that_can_not_be_told(self, uid, facts):
        assert seen(LinkedAccount("1", **facts), uid=uid) == (None, [], 1)

    def test_an_unknown_uid_matches_no_unknown_uid(self):
        assert seen(LinkedAccount("1"), uid="")[1] == []


NORTH = LinkedAccount("1", location_uid="41", location_name="North", token=MINE, units=("N_1", "N_3"))
SOUTH = LinkedAccount("2", location_uid="42", location_name="South", token=OLD, units=("N_2",))
ANYWHERE = LinkedAccount("3", name="Spare", token=token("anywhere-0123456789"))


def chosen(*accounts: LinkedAccount, uid: str = "", name: str = "", units: str = "") -> LinkedAccount:
    return choose_account(accounts, "The MDM", uid, name, lambda: [Unit(one, one) for one in units.split()])


class TestChoice:
    @pytest.mark.parametrize(
        ("facts", "account"),
        [
            ({"uid": "42"}, SOUTH),
            ({"name": "South"}, SOUTH),
            ({"uid": "42", "name": "South"}, SOUTH),
            ({"units": "N_1"}, NORTH),
            ({"units": "N_1 N_3"}, NORTH),
            ({"units": "N_2"}, SOUTH),
        ],
    )
    def test_by_pin_or_units(self, facts, account):
        assert chosen(NORTH, SOUTH, **facts) is account

    def test_the_only_one_needs_no_reason(self):
        assert chosen(NORTH, units="N_9") is NORTH

    def test_the_only_one_is_chosen_without_a_question(self):
        def never() -> list[Unit]:
            raise AssertionError

        assert choose_account([NORTH], "The MDM", "", "", never) is NORTH
        assert choose_account([NORTH, SOUTH], "The MDM", "41", "", never) is NORTH

    def test_one_that_serves_all_units(self):
        assert chosen(NORTH, ANYWHERE, units="N_1 N_2") is ANYWHERE

    def test_one_location_that_is_linked_twice_with_one_token(self):
        again = LinkedAccount("9", location_uid="41", location_name="North", token=WRAPPED)
        assert chosen(NORTH, again, uid="41") is NORTH

    @pytest.mark.parametrize(
        ("accounts", "facts", "words"),
        [
            ([], {}, "The MDM lists no linked location; link it there, or give content_token_file"),
            ([NORTH, SOUTH], {"units": "N_1 N_2"}, r"2 .* 'North' \(uid 41\), 'South' \(uid 42\)"),
            ([NORTH, ANYWHERE], {"units": "N_1"}, r"2 locations .* 'North' \(uid 41\), 'Spare'"),
            ([NORTH, SOUTH], {"uid": "43"}, r"has the uid '43'; correct location, or choose from: 'North' \(uid 41\)"),
            ([NORTH, SOUTH], {"uid": "41", "name": "South"}, "has the uid '41' and the name 'South'"),
            ([NORTH], {"name": "north"}, "has the name 'north'"),
            ([NORTH, LinkedAccount("9", location_uid="41", token=OLD)], {"uid": "41"}, "2 locations"),
            ([LinkedAccount("8", name="a"), LinkedAccount("9", name="b")], {}, "2 locations .* 'a', 'b'"),
        ],
    )
    def test_is_refused_and_lists_them(self, accounts, facts, words):
        with pytest.raises(InputError, match=words) as raised:
            chosen(*accounts, **facts)
        assert raised.value.message.startswith("content_token_from: ")
        assert "01234" not in raised.value.message


@pytest.mark.parametrize(("account", "label"), [(NORTH, "'North' (uid 41)"), (ANYWHERE, "'Spare'")])
def test_label(account, label):
    assert location_label(account) == label
