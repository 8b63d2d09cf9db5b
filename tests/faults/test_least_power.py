# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that may only read serve every module that only tells, and check mode of all; a write ends in a clear
sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box, use_systems
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from ansible_collections.openmdm.vpp.tests.unit.test_contract import NAMES, READERS, WORLDS, load, with_people
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

ASKING = [name for name in NAMES if not name.startswith("vpp_code")]
"""The others ask neither service."""


class Power:
    """A small world for one module, whose credentials may write until they are told to read only."""

    def __init__(self, name: str, box: Sandbox, options: dict[str, Any]) -> None:
        self.name, self.box, self.options = name, box, options

    def run(self, options: dict[str, Any], *, check: bool) -> Result:
        return run_main(load(self.name).main, {**self.options, **options}, check=check)

    def weaken(self, *, token: bool = True, key: bool = True) -> None:
        if token:
            self.box.control("POST", "/_sandbox/locations/main/token", {"action": "read_only"})
        if key:
            status, made = self.box.control("POST", "/_sandbox/meraki/keys", {"name": "reader", "write": False})
            assert status in (200, 201), made
            self.options["meraki_api_key"] = made["key"]

    def writes(self) -> list[str]:
        return [one["path"] for one in self.box.requests if one["method"] != "GET"]


@pytest.fixture(params=["403_9602", "401_9601"][: amount(1, 2)])
def power(request: Any, monkeypatch: Any, tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as stack:

        def of(name: str) -> Power:
            box = create_app("small", {}, clock=ManualClock())
            stack.callback(box.close)
            box.switches.update({"enforce_rate": False, "sm_enforce_rate": False, "read_only_writes": request.param})
            apple, systems = use_box(monkeypatch, box), use_systems(monkeypatch, box)
            if name == "mdm_device_info":
                apple = {}
            if not name.startswith("mdm_"):
                del systems["connector"]
            options = {**apple, **systems}
            if name.startswith("vpp_invitation"):
                server = stack.enter_context(MailServer().running())
                options = with_people(tmp_path, server, name, options)
            return Power(name, box, options)

        yield of


def told(result: Result) -> dict[str, Any]:
    """What a result says about the world; how many days a moment is ago depends on the sandbox's clock alone."""
    return {key: result.data.get(key) for key in result.own_keys}


@pytest.mark.parametrize("name", ASKING)
def test_reading_takes_no_right_to_write(power, name):
    bench = power(name)
    wishes = [options for options, _planned in WORLDS[name]]
    strong = [told(bench.run(options, check=True)) for options in wishes]
    if name in READERS:
        strong += [told(bench.run(options, check=False)) for options in wishes]
    bench.weaken()
    before = bench.writes()
    weak = [told(bench.run(options, check=True)) for options in wishes]
    if name in READERS:
        weak += [told(bench.run(options, check=False)) for options in wishes]
    assert weak == strong
    assert any("msg" not in one for one in weak)
    assert bench.writes() == before


@pytest.mark.parametrize(
    ("name", "weak"), [("vpp_license", "key"), ("vpp_user", "key"), ("vpp_invitation", "token"), ("mdm_app", "token")]
)
def test_a_module_needs_no_right_where_it_writes_nothing(power, name, weak):
    """The guide on secrets says which credential of a writing module may be one that only reads."""
    bench = power(name)
    bench.weaken(token=weak == "token", key=weak == "key")
    results = [bench.run(options, check=False) for options, _planned in WORLDS[name] if "reissue" not in options]
    assert any(result.data["changed"] for result in results)
    assert not [msg for result in results if "only read" in (msg := result.data.get("msg", ""))]


WRITES: dict[str, dict[str, Any]] = {
    "vpp_license": WORLDS["vpp_license"][0][0],
    "vpp_user": WORLDS["vpp_user"][0][0],
    "vpp_invitation": {"users": [{"client_user_id": "u-1"}], "reissue": True, "max_removals": "9"},
    "mdm_app": WORLDS["mdm_app"][0][0],
}
"""vpp_account is none of them: a claim is not among the writes that Apple says a read-only manager may not make."""


@pytest.mark.parametrize("name", WRITES)
def test_a_write_without_the_right_ends_in_a_clear_sentence(power, name):
    bench = power(name)
    if name == "vpp_invitation":  # only who has accepted is registered anew, which is this module's only write
        bench.box.control("POST", "/_sandbox/locations/main/accept", {"clientUserId": "u-1"})
    bench.weaken()
    result = bench.run(WRITES[name], check=False)
    assert result.failed
    assert result.data["changed"] is False
    assert "may only read" in result.data["msg"] or "only reads" in result.data["msg"], result.data["msg"]
    assert "\n" not in result.data["msg"]
    assert bench.run(WRITES[name], check=True).data["plan"] == result.data["plan"]
