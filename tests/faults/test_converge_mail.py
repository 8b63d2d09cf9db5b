# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence of invitations: random lists, faults of Apple's service and of a mail server, kills and changes by
others. Nobody is ever mailed one link twice, or without being listed; and once the last fault is over, two runs have
mailed all who are to be, but for those of whom nobody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.draws import plots
from ansible_collections.openmdm.vpp.tests.faults.machine import HAPPENS, MET, Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.mail_runs import MailTask, MailWorld
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import OTHERS, STORMS, TROUBLES
from ansible_collections.openmdm.vpp.tests.faults.town import PEOPLE, email_of
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

PARTS = amount(1, 2)
WORLDS = amount(15, 600) // PARTS

LISTS = st.builds(
    MailTask,
    st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=7).map(
        lambda names: {name: email_of(name) for name in names}
    ),
    remind=st.sampled_from([None, None, 1, 2]),
    most=st.sampled_from([0, 1, 3]),
    reissue=st.integers(0, 2).map(lambda number: number == 0),
    most_retired=st.sampled_from([None, None, 0, 1]),
)
SOME = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=3)
OTHER_ACCOUNTS = st.sampled_from(PEOPLE).map(
    lambda name: ("accept", {"clientUserId": name, "account": f"{name}@family.example"})
)


class Invitations(Machine):
    server: MailServer

    @initialize(plot=plots(), task=LISTS, release=st.booleans())
    def begin(self, plot, task, release):
        self.world = MailWorld(plot, self.server)
        self.task, self.release = task, release

    @rule(storm=STORMS, trouble=st.none() | TROUBLES)
    def run(self, storm, trouble):
        self.world.trouble = trouble
        self.run_watched(storm)

    @rule(task=LISTS, storm=STORMS, trouble=st.none() | TROUBLES)
    def run_another(self, task, storm, trouble):
        self.task = task
        self.run(storm, trouble)

    @rule(changes=st.lists(OTHERS | OTHER_ACCOUNTS, max_size=3), seconds=st.sampled_from([0, 60, 700, 90_000]))
    def meanwhile(self, changes, seconds):
        self.pass_time(changes, seconds)

    @rule(names=SOME, storm=STORMS, trouble=st.none() | TROUBLES, seconds=st.sampled_from([60, 90_000]))
    def invite_anew(self, names, storm, trouble, seconds):
        """Some accept, are invited anew, and accept with another account."""
        for account in ("home", "family"):
            changes = [("accept", {"clientUserId": name, "account": f"{name}@{account}.example"}) for name in names]
            self.pass_time(changes, seconds)
            self.task = replace(self.task, reissue=True)
            self.run(storm, trouble)


@pytest.fixture(scope="module")
def server():
    with MailServer().running() as running:
        yield running


@pytest.mark.parametrize("part", range(PARTS))
def test_two_runs_mail_everybody_once(part, server):
    Invitations.server = server
    of_mails = ("reminders", "people retired to be invited anew", "licences given again", "troubles of the mail server")
    met = (*MET, *of_mails)
    explore(Invitations, "invitations", part, WORLDS, HAPPENS, met, parts=PARTS)
