# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible runs while secrets are hunted, and the search of all that it left there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.faults.hunt import Hit, Hunt
from ansible_collections.openmdm.vpp.tests.faults.hunt_process import Run, short_folder
from ansible_collections.openmdm.vpp.tests.faults.stage import Stage, staged
from ansible_collections.openmdm.vpp.tests.faults.tally import Tally

PAYLOAD = "AnsiballZ_"
"""In the name of the file that Ansible writes for a module: options as they are given."""
EVERYTHING = "everything.jsonl"
"""What a callback is handed: parameters of tasks as they are given."""

ARGUMENTS = "the arguments of a process"
"""What others on the machine see with `ps`."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path / "stage") as stage:
        yield stage


@pytest.fixture
def out() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


@dataclass(frozen=True)
class Found:
    """`known`: hits where Ansible itself keeps a secret, as the page on secrets tells. `hits`: all others."""

    known: Sequence[Hit]
    hits: Sequence[Hit]

    def __str__(self) -> str:
        return "; ".join(map(str, self.hits))


def search(stage: Stage, run: Run, *known: str) -> Found:
    """All that a run left. `known`: words of the places where Ansible itself keeps secrets that came in that way."""
    hunt = Hunt(stage.secrets)
    hits = hunt.tree(run.out)
    for arguments in run.shown:
        hits += hunt.text(arguments, ARGUMENTS)
    letters = Hunt({name: text for name, text in stage.secrets.items() if "code" not in name})
    hits += [hit for mail in stage.mail.arrived for hit in letters.text(mail.data, "a mail")]
    assert hunt.texts > 2
    expected = [hit for hit in hits if any(word in hit.where for word in known)]
    found = Found(expected, [hit for hit in hits if hit not in expected])
    count("hunt", [hunt, letters], found)
    return found


def count(name: str, hunts: Sequence[Hunt], found: Found) -> None:
    """Adds what was searched to the counts that are told at the end of the session."""
    tally = Tally(name)
    tally.add("cases")
    tally.add("outputs searched", sum(hunt.texts for hunt in hunts))
    tally.add("bytes searched", sum(hunt.size for hunt in hunts))
    tally.add("hits", len(found.hits))
    tally.add("hits where Ansible itself keeps a parameter, as documented", len(found.known))
    tally.write(uuid.uuid4().hex)
