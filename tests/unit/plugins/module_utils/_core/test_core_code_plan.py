# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is mailed which code, whatever the ledger holds and in whatever order people and codes are listed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_model import Code, HandedCode, Product
from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_plan import (
    AGAIN,
    FIRST,
    GIVEN,
    RESEND,
    RESERVED,
    TO_GIVE,
    UNCERTAIN,
    WITHOUT,
    CodePlan,
    Known,
    find_product,
    plan_codes,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import Person

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

START = datetime(2030, 5, 6, tzinfo=timezone.utc)


def codes(*numbers: int, used: frozenset[int] = frozenset()) -> dict[str, Code]:
    return {f"m{number}": Code(number, Secret(f"SPENDME{number}"), used=number in used) for number in numbers}


def handed(number: int, person: str, state: str = SENT, address: str = "") -> HandedCode:
    return HandedCode(f"m{number}", 1, person, address or f"a-{person}", state, "k", START, START)


def person(line: int, key: str = "", email: str = "") -> Person:
    return Person(line, key, email)


def plan(people: list[Person], listed: dict[str, Code], *known: HandedCode, resend: bool = False) -> CodePlan:
    addresses = {one.email: f"a-{one.email}" for one in people if one.email}
    owners = {one.mark: one.product for one in known}
    return plan_codes(people, listed, Known(known, owners, addresses), resend=resend)


def told(found: CodePlan) -> list[tuple[str, str, str, int]]:
    return [(one.status, one.action, one.reason, one.code.line if one.code else 0) for one in found.people]


def test_the_first_free_codes_go_to_the_first_who_have_none():
    people = [person(1, "a", "a"), person(2, "b", "b"), person(3, "c"), person(4, "", "d"), person(5, "e", "e")]
    found = plan(people, codes(1, 2, 3, 4, used=frozenset({2})), handed(1, "b"))
    assert told(found) == [
        (TO_GIVE, FIRST, "", 3),
        (GIVEN, "", "", 0),
        (WITHOUT, "", "no_address", 0),
        (TO_GIVE, FIRST, "", 4),
        (WITHOUT, "", "no_code", 0),
    ]
    assert (found.count(FIRST), found.count(RESEND)) == (2, 0)
    assert (found.listed, found.used, found.free, found.handed) == (4, 1, 2, 1)


@pytest.mark.parametrize(
    ("state", "listed", "resend", "status", "action", "reason"),
    [
        (SENT, codes(), False, GIVEN, "", ""),
        (FAILED, codes(1), False, RESERVED, AGAIN, ""),
        (FAILED, codes(2), False, WITHOUT, "", "code_unavailable"),
        (FAILED, codes(1, used=frozenset({1})), False, WITHOUT, "", "code_unavailable"),
        (INTENDED, codes(1), False, UNCERTAIN, "", ""),
        (INTENDED, codes(1), True, UNCERTAIN, RESEND, ""),
        (INTENDED, codes(2), True, UNCERTAIN, "", "code_unavailable"),
        (INTENDED, codes(1, used=frozenset({1})), True, GIVEN, "", ""),
    ],
)
def test_whom_the_ledger_knows(state, listed, resend, status, action, reason):
    (one,) = plan([person(1, "a", "a")], listed, handed(1, "a", state), resend=resend).people
    assert (one.status, one.action, one.reason) == (status, action, reason)
    assert one.code is None or one.code.line == 1


def test_a_reserved_code_waits_for_an_address():
    (one,) = plan([person(1, "a")], codes(1), handed(1, "a", FAILED)).people
    assert (one.status, one.action, one.reason) == (RESERVED, "", "no_address")


def test_another_persons_address():
    known = (handed(1, "a", FAILED, "a-x"), handed(2, "b", SENT, "a-y"))
    found = plan([person(1, "c", "x"), person(2, "a", "y"), person(3, "", "x")], codes(1, 2, 3), *known)
    assert told(found) == [(WITHOUT, "", "same_address", 0)] * 3


def test_by_address_where_no_id_was_known():
    found = plan([person(1, "a", "x")], codes(1, 2), handed(1, "", SENT, "a-x"))
    assert told(found) == [(GIVEN, "", "", 0)]


PEOPLE = st.lists(
    st.builds(
        lambda key, mail: (f"i{key}" if key else "", f"e{mail}" if mail or not key else ""),
        st.integers(0, 6),
        st.integers(0, 6),
    ),
    max_size=8,
)
HANDED = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 6), st.integers(0, 6), st.sampled_from([SENT, FAILED, INTENDED])),
    max_size=5,
    unique_by=(lambda one: one[0], lambda one: one[1] or object(), lambda one: one[2]),
)


@hypothesis.given(PEOPLE, HANDED, st.permutations(range(1, 9)), st.booleans(), st.sets(st.integers(1, 8)))
def test_nobody_gets_two_and_no_code_goes_to_two(rows, known, order, resend, used):
    # A list of people holds no id and no address twice (people_row.py).
    people: list[Person] = []
    for key, mail in rows:
        if not any((key and key == one.client_user_id) or (mail and mail == one.email) for one in people):
            people.append(person(len(people) + 1, key, mail))
    ledger = [handed(n, f"i{key}" if key else "", state, f"a-e{mail}") for n, key, mail, state in known]
    found = plan(people, codes(*order, used=frozenset(used)), *ledger, resend=resend)
    sent = [one.code.line for one in found.to_mail if one.code]
    assert max(Counter(sent).values(), default=0) <= 1
    assert not set(sent) & used
    owner = {int(one.mark[1:]): one for one in ledger}
    addresses = {one.address: one for one in ledger}
    for one in found.to_mail:
        assert one.code is not None
        if one.action == FIRST:
            assert one.code.line not in owner
            assert f"a-{one.person.email}" not in addresses
            assert not [x for x in ledger if x.client_user_id and x.client_user_id == one.person.client_user_id]
        else:
            assert owner[one.code.line] == one.handed
            assert one.handed is not None
            assert one.handed.state != SENT
    assert len(found.people) == len(people)


def test_redeemed_are_those_of_ours_that_are_used():
    found = plan([], codes(1, 2, 3, 4, used=frozenset({1, 2, 4})), handed(1, "a"), handed(2, "b"), handed(3, "c"))
    assert (found.used, found.handed, found.redeemed) == (3, 3, 2)


def test_products():
    known = {1: Product("Pages"), 2: Product("Keynote", "5"), 3: Product("Numbers", "7")}
    assert find_product(known, Product("PAGES")) == 1
    assert find_product(known, Product("pages", "9")) == 1
    assert find_product(known, Product("Keynote 2", "5")) == 2
    assert find_product(known, Product("Other")) is None
    with pytest.raises(InputError, match="with the adam_id 5 before; correct adam_id"):
        find_product(known, Product("Keynote", "7"))
    with pytest.raises(InputError, match="with the adam_id 5 were handed out for 'Keynote' before, and 'Pages' is"):
        find_product(known, Product("Pages", "5"))
