# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of the chain that are shared: token, location, claim, what is owned, and the account in the MDM."""

from __future__ import annotations

from datetime import datetime

from .diagnosis import (
    CLAIM,
    DEVICE_ASSIGNABLE,
    LICENSES_LEFT,
    LINKED,
    LOCATION,
    OWNED,
    TOKEN,
    Step,
    broken,
    fine,
    unknown,
)
from .license_model import available_licences
from .model import Asset, ClientConfig
from .plan_account import FOREIGN, ownership

EXPIRED = "expired"
REVOKED = "revoked"
REFUSED = "refused"

_NEW_TOKEN = "use the .vpptoken file that your MDM has, or download a new one and give it to the MDM as well"


def token_step(organisation: str, expires: datetime, now: datetime, config: ClientConfig) -> Step:
    """Of a token that Apple has just accepted. `expires`: the date in its file; what Apple tells counts more."""
    until = config.token_expiration_date or expires
    return fine(TOKEN, organisation=organisation, expires=until.isoformat(), days_left=max(0, (until - now).days))


def dead_token_step(state: str, organisation: str, expires: datetime, error_number: int | None) -> Step:
    """`state`: EXPIRED, REVOKED or REFUSED."""
    words = {
        EXPIRED: f"the content token of '{organisation}' expired on {expires:%Y-%m-%d}",
        REVOKED: f"the content token of '{organisation}' was revoked (by a newer download, or a changed password)",
        REFUSED: f"Apple does not accept the content token of '{organisation}'",
    }
    facts = {"organisation": organisation, "state": state, "expires": expires.isoformat(), "error_number": error_number}
    return broken(TOKEN, words[state], _NEW_TOKEN, **facts)


def wrong_location_step(uid: str, name: str) -> Step:
    """`uid` and `name` of the location that the token governs."""
    return broken(
        LOCATION,
        f"the content token governs '{name}' (uid {uid}), which is not the location that the task pins",
        "use the token of that location, or correct 'location'",
        uid=uid,
        name=name,
    )


def location_steps(config: ClientConfig, owner_id: str) -> list[Step]:
    """The location, and whose it is. `owner_id` empty = the task doesn't say who we are."""
    found = [fine(LOCATION, uid=config.uid, name=config.location_name)]
    claim = config.mdm_info
    state = ownership(claim, owner_id)
    if claim is None or state != FOREIGN:
        return [*found, fine(CLAIM, state=state)]
    facts = {"state": state, "holder_name": claim.name, "holder_id": claim.id}
    if not owner_id:
        why = f"the location is claimed by '{claim.name}', and the task has no owner_name by which to tell who that is"
        return [*found, unknown(CLAIM, why, **facts)]
    because = f"the location is claimed by '{claim.name}', so no other task grants anything there"
    remedy = "end its use there, or leave the granting to it"
    return [*found, broken(CLAIM, because, remedy, **facts)]


def asset_steps(app: str, asset: Asset | None, why_not: str, *, for_devices: bool) -> list[Step]:
    """Of one asset; None = the location doesn't own it, as `why_not` tells in a clause. `for_devices`: devices are to
    hold it, not people."""
    if asset is None:
        return [broken(OWNED, why_not, "get the licences in Apple's portal, or correct 'assets'")]
    left = available_licences(asset)
    counts = {
        "unlimited": asset.unlimited,
        "total_count": None if asset.unlimited else asset.total_count,
        "assigned_count": asset.assigned_count,
    }
    found = [fine(OWNED, adam_id=asset.key.adam_id, pricing_param=asset.key.pricing_param, **counts)]
    if left == 0:
        total = asset.assigned_count if asset.total_count is None else asset.total_count
        because = f"no licence of {app} is left ({asset.assigned_count} of {total} are assigned)"
        remedy = "get more in Apple's portal, or take back what is not needed"
        found.append(broken(LICENSES_LEFT, because, remedy, available_count=0, **counts))
    else:
        found.append(fine(LICENSES_LEFT, available_count=left, **counts))
    if for_devices and not asset.device_assignable:
        because = f"{app} can't be assigned to devices"
        remedy = "give licences to the people who use the devices, with users, or with assignment: user"
        found.append(broken(DEVICE_ASSIGNABLE, because, remedy, product_type=asset.product_type))
    elif for_devices:
        found.append(fine(DEVICE_ASSIGNABLE, product_type=asset.product_type))
    return found


def linked_step(mdm: str, unit_name: str, closed: bool | None, expired: str, accounts: int) -> Step:
    """Whether the location's account in the MDM serves a unit. `accounts`: how many there are; `closed` None = it can't
    be told; `expired`: the date on which the token of all of them ended, or empty."""
    facts = {"accounts": accounts}
    if closed is None:
        return unknown(LINKED, f"{mdm} shows neither uid nor token of some accounts", **facts)
    if not accounts:
        return broken(LINKED, f"{mdm} has no account of this location", "link it there, with the token's file", **facts)
    if closed:
        because = f"the location's account in {mdm} may not be used in '{unit_name}'"
        return broken(LINKED, because, "allow that in the account's settings there", **facts)
    if expired:
        because = f"the token that {mdm} has for the location expired on {expired}"
        return broken(LINKED, because, "upload the file that this task uses there", **facts)
    return fine(LINKED, **facts)
