# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of vpp_reclaim and its twin, and from them to the question that both ask."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from .._core.errors import InputError
from .._core.identity import AssetSelector
from .._core.reclaim_model import (
    DOUBLY_LICENSED,
    GONE_PERSON,
    OF_MDM,
    REASONS,
    RETIRED_PERSON,
    TAKE_DEVICES,
    TAKE_USERS,
    UNKNOWN_DEVICE,
    UNSEEN_DEVICE,
)
from .._core.user_model import Person
from .._entity.reclaim_witness import ReclaimQuestion
from .amounts import days
from .argspec import ArgumentSpec
from .license_people import known_people
from .mdm import LinkedAccounts, no_mdm, open_mdm
from .options import ASSETS
from .people import COLUMNS
from .runner import Host
from .selection import asset_selectors

REASONS_OPTION: dict[str, Any] = {"type": "list", "elements": "str", "choices": list(REASONS)}

RECLAIM = ArgumentSpec(
    {
        "assets": ASSETS,
        "unseen_days": {"type": "int"},
        "people_file": {"type": "path"},
        "columns": COLUMNS,
        "take_from": {"type": "str", "choices": [TAKE_USERS, TAKE_DEVICES], "default": TAKE_USERS},
    }
)


def reclaim_question(host: Host, kept: tuple[Person, ...] = ()) -> ReclaimQuestion:
    """All judged and every file read. Raises InputError."""
    params = host.params
    unseen_days, path = params["unseen_days"], params["people_file"]
    reasons = frozenset(_reasons(host))
    if not reasons:
        raise InputError("reasons is an empty list; name at least one, such as unknown_device.")
    for reason, option, value in ((UNSEEN_DEVICE, "unseen_days", unseen_days), (GONE_PERSON, "people_file", path)):
        if reason in reasons and value is None:
            raise InputError(f"reasons: {reason} needs {option}; give it, or leave the reason out.")
        if reason not in reasons and value is not None:
            raise InputError(f"{option} goes with {reason}, which is not among reasons; add it there, or leave it out.")
    if params["columns"] is not None and path is None:
        raise InputError("columns goes with people_file: it tells how the columns of that file are called.")
    for reason in sorted(OF_MDM & reasons):
        if not params["connector"]:
            raise no_mdm(f"reasons: {reason}")
    listed = () if path is None else known_people("people_file", path, params["columns"])
    if path is not None and not listed:
        raise InputError(
            f"people_file: {path} names nobody, by which everybody would be gone: that is more often a failed export "
            "than a wish; mend the file."
        )
    return ReclaimQuestion(
        reasons,
        params["take_from"],
        0 if unseen_days is None else days("unseen_days", unseen_days),
        listed,
        kept,
    )


def reclaim_assets(host: Host) -> tuple[AssetSelector, ...]:
    """Empty = all that the location owns."""
    assets = host.params["assets"]
    if assets is None:
        return ()
    if not assets:
        raise InputError("assets is an empty list; name an asset, or leave it out to mean all of the location.")
    return asset_selectors(assets, False)


def _reasons(host: Host) -> Collection[str]:
    """Those that are named; where the module may leave it to us, all that can be told with what is given."""
    params = host.params
    if params["reasons"] is not None:
        return list(params["reasons"])
    told = {RETIRED_PERSON: True, GONE_PERSON: params["people_file"], UNKNOWN_DEVICE: params["connector"]}
    told |= {UNSEEN_DEVICE: params["unseen_days"], DOUBLY_LICENSED: params["connector"]}
    return [reason for reason in REASONS if told[reason]]


@contextmanager
def open_asked(host: Host, asked: bool) -> Iterator[LinkedAccounts | None]:
    """The MDM, where something is `asked` of it; else None."""
    if not asked:
        yield None
        return
    with open_mdm(host, "reasons") as mdm:
        yield LinkedAccounts(host, mdm)
