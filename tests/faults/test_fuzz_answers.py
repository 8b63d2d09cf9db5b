# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole modules over answers that are spoiled on their way: a result or one sentence, and no removal that the truth
would not allow.

Some lies can't be told from truth: a device that is left out of the MDM's answer to a scope has left the scope for all
that anybody can see, and one with another id is another one. There the brakes (`max_removals`, `max_shrink`) are what
holds, and they are what is tested. Of Apple's answers none but a truthful one makes a holder that the task names lose
its licence, since what is taken back is only what the task itself does not name.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import code as code_options
from ansible_collections.openmdm.vpp.plugins.module_utils._http.pace import SystemClock
from ansible_collections.openmdm.vpp.plugins.modules import (
    mdm_app,
    mdm_app_info,
    mdm_device_info,
    vpp_account,
    vpp_account_info,
    vpp_diagnose,
    vpp_invitation,
    vpp_invitation_info,
    vpp_license,
    vpp_license_info,
    vpp_reclaim,
    vpp_reclaim_info,
    vpp_report,
    vpp_user,
    vpp_user_info,
)
from ansible_collections.openmdm.vpp.tests.faults.mutation import Mutator
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.spoiled import Wire, bench
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally
from ansible_collections.openmdm.vpp.tests.unit import harness
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL, with_any
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.test_modules_code import CODE, Desk, code
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.test_modules_faults import (
    EXCLUSIVE,
    FIRST,
    NUMBERS,
    PAGES,
    WANTED,
)
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.test_modules_faults import Bench as Small
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE, MailServer
from ansible_collections.openmdm.vpp.tests.unit.test_contract import NAMES
from sandbox.app import create_app
from sandbox.clock import ManualClock

MAIL = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none", "mail_from": "apps@fernhill.example"}
WORDS = (*WANTED, *FIRST, PAGES, NUMBERS, "nextPageIndex", "totalPages", "errorNumber", "eventId", "COMPLETE", "FAILED")
BOMB = gzip.compress(bytes(40 << 20))


HOW = ("json", "json", "json", "json", "raw", "status", "packed", "layers", "endless", "type", "empty")


class Spoiler:
    """Spoils one answer of a run, or from one on all."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._mutator = Mutator(seed, WORDS)
        self._left = self._rng.choice((0, 0, 1, 2, 3, 5, 8))
        self._lasting = self._rng.random() < 0.2
        self.did: list[str] = []
        self.denied = False
        """It said that a write was refused, which was done."""

    def __call__(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        self._left -= 1
        if self._left >= 0 or (self.did and not self._lasting):
            return response
        how = self._rng.choice(HOW)
        self.did.append(f"{how} of {request.method} {request.url.path}")
        spoiled = self._spoiled(how, response)
        self.denied |= request.method == "POST" and response.is_success and spoiled.is_client_error
        return spoiled

    def _spoiled(self, how: str, response: httpx.Response) -> httpx.Response:
        content, status = response.content, response.status_code
        headers = {"Content-Type": "application/json"}
        if how == "json":
            content = next(self._mutator.inputs([content], 1))
        elif how == "raw":
            content = self._mutator.raw(content, ())
        elif how == "status":
            status = self._rng.choice((201, 202, 204, 302, 307, 400, 403, 404, 410, 418, 500, 502, 504, 599))
            if status < 400:
                headers["Location"] = self._rng.choice(("//[", "https:x", "/", "https://evil.example/", ""))
        elif how == "packed":
            content, headers["Content-Encoding"] = BOMB, "gzip"
        elif how == "layers":
            content, headers["Content-Encoding"] = gzip.compress(BOMB), "gzip, gzip"
        elif how == "endless":
            return httpx.Response(status, headers=headers, stream=_Endless())
        elif how == "type":
            headers["Content-Type"] = "text/html; charset=utf-7"
            content = self._rng.choice((b"<html>", content.decode().encode("utf-16"), b"+AHsAfQ-"))
        else:
            content = b""
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


class _Endless(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b"[" * 65536


def sound(result: harness.Result, told: str) -> None:
    """A value, or one sentence of ours."""
    message = result.data.get("msg", "")
    assert "unexpected" not in message, (told, message, result.data.get("where"))
    assert "Traceback" not in result.text, told
    assert bool(message) == result.failed, told
    assert len(message) < 2010, (told, message)
    assert len(result.text) < 500_000, told


@pytest.mark.parametrize("seed", range(amount(60, 3000)))
def test_a_holder_that_the_task_names_keeps_its_licence(monkeypatch, seed):
    box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
    spoiler, wire = Spoiler(seed), Wire(box)
    monkeypatch.setattr(harness, "BoxTransport", lambda _box: wire)
    small = Small(box, harness.use_box(monkeypatch, box))
    before, others = small.state(), small.others()
    wire.after = spoiler
    result = harness.run_main(vpp_license.main, {**small.options, **EXCLUSIVE})
    after = small.state()
    told = f"seed {seed}: {spoiler.did[:3]}"
    sound(result, told)
    for was, now in zip(before, after, strict=True):
        assert was - now <= was - set(WANTED), told
        assert now - was <= set(WANTED), told
    assert small.others() == others, told
    # Who denies what it did, and then can't be understood when it is asked what is so, is believed.
    if after != before and not (spoiler.denied and len(spoiler.did) > 1):
        assert result.data["changed"], told
    assert box.token() not in result.text, told
    box.close()


SCOPED: dict[str, Any] = {
    "devices": {"scope": with_any("year-7")},
    "assets": [{"adam_id": EXCEL}],
    "exclusive": True,
    "max_removals": "5",
    "licensing": "collection",
    "poll_interval": 30,
}


@pytest.mark.parametrize("seed", range(amount(6, 300)))
def test_the_brakes_hold_whatever_the_scope_is_said_to_be(tmp_path, seed):
    with bench(tmp_path) as there:
        members = [one["serialNumber"] for one in there.school.devices("year-7")]
        there.school.assign(members)
        spoiler = Spoiler(seed)
        there.wire.after = spoiler
        result = there.run(vpp_license, **SCOPED)
        told = f"seed {seed}: {spoiler.did[:3]}"
        sound(result, told)
        lost = set(members) - there.school.holders()
        assert len(lost) <= 5, told
        assert not lost or len(lost) <= 0.2 * len(members), told
        if lost:
            assert result.data["changed"], told


READS: dict[str, tuple[Any, dict[str, Any]]] = {
    "vpp_account": (vpp_account, {}),
    "vpp_account_info": (vpp_account_info, {}),
    "vpp_license_info": (vpp_license_info, {"assignments": True, "assets": [{"name": "Pages"}]}),
    "vpp_reclaim": (vpp_reclaim, {"reasons": ["unknown_device", "retired_person"], "max_removals": "1"}),
    "vpp_reclaim_info": (vpp_reclaim_info, {"forecast": {"planned": 1}}),
    "vpp_report": (vpp_report, {"rollouts": [{"adam_id": EXCEL, "scope": with_any("year-7")}]}),
    "vpp_user": (vpp_user, {"users": [{"email": "a@fernhill.example", "name": "Ann"}]}),
    "vpp_user_info": (vpp_user_info, {}),
    "vpp_invitation": (vpp_invitation, {"users": [{"email": "a@fernhill.example", "name": "Ann"}], **MAIL}),
    "vpp_invitation_info": (vpp_invitation_info, {}),
    "mdm_device_info": (mdm_device_info, {"scope": with_any("year-7")}),
    "mdm_app": (
        mdm_app,
        {
            "apps": [{"adam_id": EXCEL, "tag": "app-excel"}],
            "devices": {"scope": with_any("year-7")},
            "licensing": "collection",
        },
    ),
    "mdm_app_info": (mdm_app_info, {"apps": [{"adam_id": EXCEL, "tag": "app-excel"}]}),
    "vpp_diagnose": (
        vpp_diagnose,
        {
            "assets": [{"name": "Pages", "tag": "app-pages"}],
            "devices": {"scope": with_any("year-7")},
            "users": {"emails": ["a@fernhill.example"]},
            "ask_at_most": 3,
        },
    ),
}


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Iterator[Any]:
    """In check mode nothing is written, so all share it."""
    with bench(tmp_path_factory.mktemp("answers")) as found:
        yield found


@pytest.mark.parametrize("name", READS)
def test_every_module_copes(school, tmp_path: Path, name: str) -> None:
    module, options = READS[name]
    if "state_dir" in module.DOCUMENTATION:
        options = {**options, "state_dir": str(tmp_path / "state")}
    tally, spoiled = Tally("answers"), 0
    for seed in range(amount(8, 400)):
        spoiler = school.wire.after = Spoiler(seed)
        result = school.run(module, check=True, **options)
        sound(result, f"seed {seed}: {spoiler.did[:3]}")
        spoiled += bool(spoiler.did)
    school.wire.after = None
    tally.add("spoiled answers", spoiled)
    tally.add("crashes", 0)  # one would have ended the test
    tally.write(name)
    assert spoiled


class Hasty(SystemClock):
    """Waits for no mail server."""

    def sleep(self, seconds: float) -> None:
        """Nothing is worth it here."""


class Chatter:
    """A mail server that says what it should not, now and then. Never that it took a mail which it did not keep."""

    ODD = (
        *("", "2", "abc", "999 x", "100 wait", "354 go on", "-1", "\0\0", "450 4.2.1 later", "550 5.1.1 no", "421 bye"),
        *("334 VXNlcjo=", "\u0662\u0665\u0660 ok", "220", "503 5.5.1 first", CLOSE, CLOSE),
        *("550 " + "x" * 9000, "250-x\r\n" * 300, "550-a\r\n550 b", "535 5.7.8 <script>", "452 4.3.1 " + "{{ 7 * 7 }}"),
    )

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._share = self._rng.choice((0.02, 0.1, 0.4))
        self.did: list[str] = []

    def __call__(self, command: str, rest: str, _count: int) -> str:
        if self._rng.random() >= self._share:
            return ""
        said = self._rng.choice(self.ODD)
        if self._rng.random() < 0.2 and command != "END":
            said = f"250 {rest}"
        self.did.append(f"{said[:20]!r} to {command}")
        return said


@pytest.fixture
def desk(monkeypatch, tmp_path) -> Iterator[Desk]:
    monkeypatch.setattr(code_options, "SystemClock", Hasty)
    with MailServer().running() as server:
        yield Desk(tmp_path, server)


@pytest.mark.parametrize("seed", range(amount(12, 400)))
def test_no_code_goes_to_two_people_whatever_the_mail_server_says(desk, seed):
    lists = {"src": desk.codes(6), "people_file": desk.people(5)}
    chatter = desk.server.script = Chatter(seed)
    runs = [desk.run(**lists, uncertain=uncertain) for uncertain in ("list", "resend", "list")]
    desk.server.script = lambda _command, _rest, _count: ""
    told = f"seed {seed}: {chatter.did}"
    last = desk.run(**lists, uncertain="resend")
    again = desk.run(**lists)
    given = desk.given()
    for run in (*runs, last, again):
        sound(run, told)
        assert not re.search(CODE.pattern.strip("^$"), run.text), told
    assert not last.failed, (told, last.data["msg"])
    assert (again.failed, again.data["changed"]) == (False, False), told
    assert [set(codes) for _who, codes in sorted(given.items())] == [{code(number)} for number in _numbers(given)], told
    assert len({one for codes in given.values() for one in codes}) == len(given) == 5, told


def _numbers(given: dict[str, list[str]]) -> list[int]:
    """Of the codes, in the order of the people."""
    numbers = {code(number): number for number in range(1, 7)}
    return [numbers[codes[0]] for _who, codes in sorted(given.items())]


@pytest.mark.parametrize("seed", range(amount(12, 1000)))
def test_a_spoiled_list_of_codes_or_people(desk, seed):
    """What is left of it is handed out, each code to one person; or it is refused in one sentence."""
    lists = {"src": desk.codes(6, status={2: "Redeemed"}), "people_file": desk.people(5)}
    mutator = Mutator(seed, (code(1), code(3), "p1@fernhill.example", "Redeemed"))
    path = Path(lists["src" if seed % 2 else "people_file"])
    path.write_bytes(mutator.raw(path.read_bytes(), ()))
    runs = [desk.run(**lists, check=check) for check in (True, False)]
    info = desk.info(product=desk.options["product"], **lists)
    for run in (*runs, info):
        sound(run, f"seed {seed}")
    assert len(runs[0].data["plan"]) == len(runs[1].data["plan"]), seed
    given = [mail.recipient for mail in desk.server.arrived]
    assert len(set(given)) == len(given), seed
    codes = [one for found in desk.given().values() for one in found]
    assert len(set(codes)) == len(codes), seed


def test_every_module_is_met():
    """Those that write are above, by names of their own."""
    met = {*READS, "vpp_license", "vpp_code", "vpp_code_info"}
    assert met == set(NAMES)
