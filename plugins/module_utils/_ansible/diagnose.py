# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_diagnose: options, and from them to the reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.diagnose_location import EXPIRED, dead_token_step
from .._core.errors import InputError, TokenError
from .._core.scope import WITH_ANY, Scope, check_tag, parse_scopes
from .._entity.base import Outcome
from .._entity.diagnose import Diagnoser
from .._entity.diagnose_request import AppleSide, DiagnoseMdm, DiagnoseRequest, WantedAsset
from .._entity.find_people import NamedPeople
from .._entity.report_diagnosis import report_end
from .amounts import account_limit, days
from .app_options import ASSIGNMENT, BY_OWNER
from .argspec import ArgumentSpec
from .license_people import read_people_asked
from .mdm import LinkedAccounts, no_mdm, open_linked
from .options import ASSETS, CONNECTED, INFO, SCOPED, STATE
from .people import PEOPLE_NAMED
from .runner import Host
from .selection import asset_selectors, read_devices, read_scope
from .session import open_session, read_token
from .state import open_state

_WAYS = ("serial_numbers", "targets_file", "scope")
_PEOPLE = ("client_user_ids", "emails", "targets_file", "columns", "groups")

DIAGNOSE_SPEC = ArgumentSpec(
    {
        "assets": {
            **ASSETS,
            "required": True,
            "options": {**ASSETS["options"], "tag": {"type": "str"}, "scope": SCOPED["scope"]},
        },
        "devices": {"type": "dict", "options": {name: SCOPED[name] for name in _WAYS}},
        "users": {"type": "dict", "options": {name: PEOPLE_NAMED["options"][name] for name in _PEOPLE}},
        "assignment": ASSIGNMENT,
        "devices_per_account": {"type": "int", "default": 10},
        "seen_within": {"type": "int", "default": 14},
        "ask_at_most": {"type": "int", "default": 100},
        "show_people": {"type": "bool", "default": False},
    },
    required_one_of=[["devices", "users"]],
).merge(CONNECTED, INFO, STATE)


def run_diagnose(host: Host) -> Outcome:
    request = _request(host, read_people_asked(host))
    with open_linked(host) as linked:
        try:
            return _diagnose(host, linked, request)
        except TokenError as error:
            # Past its own date: nothing was sent, and that is the answer.
            if error.facts.get("token_state") != EXPIRED:
                raise
            token = read_token(host, linked)
            return report_end(dead_token_step(EXPIRED, token.organisation, token.expires, None))


def _diagnose(host: Host, linked: LinkedAccounts | None, request: DiagnoseRequest) -> Outcome:
    with open_session(host, linked) as session:
        apple = AppleSide(
            session.api,
            session.guard,
            session.token,
            session.clock,
            open_state(host, session.clock, read_only=True),
        )
        source = None if linked is None else DiagnoseMdm(linked.mdm, linked.read)
        return Diagnoser(apple, source, request, host).read(max(0, host.params["limit"]))


def _request(host: Host, people: NamedPeople | None) -> DiagnoseRequest:
    params = host.params
    devices = params["devices"]
    scope = read_scope("devices", devices) if devices is not None else None
    if scope is not None and not params["connector"]:
        raise no_mdm("devices.scope")
    if params["ask_at_most"] < 0:
        raise InputError(
            f"ask_at_most: {params['ask_at_most']} is no number of devices; give a whole number from 0 up."
        )
    serials = None if devices is None or scope is not None else tuple(read_devices(host, "devices", devices))
    return DiagnoseRequest(
        assets=_assets(params["assets"]),
        serial_numbers=serials,
        scopes=None if scope is None else scope.scopes,
        people=people,
        by_owner=params["assignment"] == BY_OWNER,
        seen_within=days("seen_within", params["seen_within"]),
        devices_per_account=account_limit(params["devices_per_account"]),
        ask_at_most=params["ask_at_most"],
        show_people=params["show_people"],
    )


def _assets(entries: Sequence[Mapping[str, Any]]) -> tuple[WantedAsset, ...]:
    if not entries:
        raise InputError("assets is an empty list; name at least one app.")
    selectors = asset_selectors(entries, False)
    pairs = zip(selectors, entries, strict=True)
    return tuple(
        WantedAsset(selector, _scopes(entry, f"assets: item {n}")) for n, (selector, entry) in enumerate(pairs, 1)
    )


def _scopes(entry: Mapping[str, Any], where: str) -> tuple[Scope, ...]:
    if entry["tag"] is not None and entry["scope"] is not None:
        raise InputError(f"{where}: tag and scope are both given; give the one by which the app reaches devices.")
    if entry["tag"] is not None:
        return (Scope(WITH_ANY, (check_tag(entry["tag"], where, "rename it there, and in the scope of the app"),)),)
    return () if entry["scope"] is None else parse_scopes(entry["scope"], f"{where}: scope")
