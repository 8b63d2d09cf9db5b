# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit fails for a finding, and never takes silence for safety."""

from __future__ import annotations

import json
from pathlib import Path

import audit
import pytest


def report(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


FOUND = {"name": "jinja2", "version": "2.10", "vulns": [{"id": "CVE-2019-10906", "fix_versions": ["2.10.1"]}]}
CLEAN = {"name": "httpx", "version": "0.28.1", "vulns": []}
UNKNOWN = {"name": "anyio", "skip_reason": "not found"}


@pytest.fixture
def asked(monkeypatch, tmp_path: Path):
    """Sets what the service says of the well-known package and of ours."""

    def answer(known: str, ours: str) -> int:
        monkeypatch.setattr(audit, "ask", lambda file: (known if file.name == "known.txt" else ours, "timed out"))
        return audit.main([str(tmp_path / "lane.txt")])

    return answer


@pytest.mark.parametrize(
    ("known", "ours", "status", "says"),
    [
        (report(FOUND), report(CLEAN), 0, "1 files of pinned packages, 0 known vulnerabilities"),
        (report(FOUND), report(FOUND, CLEAN), 1, "lane.txt: jinja2 2.10: CVE-2019-10906, mended in 2.10.1"),
        (report(FOUND), report(UNKNOWN), 0, "anyio was not looked at: not found"),
        ("", "", audit.NOT_RUN, "did not answer (timed out)"),
        (report(UNKNOWN), report(CLEAN), audit.NOT_RUN, "knows nothing of jinja2==2.10"),
        (report(FOUND), "", audit.NOT_RUN, "did not answer about lane.txt"),
    ],
)
def test_what_an_answer_means(asked, capsys, known, ours, status, says):
    assert asked(known, ours) == status
    assert says in capsys.readouterr().out
