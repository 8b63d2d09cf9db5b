# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_account and vpp_account_info: options, and from them to the task."""

from __future__ import annotations

from .._core.errors import InputError, TokenError
from .._core.model import Secret
from .._core.plan_account import CLAIM_METADATA, AccountGoal
from .._entity.account import AccountInfoTask, AccountTask, account_facts
from .._entity.base import Outcome, reconcile
from .._entity.location import LocationGuard
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .options import CONNECTED, INFO, WRITE
from .runner import Host
from .session import open_session, read_token

ACCOUNT_SPEC = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "claim": {"type": "bool", "default": False},
        "owner_metadata": {"type": "str"},
        "notification_url": {"type": "str"},
        "notification_auth_token": {"type": "str", "no_log": True},
        "notification_types": {"type": "list", "elements": "str"},
    }
).merge(CONNECTED, WRITE)

ACCOUNT_INFO_SPEC = CONNECTED.merge(INFO)


def run_account(host: Host) -> Outcome:
    params = host.params
    secret, types = params["notification_auth_token"], params["notification_types"]
    if not (params["owner_name"] or params["owner_id"]):
        if params["claim"]:
            raise InputError("claim: true needs owner_name: the name under which other products see this automation.")
        if params["state"] == "absent":
            raise InputError("state: absent needs the owner_name or owner_id of the claim that it is to give up.")
    with open_session(host) as session:
        goal = AccountGoal(
            state=params["state"],
            claim=params["claim"],
            takeover=params["takeover"],
            owner_id=session.guard.owner_id,
            owner_name=params["owner_name"] or params["owner_id"] or "",
            metadata=params["owner_metadata"] or CLAIM_METADATA,
            notification_url=params["notification_url"],
            notification_auth_token=None if secret is None else Secret(secret),
            notification_types=None if types is None else tuple(types),
        )
        task = AccountTask(session.api, session.token, session.guard, session.clock, goal)
        return reconcile(task, check=host.check)


def run_account_info(host: Host) -> Outcome:
    try:
        with open_session(host) as session:
            account = AccountInfoTask(session.api, session.token, session.guard, session.clock).read()
    except TokenError as error:
        # Expired by its own date: nothing was sent, and the file tells all that there is to know.
        if error.facts.get("token_state") != "expired":
            raise
        account = account_facts(None, read_token(host), LocationGuard(), SystemClock(), state="expired")
    accounts = [account]
    limit = max(0, host.params["limit"])
    return Outcome(
        noun="accounts",
        value=accounts[:limit],
        extra={"total": len(accounts), "truncated": len(accounts) > limit},
        document={"accounts": accounts},
    )
