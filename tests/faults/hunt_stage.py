# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible runs while secrets are hunted, and the search of all that it left there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.faults.hunt import Hit, Hunt
from ansible_collections.openmdm.vpp.tests.faults.hunt_process import Run, short_folder
from ansible_collections.openmdm.vpp.tests.faults.stage import Stage, staged

PAYLOAD = "AnsiballZ_"
"""In the name of the file that Ansible writes for a module: options as they are given."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path / "stage") as stage:
        yield stage


@pytest.fixture
def out() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


def search(stage: Stage, run: Run) -> list[Hit]:
    hunt = Hunt(stage.secrets)
    hits = hunt.tree(run.out)
    for arguments in run.shown:
        hits += hunt.text(arguments, "the arguments of a process")
    mails = [mail.data for mail in stage.mail.arrived]
    letters = Hunt({name: text for name, text in stage.secrets.items() if "code" not in name})
    hits += [hit for mail in mails for hit in letters.text(mail, "a mail")]
    print(f"{hunt.texts + len(mails)} outputs of {hunt.size} bytes searched, {len(hits)} hits")
    assert hunt.texts > 2
    return hits


def told(hits: Iterable[Hit]) -> str:
    return "; ".join(map(str, hits))
