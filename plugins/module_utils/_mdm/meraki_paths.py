# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are in the API: paths below the base address [S section 4]."""

from __future__ import annotations

from urllib.parse import quote

ORGANIZATIONS = "/organizations"


def networks(organization: str) -> str:
    return _path("organizations", organization, "networks")


def accounts(organization: str) -> str:
    return _path("organizations", organization, "sm", "vppAccounts")


def account(organization: str, account_id: str) -> str:
    return _path("organizations", organization, "sm", "vppAccounts", account_id)


def owners(network: str) -> str:
    return _path("networks", network, "sm", "users")


def devices(network: str) -> str:
    return _path("networks", network, "sm", "devices")


def modify_tags(network: str) -> str:
    return _path("networks", network, "sm", "devices", "modifyTags")


def check_in(network: str) -> str:
    return _path("networks", network, "sm", "devices", "checkin")


def softwares(network: str, device: str) -> str:
    return _path("networks", network, "sm", "devices", device, "softwares")


def install_apps(network: str, device: str) -> str:
    return _path("networks", network, "sm", "devices", device, "installApps")


def uninstall_apps(network: str, device: str) -> str:
    return _path("networks", network, "sm", "devices", device, "uninstallApps")


def _path(*parts: str) -> str:
    """`/a/b/c`, each part percent-encoded without exception [K]."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)
