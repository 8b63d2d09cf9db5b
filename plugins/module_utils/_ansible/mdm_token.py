# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""content_token_from: the content token that an MDM has, so that both use the same one."""

from __future__ import annotations

import os

from .._core.errors import InputError
from .._core.mdm import TOKENS
from .._core.mdm_account import choose_account, location_label
from .._core.token import ContentToken, parse_content_token, token_value
from .mdm import LinkedAccounts, no_mdm
from .options import TOKEN_ENV, TOKEN_FILE_ENV
from .runner import Host
from .secrets import is_path_of


def check_token_source(host: Host) -> None:
    """The MDM is the only source that the task itself names; what the environment has doesn't count."""
    value, path = host.params["content_token"], host.params["content_token_file"]
    given = [
        name
        for name, told in (
            ("content_token", value and value != os.environ.get(TOKEN_ENV)),
            ("content_token_file", path and not is_path_of(path, TOKEN_FILE_ENV)),
        )
        if told
    ]
    if given:
        raise InputError(f"{' and '.join(given)} and content_token_from are both given; give one of them.")
    if not host.params["connector"]:
        raise no_mdm(f"content_token_from: {host.params['content_token_from']}")


def token_from_mdm(host: Host, linked: LinkedAccounts | None) -> ContentToken:
    """The token of the account that the pin names, else of the only one that fits. Raises InputError."""
    check_token_source(host)
    if linked is None:
        raise no_mdm("content_token_from")
    mdm, pin = linked.mdm, host.params["location"] or {}
    remedy = "give content_token_file, the file that was uploaded there"
    accounts = linked.read()
    if TOKENS not in mdm.capabilities:
        raise InputError(f"content_token_from: {mdm.name} tells no content tokens; {remedy}.")
    account = choose_account(accounts, mdm.name, pin.get("uid") or "", pin.get("name") or "", mdm.read_units)
    text = account.token.reveal() if account.token else ""
    if not token_value(text):
        raise InputError(
            f"content_token_from: {mdm.name} doesn't tell the token of {location_label(account)} in full; {remedy}."
        )
    return parse_content_token(text, f"The token that {mdm.name} has for {location_label(account)}")
