# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the sandbox's school and their licences, as tests of modules see them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import vpp_license, vpp_license_info, vpp_user
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL, NORTH, School
from sandbox.world import Person

KINDLE, PROCREATE, BOOK = "302584613", "425073498", "900000001"
"""Held by all who have accepted; with 6 licences left, the others on devices; a book that 40 have."""


class College:
    """People of location north. Of ten six have accepted, three are registered and one isn't known to Apple."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder
        self.people = [one for one in school.box.world.people if one.location == "north"]

    def run(self, *, check: bool = False, mdm: bool = False, loud: bool = False, **options: Any) -> Result:
        """vpp_license; None = not given. `mdm`: with Systems Manager."""
        base: dict[str, Any] = {"assets": [{"adam_id": EXCEL}], "poll_interval": 30, **self._reach(mdm)}
        if mdm:
            base["licensing"] = "collection"
        told = {name: value for name, value in {**base, **options}.items() if value is not None}
        return run_main(vpp_license.main, told, check=check, loud=loud)

    def register(self, users: Any, **options: Any) -> Result:
        return run_main(vpp_user.main, {**self._reach(False), "poll_interval": 30, "users": users, **options})

    def info(self, **options: Any) -> Result:
        return run_main(vpp_license_info.main, {**self._reach(False), **options})

    def _reach(self, mdm: bool) -> dict[str, Any]:
        options = self.school.options
        return {name: value for name, value in options.items() if mdm or not (name == "connector" or "meraki" in name)}

    def file(self, people: Iterable[Person], name: str = "people.csv", more: Iterable[Iterable[str]] = ()) -> str:
        """As Systems Manager imports it."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["Email", "Name", "Notes"])
        writer.writerows((one.email, one.name, " ".join(one.tags)) for one in people)
        writer.writerows(more)
        path = self.folder / name
        path.write_text(text.getvalue(), encoding="utf-8")
        return str(path)

    def document(self, document: Any, name: str) -> str:
        path = self.folder / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    def ids(self, *statuses: str) -> list[str]:
        """Of people whose active record is in one of these states, in the order of their numbers."""
        rows = self.school.box.world.locations["north"].store.users("1=1")
        return sorted(row["client_user_id"] for row in rows if row["status"] in statuses)

    @property
    def accepted(self) -> list[str]:
        return self.ids("Associated")

    def named(self, *ids: str) -> list[Person]:
        return [one for one in self.people if one.client_user_id in ids]

    def emails(self, *ids: str) -> list[str]:
        return [one.email for one in self.named(*ids)]

    def owners(self, tag: str) -> set[str]:
        """Ids of the people who own one of the devices that have a tag, their own or that of the owner."""
        org = self.school.box.world.meraki
        emails = set()
        for device in org.networks[NORTH].devices.values():
            owner = org.owners.get(device.owner_id or "")
            if owner is not None and tag in (*device.tags, *owner.tags):
                emails.add(owner.email)
        return {one.client_user_id for one in self.people if one.email in emails}

    def holders(self, adam_id: str = EXCEL) -> set[str]:
        rows = self.school.control("GET", "locations/north/assignments", {"adamId": adam_id})["assignments"]
        return {row["clientUserId"] for row in rows if "clientUserId" in row}

    def assign(self, ids: Iterable[str], adam_id: str = EXCEL, *, add: bool = True) -> None:
        """What somebody else does at Apple."""
        rows = [{"adamId": adam_id, "clientUserId": one} for one in ids]
        self.school.control("POST", "locations/north/assignments", {"add" if add else "remove": rows})

    def control(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        return self.school.control(method, path, body)
