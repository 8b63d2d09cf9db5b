# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m benchmarks.holders FORM PAGES APPS DEVICES: reads the rows of a file in a process of its own, in one form,
and prints as JSON how long each part took and how much memory was needed above that of the start.

FORM is `bits` (the collection's) or `dicts` (a list of row dicts).
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.codec import decode_assignments
from ansible_collections.openmdm.vpp.plugins.module_utils._core.batch import pack
from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.license_model import PRESENT, LicenseGoal
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import ASSOCIATE, DISASSOCIATE, Asset, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_license import plan_license
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import TargetIndex
from benchmarks.rows import adam_ids, iter_pages, serial

UNLIMITED = 2147483647


class Watch:
    """Seconds of processor time by part."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, part: str) -> None:
        now = time.process_time()
        self.spent[part] = self.spent.get(part, 0.0) + now - self._last
        self._last = now


def memory(name: str) -> int:
    """VmHWM (the peak) or VmRSS, in KiB."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


def forget_peak() -> int:
    """The peak begins anew; returns what is in use."""
    gc.collect()
    with open(f"/proc/{os.getpid()}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return memory("VmRSS")


def fold(path: Path, apps: int, index: TargetIndex, watch: Watch) -> dict[str, Any]:
    """As the module does it: a page decoded, folded and dropped, then the difference, then the requests."""
    keys = [AssetKey(name) for name in adam_ids(apps)]
    assets = [Asset(key, "App", True, True, 1, UNLIMITED, 0, UNLIMITED) for key in keys]
    goal = LicenseGoal(PRESENT, (1 << len(index)) - 1, exclusive=True)
    holdings = Holdings(index, managed=keys)
    part = holdings.part()
    watch.lap("start")
    for line in iter_pages(path):
        watch.lap("read")
        body = json.loads(line)
        watch.lap("decode")
        part.page(decode_assignments(body))
        watch.lap("fold")
    plan = plan_license(assets, holdings, goal)
    watch.lap("diff")
    writes = [len(pack(plan.need(verb), 25, 1000)) for verb in (DISASSOCIATE, ASSOCIATE)]
    watch.lap("pack")
    return {"rows": sum(holdings.listed(key) for key in keys), "changes": plan.adds + plan.removes, "writes": writes}


def gather(path: Path) -> dict[str, Any]:
    """All rows in one list, the obvious way; nothing is done with them."""
    rows: list[Any] = []
    for line in iter_pages(path):
        rows.extend(json.loads(line)["assignments"])
    return {"rows": len(rows)}


def main(form: str, path: Path, apps: int, devices: int) -> dict[str, Any]:
    index = TargetIndex(serial(number) for number in range(devices))
    watch, before = Watch(), forget_peak()
    found = fold(path, apps, index, watch) if form == "bits" else gather(path)
    return {**found, "seconds": watch.spent, "above_mib": (memory("VmHWM") - before) / 1024}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
