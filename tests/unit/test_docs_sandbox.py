# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages tell people to type at the sandbox is run as it stands there."""

from __future__ import annotations

import argparse
import re
import shlex

import httpx
import pytest

from ansible_collections.openmdm.vpp.tests.unit.documents import DOCUMENTS, ROOT, blocks, commands
from sandbox.app import create_app
from sandbox.cli import parse
from sandbox.clock import ManualClock
from sandbox.switches import SWITCHES

SERVES = [
    pytest.param(arguments, id=path.name)
    for path in DOCUMENTS
    for line in commands(path)
    for arguments in re.findall(r"-m sandbox (serve [^&]+)", line)
]
_SET = re.compile(r"([A-Z])=(\S+)")


CURL = argparse.ArgumentParser()
CURL.add_argument("url")
CURL.add_argument("-s", action="store_true")
for option in ("-X", "-d", "--cacert"):
    CURL.add_argument(option)


def calls(path):
    """Method, address and body of each curl to the control surface, with the variables that were set before."""
    known = {}
    for line in commands(path):
        found = _SET.fullmatch(line)
        if found:
            known[found[1]] = re.sub(r"\$([A-Z])", lambda match: known[match[1]], found[2])
        words = shlex.split(line, comments=True)
        if words[0] != "curl":
            continue
        given, _others = CURL.parse_known_args(words[1:])
        url = re.sub(r"\$([A-Z])", lambda match: known.get(match[1], ""), given.url)
        if "/_sandbox" in url:  # the page of an invitation has tests of its own
            yield given.X or ("POST" if given.d else "GET"), url, given.d


CALLING = [path for path in DOCUMENTS if any(calls(path))]


@pytest.mark.parametrize("path", CALLING, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_call_is_answered(path):
    box = create_app("school", {}, clock=ManualClock())
    client = httpx.Client(transport=httpx.WSGITransport(app=box))
    refused = []
    for method, url, body in calls(path):
        answer = client.request(method, url, content=body)
        if answer.status_code != 200:
            refused.append((method, url, body, answer.text))
    box.close()
    assert refused == []


def test_calls_were_read():
    assert {"guide_sandbox", "guide_first_contact", "README"} <= {path.stem for path in CALLING}
    assert sum(1 for path in CALLING for _call in calls(path)) > 40


@pytest.mark.parametrize("arguments", SERVES)
def test_every_start_is_understood(arguments):
    assert parse(shlex.split(arguments)).seed == "school"


def test_the_sandbox_in_python_is_as_told():
    (block,) = blocks(ROOT / "sandbox/README.md", "python")
    there = {}
    exec(compile(block, "README.md", "exec"), there)
    assert there["box"].faults.all()[0]["match"] == {"path": "/assets/associate"}


def test_switches_of_the_first_contact_exist():
    page = (ROOT / "docs/docsite/rst/guide_first_contact.rst").read_text(encoding="utf-8")
    cells = re.findall(r"^     - (``\w+``: ``.+)$", page, re.MULTILINE)
    assert len(cells) > 10
    for cell in cells:
        for one in cell.split("; "):
            name, *positions = re.findall(r"``([^`]+)``", one)
            switch = SWITCHES[name]
            first = "null" if switch.default is None else str(switch.default)
            assert positions[0] in (first, first.removesuffix(".0"))
            assert set(positions[1:]) <= set(switch.values)
