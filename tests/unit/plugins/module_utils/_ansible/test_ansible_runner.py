# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exit of all modules: same keys, one sentence, the truth about `changed`, no secret."""

from __future__ import annotations

import json
import os
import stat
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import files
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.argspec import ArgumentSpec
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import REPORT
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import Host, run_module
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, ServiceError, VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome, reconcile
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main

SECRET = "the-secret-itself-0123456789"
SPEC = ArgumentSpec({"name": {"type": "str"}}).merge(REPORT)
DONE = Outcome("things", [1], True, {"write": 1}, ({"event_id": "e"},), {"done": 1}, {"before": {}, "after": {}})


class Entity:
    """Changes something, and may meet an exception at any step."""

    def __init__(self, step: str = "", error: Exception | None = None) -> None:
        self.changed, self._step, self._error = True, step, error

    def _at(self, step: str) -> None:
        if step == self._step and self._error is not None:
            raise self._error

    def plan(self) -> Entity:
        self._at("plan")
        return self

    def apply(self, plan: Entity) -> str:
        self._at("apply")
        return ""

    def report(self, plan: Entity, applied: str | None) -> Outcome:
        self._at("report")
        return DONE


def finish(
    answer: Outcome | Exception, *, check: bool = False, info: bool = False, loud: bool = False, **options: Any
) -> Result:
    def run(host: Host) -> Outcome:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return run_main(lambda: run_module(SPEC, run, info=info), options, check=check, loud=loud)


def finish_entity(step: str, error: Exception, *, check: bool = False) -> Result:
    return run_main(
        lambda: run_module(SPEC, lambda host: reconcile(Entity(step, error), check=host.check)), {}, check=check
    )


KEYS = {"changed", "plan", "events", "summary"}


class TestShape:
    def test_of_success(self):
        result = finish(DONE)
        assert (result.code, result.failed, result.data["changed"]) == (0, False, True)
        assert result.own_keys == {*KEYS, "things", "diff"}

    def test_of_a_failure_that_tells_what_was_done(self):
        result = finish(Outcome("things", [1], True, {"write": 1}, summary={"done": 1}, error=ServiceError("Broken.")))
        assert (result.code, result.failed, result.data["changed"]) == (1, True, True)
        assert result.own_keys == {*KEYS, "things", "msg"}
        assert result.data["summary"] == {"done": 1}

    def test_of_a_failure_before_there_was_a_plan(self):
        result = finish(InputError("Wrong."))
        assert result.own_keys == {*KEYS, "msg"}
        assert (result.data["changed"], result.data["plan"], result.data["events"]) == (False, {}, [])

    def test_of_an_unexpected_exception(self):
        assert finish(KeyError("x")).own_keys == {*KEYS, "msg", "where"}

    def test_of_a_module_that_only_reads(self):
        outcome = Outcome("things", [1], extra={"total": 1, "truncated": False})
        assert finish(outcome, info=True).own_keys == {"changed", "things", "total", "truncated"}
        assert finish(InputError("Wrong."), info=True).own_keys == {"changed", "msg"}

    def test_of_facts_and_numbers(self):
        error = ServiceError("Broken.", error_number=9603, http_status=500, facts={"requests_sent": 3})
        data = finish(error).data
        assert (data["error_number"], data["http_status"], data["requests_sent"]) == (9603, 500, 3)

    def test_facts_never_hide_what_was_done(self):
        outcome = Outcome("things", [], True, error=VppError("Broken.", facts={"summary": "x", "msg": "x"}))
        data = finish(outcome).data
        assert (data["summary"], data["msg"]) == ({}, "Broken.")

    @pytest.mark.parametrize("as_error", [True, False])
    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (
                ServiceError("Cannot read it: gone (9634)"),
                "Cannot read it: gone (9634). Run the task again once the cause is mended.",
            ),
            (ServiceError("Broken. Ask somebody."), "Broken. Ask somebody."),
            (ServiceError("Refused; is the sandbox running?"), "Refused; is the sandbox running?"),
            (InputError("name: correct it"), "name: correct it"),
        ],
    )
    def test_what_a_service_refuses_ends_with_what_to_do(self, error, told, as_error):
        answer = error if as_error else Outcome("things", [], error=error)
        assert finish(answer).data["msg"] == told


class TestUnexpected:
    @pytest.mark.parametrize("loud", [False, True])
    def test_is_one_sentence_without_its_message(self, loud):
        result = finish(ValueError(SECRET), loud=loud)
        assert result.data["msg"].startswith("An unexpected ValueError in the collection stopped the task;")
        assert "\n" not in result.data["msg"]
        assert SECRET not in result.text

    @pytest.mark.parametrize("error", [KeyError(SECRET), VppError("Broken.")])
    def test_no_trace_of_the_chain_behind_it(self, error):
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            error.__cause__ = error.__context__ = cause
        assert SECRET not in finish(error, loud=True).text

    def test_no_traceback_at_all(self):
        assert "exception" not in finish(ValueError(SECRET)).data

    def test_says_where(self):
        where = finish(ValueError("x")).data["where"]
        assert len(where) <= 4
        assert where[-1].startswith("test_ansible_runner.py:")


class TestChanged:
    @pytest.mark.parametrize("error", [KeyError("x"), ServiceError("Broken.")])
    @pytest.mark.parametrize(("step", "changed"), [("plan", False), ("apply", True), ("report", True)])
    def test_of_an_exception(self, step, changed, error):
        result = finish_entity(step, error)
        assert result.failed
        assert result.data["changed"] is changed
        assert "msg" in result.data

    def test_of_an_exception_in_a_check(self):
        assert finish_entity("report", KeyError("x"), check=True).data["changed"] is False

    def test_the_service_error_keeps_its_sentence(self):
        assert finish_entity("apply", ServiceError("Broken.")).data["msg"] == "Broken."

    def test_of_a_document_that_can_not_be_written(self, tmp_path):
        outcome = Outcome("things", [], True, document={"bad": object()})
        result = finish(outcome, report_path=str(tmp_path / "report"))
        assert result.failed
        assert result.data["changed"] is True
        assert list(tmp_path.iterdir()) == []


class TestReport:
    OUTCOME = Outcome("things", [], True, document={"b": 1, "a": "é"})

    @pytest.mark.parametrize("check", [False, True])
    def test_is_written_for_its_owner_only(self, tmp_path, check):
        path = tmp_path / "report.json"
        assert not finish(self.OUTCOME, check=check, report_path=str(path)).failed
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        written = json.loads(path.read_text(encoding="utf-8"))
        assert written == {"openmdm.vpp report": True, **self.OUTCOME.document}
        assert not finish(self.OUTCOME, check=check, report_path=str(path)).failed

    @pytest.mark.parametrize(
        "text", ["eyJ0b2tlbiI6ICJpbnZlbnRlZCJ9", "serial_number\nTESTA00001\n", '{"serial_numbers": []}']
    )
    def test_replaces_nothing_but_a_report(self, tmp_path, text):
        path = tmp_path / "north.vpptoken"
        path.write_text(text)
        assert "is no report" in finish(self.OUTCOME, report_path=str(path)).data["msg"]
        assert path.read_text() == text

    def test_replaces_an_open_one(self, tmp_path):
        path = tmp_path / "report.json"
        path.write_text("")
        path.chmod(0o644)
        finish(self.OUTCOME, report_path=str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]

    def test_is_whole_or_not_there(self, tmp_path, monkeypatch):
        path = tmp_path / "report.json"
        path.write_text("")

        def full(*_arguments: object, **_options: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files.json, "dump", full)
        with pytest.raises(InputError, match="No space left"):
            files.write_report("report_path", str(path), {})
        assert path.read_text() == ""
        assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]

    def test_is_written_for_a_failure_too(self, tmp_path):
        path = tmp_path / "report.json"
        finish(Outcome("things", [], True, document={"a": 1}, error=VppError("Broken.")), report_path=str(path))
        assert path.exists()

    @pytest.mark.parametrize("name", ["missing/report", "", "folder"])
    def test_a_bad_path_is_known_before_the_work(self, tmp_path, name):
        (tmp_path / "folder").mkdir()
        worked: list[int] = []

        def run(host: Host) -> Outcome:
            worked.append(1)
            return self.OUTCOME

        options = {"report_path": str(tmp_path / name) if name else ""}
        result = run_main(lambda: run_module(SPEC, run), options)
        assert (result.failed, worked) == (True, [])
        assert result.data["msg"].startswith("report_path: ")

    def test_a_path_with_a_nul_byte_is_none(self, tmp_path):
        with pytest.raises(InputError, match="can't be written"):
            files.check_report_path("report_path", str(tmp_path / "a\0b"))

    def test_a_device_is_never_replaced(self, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(InputError, match="can't be written"):
            files.check_report_path("report_path", str(pipe))

    def lose(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def replace(*_arguments: object) -> None:
            raise OSError(13, "Permission denied")

        monkeypatch.setattr(files.os, "replace", replace)

    def test_losing_it_after_a_change_is_a_warning(self, tmp_path, monkeypatch):
        self.lose(monkeypatch)
        result = finish(self.OUTCOME, report_path=str(tmp_path / "report"))
        assert (result.failed, result.data["changed"]) == (False, True)
        assert "cannot write" in json.dumps(result.data["warnings"])
        assert list(tmp_path.iterdir()) == []

    def test_losing_it_in_a_check_is_an_error(self, tmp_path, monkeypatch):
        self.lose(monkeypatch)
        result = finish(self.OUTCOME, check=True, report_path=str(tmp_path / "report"))
        assert (result.failed, result.data["changed"]) == (True, False)

    def test_losing_it_does_not_hide_what_went_wrong(self, tmp_path, monkeypatch):
        self.lose(monkeypatch)
        outcome = Outcome("things", [], document={"a": 1}, error=VppError("Broken."))
        assert finish(outcome, report_path=str(tmp_path / "report")).data["msg"] == "Broken."


class TestHide:
    def run(self, secret: str, said: str) -> Result:
        def run(host: Host) -> Outcome:
            host.hide(secret)
            host.warn(f"warned of {said}")
            return Outcome("things", [{"deep": said}], error=VppError(f"Broken {said}.", facts={"fact": said}))

        return run_main(lambda: run_module(SPEC, run), {"name": said}, loud=True)

    def test_everywhere(self):
        assert SECRET not in self.run(SECRET, SECRET).text

    @pytest.mark.parametrize("short", ["", "a", "short"])
    def test_what_is_too_short_garbles_nothing(self, short):
        assert self.run(short, "a short text").data["msg"] == "Broken a short text."


class TestReadFile:
    def test_reads(self, tmp_path):
        path = tmp_path / "file"
        path.write_bytes(b"1234")
        assert files.read_file("option", str(path), 4) == b"1234"

    def test_too_large(self, tmp_path):
        path = tmp_path / "file"
        path.write_bytes(b"x" * 65537)
        with pytest.raises(InputError, match="option: .* is larger than 64 KiB"):
            files.read_file("option", str(path), 65536)

    @pytest.mark.parametrize("name", ["missing", ".", "a\0b", "x" * 5000])
    def test_unreadable(self, tmp_path, name):
        with pytest.raises(InputError, match="^option: cannot read .*: .+\\. Check the path and its rights\\.$"):
            files.read_file("option", os.path.join(str(tmp_path), name))

    @pytest.mark.parametrize("text", ["", "null", "[]", "3", '{"a": ', "[" * 100_000, "\x00"])
    def test_no_json_object(self, tmp_path, text):
        path = tmp_path / "file"
        path.write_text(text)
        with pytest.raises(InputError, match="no JSON object"):
            files.read_object("option", str(path))


class TestTerminal:
    """Ansible writes sentences and warnings to it as they are."""

    NAME = "\x1b]0;x\x07 \x9b31m \u202e \r\n \ud800"

    def test_an_error_is_one_line_without_signs_that_act(self):
        said = finish(VppError(f"{self.NAME} claims it.")).data["msg"]
        assert said.isprintable()
        assert said.endswith("claims it.")

    def test_a_warning_too(self):
        def run(host: Host) -> Outcome:
            host.warn(f"{self.NAME} is old")
            return DONE

        (said,) = run_main(lambda: run_module(SPEC, run), {}).data["warnings"]
        assert str(said).isprintable()

    def test_it_has_an_end(self):
        assert len(finish(VppError("x" * 10**6)).data["msg"]) < 2010
