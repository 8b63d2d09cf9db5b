"""What an admin types, brought to Apple's form."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import AssetError, InputError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import (
    AssetSelector,
    normalise_adam_id,
    normalise_serial_numbers,
    resolve_assets,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import AssetKey, Metadata

SERIALS = st.from_regex(r"[A-Z0-9]{4,24}", fullmatch=True)


@given(st.lists(st.tuples(SERIALS, st.booleans(), st.sampled_from(["", " ", "\t", "\ufeff", "\u00a0"]))))
def test_serial_numbers_once_each_in_order(drawn):
    values = [pad + (serial.lower() if lower else serial) + pad for serial, lower, pad in drawn]
    serials, warnings = normalise_serial_numbers(values, "here")
    assert serials == list(dict.fromkeys(serial for serial, _lower, _pad in drawn))
    assert len(warnings) <= 3
    assert normalise_serial_numbers(serials, "here") == (serials, [])


def test_warnings_count_and_show_samples():
    values = [f"abc{number:03d}" for number in range(5)] + ["ABC000", "ABC001", " XYZ000"]
    assert normalise_serial_numbers(values, "serial_numbers")[1] == [
        "serial_numbers: 2 serial numbers given more than once, each counts once: ABC000, ABC001.",
        "serial_numbers: 5 serial numbers in lower case, read as upper case: ABC000, ABC001, ABC002, ABC003, ABC004.",
        "serial_numbers: 1 serial number with white space around, which was removed: XYZ000.",
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "item 2 is empty"),
        ("  ", "item 2 is empty"),
        ("AB CD", r"item 2 \('AB CD'\) has white space inside"),
        ("AB-CD", "something other than A-Z and 0-9"),
        ("STRAßE", "something other than A-Z and 0-9"),
        ("١٢٣٤٥", "something other than A-Z and 0-9"),
        ("ABC", "has 3 characters, not 4 to 24"),
        ("0" * 40, "has 40 characters"),
        ("00008030-001A2B3C4D5E6F70", "something other"),
        ("A" * 5000, "has 5000 characters"),
    ],
)
def test_unusable_serial_numbers(value, problem):
    with pytest.raises(InputError, match=problem) as caught:
        normalise_serial_numbers(["GOOD1", value], "serial_numbers")
    assert len(str(caught.value)) < 250
    assert caught.value.message.startswith("serial_numbers: ")


def test_lines_of_a_file_and_all_problems_at_once():
    with pytest.raises(InputError, match=r"fleet.csv: line 7 is empty; line 9 .*, and 2 more") as caught:
        normalise_serial_numbers(["GOOD1", *[""] * 7], "fleet.csv", lines=[2, 7, 9, 11, 12, 13, 14, 15])
    assert caught.value.facts == {"unusable": 7}
    with pytest.raises(InputError) as caught:
        normalise_serial_numbers([""] * 5, "here")
    assert caught.value.message.endswith("item 5 is empty; give serial numbers as printed in the device's settings.")


@pytest.mark.parametrize(("text", "shown"), [("x" * 15 + "!", "x" * 15 + "!"), ("x" * 16 + "!", "x" * 12 + "...")])
def test_of_a_long_text_only_the_beginning_is_shown(text, shown):
    with pytest.raises(InputError, match=re.escape(f"item 1 ('{shown}')")):
        normalise_serial_numbers([text], "here")


@given(st.lists(st.text()))
def test_any_text_gives_serials_or_a_sentence(values):
    try:
        serials, _warnings = normalise_serial_numbers(values, "here")
    except InputError:
        return
    assert all(serial.isascii() and serial.isalnum() and serial == serial.upper() for serial in serials)


@pytest.mark.parametrize(("value", "text"), [("361309726", "361309726"), (361309726, "361309726"), (" 1 ", "1")])
def test_adam_id(value, text):
    assert normalise_adam_id(value) == text


@pytest.mark.parametrize("value", ["", "id361309726", "0361309726", True, -1, "1.5", "٣", "9" * 30, "1 2", 0])
def test_not_an_adam_id(value):
    with pytest.raises(InputError, match="adam id"):
        normalise_adam_id(value)


METADATA = {
    "11": Metadata("11", "Pages", "com.apple.Pages"),
    "12": Metadata("12", "Notes Plus", "com.example.notes"),
    "13": Metadata("13", "Notes Plus", "com.example.notes.mac"),
    "14": Metadata("14", "A Book", ""),
}


@pytest.fixture
def owned(make_asset):
    return [
        make_asset("14", pricing_param="PLUS"),
        make_asset("11"),
        make_asset("13", supported_platforms=("macOS",)),
        make_asset("12", supported_platforms=("iOS",)),
        make_asset("15", pricing_param="PLUS"),
        make_asset("15"),
    ]


@pytest.mark.parametrize(
    ("selector", "key"),
    [
        (AssetSelector(adam_id="11"), AssetKey("11")),
        (AssetSelector(bundle_id="com.example.notes"), AssetKey("12")),
        (AssetSelector(name=" pAGES "), AssetKey("11")),
        (AssetSelector(adam_id="14"), AssetKey("14", "PLUS")),
        (AssetSelector(adam_id="15"), AssetKey("15")),
        (AssetSelector(adam_id="15", pricing_param="PLUS"), AssetKey("15", "PLUS")),
        (AssetSelector(name="a book", pricing_param="PLUS"), AssetKey("14", "PLUS")),
    ],
)
def test_one_asset_by_any_name(owned, selector, key):
    assert [asset.key for asset in resolve_assets([selector], owned, METADATA)] == [key]


def test_the_same_asset_twice_is_once_and_order_is_kept(owned):
    selectors = [
        AssetSelector(adam_id="12"),
        AssetSelector(name="Pages"),
        AssetSelector(adam_id="11"),
        AssetSelector(bundle_id="com.example.notes"),
    ]
    assert [asset.key.adam_id for asset in resolve_assets(selectors, owned, METADATA)] == ["12", "11"]
    assert resolve_assets([], owned, METADATA) == []


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        (AssetSelector(adam_id="99"), "adam_id 99 isn't owned by this location"),
        (
            AssetSelector(bundle_id="com.apple.pages"),
            r"isn't owned by this location \(owned and alike: 11 Pages com.apple.Pages\)",
        ),
        (AssetSelector(name="Notes Pluss"), r"owned and alike: 12 Notes Plus iOS com.example.notes, 13 Notes Plus"),
        (
            AssetSelector(adam_id="14", pricing_param="STDQ"),
            r"adam_id 14 \(STDQ\) isn't owned .*\(owned and alike: 14/PLUS A Book\)",
        ),
        (
            AssetSelector(name="Notes Plus"),
            "name Notes Plus fits 2 assets, name one by adam_id: 12 Notes Plus iOS com.example.notes, 13 Notes Plus",
        ),
    ],
)
def test_unknown_and_ambiguous(owned, selector, sentence):
    with pytest.raises(AssetError, match=sentence) as caught:
        resolve_assets([AssetSelector(adam_id="11"), selector], owned, METADATA)
    assert len(caught.value.facts["unresolved"]) == 1


def test_candidates_are_facts_and_all_problems_are_told(owned):
    with pytest.raises(AssetError, match=r"fits 2 assets.*adam_id 99 isn't owned") as caught:
        resolve_assets([AssetSelector(name="notes plus"), AssetSelector(adam_id="99")], owned, METADATA)
    assert caught.value.facts["candidates"] == [
        {
            "adam_id": adam_id,
            "pricing_param": "STDQ",
            "name": "Notes Plus",
            "bundle_id": bundle_id,
            "supported_platforms": [platform],
        }
        for adam_id, bundle_id, platform in (
            ("12", "com.example.notes", "iOS"),
            ("13", "com.example.notes.mac", "macOS"),
        )
    ]


def test_what_is_owned_and_alike_is_a_candidate(owned):
    with pytest.raises(AssetError, match=r"Notes Pluss isn't owned .*owned and alike: ") as caught:
        resolve_assets([AssetSelector(name="Notes Pluss")], owned, METADATA)
    assert [one["adam_id"] for one in caught.value.facts["candidates"]] == ["12", "13"]


def test_the_quality_can_tell_two_products_of_one_name(make_asset):
    assets = [make_asset("12"), make_asset("13", pricing_param="PLUS")]
    selector = AssetSelector(name="Notes Plus")
    with pytest.raises(AssetError, match="fits 2 assets"):
        resolve_assets([selector], assets, METADATA)
    found = resolve_assets([AssetSelector(name="Notes Plus", pricing_param="PLUS")], assets, METADATA)
    assert [str(asset.key) for asset in found] == ["13/PLUS"]


@pytest.mark.parametrize("selector", [AssetSelector(), AssetSelector(adam_id="11", name="Pages")])
def test_exactly_one_way_to_name_it(owned, selector):
    with pytest.raises(InputError, match="exactly one of adam_id, bundle_id and name"):
        resolve_assets([selector], owned, METADATA)


@given(st.text(), st.text(), st.text())
def test_any_selector_gives_a_sentence(make_asset, adam_id, bundle_id, name):
    with suppress(VppError):
        resolve_assets([AssetSelector(adam_id, bundle_id, name)], [make_asset("11")], METADATA)
