# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables beside the page, whole and one line a fact. Columns are called like the options and results of modules, so
that wasted.csv or missing.csv can be the `targets_file` of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .report_sums import Location, label_of
from .targets import DEVICES

_PLACE = ("location_uid", "location_name")
_ASSET = ("adam_id", "pricing_param", "name")

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its name, the columns after those of the location, and the rows of a location."""

    file: str
    columns: tuple[str, ...]
    rows_of: Callable[[Location], Rows]

    @property
    def header(self) -> tuple[str, ...]:
        return (*_PLACE, *self.columns)

    def rows(self, locations: Sequence[Location]) -> Rows:
        for location in locations:
            here = (location["uid"], label_of(location))
            for row in self.rows_of(location):
                yield (*here, *row)


_LOCATION = (
    "country",
    "organization",
    "token_state",
    "token_expires",
    "token_days_left",
    "claimed_by",
    "mdm",
    "read_at",
)
_LICENSE = (
    *_ASSET,
    "bundle_id",
    "product_type",
    "device_assignable",
    "revocable",
    "supported_platforms",
    "unlimited",
    "total_count",
    "assigned_count",
    "available_count",
    "retired_count",
    "devices",
    "people",
)


def _locations(location: Location) -> Rows:
    token = location["token"]
    told = (token["state"], token["expires"], token["days_left"], location["owner"]["name"])
    yield (location["country"], location["organization"], *told, location["mdm"], location["read_at"])


def _licenses(location: Location) -> Rows:
    for one in location["licenses"]:
        yield [", ".join(one[name]) if isinstance(one[name], list) else one[name] for name in _LICENSE]


def _holders(location: Location) -> Rows:
    """Each application in each group of devices that has any."""
    for one in location["licenses"]:
        asset = [one[name] for name in _ASSET]
        for unit in location["units"]:
            yield (*asset, "unit", unit["name"], one["units"].get(unit["id"], 0), unit["devices"])
        for tag in location["tags"]:
            yield (*asset, "tag", tag["name"], one["tags"].get(tag["name"], 0), tag["devices"])


def _assignments(location: Location) -> Rows:
    names = _names(location)
    for one in location["assignments"]:
        asset = (one["adam_id"], one["pricing_param"], names.get((one["adam_id"], one["pricing_param"]), ""))
        for serial in one["serial_numbers"]:
            yield (*asset, serial, "")
        for user in one["client_user_ids"]:
            yield (*asset, "", user)


def _people(location: Location) -> Rows:
    for user in location["people"]["users"]:
        yield (user["client_user_id"], user["status"], user["licenses"], user["email"])


def _wasted(location: Location) -> Rows:
    names = _names(location)
    for group in location["wasted"]:
        devices = group["kind"] == DEVICES
        for one in group["assets"]:
            asset = (one["adam_id"], one["pricing_param"], names.get((one["adam_id"], one["pricing_param"]), ""))
            for target in one["targets"]:
                yield (group["reason"], *asset, target if devices else "", "" if devices else target)


def _missing(location: Location) -> Rows:
    for one in location["rollouts"]:
        for serial in one["serial_numbers"]:
            yield (one["adam_id"], one["pricing_param"], one["name"], one["scope"], serial)


def _runs(location: Location) -> Rows:
    for run in location["runs"]:
        for one in run["changes"]:
            yield (run["file"], run["kind"], run["written_at"], one["what"], one["planned"], one["done"])


def _steps(location: Location) -> Rows:
    for step in location["manual_steps"]:
        yield [step[name] for name in _STEP]


_STEP = ("step", "state", "about", "what", "where", "why", "verified_by")

TABLES = (
    Table("locations.csv", _LOCATION, _locations),
    Table("licenses.csv", _LICENSE, _licenses),
    Table("holders.csv", (*_ASSET, "group_kind", "group", "holding", "devices"), _holders),
    Table("assignments.csv", (*_ASSET, "serial_number", "client_user_id"), _assignments),
    Table("people.csv", ("client_user_id", "status", "licenses", "email"), _people),
    Table("wasted.csv", ("reason", *_ASSET, "serial_number", "client_user_id"), _wasted),
    Table("missing.csv", (*_ASSET, "scope", "serial_number"), _missing),
    Table("changes.csv", ("file", "kind", "written_at", "what", "planned", "done"), _runs),
    Table("manual_steps.csv", _STEP, _steps),
)


def _names(location: Location) -> Mapping[tuple[Any, Any], str]:
    return {(one["adam_id"], one["pricing_param"]): one["name"] for one in location["licenses"]}
