# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of codes: one person a code and one code a person are rules of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_model import CODES_UID, Handing, Product
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateBusyError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT
from ansible_collections.openmdm.vpp.plugins.module_utils._state.codes import Codes
from ansible_collections.openmdm.vpp.plugins.module_utils._state.folder import StateFolder, StateSettings
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place


@pytest.fixture
def ledger(place: Place) -> Iterator[Codes]:
    with place.open(CODES_UID) as state:
        yield state.codes


def handing(code: str, person: str = "a", address: str = "a@home.example", product: int = 1) -> Handing:
    return Handing(product, Secret(code), person, address)


@pytest.fixture
def pages(ledger: Codes) -> int:
    return ledger.product_number(Product("Pages"))


def test_of_a_code_and_a_mail(ledger, pages):
    first = ledger.intend(handing("SPEND-1", product=pages))
    assert (first.state, first.product, first.client_user_id, first.sent) == (INTENDED, pages, "a", None)
    refused = ledger.settle(first, sent=False, smtp_code=550)
    assert (refused.state, refused.failures, refused.smtp_code) == (FAILED, 1, 550)
    again = ledger.intend(handing("spend1", address="new@home.example", product=pages))
    assert (again.mark, again.message_key, again.failures) == (first.mark, first.message_key, 1)
    assert again.address != first.address
    assert ledger.settle(again, sent=True).state == SENT
    assert [one.state for one in ledger.handed(pages)] == [SENT]
    assert ledger.owners([first.mark, "other"]) == {first.mark: pages}


@pytest.mark.parametrize(
    "second",
    [
        handing("SPEND-1", "b", "b@home.example"),
        handing("SPEND-1", "", "b@home.example"),
        handing("SPEND-2", "a", "b@home.example"),
        handing("SPEND-2", "b", "A@home.example "),
        handing("SPEND-2", "", "a@home.example"),
        handing("SPEND-1", product=2),
    ],
)
def test_neither_two_codes_nor_two_people(ledger, pages, second):
    ledger.product_number(Product("Keynote"))
    ledger.settle(ledger.intend(handing("SPEND-1", product=pages)), sent=True)
    before = ledger.handed(pages)
    with pytest.raises(ValueError, match="another"):
        ledger.intend(second)
    assert ledger.handed(pages) == before
    assert ledger.handed(2) == []


def test_two_products_are_two(ledger, pages):
    other = ledger.product_number(Product("Keynote", "5"))
    for number, code in ((pages, "SPEND-1"), (other, "SPEND-2")):
        ledger.intend(handing(code, product=number))
    assert len(ledger.handed(pages)) == len(ledger.handed(other)) == 1
    assert ledger.products() == {pages: Product("Pages"), other: Product("Keynote", "5")}
    assert ledger.product_number(Product("Pages 2", "9"), pages) == pages
    assert ledger.product_number(Product("Pages 3"), pages) == pages
    assert ledger.products()[pages] == Product("Pages 3", "9")


def test_settled_once(ledger, pages):
    first = ledger.intend(handing("SPEND-1", product=pages))
    ledger.settle(first, sent=True)
    with pytest.raises(ValueError, match="isn't intended"):
        ledger.settle(first, sent=True)


def test_an_id_is_learned_once(ledger, pages):
    first = ledger.intend(handing("SPEND-1", "", product=pages))
    second = ledger.intend(handing("SPEND-2", "b", "b@home.example", product=pages))
    ledger.known_as(first, "b")
    assert [one.client_user_id for one in ledger.handed(pages)].count("b") == 1
    ledger.known_as(first, "a")
    ledger.known_as(second, "c")
    assert {one.client_user_id for one in ledger.handed(pages)} == {"a", "b"}


def test_no_code_and_no_address_on_the_disk(place):
    with place.open(CODES_UID) as state:
        number = state.codes.product_number(Product("Pages"))
        state.codes.settle(state.codes.intend(handing("SPEND-1", product=number)), sent=True)
    (file,) = place.path.glob("*.sqlite3")
    data = file.read_bytes()
    assert b"Pages" in data
    assert b"SPEND" not in data
    assert b"home.example" not in data


def test_the_lock_names_what_it_is_about(place):
    settings = StateSettings(str(place.path), "codes", 0.0, subject="the redemption codes of this state_dir")
    with (
        place.open(CODES_UID),
        pytest.raises(StateBusyError, match="works on the redemption codes of this state_dir"),
        StateFolder(settings, place.clock, place.notify).open(CODES_UID),
    ):
        pytest.fail("it was opened")
