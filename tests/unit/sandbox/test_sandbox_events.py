# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the asynchronous writes do."""

from __future__ import annotations

from typing import Any

import pytest

PAGES, WORD, PROCREATE, CUSTOM, BOOK = "361309726", "586447913", "425073498", "900000101", "900000001"


def serials(count: int, letter: str = "B") -> list[str]:
    return [f"TEST{letter}{number:05d}" for number in range(1, count + 1)]


def test_associate_counts_pairs_and_takes_licences(api: Any) -> None:
    body = {
        "assets": [{"adamId": PAGES}, {"adamId": WORD, "pricingParam": "STDQ"}],
        "clientUserIds": ["u-0001"],
        "serialNumbers": serials(2),
    }
    event = api.submit("/assets/associate", body)
    assert api.status(event) == {
        "eventStatus": "PENDING",
        "eventType": "ASSOCIATE",
        "numRequested": 6,
        "numCompleted": 0,
        "uId": "7700000000000042",
        "tokenExpirationDate": "2031-03-02T09:15:00+0000",
    }
    done = api.status(event)
    assert (done["eventStatus"], done["numRequested"], done["numCompleted"]) == ("COMPLETE", 6, 6)
    assert "failures" not in done
    word = api.asset(WORD)
    assert (word["assignedCount"], word["availableCount"], word["totalCount"]) == (3, 47, 50)


def test_licences_run_out_in_the_order_of_the_request(api: Any) -> None:
    body = {"assets": [{"adamId": PROCREATE}, {"adamId": WORD}], "serialNumbers": serials(5)}
    status = api.run("/assets/associate", body)
    assert (status["eventStatus"], status["numRequested"], status["numCompleted"]) == ("FAILED", 10, 7)
    (failure,) = status["failures"]
    assert failure["errorNumber"] == 9709
    assert failure["errorInfo"] == {
        "assets": [{"adamId": PROCREATE, "pricingParam": "STDQ"}],
        "serialNumbers": serials(5)[2:],
    }
    assert api.asset(PROCREATE)["availableCount"] == 0
    assert len(api.read("/assignments", adamId=PROCREATE)["assignments"]) == 3


def test_unknown_people_fail_alone(api: Any) -> None:
    body = {"assets": [{"adamId": PAGES}, {"adamId": WORD}], "clientUserIds": ["nobody", "u-0002"]}
    status = api.run("/assets/associate", body)
    assert (status["eventStatus"], status["numCompleted"]) == ("FAILED", 2)
    assert [(f["errorNumber"], f["errorInfo"]) for f in status["failures"]] == [(9609, {"clientUserIds": ["nobody"]})]


def test_assigning_twice_uses_one_licence(api: Any) -> None:
    body = {"assets": [{"adamId": WORD}], "serialNumbers": serials(3)}
    for _turn in range(2):
        assert api.run("/assets/associate", body)["numCompleted"] == 3
    assert api.asset(WORD)["assignedCount"] == 3


def test_disassociate_gives_licences_back(api: Any) -> None:
    body = {"assets": [{"adamId": PROCREATE}], "serialNumbers": ["TESTA00001", "TESTA00007"]}
    status = api.run("/assets/disassociate", body)
    assert (status["eventType"], status["eventStatus"], status["numCompleted"]) == ("DISASSOCIATE", "COMPLETE", 2)
    assert api.asset(PROCREATE)["availableCount"] == 3


def test_revoke_takes_all_that_is_revocable(api: Any) -> None:
    body = {"serialNumbers": ["TESTA00001"], "clientUserIds": ["u-0001"]}
    status = api.run("/assets/revoke", body)
    assert (status["eventType"], status["numRequested"], status["numCompleted"]) == ("REVOKE", 3, 3)
    left = api.read("/assignments")["assignments"]
    assert left == [
        {"adamId": PAGES, "pricingParam": "STDQ", "serialNumber": "TESTA00002"},
        {"adamId": BOOK, "pricingParam": "STDQ", "clientUserId": "u-0001"},
    ]


def test_revoke_of_an_unknown_person_fails_alone(api: Any) -> None:
    status = api.run("/assets/revoke", {"clientUserIds": ["nobody"], "serialNumbers": ["TESTA00002"]})
    assert (status["eventStatus"], status["numRequested"], status["numCompleted"]) == ("FAILED", 2, 1)


def test_books_go_to_people_in_either_quality(api: Any) -> None:
    body = {"assets": [{"adamId": BOOK}, {"adamId": BOOK, "pricingParam": "PLUS"}], "clientUserIds": ["u-0002"]}
    assert api.run("/assets/associate", body)["eventStatus"] == "COMPLETE"
    assert api.asset(BOOK)["assignedCount"] == 2
    assert api.asset(BOOK, "PLUS")["assignedCount"] == 1


def test_create_makes_registered_people_with_an_invitation(api: Any) -> None:
    users = [
        {"clientUserId": "u-0010", "email": "ten@harbour.example"},
        {"clientUserId": "u-0011", "managedAppleId": "eleven@harbour.example"},
    ]
    status = api.run("/users/create", {"users": users})
    assert (status["eventType"], status["eventStatus"], status["numRequested"]) == ("CREATE", "COMPLETE", 2)
    (ten,) = api.read("/users", clientUserId="u-0010")["users"]
    assert (ten["status"], ten["email"]) == ("Registered", "ten@harbour.example")
    assert len(ten["inviteCode"]) == 32
    (eleven,) = api.read("/users", clientUserId="u-0011")["users"]
    assert eleven["status"] == "Associated"
    assert eleven["idHash"]
    assert "managedAppleId" not in eleven
    assert "inviteCode" not in eleven


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ({"clientUserId": "u-0001"}, 9716),
        ({"clientUserId": "u-0010", "managedAppleId": "x@elsewhere.example"}, 9635),
        ({"clientUserId": "u-0010", "managedAppleId": "aroha@harbour.example"}, 9641),
    ],
)
def test_create_fails_asynchronously(api: Any, user: dict[str, str], number: int) -> None:
    status = api.run("/users/create", {"users": [user, {"clientUserId": "u-0012"}]})
    assert (status["eventStatus"], status["numCompleted"]) == ("FAILED", 1)
    (failure,) = status["failures"]
    assert failure["errorNumber"] == number
    assert failure["errorInfo"] == {"clientUserIds": [user["clientUserId"]]}


def test_update_changes_what_is_given_and_links(api: Any) -> None:
    api.run("/users/update", {"users": [{"clientUserId": "u-0002", "managedAppleId": "tama@harbour.example"}]})
    (user,) = api.read("/users", clientUserId="u-0002")["users"]
    assert (user["status"], user["email"]) == ("Associated", "tama@harbour.example")
    api.run("/users/update", {"users": [{"clientUserId": "u-0002", "email": "new@harbour.example"}]})
    (user,) = api.read("/users", clientUserId="u-0002")["users"]
    assert (user["status"], user["email"]) == ("Associated", "new@harbour.example")
    taken = {"users": [{"clientUserId": "u-0003", "managedAppleId": "tama@harbour.example"}]}
    assert api.run("/users/update", taken)["failures"][0]["errorNumber"] == 9641


def test_retire_releases_apps_and_leaves_books(api: Any) -> None:
    before = api.asset(PAGES)["assignedCount"]
    status = api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    assert (status["eventType"], status["eventStatus"]) == ("RETIRE", "COMPLETE")
    assert api.asset(PAGES)["assignedCount"] == before - 1
    assert api.asset(BOOK)["assignedCount"] == 1
    (user,) = api.read("/users", clientUserId="u-0001")["users"]
    assert user["status"] == "Retired"
    assert user["idHash"]


def test_a_linked_person_comes_back_as_a_new_record_with_the_books(api: Any) -> None:
    api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    api.run("/users/create", {"users": [{"clientUserId": "u-0001"}]})
    both = api.read("/users", clientUserId="u-0001")["users"]
    assert [user["status"] for user in both] == ["Retired", "Registered"]
    api.control("POST", "locations/main/accept", {"clientUserId": "u-0001"})
    rows = api.read("/assignments", clientUserId="u-0001", includeUserState="true")["assignments"]
    assert [(row["adamId"], row["userStatus"]) for row in rows] == [(BOOK, "Associated")]


def test_a_person_that_never_linked_comes_back_as_the_same_record(api: Any) -> None:
    api.run("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    api.run("/users/create", {"users": [{"clientUserId": "u-0002"}]})
    (user,) = api.read("/users", clientUserId="u-0002")["users"]
    assert user["status"] == "Registered"


def test_an_event_takes_its_time(api: Any) -> None:
    api.switch(event_seconds=10, pending_polls=0)
    event = api.submit("/assets/associate", {"assets": [{"adamId": WORD}], "serialNumbers": serials(1)})
    api.box.advance(9)
    assert api.status(event)["eventStatus"] == "PENDING"
    assert api.asset(WORD)["assignedCount"] == 0
    api.control("POST", "clock", {"advance": 1})
    assert api.status(event)["eventStatus"] == "COMPLETE"
    assert api.asset(WORD)["assignedCount"] == 1


def test_events_of_another_location_are_unknown(make: Any, api_of: Any) -> None:
    box = make("school")
    north, south = api_of(box, "north"), api_of(box, "south")
    event = north.submit("/assets/associate", {"assets": [{"adamId": WORD}], "serialNumbers": serials(1)})
    assert south.number(south.get("/status", eventId=event)) == (400, 9708)
    assert south.read("/assets")["uId"] != north.read("/assets")["uId"]


def test_the_largest_request(api: Any) -> None:
    body = {"assets": [{"adamId": PAGES}, {"adamId": WORD}], "serialNumbers": serials(1000, "C")}
    status = api.run("/assets/associate", body)
    assert (status["numRequested"], status["numCompleted"]) == (2000, 1050)
    assert api.asset(PAGES)["assignedCount"] == 1003
