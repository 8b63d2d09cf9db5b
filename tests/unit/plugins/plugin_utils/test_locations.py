# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations as hosts, against the sandbox in this process."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.plugin_utils.locations import read_locations
from ansible_collections.openmdm.vpp.plugins.plugin_utils.token_refs import ENV, FILE, VAULT, TokenRef
from ansible_collections.openmdm.vpp.tests.unit.harness import use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock


class Place:
    """A school with three locations; tokens are in files here, and in a dict for the rest."""

    def __init__(self, patch, folder) -> None:
        self.box = create_app("school", clock=ManualClock())
        self.options = {"apps_books_url": use_box(patch, self.box)["apps_books_url"]}
        self.texts = {key: self.box.token(key) for key in self.box.world.locations}
        self.folder, self.warned = folder, []

    def file(self, key: str, host: str = "") -> TokenRef:
        path = self.folder / f"{host or key}.vpptoken"
        path.write_text(self.texts[key])
        path.chmod(0o600)
        return TokenRef(host or key, FILE, str(path))

    def read(self, *refs: TokenRef) -> dict:
        found = read_locations(refs, self.options, lambda ref: self.texts[ref.place], self.warned.append)
        return {one.name: one.facts for one in found}


@pytest.fixture
def place(monkeypatch, tmp_path):
    return Place(monkeypatch, tmp_path)


def test_a_host_of_each_token(place):
    found = place.read(place.file("north"), TokenRef("south", ENV, "south"), TokenRef("west", VAULT, "west"))
    assert [facts["openmdm_location_uid"] for facts in found.values()] == [f"770000000000100{n}" for n in (1, 2, 3)]
    assert found["north"]["openmdm_content_token_file"].endswith("/north.vpptoken")
    assert found["south"]["openmdm_content_token_env"] == "south"
    assert found["west"]["openmdm_content_token_vault"] == "west"
    assert found["west"]["openmdm_location_name"] == "Kowhai Valley College West Campus"
    assert found["west"]["openmdm_token_days_left"] > 0
    assert place.warned == []


def test_it_carries_no_token(place):
    text = repr(place.read(place.file("north"), TokenRef("south", ENV, "south")))
    assert not any(token in text for token in place.texts.values())


def test_two_tokens_of_one_location_are_refused(place):
    with pytest.raises(InputError) as refused:
        place.read(place.file("north"), place.file("south"), place.file("north", "copy"))
    assert "copy.vpptoken are tokens of one location, 'Kowhai Valley College North Campus'" in refused.value.message


def test_a_dead_token_is_a_host_and_a_warning(place):
    place.box.control("POST", "/_sandbox/locations/west/token", {"action": "revoke"})
    found = place.read(place.file("north"), place.file("west"))
    assert found["west"]["openmdm_token_state"] == "revoked"
    assert found["west"]["openmdm_location_uid"] == ""
    assert len(place.warned) == 1
    assert "west.vpptoken of 'Kowhai Valley College' is revoked" in place.warned[0]


def test_a_file_that_is_no_token(place):
    path = place.folder / "list.vpptoken"
    path.write_text("<html><title>Sign in</title></html>")
    with pytest.raises(InputError, match=r"list\.vpptoken: content_token_file looks like a web page"):
        place.read(TokenRef("list", FILE, str(path)))


def test_nothing(place):
    with pytest.raises(InputError, match="There is no content token"):
        place.read()


def test_a_warning_shows_no_token(place):
    place.folder.joinpath("open.vpptoken").write_text(place.texts["north"])
    place.read(TokenRef("open", FILE, str(place.folder / "open.vpptoken")))
    assert "can be read by others" in place.warned[0]
    assert place.texts["north"] not in place.warned[0]
