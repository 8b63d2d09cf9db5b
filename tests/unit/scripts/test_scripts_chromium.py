# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of an invitation in a real browser, where there is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.server import Server

chromium = pytest.importorskip("chromium")
pytestmark = pytest.mark.skipif(chromium.find_chromium() is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.Browser() as started:
        yield started


@pytest.fixture
def box() -> Iterator[Any]:
    """A sandbox on a socket."""
    app = create_app("small")
    server = Server(("127.0.0.1", 0), app)
    app.context.origin = server.origin
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


def open_link(box: Any) -> str:
    _status, told = box.control("GET", "/locations/main/invitations", {"state": "open"})
    return str(told["invitations"][0]["url"])


def counts(box: Any) -> dict[str, int]:
    _status, told = box.control("GET", "/locations/main/invitations", {})
    return dict(told["counts"])


def test_a_person_accepts(box, browser):
    before = counts(box)
    page = browser.open(open_link(box))
    assert page.evaluate("document.title") == "Sign in to get your apps and books"
    page.fill("#account", "aroha@harbour.example")
    page.submit("#sign-in button")
    assert "already linked to another person" in page.text("#result")
    page.fill("#account", "tama@home.example")
    page.submit("#sign-in button")
    assert "You are signed in as tama@home.example." in page.text("main")
    assert counts(box) == before
    page.submit("#terms button[value=accept]")
    assert page.text("#result") == "tama@home.example is now linked to Harbour Street School."
    assert counts(box) == {**before, "open": before["open"] - 1, "used": before["used"] + 1}


def test_a_person_declines_and_the_link_stays_open(box, browser):
    before, link = counts(box), open_link(box)
    page = browser.open(link)
    page.fill("#account", "tama@home.example")
    page.submit("#sign-in button")
    page.submit("#terms button[value=decline]")
    assert page.text("#result") == "You declined the terms, so nothing was changed."
    assert counts(box) == before
    page.go(link)
    assert page.text("h1") == "Sign in to get your apps and books"


def test_what_is_not_there_is_said(box, browser):
    page = browser.open(open_link(box))
    with pytest.raises(chromium.BrowserError, match="'Sign in to get your apps and books' has no #terms button"):
        page.submit("#terms button")
    with pytest.raises(chromium.BrowserError, match="was not loaded") as caught:
        page.go("http://127.0.0.1:9/invite?inviteCode=SECRET")
    assert "SECRET" not in str(caught.value)
