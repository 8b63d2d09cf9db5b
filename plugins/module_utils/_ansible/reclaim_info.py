# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_reclaim_info: options, and from them to the reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError
from .._core.forecast import Growth
from .._core.ports import Mdm
from .._entity.base import Outcome
from .._entity.reclaim_info import Expected, ReclaimReader
from .._entity.scope import resolve_scope
from .argspec import ArgumentSpec
from .mdm import no_mdm
from .options import CONNECTED, INFO, SCOPED
from .reclaim_options import REASONS_OPTION, RECLAIM, open_asked, reclaim_assets, reclaim_question
from .runner import Host
from .selection import read_scope
from .session import open_session

MOST = 10_000_000

RECLAIM_INFO_SPEC = ArgumentSpec(
    {
        "reasons": REASONS_OPTION,
        "forecast": {
            "type": "dict",
            "options": {
                "scope": SCOPED["scope"],
                "planned": {"type": "int", "default": 0},
                "per_month": {"type": "int", "default": 0},
            },
        },
    }
).merge(RECLAIM, CONNECTED, INFO)


def run_reclaim_info(host: Host) -> Outcome:
    params = host.params
    question, told = reclaim_question(host), params["forecast"] or {}
    growth = Growth(*(_licences(option, told.get(option) or 0) for option in ("planned", "per_month")))
    scoped = told.get("scope") is not None
    if scoped and not params["connector"]:
        raise no_mdm("forecast.scope")
    selectors = reclaim_assets(host)
    with open_asked(host, question.asks_mdm or scoped) as linked:
        expected = Expected(growth=growth)
        if scoped and linked is not None:
            expected = _expected(host, linked.mdm, told, growth)
        with open_session(host, linked) as session:
            mdm = linked.mdm if linked is not None else None
            reader = ReclaimReader(session.api, session.guard, question, expected, selectors, mdm, host, session.clock)
            return reader.read(max(0, params["limit"]))


def _expected(host: Host, mdm: Mdm, told: Mapping[str, Any], growth: Growth) -> Expected:
    scope = read_scope("forecast", told)
    if scope is None:
        raise InputError("forecast.scope: give at least one scope, such as {match: with_any, tags: [a]}.")
    found = resolve_scope(mdm, scope.scopes, None, strict_tags=False, notify=host, option="forecast")
    return Expected(found.serial_numbers, found.platforms, growth, found.left_out_counts)


def _licences(option: str, value: int) -> int:
    if not 0 <= value <= MOST:
        raise InputError(f"forecast.{option}: {value} is no number of licences from 0 to {MOST}; correct it.")
    return value
