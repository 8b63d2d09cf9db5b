# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a session with an MDM."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .._core.errors import InputError
from .._core.mdm import ACCOUNTS, OWN_LICENSING, LinkedAccount
from .._core.model import Secret
from .._core.ports import Mdm
from .._core.token import token_value
from .._http.dep import require_httpx
from .._http.pace import SystemClock
from .._mdm.meraki import MerakiSettings
from .._mdm.registry import capabilities_of, connect
from .options import MERAKI_KEY_ENV, MERAKI_KEY_FILE_ENV
from .runner import Host
from .secrets import read_secret

_API_KEY = re.compile(r"[!-~]{1,1024}")
"""What can be sent in a header; Meraki's have 40 hexadecimal digits, which isn't promised."""

BY_MDM = "mdm"
BY_COLLECTION = "collection"


@contextmanager
def open_mdm(host: Host, why: str) -> Iterator[Mdm]:
    """The MDM of the task's `connector`. `why` begins the sentence of the error where there is none."""
    params = host.params
    if not params["connector"]:
        raise no_mdm(why)
    require_httpx()
    networks = params["meraki_network_ids"]
    if networks is not None and not any(text.strip() for text in networks):
        raise InputError(
            "meraki_network_ids is an empty list; name the networks, or leave it out to mean all of Systems Manager."
        )
    if networks is not None and not all(text.strip() for text in networks):
        raise InputError("meraki_network_ids: an item is empty; give the network's id, or leave the item out.")
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
    with connect(settings, SystemClock(), meter=host.meter) as mdm:
        yield mdm


@contextmanager
def open_linked(host: Host, *, needed_by: Sequence[str] = ()) -> Iterator[LinkedAccounts | None]:
    """The MDM of the task's `connector` with its accounts, or None where it names none. `needed_by`: options that
    then are errors."""
    if host.params["connector"]:
        with open_mdm(host, "This task") as mdm:
            yield LinkedAccounts(host, mdm)
        return
    for option in needed_by:
        if host.params[option] is not None:
            raise no_mdm(option)
    yield None


def no_mdm(why: str) -> InputError:
    """`why` begins the sentence: what needs an MDM."""
    return InputError(f"{why} needs an MDM: set connector (such as connector: meraki) and its options.")


class LinkedAccounts:
    """The accounts that an MDM lists, read at the first question and once in a run; every token among them is masked in
    all output from there on, whether it is used or not."""

    def __init__(self, host: Host, mdm: Mdm) -> None:
        self._host, self.mdm = host, mdm
        self._found: tuple[LinkedAccount, ...] | None = None

    def read(self) -> tuple[LinkedAccount, ...]:
        """All of them, sorted by id; none where the MDM doesn't tell its accounts."""
        if self._found is None:
            self._found = tuple(self.mdm.read_accounts()) if ACCOUNTS in self.mdm.capabilities else ()
            for account in self._found:
                self._mask(account)
        return self._found

    def _mask(self, account: LinkedAccount) -> None:
        text = account.token.reveal().strip() if account.token else ""
        for secret in (text, "".join(text.split()), token_value(text)):
            self._host.hide(secret)


def check_licensing(host: Host) -> str:
    """Who grants: BY_MDM, BY_COLLECTION, or empty where no MDM is named [design, rule 6]."""
    connector, licensing = host.params["connector"], host.params["licensing"]
    if not connector:
        if licensing == BY_MDM:
            raise no_mdm("licensing: mdm")
        return ""
    if licensing is None and OWN_LICENSING in capabilities_of(connector):
        raise InputError(
            f"licensing is missing, and connector: {connector} takes licences by itself: set licensing: mdm to leave "
            "that to the MDM and only check, or licensing: collection to grant them here."
        )
    return licensing or BY_COLLECTION


def _api_key(host: Host) -> Secret:
    text, source = read_secret(
        host,
        ("meraki_api_key", MERAKI_KEY_ENV),
        ("meraki_api_key_file", MERAKI_KEY_FILE_ENV),
        missing="There is no API key: set meraki_api_key_file to the path of a file that holds it",
    )
    key = text.strip(" \t\r\n\ufeff")
    if not key:
        raise InputError(f"{source} is empty; it must hold the API key of an administrator of the dashboard.")
    if token_value(key):
        raise InputError(
            f"{source} holds a content token of Apple's; give the API key, and the token to content_token."
        )
    if not _API_KEY.fullmatch(key):
        raise InputError(
            f"{source} holds more or other than an API key, which has neither spaces nor line breaks; give the key and "
            "nothing else."
        )
    host.hide(key)
    return Secret(key)
