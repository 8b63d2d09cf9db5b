# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence of redemption codes: random lists of codes and people, a mail server that fails, and kills at every
change on the disk and at every command of a mail. No code ever goes to two people, nobody gets two, nobody is mailed
twice unless asked for; and one run of all people over all codes hands out what is left."""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis")

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ansible_collections.openmdm.vpp.tests.faults.code_runs import CODES, CodeTask, CodeWorld
from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POINTS, Kill
from ansible_collections.openmdm.vpp.tests.faults.machine import Machine, explore
from ansible_collections.openmdm.vpp.tests.faults.soak import amount
from ansible_collections.openmdm.vpp.tests.faults.storm import Storm
from ansible_collections.openmdm.vpp.tests.faults.storm_draws import DEATHS, TROUBLES
from ansible_collections.openmdm.vpp.tests.faults.town import PEOPLE, email_of
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

PARTS = amount(1, 2)
WORLDS = amount(30, 800) // PARTS
HAPPENS = ("kills", "troubles of the mail server", "goals reached", "goals that are refused")

KILLS = st.builds(
    Kill, st.just(DISK), st.integers(1, 3) | st.integers(2, 16), st.sampled_from(["before", "within", "after"])
)
MET = [death for death in DEATHS if POINTS[DISK] in death] + ["killed at DATA of a mail", "killed at END of a mail"]


@st.composite
def lists(draw, moving):
    """`moving`: people change their addresses, and are known by their ids; else some lists have no id of somebody."""
    product = draw(st.sampled_from(sorted(CODES)))
    names = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=7))
    addresses = {name: f"new.{email_of(name)}" if moving and draw(st.booleans()) else email_of(name) for name in names}
    return CodeTask(
        product,
        tuple(draw(st.lists(st.sampled_from(CODES[product]), unique=True, min_size=1))),
        frozenset(draw(st.lists(st.sampled_from(CODES[product]), max_size=2))),
        addresses,
        frozenset(PEOPLE if moving else draw(st.lists(st.sampled_from(PEOPLE)))),
        draw(st.booleans()),
        draw(st.sampled_from([None, None, None, 0, 2])),
    )


class Codes(Machine):
    server: MailServer

    @initialize(data=st.data(), moving=st.booleans())
    def begin(self, data, moving):
        self.world = CodeWorld(self.server)
        self.lists = lists(moving)
        self.task = data.draw(self.lists)

    @rule(data=st.data(), kill=st.none() | KILLS, trouble=st.none() | TROUBLES, check=st.integers(0, 9))
    def run(self, data, kill, trouble, check):
        self.task = data.draw(self.lists)
        self.run_one(kill, trouble, check)

    @rule(kill=st.none() | KILLS, trouble=st.none() | TROUBLES, check=st.integers(0, 9))
    def run_again(self, kill, trouble, check):
        self.run_one(kill, trouble, check)

    def run_one(self, kill, trouble, check):
        self.world.trouble = trouble
        self.run_watched(Storm(kill=kill, check=check == 0))


@pytest.fixture(scope="module")
def server():
    with MailServer().running() as running:
        yield running


@pytest.mark.parametrize("part", range(PARTS))
def test_no_code_goes_to_two_people_whatever_ends_a_run(part, server):
    Codes.server = server
    explore(Codes, "codes", part, WORLDS, HAPPENS, MET, parts=PARTS)
