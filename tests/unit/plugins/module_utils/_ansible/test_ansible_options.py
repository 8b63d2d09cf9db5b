# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and files are judged before anything is asked of Apple, and the token is masked wherever it came from."""

from __future__ import annotations

import base64
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import session
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.account import (
    ACCOUNT_INFO_SPEC,
    ACCOUNT_SPEC,
    run_account,
    run_account_info,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license import LICENSE_SPEC, run_license
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license_info import (
    LICENSE_INFO_SPEC,
    run_license_info,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import Host, run_module
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main

INNER = "inner-token-of-the-location"


def token_text(organisation: str = "Harbour Street School", expires: str = "2099-03-02T09:15:00+0000") -> str:
    document = {"token": INNER, "expDate": expires, "orgName": organisation}
    return base64.b64encode(json.dumps(document).encode()).decode()


TOKEN = token_text()
SERIALS = {"serial_numbers": ["DMPX00000001"]}
ASSETS = [{"adam_id": "101"}]


class NothingIsAskedError(Exception):
    """The task came as far as connecting."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def connect(*_arguments: object, **_options: object) -> None:
        raise NothingIsAskedError

    monkeypatch.setattr(session, "connect", connect)
    for name in ("OPENMDM_VPP_CONTENT_TOKEN", "OPENMDM_VPP_CONTENT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


def run(spec: Any, task: Callable[[Host], Outcome], **options: Any) -> Result:
    return run_main(lambda: run_module(spec, task), {"content_token": TOKEN, **options}, loud=True)


def license_task(**options: Any) -> Result:
    return run(LICENSE_SPEC, run_license, **{"assets": ASSETS, "devices": SERIALS, **options})


def went_on(result: Result) -> bool:
    return "NothingIsAskedError" in result.data["msg"]


@pytest.fixture
def file(tmp_path):
    def write(name: str, text: str) -> str:
        path: Path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


class TestLicense:
    def test_goes_on_when_all_is_well(self):
        assert went_on(license_task())

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"assets": []}, "There is no asset"),
            ({"assets": None}, "There is no asset"),
            ({"all_assets": True, "max_removals": "1"}, "assets and all_assets"),
            ({"assets": [{"adam_id": "id101"}]}, "isn't an adam id"),
            ({"devices": {}}, "devices: give serial_numbers, targets_file or scope"),
            ({"devices": {"targets_file": ""}}, "devices.targets_file: cannot read ''"),
            ({"devices": {**SERIALS, "targets_file": "/x"}}, "both given"),
            ({"devices": {"serial_numbers": ["no serial"]}}, "white space inside"),
            ({"exclusive": True}, "exclusive: true needs max_removals"),
            ({"state": "absent"}, "state: absent needs max_removals"),
            ({"assets": None, "all_assets": True}, "all_assets: true needs max_removals"),
            ({"max_removals": ""}, "neither a number"),
            ({"max_removals": "-1"}, "neither a number"),
            ({"max_removals": "101%"}, "neither a number"),
            ({"max_removals": "ten"}, "neither a number"),
            ({"max_shrink": 101}, "max_shrink"),
            ({"max_shrink": -1}, "max_shrink"),
            ({"exclusive": True, "max_removals": "1", "state": "absent"}, "exclusive goes with state: present"),
            ({"orphans": True}, "orphans: true needs devices.known_file or devices.scope"),
            ({"keep": {"adam_ids": ["x"]}}, "keep.adam_ids"),
            ({"keep": {"serial_numbers": ["x y"]}}, "keep.serial_numbers"),
            ({"wait_timeout": -1}, "wait_timeout"),
            ({"wait_timeout": "nan"}, "wait_timeout"),
            ({"poll_interval": "inf"}, "poll_interval"),
            ({"poll_interval": 5}, "at least 30 seconds"),
            ({"poll_interval": 0, "apps_books_url": "http://127.0.0.1:1"}, "poll_interval must be above zero"),
            ({"report_path": "/nowhere/at/all"}, "report_path"),
        ],
    )
    def test_is_refused_before_anything_is_asked(self, options, words):
        result = license_task(**options)
        assert result.failed
        assert words in result.data["msg"]
        assert "unexpected" not in result.data["msg"]
        assert result.data["changed"] is False

    @pytest.mark.parametrize(
        ("option", "options"),
        [
            ("devices.targets_file", lambda path: {"devices": {"targets_file": path}}),
            ("devices.known_file", lambda path: {"devices": {**SERIALS, "known_file": path}}),
            ("keep.targets_file", lambda path: {"keep": {"targets_file": path}}),
            ("approved_plan", lambda path: {"approved_plan": path}),
            ("content_token_file", lambda path: {"content_token": None, "content_token_file": path}),
        ],
    )
    @pytest.mark.parametrize("path", ["/nowhere/at/all", "/"])
    def test_a_file_that_can_not_be_read(self, option, options, path):
        result = license_task(**options(path))
        assert result.data["msg"].startswith(f"{option}: cannot read {path}: ")

    @pytest.mark.parametrize(
        "options",
        [
            {"devices": {**SERIALS, "known_file": ""}},
            {"keep": {"targets_file": ""}},
            {"approved_plan": ""},
            {"report_path": ""},
        ],
        ids=["known_file", "keep", "approved_plan", "report_path"],
    )
    def test_an_empty_path_never_switches_a_guard_off(self, options):
        result = license_task(**options)
        assert result.failed
        assert not went_on(result)

    @pytest.mark.parametrize("text", ["null", "[]", "false", '{"format"', ""])
    def test_an_approved_plan_that_is_none(self, file, text):
        assert "approved_plan" in license_task(approved_plan=file("plan.json", text)).data["msg"]

    def test_an_approved_plan_that_is_too_large(self, tmp_path):
        path = tmp_path / "plan.json"
        with path.open("wb") as stream:
            stream.truncate((64 << 20) + 1)
        assert license_task(approved_plan=str(path)).data["msg"] == (
            f"approved_plan: {path} is larger than 64 MiB. Name a report of this collection, or split the task."
        )

    def test_a_file_that_looks_cut_off(self, file):
        result = license_task(devices={"targets_file": file("fleet.csv", "serial_number,name\nDMPX00000001")})
        assert "cut off" in result.data["msg"]

    def test_what_was_mended_is_warned_of(self):
        result = license_task(devices={"serial_numbers": [" dmpx00000001", "DMPX00000001"]})
        assert went_on(result)
        assert "given more than once" in json.dumps(result.data["warnings"])


class TestAccount:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"claim": True}, "claim: true needs owner_name"),
            ({"state": "absent"}, "state: absent needs the owner_name"),
            ({"owner_name": " "}, "owner_name is empty"),
            ({"owner_name": "x" * 101}, "at most 100"),
        ],
    )
    def test_is_refused_before_anything_is_asked(self, options, words):
        assert words in run(ACCOUNT_SPEC, run_account, **options).data["msg"]

    def test_the_secret_of_the_receiver_is_masked(self):
        result = run(ACCOUNT_SPEC, run_account, notification_auth_token="hook-secret-0123456789")
        assert "hook-secret" not in result.text


class TestToken:
    """Which token is taken is told by the name of its organisation, in the sentence about its end."""

    def taken(self, **options: Any) -> str:
        return str(license_task(**{"content_token": None, **options}).data["msg"])

    def old(self, name: str) -> str:
        return token_text(name, "2020-01-01T00:00:00+0000")

    def test_none(self):
        assert self.taken().startswith("There is no content token: set content_token_file")

    def test_value(self):
        assert "'Value' expired" in self.taken(content_token=self.old("Value"))

    def test_file(self, file):
        assert "'File' expired" in self.taken(content_token_file=file("t", self.old("File")))

    def test_value_of_the_environment(self, monkeypatch):
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN", self.old("Environment"))
        assert "'Environment' expired" in license_without_token().data["msg"]

    def test_file_of_the_environment(self, monkeypatch, file):
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN_FILE", file("t", self.old("Environment")))
        assert "'Environment' expired" in license_without_token().data["msg"]

    def test_file_wins_over_the_value_of_the_environment(self, monkeypatch, file):
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN", self.old("Environment"))
        options = {"content_token_file": file("t", self.old("File"))}
        assert "'File' expired" in license_without_token(**options).data["msg"]

    def test_value_wins_over_the_file_of_the_environment(self, monkeypatch, file):
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN_FILE", file("t", self.old("Environment")))
        options = {"content_token": self.old("Value")}
        assert "'Value' expired" in license_without_token(**options).data["msg"]

    def test_both_of_the_task_are_a_mistake(self, file):
        options = {"content_token": TOKEN, "content_token_file": file("t", TOKEN)}
        assert "both given" in license_without_token(**options).data["msg"]

    def test_an_expired_one_is_refused_before_anything_is_asked(self):
        result = license_task(content_token=self.old("X"))
        assert result.data["token_state"] == "expired"
        assert not went_on(result)

    def test_one_that_ends_soon_is_warned_of(self, monkeypatch):
        class Clock(session.SystemClock):
            def now(self):
                return super().now().replace(year=2099, month=2, day=20)

        monkeypatch.setattr(session, "SystemClock", Clock)
        assert "expires in" in json.dumps(license_task().data["warnings"])

    @pytest.mark.parametrize("text", ["", "\n", "<html></html>", "$ANSIBLE_VAULT;1.1", "a", TOKEN[:40], "x" * 70_000])
    def test_a_file_that_is_none(self, file, text):
        result = license_task(content_token=None, content_token_file=file("t", text))
        assert result.failed
        assert "unexpected" not in result.data["msg"]
        assert "content_token_file" in result.data["msg"], "the mask must not garble the sentence"

    def test_of_the_wrong_kind_is_an_error_of_the_info_module_too(self):
        result = run(ACCOUNT_INFO_SPEC, run_account_info, content_token="no token at all")
        assert result.failed

    def test_an_expired_one_is_a_finding_of_the_info_module(self):
        result = run(ACCOUNT_INFO_SPEC, run_account_info, content_token=self.old("X"))
        assert (result.failed, result.data["accounts"][0]["token_state"]) == (False, "expired")


def license_without_token(**options: Any) -> Result:
    options = {"assets": ASSETS, "devices": SERIALS, **options}
    return run_main(lambda: run_module(LICENSE_SPEC, run_license), options, loud=True)


@pytest.mark.parametrize("form", [TOKEN, f"{TOKEN}\n", "\n".join(textwrap.wrap(TOKEN, 40)), f"  {TOKEN}\r\n"])
@pytest.mark.parametrize(
    ("spec", "task", "options"),
    [
        (LICENSE_SPEC, run_license, {"assets": ASSETS, "devices": SERIALS}),
        (LICENSE_INFO_SPEC, run_license_info, {}),
        (ACCOUNT_SPEC, run_account, {}),
        (ACCOUNT_INFO_SPEC, run_account_info, {}),
    ],
    ids=["license", "license_info", "account", "account_info"],
)
def test_the_token_is_masked_however_it_is_said(monkeypatch, file, spec, task, options, form):
    """A client that says in its error what it was given: raw, as sent, and in a list."""

    def connect(settings: Any, clock: object, **_more: object) -> None:
        sent = settings.token.reveal()
        raise VppError(f"Broken {sent} {form.strip()}.", facts={"said": [sent, {"deep": form.strip()}]})

    monkeypatch.setattr(session, "connect", connect)
    path = file("token.vpptoken", form)
    result = run_main(lambda: run_module(spec, task), {**options, "content_token_file": path}, loud=True)
    assert result.data["msg"].startswith("Broken ")
    assert TOKEN not in result.text
    assert TOKEN[:40] not in result.text
