# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets as values and in files: which one counts, what is refused, and that none is shown."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import mdm
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.argspec import ArgumentSpec
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import MDM, NETWORK
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import Host, run_module
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.secrets import KEY_LIKE
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.base import Outcome
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main

KEY = "6bec40cf957de430a6f1f2baa056b99a4fac9ea0"
SPEC: ArgumentSpec = MDM.merge(NETWORK)
TOKEN = base64.b64encode(json.dumps({"token": "t" * 40, "expDate": "x", "orgName": "y"}).encode()).decode()


@pytest.fixture(autouse=True)
def asked(monkeypatch) -> list[str]:
    """The keys that a connector was opened with; it then fails and says them."""
    keys: list[str] = []

    def connect(settings: Any, _clock: object, **_more: object) -> NoReturn:
        keys.append(settings.api_key.reveal())
        raise VppError(f"Broken: {keys[-1]}", facts={"said": [keys[-1]]})

    monkeypatch.setattr(mdm, "connect", connect)
    for name in ("OPENMDM_MERAKI_API_KEY", "OPENMDM_MERAKI_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return keys


def run(**options: Any) -> Result:
    def task(host: Host) -> Outcome:
        with mdm.open_mdm(host, "This task"):
            raise AssertionError

    options = {"connector": "meraki", **options}
    told = {name: value for name, value in options.items() if value is not None}
    return run_main(lambda: run_module(SPEC, task), told, loud=True)


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes, name: str = "key", mode: int = 0o600) -> str:
        path: Path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return str(path)

    return write


class TestWhich:
    def test_value(self, asked):
        run(meraki_api_key=KEY)
        assert asked == [KEY]

    @pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"  {KEY}\r\n", f"\ufeff{KEY}\n"])
    def test_file(self, asked, file, content):
        run(meraki_api_key_file=file(content))
        assert asked == [KEY]

    @pytest.mark.parametrize("form", ["value", "file"])
    def test_environment(self, asked, file, monkeypatch, form):
        name, content = ("", KEY) if form == "value" else ("_FILE", file(KEY))
        monkeypatch.setenv(f"OPENMDM_MERAKI_API_KEY{name}", content)
        run()
        assert asked == [KEY]

    def test_the_task_wins_over_the_environment(self, asked, file, monkeypatch):
        monkeypatch.setenv("OPENMDM_MERAKI_API_KEY", "e" * 40)
        run(meraki_api_key_file=file(KEY))
        monkeypatch.delenv("OPENMDM_MERAKI_API_KEY")
        monkeypatch.setenv("OPENMDM_MERAKI_API_KEY_FILE", file("f" * 40, "other"))
        run(meraki_api_key=KEY)
        assert asked == [KEY, KEY]

    def test_both_of_the_task_are_a_mistake(self, asked, file):
        result = run(meraki_api_key=KEY, meraki_api_key_file=file(KEY))
        assert result.data["msg"] == "meraki_api_key and meraki_api_key_file are both given; give one of them."
        assert asked == []

    def test_none(self):
        assert run().data["msg"] == (
            "There is no API key: set meraki_api_key_file to the path of a file that holds it (or the environment "
            "variable OPENMDM_MERAKI_API_KEY_FILE)."
        )


class TestRefused:
    @pytest.mark.parametrize("content", ["", "\n \r\n", "\ufeff\n"])
    def test_an_empty_file(self, file, content):
        assert run(meraki_api_key_file=file(content)).data["msg"].startswith("meraki_api_key_file is empty; ")

    @pytest.mark.parametrize(
        "content",
        [f"{KEY}\n{KEY}", f"key: {KEY}", f"{KEY[:20]}\n{KEY[20:]}", b"\xff\xfe" + KEY.encode(), b"\0" * 40, "x" * 2000],
    )
    def test_a_file_with_more_or_other_than_a_key(self, asked, file, content):
        result = run(meraki_api_key_file=file(content))
        assert result.data["msg"].startswith("meraki_api_key_file holds more or other than an API key")
        assert (asked, KEY in result.text) == ([], False)

    def test_a_content_token(self, asked, file):
        result = run(meraki_api_key_file=file(TOKEN))
        assert result.data["msg"].startswith("meraki_api_key_file holds a content token")
        assert (asked, TOKEN in result.text) == ([], False)

    def test_a_folder(self, tmp_path):
        assert run(meraki_api_key_file=str(tmp_path)).data["msg"] == (
            f"meraki_api_key_file: cannot read {tmp_path}: Is a directory. Check the path and its rights."
        )

    def test_a_file_that_is_not_there(self):
        result = run(meraki_api_key_file="/nowhere/key")
        assert result.data["msg"].startswith("meraki_api_key_file: cannot read /nowhere/key: No such file")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_a_file_that_can_not_be_read(self, file):
        result = run(meraki_api_key_file=file(KEY, mode=0o000))
        assert "Permission denied" in result.data["msg"]

    def test_a_large_file(self, file):
        assert "larger than 64 KiB" in run(meraki_api_key_file=file("x" * 70_000)).data["msg"]

    def test_the_secret_in_place_of_its_path(self, asked):
        result = run(meraki_api_key_file=KEY)
        assert result.data["msg"] == (
            "meraki_api_key_file holds the secret itself; give the path of its file, or use meraki_api_key."
        )
        assert (asked, KEY in result.text) == ([], False)

    def test_the_secret_in_place_of_its_path_where_another_option_is_wrong(self, asked):
        result = run(meraki_api_key_file=KEY, connector=None)
        assert result.data["msg"].startswith("This task needs an MDM")
        assert (asked, KEY in result.text) == ([], False)

    def test_no_connector(self):
        assert run(connector=None).data["msg"] == (
            "This task needs an MDM: set connector (such as connector: meraki) and its options."
        )

    def test_an_empty_list_of_networks(self):
        result = run(meraki_api_key=KEY, meraki_network_ids=[])
        assert result.data["msg"].startswith("meraki_network_ids is an empty list")


class TestPaths:
    @pytest.mark.parametrize(
        "path", ["/etc/keys/" + "a" * 60, "keys/" + "a" * 60, "a" * 60 + ".key", "~/" + "a" * 60, "./" + "a" * 60]
    )
    def test_do_not_look_like_a_key(self, path):
        assert not KEY_LIKE.fullmatch(path)

    @pytest.mark.parametrize("text", [KEY, KEY.upper(), f"{KEY}\n", "abc_DEF-" * 5])
    def test_a_key_does(self, text):
        assert KEY_LIKE.fullmatch(text)

    def test_a_file_whose_name_looks_like_a_key(self, asked, file, monkeypatch):
        monkeypatch.chdir(os.path.dirname(file(KEY, name="d" * 40)))
        run(meraki_api_key_file="d" * 40)
        assert asked == [KEY]


class TestMask:
    @pytest.mark.parametrize("form", ["value", "file", "environment", "file of the environment"])
    def test_however_it_was_said(self, asked, file, monkeypatch, form):
        path, options = file(f"{KEY}\n"), {}
        if form == "value":
            options = {"meraki_api_key": KEY}
        elif form == "file":
            options = {"meraki_api_key_file": path}
        elif form == "environment":
            monkeypatch.setenv("OPENMDM_MERAKI_API_KEY", KEY)
        else:
            monkeypatch.setenv("OPENMDM_MERAKI_API_KEY_FILE", path)
        result = run(**options)
        assert result.data["msg"].startswith("Broken: ")
        assert (asked, KEY in result.text) == ([KEY], False)

    @pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
    def test_a_file_that_others_can_read_is_warned_of(self, file, mode, warned):
        result = run(meraki_api_key_file=file(KEY, mode=mode))
        assert ("set its mode to 0600" in json.dumps(result.data.get("warnings", []))) is warned
