# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier run changed, from the report that it left: of any writing module of this collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import InputError
from .manual_steps import DONE
from .table_file import REPORT_MARK

_CHANGES: tuple[tuple[str, str, str], ...] = (
    ("to_associate", "associated", "licences given"),
    ("to_disassociate", "disassociated", "licences taken back"),
    ("to_create", "created", "people registered"),
    ("to_update", "updated", "people changed"),
    ("to_retire", "retired", "people retired"),
    ("to_add", "added", "devices put into the scope of an app"),
    ("to_remove", "removed", "devices taken out of the scope of an app"),
    ("to_install", "install_commands", "installs commanded"),
    ("to_uninstall", "uninstall_commands", "removals commanded"),
)
"""Names in a summary: planned, done; and the words for both."""
_KINDS = (
    ("vpp_user", frozenset({"users", "leavers"})),
    ("vpp_license", frozenset({"licenses", "undone"})),
    ("mdm_app", frozenset({"apps", "installs"})),
    ("vpp_invitation", frozenset({"invitations"})),
    ("vpp_code", frozenset({"codes"})),
    ("vpp_account", frozenset({"accounts"})),
)
"""Modules, by the keys that their report has."""
_STEP = ("step", "about", "what", "where", "why", "verified_by", "state")


def run_facts(document: Mapping[str, Any], file: str, written_at: str) -> dict[str, Any]:
    """One entry of `runs`. `file` is its name, `written_at` an ISO date. Raises InputError for a file that is no report
    of this collection."""
    if document.get(REPORT_MARK) is not True:
        raise InputError(f"run_reports: {file} is no report of this collection; name files written to report_path.")
    kind = next((name for name, keys in _KINDS if keys <= document.keys()), "")
    summary = document.get("summary")
    counts = summary if isinstance(summary, Mapping) else {}
    return {
        "file": file,
        "kind": kind,
        "written_at": written_at,
        "changes": list(_changes(counts)),
        "failures": list(_failures(document)),
    }


def run_location(document: Mapping[str, Any]) -> str:
    """The uid of the location that the run was about; empty = its report doesn't tell."""
    located = document.get("location")
    uid = located.get("uid") if isinstance(located, Mapping) else document.get("location_uid")
    return uid if isinstance(uid, str) else ""


def run_steps(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The steps for a person that a run told of, whatever their state."""
    listed = document.get("manual_steps")
    steps = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    return [{name: value if isinstance(value := one.get(name), str) else "" for name in _STEP} for one in steps]


def steps_left(steps: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Each step that is not done, once: two runs about one app leave the same to do. The last that is told counts."""
    last = {(one["step"], one["about"], one["what"], one["where"]): one for one in steps}
    return [one for one in last.values() if one["state"] != DONE]


def _changes(summary: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for planned, done, what in _CHANGES:
        number = _count(summary.get(planned))
        if number:
            yield {"what": what, "planned": number, "done": _count(summary.get(done))}


def _failures(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    listed = document.get("failures")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping):
            yield {"reason": str(one.get("reason", "")), "count": _count(one.get("count"))}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
