# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lacks a licence, or has one that doesn't go with ours, is named."""

from __future__ import annotations

import pytest

pytest.importorskip("packaging")

from licences import OURS, incompatible, needed, unlicensed

GPL = "# GNU General Public License v3.0+ (see LICENSE)\n"


@pytest.mark.parametrize(
    ("name", "text", "complaints"),
    [
        ("plugins/modules/a.py", f"{GPL}# {OURS}\n", 0),
        ("plugins/modules/a.py", f"# {OURS}\n", 1),
        ("plugins/modules/a.py", "import os\n", 2),
        ("plugins/module_utils/_core/a.py", f"# {OURS}\n", 0),
        ("plugins/module_utils/_core/a.py", "\n" * 10 + f"# {OURS}\n", 1),
        ("docs/docsite/rst/guide_a.rst", "Guide\n", 1),
        ("sandbox/a.py", "# SPDX-License-Identifier: MIT\n", 1),
        ("scripts/a.py", "import os\n", 0),
    ],
)
def test_files(name, text, complaints):
    found = list(unlicensed({name: text}))
    assert len(found) == complaints
    assert all(sentence.startswith(name) for sentence in found)


@pytest.mark.parametrize(
    ("licence", "fits"),
    [("MIT", True), ("MIT OR Apache-2.0", True), ("", False), ("GPL-2.0-only", False), ("MIT AND SSPL-1.0", False)],
)
def test_dependencies(licence, fits):
    assert (list(incompatible({"some": licence})) == []) is fits


def test_all_that_is_needed_is_found():
    assert {"httpx", "httpcore", "h11", "certifi", "idna", "anyio"} <= set(needed(["httpx>=0.27,<1"]))
    assert needed(["httpx; python_version < '3'"]) == {}
