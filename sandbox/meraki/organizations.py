# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organisations, networks, whose key this is, and VPP accounts: all read-only."""

from __future__ import annotations

import hashlib
from typing import Any

from ..apple.model import Token
from ..clock import utc
from ..wsgi import Response
from .call import Call
from .errors import Refused, not_found
from .model import Network, Organization, VppAccount
from .paging import page


def iso(moment: float) -> str:
    """Meraki's form of a date."""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def get_organizations(call: Call) -> Response:
    """GET /organizations."""
    return page(call, [call.organization], _organization, 9000)


def _organization(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.id,
        "name": organization.name,
        "url": f"https://n99.meraki.com/o/sandbox{organization.id}/manage/organization/overview",
        "api": {"enabled": True},
        "licensing": {"model": "co-term"},
        "cloud": {"region": {"name": "Europe", "host": {"name": "Germany"}}},
        "management": {"details": []},
    }


def get_networks(call: Call) -> Response:
    """GET /organizations/{organizationId}/networks: what the key may see."""
    wanted, tags = call.many("productTypes"), call.many("tags")
    kind = call.request.params.get("tagsFilterType", "withAnyTags")
    if kind not in ("withAnyTags", "withAllTags"):
        raise Refused(400, "'tagsFilterType' must be one of: withAnyTags, withAllTags")
    enough = any if kind == "withAnyTags" else all
    rows = [
        network
        for network in call.organization.networks.values()
        if call.key.sees(network.id)
        and (wanted is None or set(wanted) & set(network.product_types))
        and (tags is None or enough(tag in network.tags for tag in tags))
    ]
    return page(call, rows, lambda network: _network(call.organization, network), 100_000, 1000)


def _network(organization: Organization, network: Network) -> dict[str, Any]:
    return {
        "id": network.id,
        "organizationId": organization.id,
        "name": network.name,
        "productTypes": list(network.product_types),
        "timeZone": "Pacific/Auckland",
        "tags": list(network.tags),
        "enrollmentString": f"{network.key}-enroll" if network.manages else None,
        "url": f"https://n99.meraki.com/{network.key}/n/sandbox/manage/usage/list",
        "notes": None,
        "isBoundToConfigTemplate": False,
    }


def get_me(call: Call) -> dict[str, Any]:
    """GET /administered/identities/me: a cheap check of a key."""
    return {
        "name": call.key.name,
        "email": f"{call.key.name}@admins.example",
        "lastUsedDashboardAt": iso(call.context.clock.now() - 3600),
        "authentication": {
            "mode": "email",
            "api": {"key": {"created": True}},
            "twoFactor": {"enabled": True},
            "saml": {"enabled": False},
        },
    }


def get_vpp_accounts(call: Call) -> list[dict[str, Any]]:
    """GET /organizations/{organizationId}/sm/vppAccounts: Apple's tokens included [S]."""
    _whole_organization(call)
    shown = [_account(call, account) for account in call.organization.accounts.values()]
    if call.context.switches["sm_token_in_list"] == "absent":
        shown = [{k: v for k, v in row.items() if k not in ("contentToken", "vppServiceToken")} for row in shown]
    return shown


def get_vpp_account(call: Call) -> dict[str, Any]:
    """GET /organizations/{organizationId}/sm/vppAccounts/{vppAccountId}."""
    _whole_organization(call)
    account = call.organization.accounts.get(call.ids["vppAccountId"])
    if account is None:
        raise not_found()
    return _account(call, account)


def _whole_organization(call: Call) -> None:
    if call.key.networks is not None:
        raise not_found()


def _account(call: Call, account: VppAccount) -> dict[str, Any]:
    switches = call.context.switches
    place = call.context.world.locations[account.location]
    text = _token_text(account.token, switches["sm_token_text"] == "masked")
    separator = "," if switches["sm_network_id_admins"] == "comma" else " "
    return {
        "vppAccountId": account.id,
        "contentToken": text,
        "email": account.email,
        "name": account.name,
        "allowedAdmins": account.allowed_admins,
        "networkIdAdmins": separator.join(account.network_id_admins),
        "assignableNetworks": account.assignable_networks,
        "assignableNetworkIds": list(account.assignable_network_ids),
        "vppLocationId": place.uid,
        "vppLocationName": place.name,
        "lastSyncedAt": iso(account.last_sync),
        "lastForceSyncedAt": None if account.last_force_sync is None else iso(account.last_force_sync),
        "parsedToken": {
            "orgName": account.token.org_name,
            # How the real one is made is not known; it is not the SHA-1 of the token [T].
            "hashedToken": hashlib.sha1(f"sandbox:{text}".encode(), usedforsecurity=False).hexdigest(),
            "expiresAt": iso(account.token.expires.timestamp()),
        },
        "id": account.id,
        "vppServiceToken": text,
    }


def _token_text(token: Token, masked: bool) -> str:
    return token.text[:4] + "*" * 12 if masked else token.text
