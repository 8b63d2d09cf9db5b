# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that a task names: they are waited for before anything is read."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import PendingError
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.apply_license import Polling
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.event_memory import finish_named_events
from ansible_collections.openmdm.vpp.tests.unit.fakes import STUCK, FakeNotify
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._entity.bench_people import ids, run, world


def test_none_needs_no_question():
    api, notify = world("lea"), FakeNotify()
    finish_named_events(api, [], Polling(), notify)
    assert (api.calls, notify.told) == ([], [])


def test_what_apple_does_not_know_is_told():
    api, notify = world("lea"), FakeNotify()
    finish_named_events(api, ["gone"], Polling(), notify)
    assert notify.told == ["events: Apple does not know gone; the task goes by what it reads."]


def test_what_is_pending_stops_the_task():
    api, notify = world("lea"), FakeNotify()
    api.faults.append(STUCK)
    run(api, ids("lea"), wait=False)
    with pytest.raises(PendingError, match="1 of the 2 events given are still pending after 60 seconds") as caught:
        finish_named_events(api, ["event-1", "gone"], Polling(timeout=60), notify)
    assert caught.value.facts == {"pending_events": ["event-1"]}
