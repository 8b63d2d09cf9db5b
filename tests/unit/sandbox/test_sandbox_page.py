# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that an invitation link opens, from the first sight to the association."""

from __future__ import annotations

import html.parser
import re
from typing import Any

import pytest

HOME = "tama@home.example"


class Form(html.parser.HTMLParser):
    """The fields and buttons of a page, and the sentence it tells, as a reader without scripts sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.title = ""
        self.sentence = ""
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert "src" not in given
        assert "href" not in given
        assert "onclick" not in given
        self._within = "sentence" if given.get("id") == "result" else tag
        if tag == "input":
            self.fields[given["name"]] = given["value"]
        if tag == "button" and given.get("name"):
            self.buttons.append(given["value"])

    def handle_data(self, data: str) -> None:
        if self._within in ("title", "sentence"):
            setattr(self, self._within, getattr(self, self._within) + data)

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


def code_of(api: Any, client_user_id: str = "u-0002") -> str:
    return str(api.read("/users", clientUserId=client_user_id, activeOnly="true")["users"][0]["inviteCode"])


def link_of(api: Any, client_user_id: str = "u-0002") -> str:
    """The link as a client makes it from the service's own pattern."""
    pattern = api.read("/service/config")["urls"]["invitationEmail"]
    return str(pattern.replace("%25inviteCode%25", code_of(api, client_user_id)))


def status_of(api: Any, client_user_id: str = "u-0002") -> str:
    return str(api.read("/users", clientUserId=client_user_id, activeOnly="true")["users"][0]["status"])


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, Form(answer.text).sentence


def test_from_the_link_to_the_association(api: Any) -> None:
    link = link_of(api)
    first = api.http.get(link)
    page = Form(first.text)
    assert (first.status_code, page.fields, page.sentence) == (200, {"account": ""}, "")
    assert "Harbour Street School" in first.text
    assert "password" in first.text.partition("<footer>")[2]
    second = api.http.post(link, data={"account": f" {HOME} "})
    page = Form(second.text)
    assert (second.status_code, page.fields, page.buttons) == (200, {"account": HOME}, ["accept", "decline"])
    assert status_of(api) == "Registered"
    last = api.http.post(link, data={**page.fields, "answer": "accept"})
    assert told(last) == (200, f"{HOME} is now linked to Harbour Street School.")
    (user,) = api.read("/users", clientUserId="u-0002")["users"]
    assert user["status"] == "Associated"
    assert re.fullmatch(r"[A-Za-z0-9+/]{27}=", user["idHash"])
    assert user["email"] == "tama@harbour.example"
    assert "inviteCode" not in user
    for answer in (api.http.get(link), api.http.post(link, data={**page.fields, "answer": "accept"})):
        assert told(answer) == (410, "This invitation was used already; a link works once.")


def test_whoever_closes_the_page_has_done_nothing(api: Any) -> None:
    link, before = link_of(api), api.read("/users")["versionId"]
    api.http.head(link)
    api.http.get(link)
    api.http.get(link)
    api.http.post(link, data={"account": HOME})
    assert api.read("/users")["versionId"] == before
    rows = {row["clientUserId"]: row for row in api.control("GET", "locations/main/invitations")["invitations"]}
    assert (rows["u-0002"]["state"], rows["u-0002"]["opened"], rows["u-0002"]["declined"]) == ("open", 2, 0)
    assert rows["u-0003"]["opened"] == 0


def test_declined_terms_leave_the_link_open(api: Any) -> None:
    link, before = link_of(api), api.read("/users")["versionId"]
    answer = api.http.post(link, data={"account": HOME, "answer": "decline"})
    assert told(answer) == (200, "You declined the terms, so nothing was changed.")
    assert api.read("/users")["versionId"] == before
    (row,) = [r for r in api.control("GET", "locations/main/invitations")["invitations"] if r["declined"]]
    assert (row["clientUserId"], row["state"]) == ("u-0002", "open")
    assert api.http.post(link, data={"account": HOME, "answer": "accept"}).status_code == 200
    assert status_of(api) == "Associated"


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 400, "This link is not complete: it has no invitation code."),
        ("?inviteCode=&mt=8", 400, "This link is not complete: it has no invitation code."),
        ("?inviteCode=0f0e0d0c&mt=8", 404, "This invitation is not known."),
        ("?inviteCode=%25inviteCode%25&mt=8", 404, "This invitation is not known."),
    ],
)
def test_links_that_lead_nowhere(api: Any, query: str, status: int, sentence: str) -> None:
    for method in ("GET", "POST"):
        assert told(api.http.request(method, f"/invite{query}")) == (status, sentence)


def test_another_method(api: Any) -> None:
    answer = api.http.put(link_of(api))
    assert told(answer) == (405, "This page is read with GET and answered with POST.")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_the_link_of_a_retired_person(api: Any) -> None:
    link = link_of(api)
    api.run("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    sentence = "This invitation was withdrawn; ask your organization for a new one."
    assert told(api.http.get(link)) == (410, sentence)
    assert told(api.http.post(link, data={"account": HOME, "answer": "accept"})) == (410, sentence)
    api.run("/users/create", {"users": [{"clientUserId": "u-0002"}]})
    assert link_of(api) == link
    assert api.http.get(link).status_code == 200


def test_a_retirement_that_is_due_comes_before_the_page(api: Any) -> None:
    link = link_of(api)
    api.switch(event_seconds=10)
    api.submit("/users/retire", {"users": [{"clientUserId": "u-0002"}]})
    assert api.http.get(link).status_code == 200
    api.box.clock.advance(10)
    assert api.http.get(link).status_code == 410


@pytest.mark.parametrize("account", ["", "tama", "tama@home", "a b@home.example", "@home.example"])
def test_what_is_no_account(api: Any, account: str) -> None:
    answer = api.http.post(link_of(api), data={"account": account, "answer": "accept"})
    assert told(answer) == (400, "Type the address of an Apple Account, such as name@example.com.")
    assert Form(answer.text).fields == {"account": account}
    assert status_of(api) == "Registered"


def test_a_post_without_a_form(api: Any) -> None:
    for body in (b"", b"\xff\xfe", b'{"account": "a@b.example"}'):
        assert api.http.post(link_of(api), content=body).status_code == 400
    assert status_of(api) == "Registered"


def test_an_account_of_somebody_else(api: Any) -> None:
    link = link_of(api)
    for account in ("aroha@harbour.example", "Aroha@Harbour.Example"):
        for answer in ({}, {"answer": "accept"}):
            said = told(api.http.post(link, data={"account": account, **answer}))
            assert said == (
                409,
                "This Apple Account is already linked to another person of Harbour Street School; use another one.",
            )
    assert status_of(api) == "Registered"
    api.run("/users/retire", {"users": [{"clientUserId": "u-0001"}]})
    assert api.http.post(link, data={"account": "aroha@harbour.example", "answer": "accept"}).status_code == 200


def test_accounts_of_the_control_surface(api: Any) -> None:
    link = link_of(api)
    api.switch(page_accounts="made")
    assert told(api.http.post(link, data={"account": HOME})) == (403, "There is no Apple Account with this address.")
    api.control("POST", "accounts", {"account": HOME, "state": "locked"})
    assert told(api.http.post(link, data={"account": HOME})) == (403, "This Apple Account is locked.")
    api.control("POST", "accounts", {"account": HOME.title()})
    assert api.http.post(link, data={"account": HOME, "answer": "accept"}).status_code == 200


def test_what_a_person_types_is_shown_as_text(api: Any) -> None:
    answer = api.http.post(link_of(api), data={"account": '"><b>x</b>@a.example'})
    assert "<b>" not in answer.text
    assert Form(answer.text).fields == {"account": '"><b>x</b>@a.example'}


def test_nobody_else_learns_the_code(api: Any) -> None:
    """A page with a secret in its address: no cache, no referrer, nothing from elsewhere; no cookie either."""
    link, code = link_of(api), code_of(api)
    for answer in (api.http.get(link), api.http.post(link, data={"account": HOME})):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in answer.headers
        assert code not in answer.text
        assert "http" not in answer.text


def test_the_log_hides_whatever_is_left_of_a_link(api: Any) -> None:
    code = code_of(api)
    for path in (f"/invite?inviteCode={code}&mt=8", f"/invite?mt=8;inviteCode={code}", f"/invite?{code}"):
        api.http.get(path)
    api.http.get(f"/invite/{code}")
    api.http.post(f"/invite?inviteCode={code}", data={"account": HOME, "answer": "accept"})
    rows = list(api.box.requests)[-5:]
    assert {row["path"] for row in rows} == {"/invite?inviteCode=hidden"}
    assert [row["service"] for row in rows] == ["page", "page", "page", "apple", "page"]
    assert code not in str(list(api.box.requests))
    assert HOME not in str(list(api.box.requests))


def test_faults_hit_the_page_by_its_own_service_name(api: Any) -> None:
    api.fault("status", status=503, match={"service": "page"})
    api.read("/users")
    link = link_of(api)
    assert api.http.get(link).status_code == 503
    assert api.http.get(link).status_code == 200
