# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides and READMEs speak of playbooks, variables, modules and options that exist."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.module_utils._core import mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import Mdm
from ansible_collections.openmdm.vpp.tests.unit.documents import DOCUMENTS, GUIDES, ROOT, blocks, commands

PLAYBOOKS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")}
MODULES = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
CLICKS = (ROOT / "docs/docsite/rst/guide_from_clicks.rst").read_text(encoding="utf-8")
CONNECTOR = (ROOT / "docs/docsite/rst/guide_connector.rst").read_text(encoding="utf-8")
COMMANDS = [(path, line) for path in DOCUMENTS for line in commands(path)]
_NAMED = re.compile(r"# (?:in )?(?:\S*/)?([\w.-]+\.yml)\b")


def shown_file(path, name):
    """What a page shows of a file: all blocks of YAML that say that they are of it."""
    for block in blocks(path, "yaml"):
        found = _NAMED.match(block)
        if found and found[1] == name.rpartition("/")[2]:
            yield yaml.safe_load(block)


def given(path, line):
    """The variables that a command gives: by -e as name=value, as JSON or in a file, or in an inventory."""
    for flag, value in pairwise(shlex.split(line, comments=True)):
        if flag == "-e" and value.startswith("@"):
            yield from (name for document in shown_file(path, value[1:]) for name in document)
        elif flag == "-e":
            yield from json.loads(value) if value.startswith("{") else [value.partition("=")[0]]
        elif flag == "-i":
            for group in (group for document in shown_file(path, value) for group in document.values()):
                hosts = group.get("hosts", {}).values() if isinstance(group, dict) else ()
                yield from (name for one in (*hosts, group["vars"]) for name in one if not name.startswith("ansible_"))


def runs():
    for number, (path, line) in enumerate(COMMANDS):
        found = re.match(r"ansible-playbook (?:-\S+ \S+ )*openmdm\.vpp\.(\w+)", line)
        if found:
            yield pytest.param(found[1], path, line, id=f"{path.name}-{found[1]}-{number}")


RUNS = list(runs())


@pytest.mark.parametrize(("name", "path", "line"), RUNS)
def test_a_command_gives_variables_that_its_playbook_reads(name, path, line):
    words = set(re.findall(r"\w+", PLAYBOOKS[name]))
    assert set(given(path, line)) <= words


def test_the_commands_were_read():
    assert len(RUNS) > 12
    (people,) = (path for path in GUIDES if path.stem == "guide_people")
    (nightly,) = (path for path in GUIDES if path.stem == "guide_nightly")
    assert {"src", "max_removals", "scope"} <= set(given(people, "ansible-playbook x -e @people.yml"))
    assert {"assets", "location"} <= set(given(nightly, "ansible-playbook -i /etc/openmdm/locations.yml x"))


def test_what_is_typed_in_a_clone_is_there():
    scripts = {word for _path, line in COMMANDS for word in re.findall(r"\bscripts/[\w./-]+", line)}
    targets = {name for _path, line in COMMANDS for name in re.findall(r"^(?:\w+=\S+ )*make (\w+)", line)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert scripts
    assert [name for name in scripts if not (ROOT / name).is_file()] == []
    assert targets
    assert [name for name in targets if not re.search(rf"^[\w -]*\b{name}\b[\w -]*:", makefile, re.MULTILINE)] == []


def test_variables_of_the_environment_are_read():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins").rglob("*.py"))
    pages = [path for path in DOCUMENTS if path.name != "CONTRIBUTING.md"]  # which speaks of the tests' own
    told = {name for path in pages for name in re.findall(r"\bOPENMDM_\w+", path.read_text(encoding="utf-8"))}
    assert told
    assert [name for name in sorted(told) if f'"{name}"' not in code] == []


def test_every_guide_has_its_place():
    (section,) = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(section["toctree"]) == [path.stem for path in GUIDES]
    more = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## More\n")[2]
    assert [path.stem for path in GUIDES if f"(docs/docsite/rst/{path.name})" not in more] == []


def test_the_table_of_capabilities_is_that_of_the_contract():
    told = {}
    for words, methods in re.findall(r"^   \* - (.+)\n     -(.*)\n     - .+$", CONNECTOR, re.MULTILINE)[1:]:
        for word in re.findall(r"``(\w+)``", words) or [words]:
            told[word] = set(re.findall(r"``(\w+)``", methods)) if word not in told else None
    wanted = {}
    for name, member in vars(Mdm).items():
        if callable(member) and not name.startswith("_"):
            found = re.match(r"([A-Z_]+): ", member.__doc__)
            wanted.setdefault(getattr(mdm, found[1]) if found else "(always)", set()).add(name)
    wanted[mdm.OWN_LICENSING] = set()
    wanted[mdm.TOKENS] = wanted[mdm.ACCOUNTS]  # more of the same answer
    assert told == wanted


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
