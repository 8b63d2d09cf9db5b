# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of what vpp_report writes as JSON and reads again: one entry a location, judged before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .errors import InputError

FORMAT = "openmdm.vpp locations"
VERSION = 1

TOKEN_ALIVE = ("alive", "foreign")
"""States of a token with which the location could be read; see `account_facts`."""

_ASSET = {"adam_id": str, "pricing_param": str}
_STEP = dict.fromkeys(("step", "about", "what", "where", "why", "verified_by", "state"), str)
_TARGETS = {**_ASSET, "targets": [str]}

LOCATION: Mapping[str, Any] = {
    "uid": str,
    "name": str,
    "country": str,
    "organization": str,
    "read_at": str,
    "stable": bool,
    "people_shown": bool,
    "token": {"state": str, "expires": str, "days_left": int},
    "owner": {"state": str, "name": str},
    "mdm": str,
    "unseen_days": int,
    "units": [{"id": str, "name": str, "devices": int, "licensed": int}],
    "tags": [{"name": str, "devices": int, "licensed": int}],
    "licenses": [
        {
            **_ASSET,
            "name": str,
            "bundle_id": str,
            "product_type": str,
            "device_assignable": bool,
            "revocable": bool,
            "supported_platforms": [str],
            "unlimited": bool,
            "total_count": (int, None),
            "assigned_count": int,
            "available_count": (int, None),
            "retired_count": (int, None),
            "devices": int,
            "people": int,
            "units": {str: int},
            "tags": {str: int},
        }
    ],
    "assignments": [{**_ASSET, "serial_numbers": [str], "client_user_ids": [str]}],
    "people": {
        "counts": {str: int},
        "users": [{"client_user_id": str, "status": str, "email": (str, None), "licenses": int}],
    },
    "wasted": [{"reason": str, "kind": str, "holders": int, "licenses": int, "assets": [_TARGETS]}],
    "rollouts": [
        {
            **_ASSET,
            "name": str,
            "scope": str,
            "devices": int,
            "licensed": int,
            "missing": int,
            "available": (int, None),
            "left_out": {str: int},
            "serial_numbers": [str],
        }
    ],
    "runs": [
        {
            "file": str,
            "kind": str,
            "written_at": str,
            "changes": [{"what": str, "planned": int, "done": (int, None)}],
            "failures": [{"reason": str, "count": (int, None)}],
        }
    ],
    "manual_steps": [_STEP],
}
"""Types of the entry: a list of one = a list of such, `str` as a key = any text, a tuple with None = or null."""


def location_document(locations: Sequence[Mapping[str, Any]], unread: Sequence[str] = ()) -> dict[str, Any]:
    """The document of one run, or of a merge. `unread`: locations of which there is no report."""
    return {"format": FORMAT, "version": VERSION, "locations": list(locations), "unread": list(unread)}


def check_document(document: Mapping[str, Any], source: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The locations of a document, and those that could not be read. Raises InputError for what isn't of this form."""
    if document.get("format") != FORMAT:
        raise InputError(
            f"{source} is no report of vpp_report; name files that it wrote to its report_path (those of other modules "
            "go to run_reports)."
        )
    if document.get("version") != VERSION:
        raise InputError(f"{source} was written by another version of the collection; write it again with this one.")
    problem = _wrong(document.get("locations"), [LOCATION], "locations") or _wrong(
        document.get("unread"), [str], "unread"
    )
    problem = problem or next((found for one in document["locations"] if (found := _wrong_moment(one["read_at"]))), "")
    if problem:
        raise InputError(f"{source} is damaged: {problem}. Write it again.")
    return list(document["locations"]), list(document["unread"])


def _wrong_moment(text: str) -> str:
    """Moments are compared, so they need a time zone."""
    try:
        known = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    return "" if known else "read_at is no date with a time zone"


def _wrong(value: object, form: Any, path: str) -> str:
    """What is wrong with a value; empty = nothing."""
    if isinstance(form, tuple):
        return "" if value is None else _wrong(value, form[0], path)
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{path} is no list"
        if form == [str]:  # a million of them
            return "" if all(isinstance(item, str) for item in value) else f"{path} holds what is no text"
        return next((found for item in value if (found := _wrong(item, form[0], f"{path} item"))), "")
    if isinstance(form, Mapping):
        return _wrong_object(value, form, path)
    fits = isinstance(value, form) and (form is bool or not isinstance(value, bool))
    return "" if fits else f"{path} is no {_WORDS[form]}"


def _wrong_object(value: object, form: Mapping[Any, Any], path: str) -> str:
    if not isinstance(value, dict):
        return f"{path} is no object"
    if str in form:
        return next((found for item in value.values() if (found := _wrong(item, form[str], path))), "")
    missing = [name for name in form if name not in value]
    if missing:
        return f"{path} lacks {', '.join(missing)}"
    return next((found for name, inner in form.items() if (found := _wrong(value[name], inner, f"{path}.{name}"))), "")


_WORDS = {str: "text", int: "number", bool: "yes or no"}
