# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of people: good rows are used, bad ones told by line and nothing else, cut-off files are errors."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.people_file import parse_people, people_of_items
from ansible_collections.openmdm.vpp.plugins.module_utils._core.people_row import folded, is_address, is_client_user_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.table_file import decode
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import Person

LEA, OMAR = "lea@fernhill.example", "omar@fernhill.example"


def read(text, name="people.csv", columns=None):
    people, bad, _warnings = parse_people(text, name, columns)
    return people, [(row.line, row.why) for row in bad]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Email,Name,Notes\n{LEA},Lea Moreau,Year 7 tutor\n", [Person(2, email=LEA, name="Lea Moreau")]),
        (f"EMAIL,name,NOTES\r\n{LEA},,\r\n\r\n{OMAR},,\r\n", [Person(2, email=LEA), Person(4, email=OMAR)]),
        (f"\ufeffE-Mail;Full Name\n {LEA} ;Moreau, Lea\n", [Person(2, email=LEA, name="Moreau, Lea")]),
        (
            f'Email,Name,Notes\n{LEA},"Moreau, ""Lea""","a\nb"\n{OMAR},O,\n',
            [
                Person(2, email=LEA, name='Moreau, "Lea"'),
                Person(4, email=OMAR, name="O"),
            ],
        ),
        (
            f"client_user_id\temail\tManaged Apple Account\ttags\nu-1\t{LEA}\tlea@id.example\tyear-7; choir year-7\n",
            [Person(2, "u-1", LEA, "", "lea@id.example", ("year-7", "choir"))],
        ),
        ("Client-User-ID\nu-1\n", [Person(2, "u-1")]),
        ("email\n", []),
        # Notes may be cut, since nothing of them is used.
        (f"Email,Name,Notes\n{LEA},Lea,Year 7 tu", [Person(2, email=LEA, name="Lea")]),
    ],
)
def test_csv(text, expected):
    assert read(text) == (expected, [])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([{"email": LEA, "groups": ["year 7", "choir"]}], [Person(1, email=LEA, groups=("year 7", "choir"))]),
        ({"users": [{"clientUserId": "u-1", "x": 1}]}, [Person(1, "u-1")]),
        ({"people": [{"Email": LEA, "name": None, "tags": "a b"}]}, [Person(1, email=LEA, groups=("a", "b"))]),
        ([], []),
    ],
)
def test_json(document, expected):
    assert read(json.dumps(document), "people.json") == (expected, [])


def test_own_names_of_columns():
    text = f"Mail,School address,Login\nx,{LEA},u-1\n"
    columns = {"email": "school Address", "client_user_id": "login"}
    assert read(text, columns=columns) == ([Person(2, "u-1", LEA)], [])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Lea,x", "has no e-mail address"),
        ("lea.fernhill.example,Lea,x", "has an e-mail address that can't be one"),
        ("lea@fernhill,Lea,x", "has an e-mail address that can't be one"),
        (f"{LEA},Moreau, Lea,x", "has 4 of 3 columns (put a value that holds the separator in quotes)"),
        (f"{LEA},Lea", "has 2 of 3 columns (put a value that holds the separator in quotes)"),
        (f'{LEA},"Lea" Moreau,x', "has a quote in the wrong place (write it twice, within quotes)"),
        (f"{OMAR.upper()},Omar,x", "has the same e-mail address as line 2"),
    ],
)
def test_bad_rows_are_told_and_the_others_are_used(row, why):
    people, bad = read(f"Email,Name,Notes\n{OMAR},Omar,\n{row}\nlast@fernhill.example,Last,\n")
    assert [person.line for person in people] == [2, 4]
    assert bad == [(3, why)]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("lea", "is no object"),
        ({"email": 7}, "has a value of email that isn't a text (write it in quotes)"),
        ({"email": LEA, "groups": [1]}, "has groups that are neither a text nor a list of texts"),
        ({"email": LEA, "Mail": LEA}, "has several keys for one field"),
        (
            {"email": LEA, "managed_apple_account": "x"},
            "has a managed_apple_account that isn't of the form name@domain",
        ),
        (
            {"client_user_id": "a\u0007b"},
            "has a client_user_id with more than 255 characters, or with some that can't be printed",
        ),
        ({"email": "a\ud800b@x.example"}, "has an e-mail address that can't be one"),
        ({"email": "a\u202eb@x.example"}, "has an e-mail address that can't be one"),
        ({"client_user_id": "u-1"}, "has the same client_user_id as item 1"),
    ],
)
def test_bad_items(item, why):
    people, bad = read(json.dumps([{"client_user_id": "u-1"}, item]), "people.json")
    assert [person.line for person in people] == [1]
    assert bad == [(2, why)]


def test_a_bad_row_claims_no_address():
    people, bad = read(f"client_user_id,email\nu-1,x\nu-1,{LEA}\n")
    assert people == [Person(3, "u-1", LEA)]
    assert [line for line, _why in bad] == [2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "p.csv is empty and looks cut off; an empty list is a file with only a header line."),
        (
            f"Email,Name\n{LEA},Le",
            "p.csv looks cut off, since it doesn't end with a line end; write it again, or end its last line.",
        ),
        (
            "Email,Name,Notes",
            "p.csv looks cut off, since it doesn't end with a line end; write it again, or end its last line.",
        ),
        (
            f'Email,Name,Notes\n{LEA},"{"x" * 140_000}\n',
            (
                "p.csv has quotes that begin in line 2 and don't end, so it looks cut off or "
                "damaged; mend the line, or export the file again."
            ),
        ),
        (
            f'Email,Name,Notes\n{LEA},"Lea',
            (
                "p.csv has quotes that begin in line 2 and don't end, so it looks cut off or "
                "damaged; mend the line, or export the file again."
            ),
        ),
        (
            f"{LEA},Lea Moreau,x\n",
            (
                "p.csv has no column Email or client_user_id in its first line; add a header line such "
                "as Email,Name,Notes, or tell its names in 'columns'."
            ),
        ),
        ("Email,E-Mail\na,b\n", "p.csv has 2 columns for email in its header; keep one of them."),
        ("Email,\0\n", "p.csv holds a NUL byte in line 1, so it is damaged or no text; write the file again."),
        (
            '[{"email": "a@b.example"}',
            (
                "p.csv isn't whole JSON (Expecting ',' delimiter at line 1, column 26), so it "
                "looks cut off or damaged; write it again."
            ),
        ),
        ('{"members": []}', "p.csv is a JSON object without exactly one list 'users' or 'people'; add it."),
        ('{"users": 1}', "p.csv holds no JSON list of people; write a list of objects."),
        (
            '{"openmdm.vpp report": true, "users": []}',
            "p.csv is a report, which also lists people who are retired; name the list of people.",
        ),
    ],
)
def test_files_that_can_not_be_used(text, sentence):
    with pytest.raises(InputError) as caught:
        parse_people(text, "p.csv")
    assert caught.value.message == sentence


def test_a_column_that_was_named_is_missing():
    with pytest.raises(InputError, match=r"p.csv has no column 'Login', which 'columns' names"):
        parse_people("Email\n", "p.csv", {"client_user_id": "Login"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    text = f"Email,Name,Notes\n{LEA},Léa Moreau,\n"
    assert read(decode(text.encode(encoding), "p.csv"))[0] == [Person(2, email=LEA, name="Léa Moreau")]


def test_latin_1_is_one_error():
    with pytest.raises(InputError, match="neither UTF-8 nor UTF-16 at byte 25; save it as CSV or text in UTF-8"):
        decode("Email,Name,Notes\na@b.ex,é,\n".encode("latin-1"), "p.csv")


def test_items_of_the_task():
    people, bad, warnings = people_of_items([{"client_user_id": "u-1", "groups": ["a"]}, {"email": None}], "users")
    assert people == [Person(1, "u-1", groups=("a",))]
    assert [(row.line, row.why) for row in bad] == [(2, "has no e-mail address")]
    assert warnings == [
        "users: 1 person has a client_user_id and no e-mail address, so no invitation can be sent there."
    ]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (LEA, True),
        ("o'brien+x@sub.school.example", True),
        ("müller@schüle.example", True),
        ("a@b", False),
        ("a@b..example", False),
        ("a@-b.example", False),
        (".a@b.example", False),
        ("a.@b.example", False),
        ("a..b@b.example", False),
        ("a b@c.example", False),
        ("a@b@c.example", False),
        ("<a@b.example>", False),
        ("a@b.example,", False),
        ("a@" + ("b" * 60 + ".") * 4 + "c" * 9, True),
        ("a@" + ("b" * 60 + ".") * 4 + "c" * 10, False),
    ],
)
def test_addresses(text, good):
    assert is_address(text) is good


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_no_text_of_a_row_is_told(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Email", "Name"])
    writer.writerows([f"<secret>{email}", name] for email, name in rows)
    people, bad = read(out.getvalue())
    assert not people
    assert not any("secret" in why for _line, why in bad)


@given(st.lists(st.from_regex(r"[a-z]{1,5}@[a-z]{1,5}\.example", fullmatch=True), max_size=12))
def test_each_address_counts_once_whatever_the_order(addresses):
    for listed in (addresses, addresses[::-1]):
        people, bad = read("Email\n" + "".join(f"{one}\n" for one in listed))
        assert sorted(folded(person.email) for person in people) == sorted(set(addresses))
        assert len(people) + len(bad) == len(addresses)


def test_ids_of_people():
    good = [is_client_user_id(text) for text in ("x", "a b", "x" * 255, "", "x" * 256, "a\nb")]
    assert good == [True, True, True, False, False, False]
