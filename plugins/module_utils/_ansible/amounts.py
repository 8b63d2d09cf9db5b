# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of options within the bounds in which they mean something."""

from __future__ import annotations

from collections.abc import Mapping

from .._core.errors import InputError
from .._core.license_model import RemovalLimit, parse_removal_limit

WEEK = 604800


def percentage(option: str, value: int, lowest: int = 0) -> int:
    if not lowest <= value <= 100:
        raise InputError(f"{option}: {value} is no percentage; give a whole number from {lowest} to 100.")
    return value


def seconds(option: str, value: float) -> float:
    """Up to a week: also turns away what is no number at all (nan, inf)."""
    if not 0 <= value <= WEEK:
        raise InputError(f"{option}: {value:g} is no number of seconds from 0 to {WEEK}; correct it.")
    return value


def days(option: str, value: int) -> int:
    """Up to ten years."""
    if not 1 <= value <= 3650:
        raise InputError(f"{option}: {value} is no number of days from 1 to 3650; correct it.")
    return value


def account_limit(value: int) -> int:
    """Of `devices_per_account`: how many devices an Apple Account serves; 0 = nobody counts."""
    if not 0 <= value <= 1000:
        raise InputError(
            f"devices_per_account: {value} is no number of devices from 1 to 1000; correct it, or give 0 to have "
            "nobody counted."
        )
    return value


def removal_limit(value: str | None, asked: Mapping[str, bool], remedy: str) -> RemovalLimit | None:
    """max_removals, which each option in `asked` that is set requires (rule 1). `remedy` says what it counts."""
    if value is not None:
        return parse_removal_limit(value)
    for option, is_set in asked.items():
        if is_set:
            raise InputError(f"{option} needs max_removals: say {remedy}, such as 5%.")
    return None
