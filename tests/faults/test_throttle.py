# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that say "later" and never stop: few requests, an end in bounded time, and the reason in the sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.modules import (
    mdm_device_info,
    vpp_license,
    vpp_license_info,
    vpp_user_info,
)
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.spoiled import Bench, bench
from ansible_collections.openmdm.vpp.tests.unit.harness import Result
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL
from sandbox.clock import utc

MOST = 12
FIRST = 6.0
ON_THEIR_WAY = 0.9
PATIENCE = 120.0 + 4 * 64.0
"""Seconds of the box's time: the budget of a call; four more calls may be waiting beside it, each at most the longest
wait between two tries, and the box adds up what passes side by side."""

NOW = utc(1_800_000_000.0)


def _date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@dataclass(frozen=True)
class Form:
    """A `Retry-After`. `wait`: seconds that it asks for each time; `until`: seconds from the start that it names."""

    text: str | None
    wait: float = 0
    until: float = 0


FORMS = {
    "none": Form(None),
    "zero": Form("0"),
    "seconds": Form("5", wait=5),
    "minutes": Form("90", wait=90),
    "an hour": Form("3600", wait=3600),
    "endless": Form("9" * 30, wait=1e8),
    "negative": Form("-5"),
    "fraction": Form("1.5"),
    "other digits": Form("\u0661\u0662"),
    "empty": Form(""),
    "garbage": Form("soon"),
    "past": Form(_date(-3600)),
    "date": Form(_date(20), until=20),
    "far": Form(_date(86400), until=86400),
    "end of time": Form("Fri, 31 Dec 9999 23:59:59 GMT", until=1e11),
    "beyond": Form("Fri, 31 Dec 99999 23:59:59 GMT"),
    "RFC 850": Form(f"{NOW + timedelta(seconds=20):%A, %d-%b-%y %H:%M:%S} GMT", until=20),
    "asctime": Form(f"{NOW + timedelta(seconds=20):%a %b %d %H:%M:%S %Y}", until=20),
    "two": Form("5, 7"),
}
SOME = [name for place, name in enumerate(FORMS) if place % amount(4, 1) == 2 % amount(4, 1)]


@pytest.fixture(params=[429, 503])
def status(request: Any) -> int:
    return int(request.param)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path, "school") as found:
        yield found


def throttle(there: Bench, status: int, form: Form, path: str = "") -> None:
    def instead(request: httpx.Request) -> httpx.Response | None:
        if path not in request.url.path:
            return None
        headers = [] if form.text is None else [(b"Retry-After", form.text.encode())]
        return httpx.Response(status, headers=headers, text="<html>")

    there.wire.instead = instead


def check(there: Bench, result: Result, status: int, form: Form, path: str = "") -> None:
    start = NOW.timestamp()
    hit = [one.at - start for one in there.wire.sent if path in one.path]
    first = hit[0]
    assert len([at for at in hit if at - first < FIRST]) <= MOST
    assert there.school.box.clock.now() - start < PATIENCE + first
    assert result.failed
    message = result.data["msg"]
    assert re.search(rf"too many requests|temporarily not available .*\(HTTP {status}\)", message)
    assert "unexpected" not in message
    assert result.data["http_status"] == status
    # Those that were on their way already are all that may come sooner than asked.
    assert not [at for at in hit if first + ON_THEIR_WAY < at < form.until - 1]
    waits = [later - sooner for sooner, later in itertools.pairwise(hit)]
    assert not [wait for wait in waits if ON_THEIR_WAY < wait < form.wait - 1]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_apple(there, status, form):
    throttle(there, status, form)
    check(there, there.run(vpp_license_info), status, form)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_systems_manager(there, status, form):
    throttle(there, status, form, "/api/v1/")
    check(there, there.run(mdm_device_info), status, form, "/api/v1/")


@pytest.mark.parametrize("form", SOME)
def test_pages_that_are_read_at_once(there, status, form):
    there.school.box.switches.update({"page_size": 10})
    there.wire.instead = None
    throttle(there, status, FORMS[form], "/assignments")
    result = there.run(vpp_license_info, assignments=True)
    check(there, result, status, FORMS[form], "/assignments")


@pytest.mark.parametrize("form", SOME)
def test_writes(there, status, form):
    """A 503 that names no time may come from a gateway that had passed the write on: it is not sent again."""
    throttle(there, status, FORMS[form], "/assets/associate")
    serial_numbers = [one["serialNumber"] for one in there.school.devices("year-7")]
    result = there.run(
        vpp_license,
        assets=[{"adam_id": EXCEL}],
        devices={"serial_numbers": serial_numbers},
        licensing="collection",
        poll_interval=30,
    )
    check(there, result, status, FORMS[form], "/assets/associate")
    assert not there.school.holders() & set(serial_numbers)


@pytest.mark.parametrize("form", SOME)
def test_users(there, status, form):
    throttle(there, status, FORMS[form], "/users")
    check(there, there.run(vpp_user_info), status, FORMS[form], "/users")


@pytest.mark.parametrize("form", SOME)
def test_the_store(there, status, form):
    """A name is looked up there."""
    throttle(there, status, FORMS[form], "/metadata/lookup")
    result = there.run(vpp_license_info, assets=[{"name": "Pages"}])
    check(there, result, status, FORMS[form], "/metadata/lookup")


APPLES, STAND_IN = "https://vpp.itunes.apple.com", "http://127.0.0.1:8443"
PUBLIC = "/itunes/lookup"


@pytest.fixture(params=["Apple's own", "a stand-in"])
def names(request: Any, there: Bench) -> dict[str, Any]:
    """Options for a bundle id that only the public look-up could know. Beside Apple's own address it has a pace and a
    budget of its own; a stand-in shares those of everything else."""
    if request.param == "a stand-in":
        where = {"itunes_url": f"{STAND_IN}/itunes"}
    else:
        there.school.box.context.origin = APPLES
        where = {"apps_books_url": f"{APPLES}/mdm/v2", "itunes_url": "https://itunes.apple.com/itunes"}
    return {**where, "assets": [{"bundle_id": "example.unknown"}]}


@pytest.mark.parametrize("form", SOME)
def test_the_public_look_up(there, names, status, form):
    throttle(there, status, FORMS[form], PUBLIC)
    result = there.run(vpp_license_info, **names)
    check(there, result, status, FORMS[form], PUBLIC)
    assert "look up bundle id example.unknown in the store" in result.data["msg"]


@pytest.mark.parametrize("form", SOME)
def test_a_write_that_needs_the_public_look_up_changes_nothing(there, names, status, form):
    throttle(there, status, FORMS[form], PUBLIC)
    serial_numbers = [one["serialNumber"] for one in there.school.devices("year-7")]
    more = {"devices": {"serial_numbers": serial_numbers}, "licensing": "collection", "poll_interval": 30}
    result = there.run(vpp_license, **names, **more)
    check(there, result, status, FORMS[form], PUBLIC)
    assert result.data["changed"] is False
    assert {one.method for one in there.wire.sent} == {"GET"}


@pytest.mark.parametrize("form", SOME)
def test_the_public_look_up_that_forbids(there, names, form):
    """How it refuses who asks too often, and how a proxy refuses everybody."""
    throttle(there, 403, FORMS[form], PUBLIC)
    result = there.run(vpp_license_info, **names)
    hit = [one.at for one in there.wire.sent if one.path == PUBLIC]
    assert 1 <= len(hit) <= 7
    assert len([at for at in hit if at - hit[0] < FIRST]) <= MOST
    assert there.school.box.clock.now() - hit[0] < PATIENCE
    assert result.failed
    assert re.search(r"asked too often, or a proxy forbids it.*adam_id.*\(HTTP 403\)", result.data["msg"])
    assert "token" not in result.data["msg"]
    assert not [one for one in there.wire.sent if one.path == PUBLIC and "authorization" in one.headers]


def test_a_minute_is_waited_for_and_then_it_goes_on(there, names):
    """The sandbox counts as the public look-up does: so many a minute, then 403."""
    there.school.box.switches.update({"itunes_per_minute": 5})
    bundle_ids = [{"bundle_id": f"example.unknown{number}"} for number in range(8)]
    result = there.run(vpp_license_info, **{**names, "assets": bundle_ids})
    assert "example.unknown0" in result.data["msg"]
    assert "(HTTP 403)" not in result.data["msg"]
    assert len([one for one in there.wire.sent if one.path == PUBLIC]) > 8


def test_our_own_pace_is_never_refused(there):
    there.school.box.context.origin = APPLES
    there.school.box.switches.update({"itunes_per_minute": 20})
    where = {"apps_books_url": f"{APPLES}/mdm/v2", "itunes_url": "https://itunes.apple.com/itunes"}
    there.run(vpp_license_info, **where, assets=[{"bundle_id": f"example.unknown{number}"} for number in range(45)])
    assert len([one for one in there.wire.sent if one.path == PUBLIC]) == 45
