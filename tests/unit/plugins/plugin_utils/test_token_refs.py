# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where tokens lie: names of hosts, and what is turned away."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.plugin_utils.token_refs import ENV, FILE, VAULT, TokenRef, find_tokens


@pytest.fixture
def folder(tmp_path):
    for name in ("north.vpptoken", "West Campus [3].vpptoken", "other.txt"):
        (tmp_path / name).write_text("token")
    (tmp_path / "sealed.vpptoken").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162")
    return tmp_path


def test_files_by_pattern_and_variables(folder):
    found = find_tokens(["*.vpptoken", "./north.vpptoken"], ["SOUTH_TOKEN"], str(folder), {"SOUTH_TOKEN": "x"})
    assert found == [
        TokenRef("West_Campus_3", FILE, str(folder / "West Campus [3].vpptoken")),
        TokenRef("north", FILE, str(folder / "north.vpptoken")),
        TokenRef("sealed", VAULT, str(folder / "sealed.vpptoken")),
        TokenRef("south_token", ENV, "SOUTH_TOKEN"),
    ]


def test_a_link_is_its_file(folder):
    (folder / "a.vpptoken").symlink_to(folder / "north.vpptoken")
    assert [ref.host for ref in find_tokens(["a.vpptoken", "north.vpptoken"], [], str(folder), {})] == ["north"]


@pytest.mark.parametrize(
    ("files", "names", "said"),
    [
        (["souht.vpptoken"], [], "souht.vpptoken; correct the path"),
        (["QUJD" * 30], [], "token_files holds a content token itself"),
        ([], ["NORTH"], "token_envs: NORTH is not set in the environment"),
        ([], ["eyJ0b2tlbiI6="], "not their content"),
        (["[/" * 2500], [], "no path has 5000 characters"),
        (["a/" + "[" * 256], [], "no file or folder has a name of 256 characters"),
        (["a/" + "[" * 255], [], "there is no file"),
        (["north.vpptoken"], ["north"], "would both be the host 'north'"),
    ],
)
def test_turned_away(folder, files, names, said):
    with pytest.raises(InputError) as refused:
        find_tokens(files, names, str(folder), {"north": "x"})
    assert said in refused.value.message


def test_a_file_that_cannot_be_read(folder):
    (folder / "folder.vpptoken").mkdir()
    with pytest.raises(InputError, match=r"cannot read .*folder\.vpptoken: Is a directory"):
        find_tokens(["folder.vpptoken"], [], str(folder), {})
