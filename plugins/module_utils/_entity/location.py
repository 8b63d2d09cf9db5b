# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The location under a token: the pinned one, and not somebody else's, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.errors import LocationError, OwnershipError
from .._core.model import ClientConfig
from .._core.plan_account import ownership
from .._core.ports import AppsBooks


@dataclass(frozen=True, slots=True)
class LocationGuard:
    """What a task expects of the location: a pin (`uid`, `name`; None = any), and who we are (`owner_id`; empty =
    nobody)."""

    uid: str | None = None
    name: str | None = None
    owner_id: str = ""
    takeover: bool = False


def open_location(api: AppsBooks, guard: LocationGuard, *, lean: bool = False) -> ClientConfig:
    """Reads the location and checks the pin. `lean`: service config isn't asked before it is needed."""
    if not lean:
        api.read_service_config()
    config = api.read_client_config()
    for field, wanted, found in (("uid", guard.uid, config.uid), ("name", guard.name, config.location_name)):
        if wanted is not None and wanted != found:
            raise LocationError(
                f"The content token governs the location '{config.location_name}' (uid {config.uid}), but "
                f"location.{field} asks for '{wanted}'; nothing was changed. Use that location's token, or correct the "
                "pin.",
                facts={"location": location_facts(config)},
            )
    return config


def require_no_foreign_claim(config: ClientConfig, guard: LocationGuard) -> None:
    """Stops before a write on a location that another product claims (rule: one owner per thing)."""
    claim = config.mdm_info
    if claim is None or guard.takeover or ownership(claim, guard.owner_id) != "foreign":
        return
    raise OwnershipError(
        f"The location '{config.location_name}' is claimed by '{claim.name}' (id {claim.id}); nothing was changed. If "
        "that is this automation, set its owner_name or owner_id; if not, ask who it is, and set takeover: true to go "
        "on all the same.",
        facts={"location": location_facts(config), "owner": {"id": claim.id, "name": claim.name}},
    )


def location_facts(config: ClientConfig) -> dict[str, str]:
    return {"uid": config.uid, "name": config.location_name}
