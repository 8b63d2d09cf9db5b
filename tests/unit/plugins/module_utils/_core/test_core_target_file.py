"""Target files in their three forms, and above all: cut off files."""

from __future__ import annotations

import csv
import io
import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.table_file import MAX_BYTES, decode
from ansible_collections.openmdm.vpp.plugins.module_utils._core.target_file import read_targets

SERIALS = st.lists(st.from_regex(r"[A-Z0-9]{10}", fullmatch=True), min_size=1, max_size=8)


def targets(text, name):
    return read_targets(text, name)[0]


def values(text, name="fleet.txt"):
    return [value for _number, value in targets(text, name)]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("serial_number\nAAAA1\nBBBB2\n", "f.csv", [(2, "AAAA1"), (3, "BBBB2")]),
        ("\ufeffName;Serial Number\r\niPad;AAAA1\r\n\r\niMac;BBBB2\r\n", "f.csv", [(2, "AAAA1"), (4, "BBBB2")]),
        ("serial\tname\nAAAA1\tx\n", "f.txt", [(2, "AAAA1")]),
        ('"Serial-Number","note"\n"AAAA1","a, ""b""\nc"\n BBBB2 ,d\n', "f.csv", [(3, "AAAA1"), (4, "BBBB2")]),
        ("SERIALNUMBER,x\nAAAA1,1\n,2\n,\n", "f.csv", [(2, "AAAA1"), (3, "")]),
        ("serial_number\n", "f.csv", []),
        ("AAAA1\n\n# note\n  BBBB2  \r\n", "f.txt", [(1, "AAAA1"), (4, "BBBB2")]),
        ("# fleet\nSerial Number\nAAAA1\n", "f", [(3, "AAAA1")]),
        ("AAAA1\nBBBB2", "f.txt", [(1, "AAAA1"), (2, "BBBB2")]),
        ("AAAA1\nserial\n", "f.txt", [(1, "AAAA1"), (2, "serial")]),
        ("\n \nserial;x\nAAAA1;1\n", "f.csv", [(4, "AAAA1")]),
        ("serial\rAAAA1\rBB\r", "f.csv", [(2, "AAAA1"), (3, "BB")]),
        ("# none today\n", "f.txt", []),
        ('["AAAA1", "BBBB2"]', "f.txt", [(1, "AAAA1"), (2, "BBBB2")]),
        (
            '[{"serial_number": "A1"}, {"serialNumber": "B2", "x": 1}, {"serial": "C3"}]',
            "f",
            [(1, "A1"), (2, "B2"), (3, "C3")],
        ),
        ('{"serial_numbers": ["AAAA1"], "x": 3}', "f.json", [(1, "AAAA1")]),
        ('\ufeff\n{"devices": [{"serial": "AAAA1"}]}', "f.json", [(1, "AAAA1")]),
        ("[]", "f.json", []),
        ('[{"serial_number": ""}, "AAAA1"]', "f.json", [(1, ""), (2, "AAAA1")]),
    ],
)
def test_forms(text, name, expected):
    assert targets(text, name) == expected


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("", "f.csv", "f.csv is empty and looks cut off"),
        (" \n", "f.json", "is empty"),
        ("serial_number,name\nAAAA1,x\nBBBB2\n", "f.csv", "line 3 has 1 of 2 columns, so the file looks cut off"),
        ("serial_number,name\nAAAA1,x,y\n", "f.csv", "line 2 has 3 of 2 columns"),
        ('serial_number,name\nAAAA1,"x\n', "f.csv", "line 2 isn't CSV .* looks cut off"),
        ("name,model\nx,y\n", "f.csv", "no column serial_number"),
        ("AAAA1\nBBBB2\n", "f.tsv", "no column serial_number"),
        ("a,b,c,d,e,f\n1,2,3,4,5,6\n", "f.csv", r"in its first line \(a, b, c, d, e\);"),
        (
            "AAAA1\nBBBB2\n",
            "f.csv",
            r"no column serial_number, serial or Serial Number in its first line \(AAAA1\); add a header",
        ),
        ("serial,serial_number\nA,B\n", "f.csv", "2 columns with serial numbers"),
        ("AAAA1\n\0\0\n", "f.txt", "NUL byte in line 2"),
        ("AAAA1\nBBBB2\nCC", "f.txt", "doesn't end with a line end and its last value is shorter than the others"),
        ("AAAA1", "f.txt", "looks cut off"),
        ("serial_number", "f.csv", "looks cut off"),
        ("# only", "f.txt", "looks cut off"),
        ('["AAAA1", ', "f.json", r"isn't whole JSON \(.* at line 1, column 1\d\), so it looks cut off"),
        ('["AAAA1" "B"]', "f.txt", "isn't whole JSON"),
        ("[" * 100_000, "f.json", "isn't whole JSON"),
        ("[" + "9" * 10_000 + "]", "f.json", "isn't whole JSON|item 1 isn't a text"),
        ('{"other": []}', "f.json", "without exactly one list"),
        ('{"devices": [], "serial_numbers": []}', "f.json", "without exactly one list"),
        ('{"devices": {}}', "f.json", "holds no JSON list"),
        ('"AAAA1"', "f.json", "holds no JSON list"),
        ("[17]", "f.json", "item 1 isn't a text; write serial numbers in quotes"),
        ('["A", {"id": "B"}]', "f.json", "item 2 has no key serial_number"),
        ('[{"serial": "A", "serialNumber": "B"}]', "f.json", "several of its kind"),
    ],
)
def test_sentences(text, name, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        targets(text, name)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 300


def render_csv(serials, serial_first, end):
    rows = [["Serial Number", "Name"], *([serial, f'i"Pad, {place}'] for place, serial in enumerate(serials))]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end).writerows(row if serial_first else row[::-1] for row in rows)
    return buffer.getvalue()


@given(SERIALS, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.data())
def test_a_cut_csv_is_refused_or_holds_whole_serials_only(serials, serial_first, end, data):
    whole = render_csv(serials, serial_first, end)
    assert values(whole, "f.csv") == serials
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = values(cut, "f.csv")
    except VppError:
        return
    assert found == serials[: len(found)]
    assert cut.endswith(("\n", "\r")) or found


@given(SERIALS, st.sampled_from(["", "serial_number\n"]), st.data())
def test_a_cut_list_is_refused_or_holds_whole_lines(serials, header, data):
    whole = header + "".join(serial + "\n" for serial in serials)
    assert values(whole) == serials
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = values(cut)
    except VppError:
        return
    assert found == serials[: len(found)]


@given(
    SERIALS, st.sampled_from(["list", "objects", "serial_numbers", "devices"]), st.sampled_from([None, 1]), st.data()
)
def test_a_cut_json_is_always_refused(serials, form, indent, data):
    objects = [{"name": "x", "serialNumber": serial} for serial in serials]
    document = {"list": serials, "objects": objects, "serial_numbers": {form: serials}, "devices": {form: objects}}[
        form
    ]
    whole = json.dumps(document, indent=indent)
    assert values(whole, "f.json") == serials
    with pytest.raises(InputError):
        targets(whole[: data.draw(st.integers(0, len(whole) - 1))], data.draw(st.sampled_from(["f.json", "f.txt"])))


@given(
    st.text() | st.text(alphabet='[]{}",:;\t\n\r#ABserial_number 1'), st.sampled_from(["f.csv", "f.json", "f.txt", "f"])
)
def test_any_text_gives_values_or_a_sentence(text, name):
    try:
        found = targets(text, name)
    except VppError:
        return
    assert all(number >= 1 and isinstance(value, str) for number, value in found)


@given(st.binary() | st.text().map(str.encode) | st.text().map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_any_bytes_give_text_or_a_sentence(data):
    with suppress(VppError):
        targets(decode(data, "f"), "f")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    assert decode("serial;Gerät\n".encode(encoding), "f") == "serial;Gerät\n"
    assert decode(b"\xfe\xff\x00A", "f") == "A"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("Gerä".encode()[:-1], "looks cut off, its last character"),
        ("AB".encode("utf-16")[:-1], "looks cut off"),
        ("Gerät\n".encode("latin-1"), "neither UTF-8 nor UTF-16 at byte 4"),
        (b"x" * (MAX_BYTES + 1), "more than 64 MiB"),
    ],
)
def test_bytes_that_are_no_text(data, sentence):
    with pytest.raises(InputError, match=sentence):
        decode(data, "f")


@pytest.mark.parametrize("line", ["AAAA1\n", "serial_number,\n", '"', "[", '{"devices":', "#\n", "\r", ",", "\\\n"])
@pytest.mark.parametrize("name", ["f.csv", "f.json", "f.txt"])
def test_time_is_bounded(line, name):
    text = line * (500_000 // len(line))
    started = time.monotonic()
    with suppress(VppError):
        targets(text, name)
    assert time.monotonic() - started < 5


REPORT = '{"openmdm.vpp report": true, "devices": [{"serial_number": "DMPX00000001"}, {"serial_number": ""}]}'


def test_a_report_of_devices_leaves_out_those_without_a_serial_number():
    assert read_targets(REPORT, "report.json") == ([(1, "DMPX00000001")], 1)
    assert targets(REPORT, "report.json") == [(1, "DMPX00000001")]


def test_elsewhere_an_empty_serial_number_stays_a_mistake():
    for mark in ("false", '"true"', "1"):
        text = REPORT.replace("true", mark, 1)
        assert read_targets(text, "report.json") == ([(1, "DMPX00000001"), (2, "")], 0)
    with pytest.raises(InputError, match="item 1 has no key serial_number"):
        read_targets('{"openmdm.vpp report": true, "devices": [{"id": "1"}]}', "report.json")
