# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis draws worlds, tasks, faults, kills and what others do."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POST, REQUEST, Kill
from ansible_collections.openmdm.vpp.tests.faults.oracle import Task
from ansible_collections.openmdm.vpp.tests.faults.runs import Storm
from ansible_collections.openmdm.vpp.tests.faults.town import APPS, ASSETS, BOOK, DEVICE, DEVICES, PEOPLE, PERSON, Plot

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
OTHER_MDM = {"id": "theirs", "name": "Other MDM", "metadata": ""}
PLACES: list[dict[str, Any]] = [
    {},
    {"path": "/service/config"},
    {"path": "/client/config"},
    {"path": "/assets"},
    {"path": "/assignments"},
    {"path": "/users"},
    {"path": "/status"},
    {"method": "POST"},
    {"path": "/assets/associate"},
    {"path": "/assets/disassociate"},
]


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


def _fault(kind: str, places: list[dict[str, Any]], parameters: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
    common = {"kind": st.just(kind), "times": st.sampled_from([1, 1, 1, 2, 5, None])}
    place = st.builds(
        lambda where, after: {**where, "after": after}, st.sampled_from(places), st.sampled_from([0, 0, 0, 1, 2, 4])
    )
    drawn = {name: st.sampled_from(values) for name, values in parameters.items()}
    return st.fixed_dictionaries({**common, "match": place, **drawn})


NUMBERS = [9600, 9601, 9602, 9603, 9609, 9622, 9644, 9646, 9650, 9707, 9709]
OF_ANSWERS: list[tuple[str, dict[str, list[Any]]]] = [
    ("status", {"error_number": NUMBERS}),
    ("status", {"status": [429, 500, 502, 503], "retry_after": [0, 5, 300]}),
    ("unknown_error", {}),
    ("reset_before", {}),
    ("redirect", {"url": ["http://127.0.0.1:1/elsewhere", "https://login.example/"]}),
    ("slow", {"seconds": [1, 40, 700]}),
    ("version_change", {"count": [0, 0, 1, 2, -1, -3]}),
    ("claim", {"mdm_info": [OTHER_MDM]}),
    ("token", {"action": ["expire", "revoke", "read_only", "replace"]}),
    ("lost_answer", {}),
    ("truncated_body", {}),
    ("not_json", {}),
    ("extra_fields", {}),
    ("fewer_rows", {"count": [None, 0, 1]}),
    ("error_in_200", {"error_number": [9603, 9602, 9709]}),
]
OF_EVENTS: list[tuple[str, dict[str, list[Any]]]] = [
    ("event_pending_forever", {}),
    ("event_slow", {"seconds": [30, 500, 2000]}),
    ("event_fail", {"count": [None, 1, 3], "error_number": [9603, 9609, 9709, 9644]}),
    ("event_hollow", {"seconds": [None, 10, 300]}),
]
FAULTS = st.sampled_from(["event", "post", "any", "any"]).flatmap(
    lambda where: st.one_of(
        _fault(kind, {"event": [{}], "post": [{"method": "POST"}], "any": PLACES}[where], parameters)
        for kind, parameters in (OF_EVENTS if where == "event" else OF_ANSWERS)
    )
)
"""A third of them at writes: they are few among the requests of a run."""

_MOMENTS = ["before", "after"]
KILLS = st.sampled_from(
    [(REQUEST, 20, _MOMENTS), (POST, 2, _MOMENTS), (POST, 6, _MOMENTS), (DISK, 8, ["before", "within", "after"])]
).flatmap(lambda drawn: st.builds(Kill, st.just(drawn[0]), st.integers(1, drawn[1]), st.sampled_from(drawn[2])))
_PAIRS = st.lists(
    st.builds(
        lambda adam_id, name: {"adamId": adam_id, "serialNumber" if name in DEVICES else "clientUserId": name},
        st.sampled_from(APPS),
        st.sampled_from((*DEVICES, *PEOPLE)),
    ),
    max_size=3,
)
_WHOLE = st.lists(st.sampled_from(DEVICES), min_size=3, max_size=8, unique=True).map(
    lambda names: [{"adamId": adam_id, "serialNumber": name} for adam_id in APPS for name in names]
)
_WHOM = st.sampled_from(PEOPLE)

OTHERS = st.one_of(
    st.tuples(st.just("assignments"), st.fixed_dictionaries({"add": _PAIRS, "remove": _PAIRS})),
    st.tuples(st.just("assignments"), _WHOLE.map(lambda pairs: {"remove": pairs})),
    st.tuples(st.just("accept"), st.fixed_dictionaries({"clientUserId": _WHOM})),
    st.tuples(st.just("users"), st.fixed_dictionaries({"retire": st.lists(_WHOM, max_size=1)})),
    st.tuples(
        st.just("users"),
        _WHOM.map(lambda name: {"add": [{"clientUserId": name, "email": f"{name}@fernhill.example"}]}),
    ),
    st.tuples(
        st.sampled_from(["buy", "refund"]),
        st.fixed_dictionaries({"adamId": st.sampled_from((*APPS, BOOK)), "count": st.integers(1, 4)}),
    ),
)
"""What other people and products do: a call of the sandbox about the location, and its body."""

STORMS = st.builds(
    Storm,
    faults=st.lists(FAULTS, min_size=1, max_size=4),
    kill=st.none() | KILLS,
    others=st.lists(st.tuples(st.integers(1, 25), OTHERS), max_size=2),
    wait=st.sampled_from([True, True, True, False]),
    check=st.integers(0, 9).map(lambda number: number == 0),
    with_events=st.booleans(),
)
