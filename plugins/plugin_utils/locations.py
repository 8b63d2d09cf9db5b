# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations as hosts: what Apple says of each token's location."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..module_utils._ansible.account import ACCOUNT_INFO_SPEC, run_account_info
from ..module_utils._core.errors import InputError, VppError
from .found_host import FoundHost
from .host import PluginHost
from .token_refs import ENV, FILE, VAULT, TokenRef

AT_ONCE = 8
"""Tokens asked about at once; each has a rate of its own at Apple."""

_PLACES = {FILE: "openmdm_content_token_file", VAULT: "openmdm_content_token_vault", ENV: "openmdm_content_token_env"}


def read_locations(
    refs: Sequence[TokenRef],
    options: Mapping[str, Any],
    reveal: Callable[[TokenRef], str],
    warn: Callable[[str], None],
) -> list[FoundHost]:
    """The locations in the order of `refs`. `reveal` gives the text of a token that is in no plain file. Raises
    InputError, also for two tokens of one location."""
    if not refs:
        raise InputError("There is no content token: name some under token_files or token_envs.")

    def look(ref: TokenRef) -> dict[str, Any]:
        token = {"content_token_file": ref.place} if ref.kind == FILE else {"content_token": reveal(ref)}
        host = PluginHost(ACCOUNT_INFO_SPEC, {**options, **token}, warn)
        try:
            (account,) = run_account_info(host).value
        except VppError as error:
            raise InputError(f"{ref}: {host.masked(error.message)}") from None
        if account["token_state"] not in ("alive", "foreign"):
            warn(f"The content token {ref} of '{account['organization']}' is {account['token_state']}.")
        return dict(account)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(zip(refs, pool.map(look, refs), strict=True))
    holders: dict[str, TokenRef] = {}
    for ref, account in found:
        other = holders.setdefault(account["uid"] or ref.host, ref)  # a dead token tells no uid
        if other != ref:
            raise InputError(
                f"{other} and {ref} are tokens of one location, '{account['location_name']}' (uid {account['uid']}); "
                "take one of them out, since two hosts would work on it at the same time."
            )
    return [FoundHost(ref.host, _facts(ref, account)) for ref, account in found]


def _facts(ref: TokenRef, account: Mapping[str, Any]) -> dict[str, Any]:
    """Where the token is, never the token."""
    return {
        _PLACES[ref.kind]: ref.place,
        "openmdm_location_uid": account["uid"],
        "openmdm_location_name": account["location_name"],
        "openmdm_country": account["country"],
        "openmdm_organization": account["organization"],
        "openmdm_token_state": account["token_state"],
        "openmdm_token_expires": account["token_expires"],
        "openmdm_token_days_left": account["token_days_left"],
        "openmdm_owner_name": account["owner"]["name"],
    }
