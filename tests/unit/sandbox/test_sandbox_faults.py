# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault, and which requests it hits."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import KINDS, TransportFault

PAGES, WORD = "361309726", "586447913"
BODY = {"assets": [{"adamId": WORD}], "serialNumbers": ["TESTB00001", "TESTB00002"]}


def arm(api: Any, kind: str, **rest: Any) -> None:
    assert api.control("POST", "faults", {"kind": kind, **rest})["kind"] == kind


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 500, "error_number": 9603}, (500, 9603)),
        ({"error_number": 9729, "retry_after": 7}, (503, 9729)),
        ({"error_number": 9646, "retry_after": 1}, (429, 9646)),
        ({"error_number": 9646}, (429, 9646)),
        ({"error_number": 9634}, (410, 9634)),
        ({"status": 200, "error_number": 9622}, (200, 9622)),
    ],
)
def test_status(api: Any, fault: dict[str, Any], expected: tuple[int, int]) -> None:
    arm(api, "status", times=2, match={"path": "/assets"}, **fault)
    for _turn in range(2):
        answer = api.get("/assets")
        assert api.number(answer) == expected
        assert answer.headers.get("Retry-After") == (str(fault["retry_after"]) if "retry_after" in fault else None)
    assert api.get("/assets").status_code == 200


def test_retry_after_as_a_date(api: Any) -> None:
    arm(api, "status", error_number=9729, retry_after=30, retry_after_form="date")
    date = parsedate_to_datetime(api.get("/assets").headers["Retry-After"])
    assert date.timestamp() == api.box.clock.now() + 30


def test_a_list_loses_its_last_rows(api: Any) -> None:
    whole = api.read("/assignments")
    arm(api, "fewer_rows", match={"path": "/assignments"})
    half = api.read("/assignments")
    assert half["assignments"] == whole["assignments"][:2]
    assert half["versionId"] == whole["versionId"]


@pytest.mark.parametrize("status", [502, 504])
def test_gateway_errors_are_html(api: Any, status: int) -> None:
    arm(api, "status", status=status)
    answer = api.get("/assets")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html"
    assert "<html>" in answer.text
    arm(api, "status", status=status, body="busy", content_type="text/plain")
    assert api.get("/assets").text == "busy"


def test_unknown_error(api: Any) -> None:
    arm(api, "unknown_error", error_number=9899)
    assert api.number(api.get("/assets")) == (400, 9899)


def test_reset_before_processing(api: Any) -> None:
    arm(api, "reset_before", match={"method": "POST"})
    with pytest.raises(TransportFault) as caught:
        api.post("/assets/associate", BODY)
    assert caught.value.kind == "reset"
    assert api.control("GET", "locations/main")["counts"]["events"] == 0
    assert api.box.requests[-1]["status"] == 0
    assert api.box.requests[-1]["faults"] == ["reset_before"]


def test_lost_answer_but_the_event_goes_on(api: Any) -> None:
    arm(api, "lost_answer", match={"method": "POST"})
    with pytest.raises(TransportFault) as caught:
        api.post("/assets/associate", BODY)
    assert caught.value.kind == "lost"
    assert len(api.read("/assignments", adamId=WORD)["assignments"]) == 2


def test_redirect_to_another_host(api: Any) -> None:
    arm(api, "redirect", url="https://evil.example/mdm/v2/assets", status=307)
    answer = api.get("/assets")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "https://evil.example/mdm/v2/assets"


def test_slow(api: Any) -> None:
    arm(api, "slow", seconds=42)
    before = api.box.clock.now()
    api.read("/assets")
    assert api.box.clock.now() == before + 42


def test_truncated_body(api: Any) -> None:
    arm(api, "truncated_body", bytes=10)
    with pytest.raises(TransportFault) as caught:
        api.get("/assets")
    assert caught.value.kind == "truncated"


def test_not_json(api: Any) -> None:
    arm(api, "not_json")
    answer = api.get("/assets")
    assert answer.status_code == 200
    assert answer.text.startswith("<html>")


def test_error_in_200(api: Any) -> None:
    arm(api, "error_in_200", error_number=9601)
    assert api.number(api.get("/assets")) == (200, 9601)


def test_extra_fields(api: Any) -> None:
    arm(api, "extra_fields", times=None)
    data = api.read("/assets")
    assert data["futureNumber"] == 7
    assert all("futureField" in asset for asset in data["assets"])
    config = api.read("/service/config")
    assert "futureField" in config
    assert "futureField" not in config["limits"]


def test_version_changes_between_pages(api: Any) -> None:
    api.switch(page_size=2)
    arm(api, "version_change", count=3, match={"path": "/assignments", "after": 1})
    first = api.read("/assignments")
    second = api.read("/assignments", pageIndex=1)
    assert first["versionId"] != second["versionId"]
    assert (first["totalPages"], second["totalPages"]) == (3, 4)
    arm(api, "version_change", count=-4)
    assert api.read("/assignments")["totalPages"] == 2
    version = api.read("/assignments")["versionId"]
    arm(api, "version_change")
    same = api.read("/assignments")
    assert same["totalPages"] == 2
    assert same["versionId"] != version
    arm(api, "version_change", count=10**9 * 3)
    assert api.get("/assignments").status_code == 500


def test_a_foreign_claim_appears_after_n_requests(api: Any) -> None:
    claim = {"id": "other", "name": "Other product", "metadata": ""}
    arm(api, "claim", mdm_info=claim, match={"after": 2, "location": "main"})
    assert ["mdmInfo" in api.read("/assets") for _turn in range(4)] == [False, False, True, True]
    assert api.read("/client/config")["mdmInfo"] == claim


def test_a_token_is_revoked_after_n_requests(api: Any) -> None:
    arm(api, "token", action="revoke", match={"after": 1})
    assert api.get("/assets").status_code == 200
    assert api.number(api.get("/assets")) == (401, 9625)


def test_event_fails_in_part(api: Any) -> None:
    arm(api, "event_fail", count=1, error_number=9603, match={"method": "POST"})
    status = api.run("/assets/associate", BODY)
    assert (status["eventStatus"], status["numCompleted"]) == ("FAILED", 1)
    assert status["failures"][0]["errorNumber"] == 9603
    assert status["failures"][0]["errorInfo"]["serialNumbers"] == ["TESTB00002"]
    assert len(api.read("/assignments", adamId=WORD)["assignments"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/assets/associate", BODY),
        ("/assets/disassociate", {"assets": [{"adamId": PAGES}], "serialNumbers": ["TESTA00001"]}),
        ("/assets/revoke", {"serialNumbers": ["TESTA00001"]}),
        ("/users/create", {"users": [{"clientUserId": "u-0010"}]}),
        ("/users/retire", {"users": [{"clientUserId": "u-0001"}]}),
    ],
)
def test_event_fails_as_a_whole_with_an_unknown_number(api: Any, path: str, body: dict[str, Any]) -> None:
    before = api.control("GET", "locations/main")["assets"]
    arm(api, "event_fail", error_number=9999, match={"method": "POST"})
    status = api.run(path, body)
    assert (status["eventStatus"], status["numCompleted"]) == ("FAILED", 0)
    assert {failure["errorNumber"] for failure in status["failures"]} == {9999}
    assert api.control("GET", "locations/main")["assets"] == before


def test_event_pending_for_ever(api: Any) -> None:
    arm(api, "event_pending_forever", match={"path": "/assets/associate"})
    event = api.submit("/assets/associate", BODY)
    api.box.advance(10**6)
    assert api.status(event)["eventStatus"] == "PENDING"
    assert api.read("/assignments", adamId=WORD)["assignments"] == []
    assert api.run("/assets/associate", BODY)["eventStatus"] == "COMPLETE"


def test_event_slow(api: Any) -> None:
    arm(api, "event_slow", seconds=700)
    event = api.submit("/assets/associate", BODY)
    api.box.advance(699)
    assert api.status(event)["eventStatus"] == "PENDING"
    api.box.advance(1)
    assert api.status(event)["eventStatus"] == "COMPLETE"


@pytest.mark.parametrize("seconds", [5, None])
def test_event_complete_while_the_assignment_is_not_there(api: Any, seconds: int | None) -> None:
    arm(api, "event_hollow", seconds=seconds)
    status = api.run("/assets/associate", BODY)
    assert (status["eventStatus"], status["numCompleted"]) == ("COMPLETE", 2)
    assert api.read("/assignments", adamId=WORD)["assignments"] == []
    api.box.advance(10)
    assert len(api.read("/assignments", adamId=WORD)["assignments"]) == (2 if seconds else 0)


def test_a_fault_waits_for_a_request_it_can_spoil(api: Any) -> None:
    arm(api, "event_fail")
    arm(api, "claim", mdm_info={"id": "x", "name": "y", "metadata": ""})
    api.post("/client/config", {})
    api.http.get("/itunes/lookup")
    assert api.http.get("/metadata/lookup").status_code == 200
    hits = {fault["kind"]: fault["hits"] for fault in api.control("GET", "faults")["faults"]}
    assert hits == {"event_fail": 0, "claim": 1}
    assert api.run("/assets/associate", BODY)["eventStatus"] == "FAILED"


def test_matching(api: Any) -> None:
    arm(api, "status", status=500, times=None, match={"method": "get", "path": "*/users*", "service": "apple"})
    assert api.get("/users").status_code == 500
    assert api.get("/assets").status_code == 200
    assert api.post("/users/create", {"users": [{"clientUserId": "x"}]}).status_code == 200
    arm(api, "status", status=500, match={"service": "itunes"})
    assert api.get("/assets").status_code == 200
    assert api.http.get("/itunes/lookup").status_code == 500
    arm(api, "status", status=500, match={"location": "elsewhere"})
    assert api.get("/assets").status_code == 200
    listed = api.control("GET", "faults")["faults"]
    assert [fault["hits"] for fault in listed] == [1, 1, 0]
    assert api.http.get("/_sandbox/switches").status_code == 200
    api.control("DELETE", "faults")
    assert api.get("/users").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "no_such_kind"},
        {"kind": "slow", "match": "x"},
        {"kind": "slow", "match": {"colour": "red"}},
        {"kind": "slow", "match": {"after": "x"}},
        {"kind": "slow", "times": 0},
        {"kind": "slow", "times": "x"},
        {"kind": "slow", "seconds": "x"},
        {"kind": "slow", "colour": "red"},
        {"kind": "redirect"},
    ],
)
def test_senseless_faults_are_refused(api: Any, fault: dict[str, Any]) -> None:
    status, answer = api.box.control("POST", "/faults", fault)
    assert status == 400
    assert answer["error"].endswith(".")


def test_every_kind_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'arm(api, "{kind}"' not in text] == []
