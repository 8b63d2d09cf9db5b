# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides and READMEs speak of playbooks, variables, modules and options that exist."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.openmdm.vpp.tests.unit.documents import DOCUMENTS, ROOT, blocks

PLAYBOOKS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")}
MODULES = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
CLICKS = (ROOT / "docs/docsite/rst/guide_from_clicks.rst").read_text(encoding="utf-8")
_NEXT = re.compile(r"\\\n\s*")
_GIVEN = re.compile(r"-e '?(?:\{\"|)(\w+)")


def commands(path):
    for block in blocks(path, "console"):
        yield from _NEXT.sub("", block).splitlines()


def runs():
    for path in DOCUMENTS:
        for number, line in enumerate(commands(path)):
            found = re.search(r"ansible-playbook (?:-\S+ )*openmdm\.vpp\.(\w+)", line)
            if found:
                yield pytest.param(found[1], line, id=f"{path.name}-{found[1]}-{number}")


@pytest.mark.parametrize(("name", "line"), list(runs()))
def test_a_command_gives_variables_that_its_playbook_reads(name, line):
    words = set(re.findall(r"\w+", PLAYBOOKS[name]))
    assert set(_GIVEN.findall(line)) <= words


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_yaml_is_yaml(path):
    for block in blocks(path, "yaml"):
        assert yaml.safe_load(block) is not None


_DOCUMENTATION = re.compile(r'^DOCUMENTATION = r?"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)


def options_of(module):
    documented = _DOCUMENTATION.search((ROOT / f"plugins/modules/{module}.py").read_text(encoding="utf-8"))
    document = yaml.safe_load(documented[1])
    names = set()
    for fragment in document.get("extends_documentation_fragment", []):
        if fragment.startswith("openmdm.vpp."):
            text = (ROOT / f"plugins/doc_fragments/{fragment.split('.')[2]}.py").read_text(encoding="utf-8")
            names |= set(re.findall(r"^  (\w+):$", text, re.MULTILINE))
    for name, facts in document["options"].items():
        names |= {name, *(f"{name}.{inner}" for inner in facts.get("suboptions", {}))}
    return names


CELLS = [
    cell for cell in re.findall(r"^     - (.*``.*)$", CLICKS, re.MULTILINE) if MODULES & set(re.findall(r"\w+", cell))
]


@pytest.mark.parametrize("cell", CELLS)
def test_each_task_beside_a_click_has_options_of_its_module(cell):
    said = re.findall(r"``([^`]+)``", cell)
    modules = [word for word in said if word in MODULES]
    known = set().union(*map(options_of, modules)) | set(PLAYBOOKS) | {"asset", "assignments"}
    for word in said:
        if word not in modules and "," not in word:
            assert word.partition(":")[0] in known, word


def test_the_table_of_clicks_was_read():
    assert len(CELLS) > 15
