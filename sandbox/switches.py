# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named switches: every guess about Apple's service and Systems Manager, and a few conveniences of a stand-in.

A guess is a switch, so that a client can be tried against each answer the real service might give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .meraki.switches import SWITCHES as MERAKI
from .switch import DOCUMENTED, GUESS, STAND_IN, Switch
from .switch import words as _words

LIMITS: dict[str, int] = {
    "maxAssets": 25,
    "maxClientUserIds": 1000,
    "maxSerialNumbers": 1000,
    "maxRevokeClientUserIds": 100,
    "maxRevokeSerialNumbers": 100,
    "maxUsers": 100,
    "maxNotificationLength": 512,
    "maxMdmIdLength": 100,
    "maxMdmNameLength": 100,
    "maxMdmMetadataLength": 255,
    "maxSubscriptions": 25,
    "maxSubscriptionClientUserIds": 1000,
    "maxRequestPerSecond": 15,
}

SWITCHES: dict[str, Switch] = {
    "page_size": Switch(100, "rows of a page", GUESS, kind="int"),
    "invalid_token": _words("answer to an unknown token (9622)", GUESS, "401", "200"),
    "token_expiration_field": _words("when tokenExpirationDate is sent", GUESS, "always", "within_15_days"),
    "licences_run_out": _words("9709 for the last pairs, or for the whole asset", GUESS, "fill", "whole_asset"),
    "already_assigned": _words("assigning what is assigned", GUESS, "completed", "failure_9616"),
    "not_assigned": _words("taking what is not assigned", GUESS, "completed", "failure_9619"),
    "unknown_asset": _words("associating an asset that is not owned", GUESS, "sync_9602", "async_9709"),
    "unknown_user": _words("assigning to a person that is not known", GUESS, "async_9609", "sync_9609"),
    "unknown_user_edit": _words("updating or retiring an unknown person", GUESS, "sync_9609", "async_9609"),
    "registered_user": _words("assigning to a person not yet associated", GUESS, "allowed", "refused"),
    "reregister": _words("creating a retired, never linked person again", GUESS, "same_record", "new_record"),
    "invite_code": _words("code of a registered person who is updated or registered again", GUESS, "kept", "new"),
    "used_code": _words("invite code of a person who has accepted, in GET /users", GUESS, "hidden", "shown"),
    "email_taken": _words("the e-mail of another active person", GUESS, "allowed", "failure_9717"),
    "relink": _words("managedAppleId for a linked person", GUESS, "replaced", "ignored", "failure_9635"),
    "page_accounts": _words("Apple Accounts that may sign in on the page", STAND_IN, "any", "made"),
    "page_account_taken": _words("an account on the page that another person has", GUESS, "refused", "accepted"),
    "devices_per_account": Switch(10, "devices that a person's licenses serve (null: any)", GUESS, kind="optional"),
    "pricing_param_omitted": _words("an asset without pricingParam", GUESS, "stdq", "refused"),
    "event_seconds": Switch(0.0, "time an event takes", GUESS, kind="seconds"),
    "event_queue": _words("events of a location run side by side or one by one", GUESS, "parallel", "serial"),
    "events_finish": Switch(True, "false: every new event stays PENDING for ever", GUESS, kind="bool"),
    "pending_polls": Switch(1, "how many status answers say PENDING at least", GUESS, kind="int0"),
    "event_retention_seconds": Switch(None, "how long an event is known (null: always)", GUESS, kind="optional"),
    "error_info": _words("errorInfo in the failures of an event", GUESS, "grouped", "absent"),
    "omitted_client_config": _words("fields left out of POST client/config", GUESS, "unchanged", "cleared"),
    "empty_mdm_info": _words("mdmInfo of three empty strings", GUESS, "stored", "cleared"),
    "unclaimed_mdm_info": _words("mdmInfo in answers while nobody claims", GUESS, "absent", "null"),
    "delta_removed": _words("removed records in a sinceVersionId answer", GUESS, "hidden", "shown"),
    "version_scope": _words("what a versionId speaks of", GUESS, "global", "per_filter"),
    "empty_total_pages": _words("totalPages of an empty answer", GUESS, "0", "1"),
    "counts": _words("counts of assets", GUESS, "exact", "lagging", "without_retired"),
    "freed_lag": Switch(0.0, "time until a licence that was taken back can be given again", GUESS, kind="seconds"),
    "count_lag_seconds": Switch(5.0, "how late lagging counts are", STAND_IN, kind="seconds"),
    "read_only_writes": _words("a write with a read-only manager's token", GUESS, "403_9602", "401_9601"),
    "token_replacement": _words("a newer token and the older ones", GUESS, "revokes_older", "keeps_older"),
    "trailing_slash": _words("a path that ends with a slash", GUESS, "accepted", "refused"),
    "retry_after_429": Switch(None, "Retry-After of the caps' 429, in seconds (null: none)", GUESS, kind="optional"),
    "notification_url": _words("loopback also permits http://127.0.0.1 receivers", GUESS, "strict", "loopback"),
    "notification_retry_seconds": Switch(60.0, "time between two delivery attempts", DOCUMENTED, kind="seconds"),
    "notification_copies": Switch(1, "how often each notification is delivered", DOCUMENTED, kind="int"),
    "notification_order": _words("order of delivery", GUESS, "in_order", "reversed"),
    "enforce_rate": Switch(True, "maxRequestPerSecond in any sliding second, 429 beyond", GUESS, kind="bool"),
    "enforce_parallel": Switch(True, "at most 5 paged reads at once, 429 beyond", DOCUMENTED, kind="bool"),
    "limits": Switch(LIMITS, "limits of service config; given keys replace single ones", DOCUMENTED, kind="limits"),
    "latency_ms": Switch(0.0, "time added to every Apple answer", STAND_IN, kind="seconds"),
    "itunes_per_minute": Switch(0, "iTunes calls a minute before 403 (0: no cap)", GUESS, kind="int0"),
    **MERAKI,
}


def check(name: str, value: object) -> Any:
    """The value in its own type; ValueError with one sentence if the switch can't take it."""
    switch = SWITCHES.get(name)
    if switch is None:
        raise ValueError(f"There is no switch named {name!r}.")
    if switch.kind == "word":
        if str(value) in switch.values:
            return str(value)
        raise ValueError(f"Switch {name} takes one of {', '.join(switch.values)}, not {value!r}.")
    if switch.kind == "bool":
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        raise ValueError(f"Switch {name} takes true or false, not {value!r}.")
    if switch.kind == "limits":
        if isinstance(value, dict) and all(k in LIMITS and isinstance(v, int) and v > 0 for k, v in value.items()):
            return {str(key): int(number) for key, number in value.items()}
        raise ValueError(f"Switch {name} takes an object of known limits and positive numbers, not {value!r}.")
    return _number(name, switch.kind, value)


def _number(name: str, kind: str, value: object) -> float | int | None:
    if kind == "optional" and (value is None or str(value) in ("", "null", "none")):
        return None
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"Switch {name} takes a number, not {value!r}.") from None
    whole = kind in ("int", "int0")
    least = 1 if kind == "int" else 0
    if isinstance(value, bool) or not least <= number < 1e12 or (whole and not number.is_integer()):
        raise ValueError(f"Switch {name} takes a {'whole ' if whole else ''}number from {least} up, not {value!r}.")
    return int(number) if whole else number


class Switches:
    """The present position of every switch."""

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self._values: dict[str, Any] = {name: switch.default for name, switch in SWITCHES.items()}
        self._values["limits"] = dict(LIMITS)
        self.update(values or {})

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def update(self, values: Mapping[str, object]) -> None:
        """Set several, or none at all if one of them is wrong."""
        checked = {name: check(name, value) for name, value in values.items()}
        if "limits" in checked:
            checked["limits"] = {**self._values["limits"], **checked["limits"]}
        self._values.update(checked)

    def all(self) -> dict[str, Any]:
        """Name and position of all."""
        return dict(self._values)
