# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the table says of a step that could not run, and of one whose service outside did not answer."""

from __future__ import annotations

import sys

import pytest
import run


@pytest.fixture(autouse=True)
def logs(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "LOGS", tmp_path)
    monkeypatch.setattr(run, "ROOT", tmp_path)


def outcome(status: int, *, may_be_not_run: bool = False) -> run.Outcome:
    command = (sys.executable, "-c", f"print('nobody answers'); raise SystemExit({status})")
    return run.run(run.Step("one", "", command, may_be_not_run=may_be_not_run), show=False)


@pytest.mark.parametrize("ci", [True, False])
class TestWord:
    @pytest.fixture(autouse=True)
    def environment(self, ci, monkeypatch):
        monkeypatch.delenv("CI", raising=False)
        if ci:
            monkeypatch.setenv("CI", "true")

    def test_not_run_is_told_and_fails_nothing(self, ci):
        found = outcome(run.NOT_RUN, may_be_not_run=True)
        assert (found.word, found.count, found.reason) == ("not run", run.Count(skipped=1), "nobody answers")

    def test_other_steps_have_no_such_excuse(self, ci):
        assert outcome(run.NOT_RUN).word == "FAILED"

    def test_skipped_only_outside_ci(self, ci):
        assert outcome(run.SKIPPED, may_be_not_run=True).word == ("FAILED" if ci else "skipped")

    def test_a_finding_fails(self, ci):
        assert outcome(1, may_be_not_run=True).word == "FAILED"


def test_the_audit_alone_may_be_not_run():
    assert [step.name for steps in run.STEPS.values() for step in steps if step.may_be_not_run] == ["audit"]


def test_the_table_gives_each_reason_once(capsys):
    run.table([outcome(run.NOT_RUN, may_be_not_run=True)], 1.0)
    shown = capsys.readouterr().out
    assert "not run" in shown
    assert "Not run: one. nobody answers\n" in shown
