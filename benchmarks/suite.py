# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All benchmarks, and one run of some of them."""

from __future__ import annotations

import logging
import shutil
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import ending, locations, loops, memory, packing, progress, reading, targets, unchanged
from .machine import describe
from .measure import MISSED, Benchmark
from .sizes import Sizes

BENCHMARKS: Mapping[str, Benchmark] = {
    "reading": reading.run,
    "unchanged": unchanged.run,
    "memory": memory.run,
    "packing": packing.run,
    "targets": targets.run,
    "loops": loops.run,
    "locations": locations.run,
    "ending": ending.run,
    "progress": progress.run,
}
LOG = logging.getLogger(__name__)


def run_all(benchmarks: Mapping[str, Benchmark], sizes: Sizes, folder: Path) -> dict[str, Any]:
    """One that breaks off is told of, and does not stop the others."""
    found: dict[str, Any] = {"machine": describe(), "sizes": sizes.name, "seconds": {}, "broken": {}, "measures": []}
    for place, (name, benchmark) in enumerate(benchmarks.items(), 1):
        LOG.info("%s, %d of %d", name, place, len(benchmarks))
        shutil.rmtree(folder / name, ignore_errors=True)
        begun = time.monotonic()
        try:
            found["measures"] += [measure.facts() for measure in benchmark(sizes, folder / name)]
        except Exception as error:
            found["broken"][name] = f"{type(error).__name__}: {error}"
            LOG.error("%s broke off: %s", name, traceback.format_exc())
        found["seconds"][name] = round(time.monotonic() - begun, 1)
    return found


def problems(found: Mapping[str, Any]) -> list[str]:
    missed = [one for one in found["measures"] if one["verdict"] == MISSED]
    told = [f"{one['question']}, {one['case']}: {one['what']} {one['value']:.4g}, not {one['goal']}" for one in missed]
    return told + [f"{name} broke off: {error}" for name, error in found["broken"].items()]
