# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to what they name: assets, and devices in their stated order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InputError
from .._core.identity import AssetSelector, normalise_adam_id, normalise_serial_numbers
from .._core.scope import Scope, parse_scopes
from .._core.table_file import decode
from .._core.target_file import read_targets
from .._core.words import counted
from .files import read_file
from .runner import Host


def asset_selectors(assets: Sequence[Mapping[str, Any]] | None, all_assets: bool) -> tuple[AssetSelector, ...]:
    """Exactly one of the two is given, and an empty list is a mistake, not a wish."""
    if all_assets and assets is not None:
        raise InputError("assets and all_assets are both given; give one of them.")
    if not all_assets and not assets:
        raise InputError("There is no asset: list them under assets, or set all_assets: true to mean every one.")
    return tuple(
        AssetSelector(
            adam_id=normalise_adam_id(entry["adam_id"], "assets") if entry["adam_id"] is not None else "",
            bundle_id=(entry["bundle_id"] or "").strip(),
            name=(entry["name"] or "").strip(),
            pricing_param=entry["pricing_param"] or "",
        )
        for entry in assets or ()
    )


def read_devices(host: Host, option: str, devices: Mapping[str, Any]) -> list[str]:
    """The serial numbers of `serial_numbers` or of `targets_file`; what was mended is warned of. Also turns away what
    is given beside them."""
    listed, path = devices.get("serial_numbers"), devices.get("targets_file")
    ways = [name for name in ("serial_numbers", "targets_file", "scope") if devices.get(name) is not None]
    if len(ways) > 1:
        raise InputError(f"{option}: {' and '.join(ways)} are both given; give one of them.")
    if devices.get("within") is not None and ways != ["scope"]:
        raise InputError(
            f"{option}.within goes with {option}.scope: it says in which devices of the MDM that scope counts; leave "
            "it out."
        )
    if path is not None:
        return read_serial_file(host, f"{option}.targets_file", path)
    if listed is None:
        known = "serial_numbers, targets_file or scope" if "scope" in devices else "serial_numbers or targets_file"
        raise InputError(f"{option}: give {known}.")
    return _normalised(host, f"{option}.serial_numbers", listed, None)


@dataclass(frozen=True, slots=True)
class ScopeOptions:
    """Of an option that takes devices by scope. `within` None = not given."""

    scopes: tuple[Scope, ...]
    within: tuple[Scope, ...] | None


def read_scope(option: str, devices: Mapping[str, Any]) -> ScopeOptions | None:
    """The scope that `devices` names, judged; None = it names its devices in another way, or in several."""
    if devices.get("scope") is None or any(
        devices.get(name) is not None for name in ("serial_numbers", "targets_file")
    ):
        return None
    within = devices.get("within")
    return ScopeOptions(
        parse_scopes(devices["scope"], f"{option}.scope"),
        None if within is None else parse_scopes(within, f"{option}.within"),
    )


def read_serial_file(host: Host, option: str, path: str) -> list[str]:
    """The serial numbers in a file."""
    found, without = read_targets(decode(read_file(option, path), path), path)
    if without:
        have = counted(without, "device has", "devices have")
        host.warn(f"{option}: {have} no serial number in the report {path}, and will be left out.")
    return _normalised(host, option, [value for _rest, value in found], [line for line, _rest in found])


def _normalised(host: Host, source: str, values: list[str], lines: list[int] | None) -> list[str]:
    serial_numbers, warnings = normalise_serial_numbers(values, source, lines=lines)
    for warning in warnings:
        host.warn(warning)
    return serial_numbers
