# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large the worlds are: those of the goals, and small ones to see that everything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`devices` x `apps` pairs, a tenth of them not assigned. `latencies` in ms, the first for the run that writes.
    `draws`: random drifts that the packer is tried on. `forks`: hosts, the first with `fork_devices`, the others with
    `other_devices`. `repeats`: of short measurements, whose median counts. `events`: queue and seconds of each. `long`:
    seconds of the event that is looked at."""

    name: str
    apps: int
    devices: int
    latencies: tuple[int, ...]
    unchanged_devices: tuple[int, ...]
    pack_devices: int
    many_apps_devices: int
    draws: int
    few_targets: int
    many_targets: int
    loop: int
    forks: int
    fork_devices: int
    other_devices: int
    fork_apps: int
    repeats: int
    events: tuple[tuple[str, float], ...]
    long: float

    @property
    def full(self) -> bool:
        return self.name == "full"


FULL = Sizes(
    name="full",
    apps=20,
    devices=55_560,  # a tenth missing leaves 1,822 pages of 549 rows
    latencies=(50, 200, 500),
    unchanged_devices=(400, 40_000),
    pack_devices=50_000,
    many_apps_devices=234_000,
    draws=3_000,
    few_targets=1_000,
    many_targets=100_000,
    loop=50,
    forks=40,
    fork_devices=50_000,
    other_devices=5_000,
    fork_apps=5,
    repeats=5,
    events=(("parallel", 0.5), ("parallel", 5.0), ("parallel", 21.0), ("serial", 2.0)),
    long=45,
)

QUICK = Sizes(
    name="quick",
    apps=20,
    devices=5_000,
    latencies=(50, 200, 500),
    unchanged_devices=(400, 4_000),
    pack_devices=50_000,
    many_apps_devices=100_000,
    draws=300,
    few_targets=1_000,
    many_targets=100_000,
    loop=10,
    forks=8,
    fork_devices=5_000,
    other_devices=500,
    fork_apps=5,
    repeats=3,
    events=(("parallel", 5.0), ("serial", 1.0)),
    long=23,
)

TINY = Sizes(
    name="tiny",
    apps=4,
    devices=300,
    latencies=(10,),
    unchanged_devices=(100,),
    pack_devices=300,
    many_apps_devices=300,
    draws=20,
    few_targets=10,
    many_targets=100,
    loop=2,
    forks=2,
    fork_devices=50,
    other_devices=20,
    fork_apps=2,
    repeats=1,
    events=(("parallel", 0.1),),
    long=0.1,
)
