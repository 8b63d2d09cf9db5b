# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis draws faults, kills, what others do, and what a mail server says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.tests.faults.kill import DISK, POINTS, POST, REQUEST, Kill
from ansible_collections.openmdm.vpp.tests.faults.mail_runs import DEADLY, Trouble
from ansible_collections.openmdm.vpp.tests.faults.storm import Beside, Storm
from ansible_collections.openmdm.vpp.tests.faults.town import APPS, BOOK, DEVICES, PEOPLE
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import CLOSE

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


def faults_at(places: list[dict[str, Any]]) -> st.SearchStrategy[Any]:
    """Those that need no location of Apple's."""
    return st.one_of(
        _fault(kind, places, parameters)
        for kind, parameters in OF_ANSWERS
        if kind not in ("version_change", "claim", "token") and "error_number" not in parameters
    )


KINDS = tuple(f"fault {kind}" for kind, _parameters in (*OF_ANSWERS, *OF_EVENTS))
"""As they are counted."""

_MOMENTS = ["before", "after"]
KILLS = st.sampled_from(
    [(REQUEST, 20, _MOMENTS), (POST, 2, _MOMENTS), (POST, 6, _MOMENTS), (DISK, 8, ["before", "within", "after"])]
).flatmap(lambda drawn: st.builds(Kill, st.just(drawn[0]), st.integers(1, drawn[1]), st.sampled_from(drawn[2])))
DEATHS = tuple(
    f"killed {when} {POINTS[point]}"
    for point, moments in ((REQUEST, _MOMENTS), (POST, _MOMENTS), (DISK, ["before", "within", "after"]))
    for when in moments
)
"""As they are counted."""
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

TROUBLES = st.builds(
    Trouble,
    st.sampled_from(["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END", "END"]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([CLOSE, "421 closing", "451 later", "550 no", "554 never", DEADLY, DEADLY]),
)
"""What goes wrong at the mail server."""


def besides(tasks_of: st.SearchStrategy[Any], memories: Sequence[str]) -> st.SearchStrategy[Beside]:
    """Where the first run has fewer requests, the second one does not come."""
    number = st.one_of(st.integers(1, 12), st.integers(4, 30))
    return st.builds(Beside, number, tasks_of, st.sampled_from(memories), st.none() | KILLS, st.booleans())
