# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that imports the HTTP library, so that a host without it gets one sentence, not a traceback."""

from __future__ import annotations

import sys

from .._core.errors import InputError

try:
    import certifi
    import httpx
except ImportError:  # ansible-test imports every file without third-party libraries
    certifi = None  # type: ignore[assignment]
    httpx = None  # type: ignore[assignment]

__all__ = ["certifi", "httpx", "require_httpx"]

_OLDEST = (0, 27)
_BEYOND = (1,)


def require_httpx() -> None:
    """Raises InputError where httpx >= 0.27, < 1 can't be imported by the interpreter that runs the module."""
    version = "" if httpx is None else httpx.__version__
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if not _OLDEST <= numbers < _BEYOND:
        found = f"httpx {version} is too {'old' if numbers < _OLDEST else 'new'}" if version else "httpx is missing"
        raise InputError(
            f"{found} for {sys.executable}; install it with: {sys.executable} -m pip install 'httpx>=0.27,<1'"
            " (or point ansible_python_interpreter at a Python that has it)"
        )
