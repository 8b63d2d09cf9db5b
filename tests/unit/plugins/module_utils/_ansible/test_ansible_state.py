# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options to a state directory: unset, refused before anything is asked, and check mode."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.doc_fragments.state import ModuleDocFragment
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import APPLE_URL, STATE
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.state import open_state
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import (
    InputError,
    StateBusyError,
    StateError,
    VppError,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import Mailing
from ansible_collections.openmdm.vpp.tests.unit.fakes import UID, FakeClock


class FakeHost:
    def __init__(self, check: bool = False, **options: Any) -> None:
        defaults = {name: option.get("default") for name, option in STATE.options.items()}
        self.params = {**defaults, "apps_books_url": APPLE_URL, **options}
        self.check = check
        self.told: list[str] = []

    def warn(self, message: str) -> None:
        self.told.append(message)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state"


def opened(**options: Any):
    return open_state(FakeHost(**options), FakeClock())


def test_unset_remembers_nothing():
    assert opened() is None


def test_is_remembered_from_task_to_task(path):
    with opened(state_dir=str(path)).open(UID) as state:
        state.invitations.intend(Mailing("p1", Secret("code"), "p1@school.example"))
    with opened(state_dir=f"{path}/").open(UID) as state:
        assert [found.client_user_id for found in state.invitations.uncertain()] == ["p1"]


def test_the_folder_is_there_before_anything_is_asked(path):
    opened(state_dir=str(path))
    assert path.is_dir()


def test_check_mode_writes_nothing(path):
    with opened(state_dir=str(path), check=True).open(UID) as state:
        assert state.invitations.uncertain() == []
    assert not path.exists()


def test_what_only_tells_writes_nothing_either(path):
    state_dir = open_state(FakeHost(state_dir=str(path)), FakeClock(), read_only=True)
    with state_dir.open(UID) as state:
        assert state.journal.open_events().unknown == ()
    assert not path.exists()


def test_the_service_is_known_by_its_host_alone(path):
    with opened(state_dir=str(path)).open(UID):
        pass
    with opened(state_dir=str(path), apps_books_url="https://vpp.itunes.apple.com:443/mdm/v3/").open(UID):
        pass
    with pytest.raises(StateError, match="this task speaks to http://127.0.0.1:8443"):
        with opened(state_dir=str(path), apps_books_url="http://127.0.0.1:8443/mdm/v2").open(UID):
            pytest.fail("it was opened")


def test_waits_as_long_as_it_is_told(path):
    host, clock = FakeHost(state_dir=str(path), lock_timeout=5.0), FakeClock()
    with opened(state_dir=str(path)).open(UID), pytest.raises(StateBusyError), open_state(host, clock).open(UID):
        pytest.fail("it was opened")
    assert clock.elapsed == 5.0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"state_dir": ""}, InputError, "state_dir: it is no full path"),
        ({"state_dir": "state"}, InputError, "state_dir: it is no full path"),
        ({"state_dir": "/tmp/a\0b"}, InputError, "state_dir: it is no full path"),
        ({"state_dir": "/nowhere/at/all"}, StateError, "has no folder above it"),
        ({"state_dir": "/", "lock_timeout": -1.0}, InputError, "lock_timeout"),
        ({"state_dir": "/", "lock_timeout": float("nan")}, InputError, "lock_timeout"),
        ({"state_dir": "/", "apps_books_url": "ftp://x"}, InputError, "apps_books_url"),
    ],
)
def test_is_refused(options, error, words):
    with pytest.raises(error, match=words) as caught:
        opened(**options)
    assert isinstance(caught.value, VppError)


def test_warnings_reach_the_admin(path):
    path.mkdir()
    path.chmod(0o750)
    host = FakeHost(state_dir=str(path))
    open_state(host, FakeClock())
    assert host.told == [f"state_dir: {path} can be read by other users; set its mode to 0700."]


def test_a_python_without_sqlite(path, monkeypatch):
    for name in [name for name in sys.modules if "._state." in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    with pytest.raises(StateError, match="lacks Python's module sqlite3"):
        opened(state_dir=str(path))
    assert not path.exists()


def test_the_documentation_is_that_of_the_spec():
    told = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert {name: (facts["type"], facts.get("default")) for name, facts in told.items()} == {
        name: (facts["type"], facts.get("default")) for name, facts in STATE.options.items()
    }
    assert "E(OPENMDM_VPP_STATE_DIR)" in str(told["state_dir"]["description"])
    assert STATE.options["state_dir"]["fallback"][1] == ["OPENMDM_VPP_STATE_DIR"]
