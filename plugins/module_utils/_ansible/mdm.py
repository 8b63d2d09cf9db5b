# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a session with an MDM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._core.errors import InputError
from .._core.mdm import OWN_LICENSING
from .._core.model import Secret
from .._core.ports import Mdm
from .._http.dep import require_httpx
from .._http.pace import SystemClock
from .._mdm.meraki import MerakiSettings
from .._mdm.registry import capabilities_of, connect
from .options import MERAKI_KEY_ENV, MERAKI_KEY_FILE_ENV
from .runner import Host
from .secrets import read_secret

BY_MDM = "mdm"
BY_COLLECTION = "collection"


@contextmanager
def open_mdm(host: Host, why: str) -> Iterator[Mdm]:
    """The MDM of the task's `connector`. `why` begins the sentence of the error where there is none."""
    params = host.params
    if not params["connector"]:
        raise InputError(f"{why} needs an MDM: set connector (such as connector: meraki) and its options.")
    require_httpx()
    networks = params["meraki_network_ids"]
    if networks is not None and not any(text.strip() for text in networks):
        raise InputError(
            "meraki_network_ids is an empty list; name the networks, or leave it out to mean all of Systems Manager."
        )
    settings = MerakiSettings(
        api_key=_api_key(host),
        base_url=params["meraki_base_url"],
        organization_id=(params["meraki_organization_id"] or "").strip(),
        network_ids=None if networks is None else tuple(dict.fromkeys(text.strip() for text in networks)),
        requests_per_second=params["meraki_requests_per_second"],
        ca_path=params["ca_path"] or "",
        proxy=params["proxy"] or "",
        timeout=params["request_timeout"],
    )
    with connect(settings, SystemClock()) as mdm:
        yield mdm


def check_licensing(host: Host) -> str:
    """Who grants: BY_MDM, BY_COLLECTION, or empty where no MDM is named [design, rule 6]."""
    connector, licensing = host.params["connector"], host.params["licensing"]
    if not connector:
        if licensing == BY_MDM:
            raise InputError("licensing: mdm needs an MDM: set connector (such as connector: meraki) and its options.")
        return ""
    if licensing is None and OWN_LICENSING in capabilities_of(connector):
        raise InputError(
            f"licensing is missing, and connector: {connector} takes licences by itself: set licensing: mdm to leave "
            "that to the MDM and only check, or licensing: collection to grant them here."
        )
    return licensing or BY_COLLECTION


def _api_key(host: Host) -> Secret:
    text, _source = read_secret(
        host,
        ("meraki_api_key", MERAKI_KEY_ENV),
        ("meraki_api_key_file", MERAKI_KEY_FILE_ENV),
        missing="There is no API key: set meraki_api_key_file to the path of a file that holds it",
    )
    return Secret(text.strip())
