# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis draws worlds and tasks."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.tests.faults.oracle import Task
from ansible_collections.openmdm.vpp.tests.faults.people_runs import PeopleTask
from ansible_collections.openmdm.vpp.tests.faults.town import (
    APPS,
    ASSETS,
    DEVICE,
    DEVICES,
    PEOPLE,
    PERSON,
    Plot,
    email_of,
)

POSITIONS: dict[str, list[Any]] = {
    "page_size": [1, 2, 5, 100],
    "token_expiration_field": ["within_15_days"],
    "invalid_token": ["200"],
    "licences_run_out": ["whole_asset"],
    "already_assigned": ["failure_9616"],
    "not_assigned": ["failure_9619"],
    "unknown_asset": ["async_9709"],
    "unknown_user": ["sync_9609"],
    "unknown_user_edit": ["async_9609"],
    "registered_user": ["refused"],
    "reregister": ["new_record"],
    "invite_code": ["new"],
    "used_code": ["shown"],
    "event_seconds": [0, 20, 100],
    "event_queue": ["serial"],
    "pending_polls": [0, 3],
    "event_retention_seconds": [0, 60],
    "error_info": ["absent"],
    "unclaimed_mdm_info": ["null"],
    "delta_removed": ["shown"],
    "version_scope": ["per_filter"],
    "empty_total_pages": ["1"],
    "counts": ["lagging", "without_retired"],
    "count_lag_seconds": [40, 120],
    "freed_lag": [45],
    "token_replacement": ["keeps_older"],
    "retry_after_429": [1, 30],
    "enforce_rate": [False],
}
LIMITS = {"maxAssets": (1, 3), "maxSerialNumbers": (2, 4), "maxClientUserIds": (2, 4), "maxUsers": (2, 3)}


def _switches() -> st.SearchStrategy[dict[str, Any]]:
    some = st.lists(st.sampled_from(sorted(POSITIONS)), unique=True, max_size=5)
    positions = some.flatmap(lambda names: st.fixed_dictionaries({n: st.sampled_from(POSITIONS[n]) for n in names}))
    limits = st.fixed_dictionaries({name: st.integers(*ends) for name, ends in LIMITS.items()})
    return st.builds(lambda found, most: {**found, "limits": most}, positions, limits)


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    statuses = draw(
        st.lists(st.sampled_from(["Associated", "Associated", "Registered", "Retired"]), min_size=6, max_size=6)
    )
    holders = {(adam_id, DEVICE): draw(_some(DEVICES, 7, 2)) for adam_id in APPS}
    holders |= {(adam_id, PERSON): draw(_some(PEOPLE[:6], 4)) for adam_id in ASSETS}
    spare = {adam_id: draw(st.sampled_from([None, 0, 2, 5, 12, 12])) for adam_id in ASSETS}
    return Plot(statuses, holders, spare, draw(_switches()))


def _some(names: tuple[str, ...], most: int, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=most).map(tuple)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    kind = draw(st.sampled_from([DEVICE, DEVICE, PERSON]))
    names = DEVICES if kind == DEVICE else PEOPLE
    shape = draw(st.sampled_from(["additive", "exclusive", "exclusive", "absent"]))
    all_assets = draw(st.integers(0, 7)) == 0
    sold = APPS if kind == DEVICE and draw(st.integers(0, 9)) else ASSETS
    targets = draw(_some(names, len(names), draw(st.sampled_from([0, 2, 4, 6]))))
    removes = shape != "additive" or all_assets
    known, orphans = None, False
    if shape == "exclusive" and draw(st.integers(0, 2)) == 0:
        known = tuple(dict.fromkeys((*targets, *draw(_some(names, 6)))))
        orphans = draw(st.booleans())
    return Task(
        kind=kind,
        assets=draw(_some(sold, 3, draw(st.sampled_from([1, 2, 3])))),
        targets=targets,
        state="absent" if shape == "absent" else "present",
        exclusive=shape == "exclusive",
        all_assets=all_assets,
        max_removals=draw(st.sampled_from(["100%", "100%", "100%", "0", "2", "5", "30%", "75%"])) if removes else None,
        max_shrink=draw(st.sampled_from([100, 100, 100, 100, 60, 20])),
        allow_empty=draw(st.sampled_from([True, True, True, False])),
        keep=draw(_some(names, 2)) if removes else (),
        keep_assets=draw(st.sampled_from([(), (), (), APPS[:1]])) if removes else (),
        known=known,
        orphans=orphans,
        shortage=draw(st.sampled_from(["fail", "partial", "partial"])),
        include_registered=kind == PERSON and draw(st.booleans()),
        by_email=kind == PERSON and draw(st.booleans()),
    )


@st.composite
def people_tasks(draw: st.DrawFn, memory: bool) -> PeopleTask:
    """`memory`: there is a state directory, without which there is no exclusive list."""
    names = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=draw(st.sampled_from([0, 3, 5])), max_size=7))
    shape = draw(st.sampled_from(["present", "exclusive", "exclusive", "absent"] if memory else ["present", "absent"]))
    addresses = {name: draw(st.sampled_from([email_of(name), f"new.{email_of(name)}"])) for name in names}
    return PeopleTask(
        addresses,
        "absent" if shape == "absent" else "present",
        shape == "exclusive",
        draw(st.sampled_from(["100%", "100%", "100%", "0", "2"])),
        draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2).map(tuple)),
    )
