# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures are of: a machine, its software, a state of the clone."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone
from importlib.metadata import version

from .box import ROOT


def describe() -> dict[str, object]:
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "commit": _commit(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()}, {platform.machine()}",
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
        "httpx": version("httpx"),
    }


def _commit() -> str:
    def git(*words: str) -> str:
        ended = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return ended.stdout.strip()

    return f"{git('rev-parse', '--short', 'HEAD') or 'none'}{' and changes' if git('status', '--porcelain') else ''}"
