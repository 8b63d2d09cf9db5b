# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on troubleshooting tells the links, the messages and the error numbers of the code, in its words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.errors import words_of
from ansible_collections.openmdm.vpp.plugins.module_utils._core.diagnosis import STEPS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/docsite/rst/guide_why.rst").read_text(encoding="utf-8")
ROWS = re.findall(r"^   \* - (\S+)\n     - (.+)$", PAGE, re.MULTILINE)


def test_every_link_stands_there_in_order():
    assert [first.strip("`") for first, _rest in ROWS if first.startswith("``")] == list(STEPS)


def test_every_number_stands_there_in_the_words_of_the_code():
    told = {int(first): rest for first, rest in ROWS if first.isdecimal()}
    unknown = words_of(1)
    assert told == {number: words for number in range(9000, 10000) if (words := words_of(number)) != unknown}


def test_every_message_is_one_of_the_code():
    told = re.findall(r'^   \* - "(.+)"$', PAGE, re.MULTILINE)
    assert len(told) > 10
    texts = [
        node.value
        for path in (ROOT / "plugins/module_utils").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [message for message in told if not any(message in text for text in texts)] == []
