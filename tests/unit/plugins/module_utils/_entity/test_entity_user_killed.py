# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task for people that is killed at any point: the next run makes each person once, and knows whose they are."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import REGISTERED, RETIRED
from ansible_collections.openmdm.vpp.plugins.module_utils._state.journal import Journal
from ansible_collections.openmdm.vpp.plugins.module_utils._state.people import People
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeAppsBooks
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_user import people, run


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a signal."""


POINTS = [
    (People, "record_people"),
    (People, "record_made"),
    (Journal, "intend"),
    (FakeAppsBooks, "submit_users"),
    (Journal, "accepted"),
    (FakeAppsBooks, "wait_for_events"),
    (Journal, "ended"),
    (FakeAppsBooks, "read_users"),
    (People, "release_made"),
    (People, "release_people"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), POINTS)
def test_killed_and_run_again(owner, name, after, tmp_path, monkeypatch):
    api = FakeAppsBooks()
    options = {"state_dir": tmp_path / "state", "exclusive": True, "max_removals": 1, "max_shrink": 100}
    assert run(api, people("lea", "omar"), **options).error is None
    original = getattr(owner, name)

    def deadly(*args, **kwargs):
        if after:
            original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, deadly)
        with pytest.raises(Killed):
            run(api, people("lea", "tama"), **options)
    outcome = run(api, people("lea", "tama"), **options)
    assert outcome.error is None
    assert sorted(api.people.statuses().values()) == [REGISTERED, REGISTERED, RETIRED]
    # Each of the three has one record, and whoever was made by the run that was killed can be retired by this list.
    assert len(api.people.records) == 3
    last = run(api, people("lea"), **options)
    assert last.summary["retired"] == 1
    assert not run(api, people("lea"), **options).changed
