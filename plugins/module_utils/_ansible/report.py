# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_report: options, from them to the reads or to the files that are merged, and the files that are written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._core.account_steps import AccountWish
from .._core.errors import InputError, TokenError, sentence
from .._core.report_findings import LEVELS, find
from .._core.report_page import TITLE
from .._core.report_runs import run_facts, run_location, run_steps, steps_left
from .._core.report_shape import check_document, location_document
from .._core.report_sums import Estate, label_of, merged, sum_up, was_read
from .._core.scope import parse_scopes
from .._entity.account import AccountInfo, AccountInfoTask, dead_state
from .._entity.base import Outcome
from .._entity.report import LocationReader, ReportWish, Rollout
from .._entity.report_facts import location_head
from .._http.pace import SystemClock
from .account import linkage_reader
from .argspec import ArgumentSpec
from .files import read_object
from .mdm import LinkedAccounts, open_linked
from .options import ASSETS, CONNECTED, INFO, SCOPED
from .report_write import check_targets, write_files
from .runner import Host
from .selection import asset_selectors
from .session import location_guard, open_session, read_token

_ROLLOUT = {**ASSETS["options"], "scope": {**SCOPED["scope"], "required": True}}

REPORT_SPEC = ArgumentSpec(
    {
        "html_path": {"type": "path"},
        "csv_dir": {"type": "path"},
        "title": {"type": "str", "default": TITLE},
        "merge": {"type": "list", "elements": "path"},
        "rollouts": {**ASSETS, "options": _ROLLOUT},
        "run_reports": {"type": "list", "elements": "path"},
        "metadata": {"type": "bool", "default": True},
        "unseen_days": {"type": "int", "default": 14},
        "show_people": {"type": "bool", "default": False},
    },
    mutually_exclusive=[["merge", "rollouts"], ["merge", "run_reports"]],
).merge(CONNECTED, INFO)


def run_report(host: Host) -> Outcome:
    params = host.params
    check_targets(params)
    if params["unseen_days"] < 0:
        raise InputError(f"unseen_days: {params['unseen_days']} is no number of days; give a whole number from 0 up.")
    if params["merge"] is not None:
        estate = _merge(host)
    else:
        wish, runs = _wish(host), _read_runs(host)
        estate = sum_up([_with_runs(_read(host, wish), runs)], tables=_tables(host))
    made_at = SystemClock().now().astimezone(timezone.utc).isoformat(timespec="seconds")
    written = write_files(params, estate, sentence(params["title"]), made_at)
    return _outcome(estate, written, max(0, params["limit"]))


def _tables(host: Host) -> bool:
    return host.params["csv_dir"] is not None


def _wish(host: Host) -> ReportWish:
    params, rollouts = host.params, []
    for number, entry in enumerate(params["rollouts"] or ()):
        (selector,) = asset_selectors([entry], False)
        rollouts.append(Rollout(selector, parse_scopes(entry["scope"], f"rollouts[{number}].scope")))
    return ReportWish(tuple(rollouts), params["metadata"], params["unseen_days"], params["show_people"])


def _read(host: Host, wish: ReportWish) -> dict[str, Any]:
    """One location. A dead token is what a report is to tell, so it is no failure here."""
    needed = ("rollouts",) if wish.rollouts else ()
    with open_linked(host, needed_by=needed) as linked:
        reader = linkage_reader(host, linked, AccountWish())
        try:
            with open_session(host, linked) as session:
                task = AccountInfoTask(session.api, session.token, session.guard, session.clock, reader)
                found = task.read()
                if found.config is not None:
                    mdm = linked.mdm if linked else None
                    return LocationReader(session.api, session.clock, host, wish, mdm).read(found, found.config)
        except TokenError as error:
            # Past its own date, so that nothing was sent; or it died while it was used.
            dead = dead_state(error)
            if dead is None:
                raise
            found = _of_dead_token(host, linked, dead)
    state = found.account["token_state"]
    host.warn(f"The content token is {state}, so the report tells nothing else of this location.")
    return location_head(found, SystemClock(), wish.show_people)


def _of_dead_token(host: Host, linked: LinkedAccounts | None, dead: str) -> AccountInfo:
    token, guard = read_token(host, linked), location_guard(host.params)
    reader = linkage_reader(host, linked, AccountWish())
    return AccountInfoTask(None, token, guard, SystemClock(), reader, dead).read()


@dataclass(frozen=True, slots=True)
class _Runs:
    """What `run_reports` tell: entries, steps, and the files by the uid of the location that they are about."""

    entries: list[dict[str, Any]]
    steps: list[dict[str, str]]
    files: Mapping[str, str]


def _read_runs(host: Host) -> _Runs:
    entries, steps, files = [], [], {}
    for path in host.params["run_reports"] or ():
        document = read_object("run_reports", path)
        written = datetime.fromtimestamp(os.stat(path).st_mtime, timezone.utc).isoformat(timespec="seconds")
        entries.append(run_facts(document, os.path.basename(path), written))
        steps += run_steps(document)
        files[run_location(document)] = path
    return _Runs(entries, steps, files)


def _with_runs(location: dict[str, Any], runs: _Runs) -> dict[str, Any]:
    """With what the runs changed and left to do. Raises InputError for one of another location."""
    for uid, path in runs.files.items():
        if uid and location["uid"] and uid != location["uid"]:
            raise InputError(
                f"run_reports: {path} is about another location (uid {uid}); give each location its own reports."
            )
    # What was read just now is newer than any report.
    steps = steps_left([*runs.steps, *location["manual_steps"]])
    return {**location, "runs": runs.entries, "manual_steps": steps}


def _merge(host: Host) -> Estate:
    """A file that isn't there is a location that was not read: the report says so."""
    paths = host.params["merge"]
    if not paths:
        raise InputError("merge is an empty list; name the reports of the locations, or leave it out.")
    documents = []
    for path in dict.fromkeys(paths):
        if os.path.exists(path):
            documents.append(check_document(read_object("merge", path), f"merge: {path}"))
        else:
            documents.append(([], [os.path.splitext(os.path.basename(path))[0]]))
    locations, unread, twice = merged(documents)
    if not locations:
        raise InputError(f"merge: none of the {len(paths)} files is there; run the tasks that write them first.")
    if not host.params["show_people"]:
        locations = [_without_people(location) for location in locations]
    for name in twice:
        host.warn(f"merge: more than one file is about the location '{name}'; the newest counts.")
    return sum_up(locations, unread, tables=_tables(host))


def _without_people(location: dict[str, Any]) -> dict[str, Any]:
    """Nobody is named by a merge that may not, whatever its files hold."""
    people = location["people"]
    users = [{**user, "email": None} for user in people["users"]]
    return {**location, "people_shown": False, "people": {**people, "users": users}}


def _outcome(estate: Estate, written: Mapping[str, Any], limit: int) -> Outcome:
    found = find(estate)
    levels = Counter(one.level for one in found)
    locations = [
        {
            "uid": one["uid"],
            "name": label_of(one),
            "token_state": one["token"]["state"],
            "token_days_left": one["token"]["days_left"],
            "read": was_read(one),
            "assets": len(one["licenses"]),
            "assigned_count": sum(entry["assigned_count"] for entry in one["licenses"]),
            "wasted": sum(group["licenses"] for group in one["wasted"]),
            "missing": sum(rollout["missing"] for rollout in one["rollouts"]),
        }
        for one in estate.locations
    ]
    findings = [one.facts() for one in found]
    return Outcome(
        noun="report",
        value={**written, "locations": locations[:limit], "unread": list(estate.unread[:limit])},
        extra={
            "total": len(locations),
            "truncated": max(len(locations), len(findings), len(estate.unread)) > limit,
            "findings": findings[:limit],
            "summary": {
                "locations": len(estate.locations),
                "unread": len(estate.unread),
                "assets": len(estate.apps),
                "total_count": estate.total,
                "available_count": estate.available,
                "assigned_count": estate.assigned,
                "people": dict(estate.people),
                "wasted": dict(estate.idle),
                "missing": estate.missing,
                "manual_steps": estate.to_do,
                "findings": {level: levels[level] for level in LEVELS},
            },
        },
        document=location_document(estate.locations, estate.unread),
    )
