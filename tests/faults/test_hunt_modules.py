# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module in this process, as loud as can be, under each fault: no secret in what it prints, logs or writes."""

from __future__ import annotations

import base64
import json
import logging
import smtplib
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import runner
from ansible_collections.openmdm.vpp.tests.faults.hunt import Hit, Hunt
from ansible_collections.openmdm.vpp.tests.faults.hunt_stage import Found, count
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.stage import (
    CODES,
    NOTIFICATION,
    PROXY_PASSWORD,
    SMTP_PASSWORD,
    SMTP_USER,
)
from ansible_collections.openmdm.vpp.tests.unit.harness import run_main, use_box, use_systems
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE, MailServer
from ansible_collections.openmdm.vpp.tests.unit.test_contract import NAMES, WORLDS, load, with_people
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

SERVICE: dict[str, dict[str, Any]] = {
    **{f"status {number}": {"kind": "status", "status": number} for number in (302, 400, 401, 403, 404, 429, 500, 503)},
    **{f"Apple's {number}": {"kind": "status", "error_number": number} for number in (9601, 9602, 9622, 9625, 9646)},
    "unknown number": {"kind": "unknown_error", "error_number": 9999},
    "reset": {"kind": "reset_before"},
    "redirect": {"kind": "redirect", "url": "https://evil.example/x"},
    "lost": {"kind": "lost_answer"},
    "cut off": {"kind": "truncated_body"},
    "no JSON": {"kind": "not_json"},
    "more fields": {"kind": "extra_fields"},
    "fewer rows": {"kind": "fewer_rows"},
    "error in 200": {"kind": "error_in_200", "error_number": 9603},
    "event fails": {"kind": "event_fail", "error_number": 9609},
    "event never ends": {"kind": "event_pending_forever"},
    "token dies": {"kind": "token", "action": "revoke", "match": {"after": 4}},
}
MAIL: dict[str, Callable[[str, str, int], str]] = {
    "mail refused": lambda command, rest, _count: f"550 5.1.1 no {rest}" if command == "RCPT" else "",
    "login refused": lambda command, rest, _count: f"535 5.7.8 {rest}" if command == "AUTH" else "",
    "mail server ends": lambda command, _rest, _count: CLOSE if command == "DATA" else "",
    "mail server echoes": lambda command, rest, _count: f"554 5.0.0 {rest}" if command == "END" else "",
}
QUIET = "none"


def _speak(*said: object) -> str:
    return f"Cannot send {said!r}"


def raise_of_http(kind: type[BaseException], times: int) -> Callable[[Any], None]:
    """From the request number `times` on the library fails with all that it knows."""

    def plant(patch: Any) -> None:
        sent, real = [0], httpx.Client.send

        def send(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            sent[0] += 1
            if sent[0] >= times:
                raise kind(_speak(dict(request.headers), request.url, request.content))
            return real(self, request, **more)

        patch.setattr(httpx.Client, "send", send)

    return plant


def raise_of_mail(patch: Any) -> None:
    def docmd(_self: smtplib.SMTP, command: str, args: str = "") -> None:
        raise RuntimeError(_speak(command, args))

    patch.setattr(smtplib.SMTP, "docmd", docmd)


UNEXPECTED: dict[str, Callable[[Any], None]] = {
    "runtime error": raise_of_http(RuntimeError, 1),
    "key error": raise_of_http(KeyError, 3),
    "late value error": raise_of_http(ValueError, 5),
    "interrupt": raise_of_http(KeyboardInterrupt, 3),
    "mail library fails": raise_of_mail,
}
FAULTS = [*SERVICE, *MAIL, *UNEXPECTED, QUIET]


class World:
    """One module with its services, all of whose secrets are known."""

    def __init__(self, name: str, box: Sandbox, options: dict[str, Any], folder: Path) -> None:
        self.name, self.box, self.options, self.folder = name, box, options, folder

    def secrets(self) -> dict[str, str]:
        token, key = self.box.token(), self.box.meraki_key()
        users = self.box.control("GET", "/_sandbox/locations/main/users")[1]["users"]
        return {
            "token": token,
            "inner token": str(json.loads(base64.b64decode(token))["token"]),
            "key": key,
            "notification": NOTIFICATION,
            "SMTP password": SMTP_PASSWORD,
            "proxy password": PROXY_PASSWORD,
            **{f"code {number}": code for number, code in enumerate(CODES)},
            **{f"invite code {number}": user.get("inviteCode") or "-" * 32 for number, user in enumerate(users)},
        }

    def run(self, options: dict[str, Any], *, check: bool) -> str:
        """All that it printed."""
        try:
            return run_main(load(self.name).main, {**self.options, **options}, check=check, loud=True).text
        except KeyboardInterrupt as stopped:  # Python prints it; its own text is the plant's, not ours
            stopped.args = ()
            return "".join(traceback.format_exception(stopped))


@contextmanager
def world(name: str, fault: str, folder: Path, patch: Any) -> Iterator[World]:
    box = create_app("small", {}, clock=ManualClock())
    box.switches.update({"enforce_rate": False, "sm_enforce_rate": False})
    apple, systems = use_box(patch, box), use_systems(patch, box)
    if not name.startswith("mdm_"):
        del systems["connector"]
    options = systems if name == "mdm_device_info" else {**apple, **systems}
    login = {"smtp_username": SMTP_USER, "smtp_password": SMTP_PASSWORD}
    place = box.world.locations["main"]
    place.notification_url, place.notification_token = "https://hooks.example/x", NOTIFICATION
    with MailServer(login=(SMTP_USER, SMTP_PASSWORD), script=MAIL.get(fault, MailServer.script)).running() as server:
        if name.startswith("vpp_invitation"):
            options = {**with_people(folder, server, name, options), **(login if name == "vpp_invitation" else {})}
        if name.startswith("vpp_code"):
            options = _with_codes(folder, server, name, login)
        if not name.startswith("vpp_code"):
            options = {**options, "proxy": f"http://u:{PROXY_PASSWORD}@127.0.0.1:9"} if fault == QUIET else options
        try:
            yield World(name, box, options, folder)
        finally:
            box.close()


def _with_codes(folder: Path, server: MailServer, name: str, login: dict[str, str]) -> dict[str, Any]:
    src = folder / "codes.csv"
    src.write_text("Code\n" + "".join(f"{code}\n" for code in CODES) + "not a code\n", encoding="utf-8")
    shared = {"state_dir": str(folder / "state")}
    if name == "vpp_code_info":
        return shared
    mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "mail_from": "a@b.example"}
    more = {"mail_sender_name": "Fernhill School", "mails_per_minute": 6000, "product": {"name": "Procreate"}}
    return {**shared, **mail, **more, **login, "src": str(src)}


def hunted(name: str, fault: str, folder: Path, caplog: Any, capsys: Any) -> tuple[list[Hit], Hunt]:
    """What was found in all runs of a module under a fault, and the hunt with its counts."""
    caplog.set_level(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch, world(name, fault, folder, patch) as there:
        UNEXPECTED.get(fault, lambda _patch: None)(patch)
        if fault in SERVICE:
            there.box.faults.add({"times": None, **SERVICE[fault]})
        printed = []
        for number, (options, _planned) in enumerate(WORLDS[name]):
            for check in (True, False):
                report = {} if name == "vpp_account" else {"report_path": str(folder / f"{number}-{check}.json")}
                printed.append(there.run({**options, **report}, check=check))
        hunt = Hunt(there.secrets())
    hits = [hit for text in printed for hit in hunt.text(text, "the result")]
    spoken = capsys.readouterr()
    hits += hunt.text(caplog.text + spoken.out + spoken.err, "the log")
    hits += hunt.tree(folder, exempt=[folder / "codes.csv"])
    return hits, hunt


def _met_by(name: str, fault: str) -> bool:
    """Codes are no service's, and two modules send mails."""
    if fault in MAIL or fault == "mail library fails":
        return name in ("vpp_invitation", "vpp_code")
    return fault == QUIET or not name.startswith("vpp_code")


ALL = [(name, fault) for fault in FAULTS for name in NAMES if _met_by(name, fault)]
MAILED = [("vpp_code", "login refused"), ("vpp_invitation", "mail library fails")]
CHOSEN = list(dict.fromkeys([*ALL[:: len(ALL) // amount(18, len(ALL))], *MAILED]))


@pytest.mark.parametrize(("name", "fault"), CHOSEN)
def test_no_fault_makes_a_module_show_a_secret(name, fault, tmp_path, caplog, capsys):
    hits, hunt = hunted(name, fault, tmp_path, caplog, capsys)
    count("hunt in process", [hunt], Found([], hits))
    assert hunt.texts > len(WORLDS[name]) * 2
    assert not hits, "; ".join(map(str, hits))


class TestPlanted:
    """What would leak if a guard were missing is found."""

    def test_a_message_of_an_unexpected_exception(self, monkeypatch, tmp_path, caplog, capsys):
        real = runner._internal
        monkeypatch.setattr(
            runner,
            "_internal",
            lambda error: runner.VppError(f"{real(error).message} {base64.b64encode(repr(error).encode())}"),
        )
        hits, _hunt = hunted("vpp_license", "key error", tmp_path, caplog, capsys)
        assert {(hit.secret, hit.where) for hit in hits} >= {("token", "the result")}

    def test_a_code_in_a_report(self, monkeypatch, tmp_path, caplog, capsys):
        real = runner._write_report

        def write(host: Any, outcome: Any) -> None:
            outcome.document.update({"mails": [str(one) for one in vars(host)["_module"].no_log_values]})
            real(host, outcome)

        monkeypatch.setattr(runner, "_write_report", write)
        hits, _hunt = hunted("vpp_user", QUIET + " at all", tmp_path, caplog, capsys)
        assert any(hit.secret == "token" and hit.where.endswith("json") for hit in hits)

    def test_the_library_s_log(self, monkeypatch, tmp_path, caplog, capsys):
        real = httpx.Client.send

        def send(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            logging.getLogger("openmdm").debug("%s", request.headers.raw)
            return real(self, request, **more)

        monkeypatch.setattr(httpx.Client, "send", send)
        hits, _hunt = hunted("mdm_device_info", "more fields", tmp_path, caplog, capsys)
        assert {(hit.secret, hit.where) for hit in hits} == {("key", "the log")}
