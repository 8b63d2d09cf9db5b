# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that imports the template library, so that a host without it gets one sentence, not a traceback."""

from __future__ import annotations

import sys

from .._core.errors import InputError

try:
    import jinja2
    from jinja2 import meta, nodes, sandbox
except ImportError:  # ansible-test imports every file without third-party libraries
    jinja2 = None  # type: ignore[assignment]
    meta = None  # type: ignore[assignment]
    nodes = None  # type: ignore[assignment]
    sandbox = None  # type: ignore[assignment]

__all__ = ["jinja2", "meta", "nodes", "require_jinja2", "sandbox"]

_OLDEST = 3


def require_jinja2() -> None:
    """Raises InputError where Jinja2 3.0 or later can't be imported by the interpreter that runs the module. It comes
    with ansible-core, so only another host than the control node may lack it."""
    version = "" if jinja2 is None else str(jinja2.__version__)
    if not version or int(version.partition(".")[0]) < _OLDEST:
        found = f"Jinja2 {version} is too old" if version else "Jinja2 is missing"
        raise InputError(
            f"{found} for {sys.executable}; install it with: {sys.executable} -m pip install 'Jinja2>=3.0' (or run the "
            "task on the control node, where Ansible itself brings it)."
        )
