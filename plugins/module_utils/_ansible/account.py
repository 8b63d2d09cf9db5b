# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_account and vpp_account_info: options, and from them to the task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .._core.account_steps import AccountWish
from .._core.errors import InputError, TokenError
from .._core.model import Secret
from .._core.plan_account import CLAIM_METADATA, AccountGoal
from .._entity.account import AccountInfoTask, AccountTask
from .._entity.base import Outcome, reconcile
from .._entity.mdm_account import LinkageReader
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .mdm import LinkedAccounts, open_linked
from .options import CONNECTED, INFO, WRITE
from .runner import Host
from .secrets import read_secret
from .session import Session, location_guard, open_session, read_token

SYNC_AGE = ArgumentSpec({"max_sync_age": {"type": "int", "default": 48}})

ACCOUNT_SPEC = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "claim": {"type": "bool", "default": False},
        "owner_metadata": {"type": "str"},
        "notification_url": {"type": "str"},
        "notification_auth_token": {"type": "str", "no_log": True},
        # A path is no secret, although its name looks like one.
        "notification_auth_token_file": {"type": "path", "no_log": False},
        "notification_types": {"type": "list", "elements": "str"},
        "linked": {"type": "bool"},
        "account_name": {"type": "str"},
        "account_email": {"type": "str"},
        "account_network_ids": {"type": "list", "elements": "str"},
    }
).merge(CONNECTED, SYNC_AGE, WRITE)

ACCOUNT_INFO_SPEC = CONNECTED.merge(SYNC_AGE, INFO)

_OF_THE_MDM = ("linked", "account_name", "account_email", "account_network_ids")


def run_account(host: Host) -> Outcome:
    params = host.params
    if not (params["owner_name"] or params["owner_id"]):
        if params["claim"]:
            raise InputError("claim: true needs owner_name: the name under which other products see this automation.")
        # With an MDM, the location may be looked at on its way out, without a claim to give up.
        if params["state"] == "absent" and not params["connector"]:
            raise InputError("state: absent needs the owner_name or owner_id of the claim that it is to give up.")
    wish = _wish(params)
    with open_linked(host, needed_by=_OF_THE_MDM) as linked, open_session(host, linked) as session:
        reader = linkage_reader(host, linked, wish)
        task = AccountTask(session.api, session.token, session.guard, session.clock, _goal(host, session), reader)
        return reconcile(task, check=host.check)


def _goal(host: Host, session: Session) -> AccountGoal:
    params, secret = host.params, _notification_token(host)
    types = params["notification_types"]
    return AccountGoal(
        state=params["state"],
        claim=params["claim"],
        takeover=params["takeover"],
        owner_id=session.guard.owner_id,
        owner_name=params["owner_name"] or params["owner_id"] or "",
        metadata=params["owner_metadata"] or CLAIM_METADATA,
        notification_url=params["notification_url"],
        notification_auth_token=secret,
        notification_types=None if types is None else tuple(types),
    )


def _notification_token(host: Host) -> Secret | None:
    value, path = host.params["notification_auth_token"], host.params["notification_auth_token_file"]
    if not path:
        return None if value is None else Secret(value)
    text, source = read_secret(
        host, ("notification_auth_token", ""), ("notification_auth_token_file", ""), missing="There is no token"
    )
    token = text.strip(" \t\r\n\ufeff")
    if not token or not token.isprintable():
        raise InputError(f"{source} must hold the token and nothing else, in one line.")
    host.hide(token)
    return Secret(token)


def _wish(params: Mapping[str, Any]) -> AccountWish:
    for option in ("account_name", "account_email"):
        if params[option] is not None and not params[option].strip():
            raise InputError(f"{option} is empty; give the text that the MDM's account is to have, or leave it out.")
    networks = params["account_network_ids"]
    units = None if networks is None else tuple(dict.fromkeys(text.strip() for text in networks))
    if units is not None and not all(units):
        raise InputError("account_network_ids: an id is empty; name networks such as N_600100200300, or leave it out.")
    if units == ():
        raise InputError("account_network_ids is an empty list; name the networks, or leave it out.")
    return AccountWish(
        state=params["state"],
        name=params["account_name"],
        email=params["account_email"],
        units=units,
        linked=params["linked"],
        max_sync_age=sync_age(params),
    )


def sync_age(params: Mapping[str, Any]) -> timedelta:
    if params["max_sync_age"] < 1:
        raise InputError(f"max_sync_age is {params['max_sync_age']}; give the hours, 1 or more (an MDM syncs daily).")
    return timedelta(hours=params["max_sync_age"])


def linkage_reader(host: Host, linked: LinkedAccounts | None, wish: AccountWish) -> LinkageReader | None:
    """What the task asks of its MDM; None without one."""
    if linked is None:
        return None
    everything = host.params["meraki_network_ids"] is None
    return LinkageReader(linked.mdm, host.params["connector"], linked.read, SystemClock(), host, wish, everything)


def run_account_info(host: Host) -> Outcome:
    wish = AccountWish(max_sync_age=sync_age(host.params))
    with open_linked(host) as linked:
        reader = linkage_reader(host, linked, wish)
        try:
            with open_session(host, linked) as session:
                found = AccountInfoTask(session.api, session.token, session.guard, session.clock, reader).read()
        except TokenError as error:
            # Expired by its own date: nothing was sent, and the token tells all that there is to know.
            if error.facts.get("token_state") != "expired":
                raise
            token, guard = read_token(host, linked), location_guard(host.params)
            found = AccountInfoTask(None, token, guard, SystemClock(), reader).read()
    accounts = [found.account]
    limit = max(0, host.params["limit"])
    return Outcome(
        noun="accounts",
        value=accounts[:limit],
        extra={
            "total": len(accounts),
            "truncated": len(accounts) > limit,
            "manual_steps": found.manual_steps,
        },
        document={"accounts": accounts, "manual_steps": found.manual_steps},
    )
