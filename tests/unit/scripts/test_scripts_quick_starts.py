# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of an archive's sources is what Python would have compiled; archives are shared where that is asked."""

from __future__ import annotations

import importlib
import sys
import traceback
import zipfile
import zipimport
from pathlib import Path
from types import ModuleType

import pytest
import quick_starts
from quick_starts import ARCHIVES, KeptArchives, keep, keep_archives

SOURCE = "ANSWER = {answer}\n\ndef fail():\n    raise ValueError(ANSWER)\n"


@pytest.fixture
def kept(monkeypatch, tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setattr(zipimport, "_compile_source", zipimport._compile_source)
    keep(str(folder))
    return folder


def imported(monkeypatch, archive: Path, source: str) -> ModuleType:
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("of_an_archive.py", source)
    monkeypatch.syspath_prepend(str(archive))
    monkeypatch.delitem(sys.modules, "of_an_archive", raising=False)
    return importlib.import_module("of_an_archive")


def where(module: ModuleType) -> str:
    with pytest.raises(ValueError, match="42") as caught:
        module.fail()
    return traceback.extract_tb(caught.value.__traceback__)[-1].filename


class TestKeep:
    def test_the_same_source_is_compiled_once(self, monkeypatch, tmp_path, kept):
        first = imported(monkeypatch, tmp_path / "a/one.zip", SOURCE.format(answer=42))
        (file,) = kept.iterdir()
        written = file.stat().st_mtime_ns
        second = imported(monkeypatch, tmp_path / "b/two.zip", SOURCE.format(answer=42))
        assert (first.ANSWER, second.ANSWER) == (42, 42)
        assert [file.stat().st_mtime_ns for file in kept.iterdir()] == [written]
        assert where(second) == str(tmp_path / "b/two.zip/of_an_archive.py")

    def test_another_source_is_another_file(self, monkeypatch, tmp_path, kept):
        imported(monkeypatch, tmp_path / "a/one.zip", SOURCE.format(answer=42))
        assert imported(monkeypatch, tmp_path / "b/one.zip", SOURCE.format(answer=43)).ANSWER == 43
        assert len(list(kept.iterdir())) == 2

    @pytest.mark.parametrize("broken", [b"", b"\0", b"no code"])
    def test_a_broken_file_is_made_anew(self, monkeypatch, tmp_path, kept, broken):
        imported(monkeypatch, tmp_path / "a/one.zip", SOURCE.format(answer=42))
        (file,) = kept.iterdir()
        whole = file.read_bytes()
        file.write_bytes(broken)
        assert imported(monkeypatch, tmp_path / "b/one.zip", SOURCE.format(answer=42)).ANSWER == 42
        assert len(file.read_bytes()) == len(whole)

    def test_without_a_place_to_write_to(self, monkeypatch, tmp_path, kept):
        kept.write_text("no folder")
        assert imported(monkeypatch, tmp_path / "a/one.zip", SOURCE.format(answer=42)).ANSWER == 42


class TestArchives:
    @pytest.fixture
    def finders(self, monkeypatch) -> list[object]:
        pytest.importorskip("ansible.constants")  # before nothing can be imported any more
        found: list[object] = []
        monkeypatch.setattr(quick_starts.sys, "meta_path", found)
        return found

    def test_are_shared_where_a_folder_waits_for_them(self, monkeypatch, tmp_path, finders):
        from ansible import constants

        (tmp_path / ARCHIVES).mkdir()
        (tmp_path / "local").mkdir()
        monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "local"), raising=False)
        keep_archives(f"{tmp_path}:/elsewhere")
        (finder,) = finders
        assert isinstance(finder, KeptArchives)
        assert finder.find_spec("ansible.executor") is None
        assert finders
        assert finder.find_spec("ansible.executor.module_common") is None
        assert not finders
        assert (tmp_path / "local/ansiballz_cache").resolve() == tmp_path / ARCHIVES

    @pytest.mark.parametrize("path", ["", "/nowhere", "relative:/nowhere"])
    def test_are_ansibles_own_elsewhere(self, finders, path):
        keep_archives(path)
        assert not finders
