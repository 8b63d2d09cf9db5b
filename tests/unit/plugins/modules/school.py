# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules over the school of the sandbox, with Systems Manager, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import vpp_license
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from sandbox.app import Sandbox

EXCEL, POWERPOINT, KEYNOTE = "586683407", "586449534", "361285480"
"""Held by nobody; with auto-revoke and scope app-powerpoint; with auto-grant and scope app-keynote."""
NORTH, SOUTH, WEST = ALL = [f"N_60007700000{number}" for number in (1, 2, 3)]


def with_any(*tags: str) -> list[dict[str, Any]]:
    return [{"match": "with_any", "tags": list(tags)}]


def _of_the_mdm(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name == "connector" or name.startswith("meraki")}


class School:
    """`options` are those with which modules reach both services, as location north."""

    def __init__(self, box: Sandbox, options: dict[str, Any]) -> None:
        self.box, self.options = box, options

    def license(self, *, check: bool = False, **options: Any) -> Result:
        """None = not given."""
        base = {"assets": [{"adam_id": EXCEL}], "licensing": "collection", "poll_interval": 30}
        told = {name: value for name, value in {**self.options, **base, **options}.items() if value is not None}
        return run_main(vpp_license.main, told, check=check)

    def info(self, module: Any, **options: Any) -> Result:
        """With the options of the groups that the module is in."""
        known = module.main.__globals__
        ours = self.options if "DEVICE_INFO_SPEC" not in known else _of_the_mdm(self.options)
        return run_main(module.main, {**ours, **options})

    def control(self, method: str, path: str, body: dict[str, Any]) -> Any:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body)
        assert status in (200, 201), answer
        return answer

    def holders(self, adam_id: str = EXCEL) -> set[str]:
        rows = self.control("GET", "locations/north/assignments", {"adamId": adam_id})["assignments"]
        return {row["serialNumber"] for row in rows if "serialNumber" in row}

    def devices(self, tag: str, network: str = NORTH) -> list[dict[str, Any]]:
        """Devices with a tag that was set by hand."""
        found = self.box.world.meraki.networks[network].devices.values()
        return [{"serialNumber": one.serial, "id": one.id} for one in found if tag in one.tags and one.serial]

    def assign(self, serial_numbers: Iterable[str], adam_id: str = EXCEL, *, add: bool = True) -> None:
        """What somebody else does at Apple."""
        rows = [{"adamId": adam_id, "serialNumber": serial} for serial in serial_numbers]
        self.control("POST", "locations/north/assignments", {"add" if add else "remove": rows})

    def tag(self, tag: str, serial_numbers: Iterable[str], network: str = NORTH) -> None:
        """What an admin does in the console."""
        devices = self.box.world.meraki.networks[network].devices.values()
        tags = {one.serial: list(one.tags) for one in devices}
        for serial in serial_numbers:
            self.control("PUT", "meraki/devices", {"serials": [serial], "tags": [*tags[serial], tag]})

    def lend(self) -> None:
        """An admin lets all networks use the account of location north."""
        for account in self.box.world.meraki.accounts.values():
            if account.location == "north":
                account.assignable_networks = "All"

    def requests(self, service: str) -> list[str]:
        """Method and path without the query, of all requests."""
        found = [one for one in self.box.requests if one["service"] == service]
        return [f"{one['method']} {one['path'].partition('?')[0]}" for one in found]

    def writes(self) -> list[str]:
        """Of both services; both write by POST alone."""
        return [f"{one['time']} {one['path']}" for one in self.box.requests if one["method"] != "GET"]

    def check_twins(
        self, run: Callable[..., Result], keys: Iterable[str] = ("changed", "plan", "diff", "left_out")
    ) -> None:
        """Check, run, check, run: the first two tell the same under these keys, the last two change nothing."""
        before = self.writes()
        checked = run(check=True)
        assert self.writes() == before
        done = run(check=False)
        writes = self.writes()
        again = [run(check=check) for check in (True, False)]
        assert not done.failed, done.data["msg"]
        assert checked.data["changed"]
        for key in keys:
            assert checked.data[key] == done.data[key]
        assert [result.data["changed"] for result in again] == [False, False]
        assert [result.data["plan"]["operations"] for result in again] == [[], []]
        assert writes == self.writes() != before
