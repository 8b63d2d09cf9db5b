# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links by which people accept: from service config alone, and to nobody else's page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksSettings, connect
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, REGISTERED, User
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import TOKEN, FakeClock, Recorder

APPLE = (
    "https://buy.itunes.apple.com/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount"
    "?inviteCode=%25inviteCode%25&mt=8"
)
PEOPLE = [
    User("u-1", REGISTERED, invite_code=Secret("0f0e")),
    User("u-2", REGISTERED, invite_code=Secret("a&b=/")),
    User("u-3", ASSOCIATED),
]


def links(url: object, **settings: Any) -> dict[str, str]:
    recorder = Recorder(lambda _request: httpx.Response(200, json={"urls": {"invitationEmail": url}}))
    with connect(AppsBooksSettings(Secret(TOKEN), **settings), FakeClock(), recorder.transport) as client:
        found = client.invitation_links(PEOPLE)
    assert "0f0e" not in repr(found)
    assert len(recorder.requests) == 1
    return {person: link.reveal() for person, link in found.items()}


def test_apples_own():
    page = APPLE.partition("?")[0]
    assert links(APPLE) == {"u-1": f"{page}?inviteCode=0f0e&mt=8", "u-2": f"{page}?inviteCode=a%26b%3D%2F&mt=8"}


@pytest.mark.parametrize("base", ["http://127.0.0.1:8099/mdm/v2", "https://vpp.school.example/mdm/v2"])
def test_a_stand_in_and_its_own_page(base):
    page = base.removesuffix("/mdm/v2") + "/invite?inviteCode=%25inviteCode%25"
    assert links(page, base_url=base)["u-1"].endswith("/invite?inviteCode=0f0e")
    assert links(APPLE, base_url=base)["u-1"].startswith("https://buy.itunes.apple.com/")


def test_the_sandbox():
    with World().client() as client:
        users, _walk = client.read_users()
        found = client.invitation_links(users)
    codes = {user.client_user_id: user.invite_code for user in users if user.invite_code is not None}
    assert codes
    assert {key: link.reveal() for key, link in found.items()} == {
        key: f"http://localhost/invite?inviteCode={code.reveal()}&mt=8" for key, code in codes.items()
    }


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "tells no address of its invitation page"),
        ("", "tells no address of its invitation page"),
        (7, "tells no address of its invitation page"),
        ("https://evil.example/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("https://evilapple.com/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("https://apple.com.evil.example/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("https://buy.itunes.apple.com@evil.example/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("https://x@buy.itunes.apple.com/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("http://buy.itunes.apple.com/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("http://127.0.0.1/?inviteCode=%25inviteCode%25", "neither Apple's, by https, nor"),
        ("//", "neither Apple's, by https, nor"),
        ("https://buy.itunes.apple.com/?inviteCode=", "has no place for the invite code"),
    ],
)
def test_no_link_is_made_to_another_page(url, words):
    with pytest.raises(ServiceError, match=words) as found:
        links(url)
    assert "0f0e" not in str(found.value)
