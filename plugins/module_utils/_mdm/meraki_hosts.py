# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts an API key may reach, and where the API is."""

from __future__ import annotations

from collections.abc import Container

from .._core.errors import InputError
from .._http.address import check_address, checked_url, is_loopback, origin_of

DOMAINS = ("meraki.com", "meraki.ca", "meraki.cn", "meraki.in", "gov-meraki.com")
"""The service redirects to regional hosts below these; the official SDK sends the key there [K]."""

API_PATH = "/api/v1"


def check_base_url(text: str) -> str:
    """The base address without trailing slash. InputError for one at which this API can't be."""
    base = check_address(text, "meraki_base_url")
    url = checked_url(base)
    if "/api/v0" in url.path:
        raise InputError("meraki_base_url names version 0 of the API, which has ended; use the address with /api/v1.")
    if _is_merakis(origin_of(url)) and url.path != API_PATH:
        raise InputError(f"meraki_base_url is not the address of the API; use https://{url.host}{API_PATH}.")
    return base


class MerakiOrigins(Container[str]):
    """The origins that may see the key, by the base address that the admin has given.

    - Meraki's own: every host that is, or is below, one of DOMAINS; by https, on the usual port.
    - Loopback (a sandbox, a tunnel): the same host on every port. Whoever answers at the base has the key already and
      decides where it goes on this machine; nothing leaves it.
    - Any other (a gateway of the school): that one origin. A gateway that passes a redirect of Meraki's on must not
      make the key go past it.
    """

    def __init__(self, base_url: str) -> None:
        url = checked_url(base_url)
        self._own = origin_of(url)
        self._merakis = _is_merakis(self._own)
        self._loopback = _without_port(self._own) if is_loopback(url.host) else ""

    def __contains__(self, origin: object) -> bool:
        if not isinstance(origin, str):
            return False
        if origin == self._own or (self._merakis and _is_merakis(origin)):
            return True
        return bool(self._loopback) and _without_port(origin) == self._loopback


def _without_port(origin: str) -> str:
    return origin.rpartition(":")[0]


def _is_merakis(origin: str) -> bool:
    """By whole names: `evil-meraki.com` is not below `meraki.com`."""
    scheme, _mark, rest = origin.partition("://")
    host, _colon, port = rest.rpartition(":")
    ours = any(host == domain or host.endswith(f".{domain}") for domain in DOMAINS)
    return ours and scheme == "https" and port == "443"
