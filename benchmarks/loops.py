# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same work as a loop in the playbook, a device an item, and as one task; the start-up of ansible-playbook is taken
off both."""

from __future__ import annotations

from pathlib import Path

from .box import Box, open_box
from .measure import Measure
from .play import licences, play
from .sizes import Sizes

LEAST = 25 / 50
"""Of the items: 25 times as long for 50 of them."""


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    with open_box(folder / "box", apps=1, devices=2 * sizes.loop, drift=1, people=0) as box:
        serials = box.serial_numbers()
        first, second = serials[: sizes.loop], serials[sizes.loop :]
        nothing = play(folder / "nothing", [{"name": "nothing", "ansible.builtin.meta": "noop"}]).wall
        loop = play(folder / "loop", [{**_grant(box, folder, ["{{ item }}"]), "loop": first}]).wall - nothing
        bulk = play(folder / "bulk", [_grant(box, folder, second)]).wall - nothing
        held = box.held()
    if held != len(serials):
        raise RuntimeError("Not every device got its licence.")
    note = f"{loop:.1f} s / {bulk:.2f} s, start-up {nothing:.2f} s taken off"
    limit = LEAST * sizes.loop
    return [Measure("Bulk", f"{sizes.loop} devices", "loop / one task", loop / bulk, limit, least=True, note=note)]


def _grant(box: Box, folder: Path, serials: list[str]) -> dict[str, object]:
    return licences(box, folder, 1, None, devices={"serial_numbers": serials}, poll_interval=0.2)
