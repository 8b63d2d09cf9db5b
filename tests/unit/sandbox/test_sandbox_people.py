# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People between invitation and retirement: switches, control calls, other products, many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.switches import SWITCHES

WORD, BOOK = "586447913", "900000001"
PLACE = "locations/main"


def person(api: Any, name: str) -> dict[str, Any]:
    (user,) = api.read("/users", clientUserId=name, activeOnly="true")["users"]
    return dict(user)


def create(api: Any, *users: dict[str, str]) -> list[int]:
    """Error numbers of the failures."""
    return [one["errorNumber"] for one in api.run("/users/create", {"users": list(users)}).get("failures", [])]


def update(api: Any, **user: str) -> list[int]:
    return [one["errorNumber"] for one in api.run("/users/update", {"users": [user]}).get("failures", [])]


def on_the_page(api: Any, name: str, account: str) -> int:
    form = {"account": account, "answer": "accept"}
    return int(api.http.post("/invite", params={"inviteCode": person(api, name)["inviteCode"]}, data=form).status_code)


# Switches


def codes(api: Any) -> Any:
    """Whether the code stays after an update, after a return, and after both reads in between."""
    first = person(api, "u-0002")["inviteCode"]
    assert person(api, "u-0002")["inviteCode"] == first
    update(api, clientUserId="u-0002", email="new@harbour.example")
    second = person(api, "u-0002")["inviteCode"]
    api.run("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    create(api, {"clientUserId": "u-0002"})
    third = person(api, "u-0002")["inviteCode"]
    assert api.http.get("/invite", params={"inviteCode": third}).status_code == 200
    assert api.http.get("/invite", params={"inviteCode": first}).status_code == (200 if first == third else 404)
    return first == second, second == third


def used(api: Any) -> Any:
    code = person(api, "u-0002")["inviteCode"]
    on_the_page(api, "u-0002", "tama@home.example")
    retired = api.read("/users", retiredOnly="true")["users"]
    assert not any("inviteCode" in one for one in retired)
    return person(api, "u-0002").get("inviteCode") == code


def clash(api: Any) -> Any:
    made = create(api, {"clientUserId": "u-0010", "email": "Aroha@harbour.example"})
    changed = update(api, clientUserId="u-0002", email="aroha@harbour.example")
    assert update(api, clientUserId="u-0001", email="AROHA@harbour.example") == []
    free = create(api, {"clientUserId": "u-0011"}, {"clientUserId": "u-0012", "email": "mere2@harbour.example"})
    return made, changed, free


def linked_again(api: Any) -> Any:
    before = person(api, "u-0001")["idHash"]
    assert update(api, clientUserId="u-0001", managedAppleId="Aroha@harbour.example") == []
    assert person(api, "u-0001")["idHash"] == before
    failures = update(api, clientUserId="u-0001", managedAppleId="other@harbour.example", email="o@harbour.example")
    after = person(api, "u-0001")
    return failures, after["idHash"] != before, after["email"]


def who_may_sign_in(api: Any) -> Any:
    api.control("POST", "accounts", {"account": "made@home.example"})
    return on_the_page(api, "u-0002", "any@home.example"), on_the_page(api, "u-0003", "made@home.example")


def shared(api: Any) -> Any:
    status = on_the_page(api, "u-0002", "aroha@harbour.example")
    # What the API says of a Managed Apple Account is documented, whatever the page does.
    assert update(api, clientUserId="u-0003", managedAppleId="aroha@harbour.example") == [9641]
    hashes = Counter(user.get("idHash") for user in api.read("/users", activeOnly="true")["users"])
    return status, hashes[person(api, "u-0001")["idHash"]]


CASES: list[tuple[str, Any, Callable[[Any], Any], Any]] = [
    ("invite_code", "kept", codes, (True, True)),
    ("invite_code", "new", codes, (False, False)),
    ("used_code", "hidden", used, False),
    ("used_code", "shown", used, True),
    ("email_taken", "allowed", clash, ([], [], [])),
    ("email_taken", "failure_9717", clash, ([9717], [9717], [])),
    ("relink", "replaced", linked_again, ([], True, "o@harbour.example")),
    ("relink", "ignored", linked_again, ([], False, "o@harbour.example")),
    ("relink", "failure_9635", linked_again, ([9635], False, "aroha@harbour.example")),
    ("page_accounts", "any", who_may_sign_in, (200, 200)),
    ("page_accounts", "made", who_may_sign_in, (403, 200)),
    ("page_account_taken", "refused", shared, (409, 1)),
    ("page_account_taken", "accepted", shared, (200, 2)),
]


@pytest.mark.parametrize(("name", "value", "probe", "expected"), CASES)
def test_position(api: Any, name: str, value: Any, probe: Callable[[Any], Any], expected: Any) -> None:
    assert value in SWITCHES[name].values
    api.switch(**{name: value})
    assert probe(api) == expected


def test_every_position_has_a_test() -> None:
    tested = {(name, value) for name, value, _probe, _expected in CASES}
    assert {(name, value) for name, _value in tested for value in SWITCHES[name].values} == tested


@pytest.mark.parametrize(("most", "served"), [(None, 3), (2, 2), (0, 0)])
def test_devices_of_one_account(sm: Any, most: int | None, served: int) -> None:
    """Systems Manager installs what a person is licensed for on so many devices of that person."""
    sm.switch(devices_per_account=most)
    sm.set_app(WORD, purchase_method="user")
    sm.run("/assets/associate", {"assets": [{"adamId": WORD}], "clientUserIds": ["u-0001"]})
    serials = ["TESTA00001", "TESTA00005", "TESTA00006"]
    sm.control("PUT", "meraki/devices", {"serials": serials, "owner_email": "aroha@harbour.example"})
    sm.tag("add", "app-word", *serials)
    sm.do("devices/checkin", {"serials": serials})
    rows = [sm.software(serial, WORD)["status"] for serial in serials]
    assert Counter(rows) == {key: n for key, n in (("Managed", served), ("Failed", 3 - served)) if n}
    # The account counts devices, not apps: a device that is served stays so.
    sm.do("devices/checkin", {"serials": serials})
    assert [sm.software(serial, WORD)["status"] for serial in serials] == rows
    assert sm.asset(WORD)["assignedCount"] == 1


# Association through the API


def test_two_people_of_one_address(api: Any) -> None:
    assert create(api, {"clientUserId": "u-0010", "email": "tama@harbour.example"}) == []
    told = api.control("POST", f"{PLACE}/accept", {"emails": ["TAMA@harbour.example", "mere@harbour.example", "x@y.z"]})
    assert told == {
        "accepted": ["u-0003"],
        "refused": [
            {"name": "TAMA@harbour.example", "error": "Several people with an open invitation have it."},
            {"name": "x@y.z", "error": "Nobody with an open invitation has it."},
        ],
    }


def test_accounts_of_another_organization_and_locked_ones_are_not_linked(api: Any) -> None:
    for kind in ({"organization": "other"}, {"state": "locked"}):
        api.control("POST", "accounts", {"account": "ten@harbour.example", **kind})
        assert create(api, {"clientUserId": "u-0010", "managedAppleId": "Ten@harbour.example"}) == [9635]
    api.control("POST", "accounts", {"account": "ten@harbour.example"})
    assert create(api, {"clientUserId": "u-0010", "managedAppleId": "ten@harbour.example"}) == []
    (row,) = api.control("GET", "accounts")["accounts"]
    assert row == {
        "address": "ten@harbour.example",
        "state": "active",
        "organization": "own",
        "linked": [{"location": "main", "clientUserId": "u-0010"}],
    }
    assert "inviteCode" not in person(api, "u-0010")


def test_an_account_linked_on_the_page_is_taken_for_the_api_too(api: Any) -> None:
    assert on_the_page(api, "u-0002", "tama@home.example") == 200
    assert create(api, {"clientUserId": "u-0010", "managedAppleId": "Tama@home.example"}) == [9641]


def test_one_account_at_two_locations(make: Any, api_of: Any) -> None:
    """Nobody says that Apple minds; the hash is the same."""
    box = make("school", event_seconds=0)
    north, west = api_of(box, "north"), api_of(box, "west")
    for api in (north, west):
        assert create(api, {"clientUserId": "x-1", "managedAppleId": "moved@kowhaivalley.example"}) == []
    assert person(north, "x-1")["idHash"] == person(west, "x-1")["idHash"]


def test_a_wrong_account_is_mended_by_a_new_record(api: Any) -> None:
    """The link was used by the wrong account: retire, create, and the person gets another link; apps are gone."""
    first = person(api, "u-0002")["inviteCode"]
    api.control("POST", f"{PLACE}/accept", {"inviteCode": first, "account": "wrong@home.example"})
    api.run("/assets/associate", {"assets": [{"adamId": WORD}, {"adamId": BOOK}], "clientUserIds": ["u-0002"]})
    api.run("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    assert create(api, {"clientUserId": "u-0002", "email": "tama@harbour.example"}) == []
    second = person(api, "u-0002")["inviteCode"]
    assert second != first
    assert api.http.get("/invite", params={"inviteCode": first}).status_code == 410
    assert on_the_page(api, "u-0002", "wrong@home.example") == 200
    rows = api.read("/assignments", clientUserId="u-0002", excludeInactiveUsers="true")["assignments"]
    assert [row["adamId"] for row in rows] == [BOOK]


# The control surface


def test_many_accept_as_on_the_page(api: Any) -> None:
    sent: list[Any] = []
    api.box.outbox.sender = lambda _url, _token, body: sent.append(body) or 200
    settings = {"notificationUrl": "https://h.example/", "notificationAuthToken": "s"}
    api.post("/client/config", {**settings, "notificationTypes": ["USER_ASSOCIATED"]})
    for start in (0, 100):
        create(api, *({"clientUserId": f"n-{number:03d}"} for number in range(start, start + 100)))
    names = [f"n-{number:03d}" for number in range(200)]
    told = api.control("POST", f"{PLACE}/accept", {"client_user_ids": [*names[:120], names[0], "u-0001", "nobody"]})
    assert told["accepted"] == names[:120]
    assert [one["name"] for one in told["refused"]] == ["u-0001", "nobody"]
    api.box.settle()
    assert len(sent) == 3  # the test notification, 100 and 20 people
    open_before = api.control("GET", f"{PLACE}/invitations")["counts"]
    assert open_before == {"open": 82, "used": 120, "withdrawn": 0}
    told = api.control("POST", f"{PLACE}/accept", {"count": 80})
    assert told["accepted"][:2] == ["u-0002", "u-0003"]
    left = api.control("GET", f"{PLACE}/invitations", {"state": "open"})["invitations"]
    assert [row["clientUserId"] for row in left] == names[-2:]
    assert left[0]["url"] == f"http://sandbox.test/invite?inviteCode={person(api, names[-2])['inviteCode']}&mt=8"
    api.switch(page_accounts="made")
    refused = api.control("POST", f"{PLACE}/accept", {"count": 1})
    assert refused == {
        "accepted": [],
        "refused": [{"name": "n-198", "error": "There is no Apple Account with this address."}],
    }


def test_another_product_registers_people(make: Any, api_of: Any) -> None:
    """Systems Manager's own user management has people of the same list under ids that nobody else makes."""
    box = make("school", event_seconds=0)
    api = api_of(box, "north")
    before = len(api.walk("/users", "users", activeOnly="true"))
    made = api.control("POST", "locations/north/users", {"people": 5})
    assert [len(made["created"]), made["refused"]] == [5, []]
    assert len(api.walk("/users", "users", activeOnly="true")) == before + 5
    listed = {one.email for one in box.world.people}
    for name in made["created"]:
        user = person(api, name)
        assert name.isdigit()
        assert user["email"] in listed
        assert user["inviteCode"]
    again = api.control("POST", "locations/north/users", {"people": 5})
    assert not set(again["created"]) & set(made["created"])
    mixed = {
        "add": [
            {"email": "a@b.example", "account": "a@b.example"},
            {"email": "c@b.example", "account": "c@elsewhere.example", "clientUserId": "mine"},
        ],
        "retire": [made["created"][0], "nobody"],
    }
    told = api.control("POST", "locations/north/users", mixed)
    assert person(api, told["created"][0])["status"] == "Associated"
    assert told["retired"] == made["created"][:1]
    assert [(one["clientUserId"], one["errorNumber"]) for one in told["refused"]] == [("mine", 9635), ("nobody", 9609)]


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", f"{PLACE}/accept", {"count": 3}),
        ("POST", f"{PLACE}/accept", {"count": True}),
        ("POST", f"{PLACE}/accept", {"count": 0}),
        ("POST", f"{PLACE}/accept", {"count": 1, "emails": []}),
        ("POST", f"{PLACE}/accept", {"count": 1, "account": "a@b.example"}),
        ("POST", f"{PLACE}/accept", {"emails": "a@b.example"}),
        ("POST", f"{PLACE}/accept", {"client_user_ids": [1]}),
        ("POST", f"{PLACE}/accept", {"clientUserId": "u-0002", "account": "nobody"}),
        ("POST", f"{PLACE}/accept", {"clientUserId": "u-0002", "account": "aroha@harbour.example"}),
        ("GET", f"{PLACE}/invitations", {"state": "lost"}),
        ("POST", f"{PLACE}/users", {"people": 1}),
        ("POST", f"{PLACE}/users", {"add": "x"}),
        ("POST", f"{PLACE}/users", {"add": [{"clientUserId": "x"}]}),
        ("POST", f"{PLACE}/users", {"add": [{"email": "a@b.example", "account": "x"}]}),
        ("POST", f"{PLACE}/users", {"retire": "u-0001"}),
        ("POST", "accounts", {}),
        ("POST", "accounts", {"account": "x"}),
        ("POST", "accounts", {"account": "a@b.example", "state": "asleep"}),
        ("POST", "accounts", {"account": "a@b.example", "organization": "x"}),
        ("POST", "accounts", {"count": -1}),
        ("POST", "accounts", {"count": 2, "domain": "x"}),
    ],
)
def test_wrong_calls_change_nothing(api: Any, method: str, path: str, data: dict[str, Any]) -> None:
    before = api.control("GET", f"{PLACE}/users"), api.control("GET", "accounts"), api.read("/users")["versionId"]
    status, answer = api.box.control(method, f"/{path}", data)
    assert status == 400
    assert answer["error"].endswith(".")
    after = api.control("GET", f"{PLACE}/users"), api.control("GET", "accounts"), api.read("/users")["versionId"]
    assert after == before


def test_accounts_are_made_by_the_number(api: Any) -> None:
    made = api.control("POST", "accounts", {"count": 300})["accounts"]
    assert (len(set(made)), made[0]) == (300, "person-00001@people.example")
    assert len(api.control("GET", "accounts")["accounts"]) == 300


def test_ten_thousand_new_people(make: Any, api_of: Any) -> None:
    """100 creates of the largest size, and all of them read in 19 pages; no code is given twice."""
    api = api_of(make("generated", people=0, devices=1, apps=1))
    for start in range(0, 10_000, 100):
        users = [{"clientUserId": f"id-{n}", "email": f"p{n}@x.example"} for n in range(start, start + 100)]
        assert create(api, *users) == []
    api.box.journal.entries.clear()
    rows = api.walk("/users", "users", activeOnly="true")
    assert len(api.box.requests) == 19
    assert len({row["inviteCode"] for row in rows}) == len(rows) == 10_000
    assert len(api.control("POST", f"{PLACE}/accept", {"count": 3000})["accepted"]) == 3000
