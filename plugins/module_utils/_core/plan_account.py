# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose location is it, and what may be written on it: the claim and the notification settings [design, rule 5]."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import InputError, OwnershipError
from .identity import samples
from .model import ClientConfig, ClientConfigChange, Limits, MdmInfo, Secret

UNCLAIMED = "unclaimed"
OURS = "ours"
FOREIGN = "foreign"
RELEASED = "released"

CLAIM_METADATA = "openmdm.vpp"
RELEASED_METADATA = "openmdm.vpp released"
"""No call of v2 clears a claim [reference 3.2], so its metadata says that it was given up; anyone may claim it then."""

_NAMESPACE = uuid.UUID("5f0a5c5e-6d0b-5c0e-9d0a-0b6f3c1d7e42")
_TEST_TYPE = "TEST_NOTIFICATION"


@dataclass(frozen=True, slots=True)
class AccountGoal:
    """What the task asks for; `None` leaves a setting untouched. `mdm_name` names an MDM known to use this location."""

    state: str
    owner_id: str
    owner_name: str
    claim: bool = False
    takeover: bool = False
    metadata: str = CLAIM_METADATA
    mdm_name: str = ""
    notification_url: str | None = None
    notification_auth_token: Secret | None = None
    notification_types: tuple[str, ...] | None = None

    @property
    def notifies(self) -> bool:
        given = (self.notification_url, self.notification_auth_token, self.notification_types)
        return any(value is not None for value in given)


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """`change` is None when all is so already; `before` and `after` hold no secret and only what the task touches."""

    change: ClientConfigChange | None
    before: dict[str, object]
    after: dict[str, object]

    @property
    def changed(self) -> bool:
        return self.change is not None


def owner_id_for(owner_id: str | None, owner_name: str, limits: Limits) -> str:
    """The id of our claim: the option, or a uuid5 of the owner's name, so that every container finds the same one."""
    if not owner_name.strip():
        raise InputError("owner_name is empty; give a name by which people recognise who manages the location.")
    chosen = owner_id or str(uuid.uuid5(_NAMESPACE, owner_name))
    _check_length("owner_id", chosen, limits.max_mdm_id_length)
    _check_length("owner_name", owner_name, limits.max_mdm_name_length)
    return chosen


def ownership(mdm_info: MdmInfo | None, owner_id: str) -> str:
    """UNCLAIMED, OURS, FOREIGN or RELEASED; told by the id, never by the name [D protecting-your-vpp-account]."""
    if mdm_info is None or not (mdm_info.id or mdm_info.name or mdm_info.metadata):
        return UNCLAIMED
    if mdm_info.metadata == RELEASED_METADATA:
        return RELEASED
    return OURS if owner_id and mdm_info.id == owner_id else FOREIGN


def plan_account(
    config: ClientConfig, goal: AccountGoal, limits: Limits, known_types: Collection[str] = ()
) -> AccountPlan:
    """The change of client config that reaches the goal. `known_types`: those of service config; empty = not told.

    Raises OwnershipError for a location that isn't ours to write on, InputError for settings that Apple would refuse
    (9710 to 9713, 9723 to 9725).
    """
    plan = _release(config, goal) if goal.state == "absent" else _settle(config, goal, limits, known_types)
    if plan.changed and goal.mdm_name:
        advice = (
            "leave claim and notification settings out of this task"
            if goal.state == "present"
            else "remove the location's account there by hand, and run the task again"
        )
        raise OwnershipError(
            f"{goal.mdm_name} uses this location, and its client config is that product's to write, so nothing was "
            f"changed; {advice}.",
            facts={"mdm": goal.mdm_name},
        )
    return plan


def _settle(config: ClientConfig, goal: AccountGoal, limits: Limits, known_types: Collection[str]) -> AccountPlan:
    state = ownership(config.mdm_info, goal.owner_id)
    _check_rights(config, goal, state)
    if not (goal.claim or goal.notifies):
        return AccountPlan(None, {}, {})
    claim = config.mdm_info
    if goal.claim:
        claim = MdmInfo(goal.owner_id, goal.owner_name, goal.metadata)
        _check_claim(claim, limits)
    # Settings that another owner left are neither sent again in our name nor completed by ours.
    ours = state == OURS
    url = goal.notification_url if goal.notification_url is not None else config.notification_url if ours else ""
    token = goal.notification_auth_token or (config.notification_auth_token if ours else None)
    types = goal.notification_types
    if types is None:
        types = config.notification_types if ours else ()
    types = tuple(sorted(set(types)))
    if goal.notifies:
        _check_notification(url, token, types, limits)
        _check_types(goal.notification_types or (), known_types)
    settings = (config.notification_url, config.notification_auth_token, config.notification_types)
    before = _public(config.mdm_info, *settings)
    after = _public(claim, url, token, types)
    # A location that was taken over goes on reporting to its former owner unless that is ended.
    ends_theirs = state == FOREIGN and not goal.notifies and bool(config.notification_types)
    if not goal.notifies:
        decided = {"claim", "notification_types"} if ends_theirs else {"claim"}
        after |= {key: value for key, value in before.items() if key not in decided}
    elif token != config.notification_auth_token:
        after["notification_auth_token"] = "(changed)"
    if before == after:
        return AccountPlan(None, before, after)
    # What Apple does with fields left out isn't documented: everything that is ours goes along [reference 3.2].
    send = bool(url and token)
    listed = send or ends_theirs or goal.notification_types is not None
    change = ClientConfigChange(claim, url if send else None, token if send else None, types if listed else None)
    return AccountPlan(change, before, after)


def _check_rights(config: ClientConfig, goal: AccountGoal, state: str) -> None:
    if state == FOREIGN and (goal.claim or goal.notifies) and not goal.takeover:
        name, holder = (config.mdm_info.name, config.mdm_info.id) if config.mdm_info else ("", "")
        raise OwnershipError(
            f"The location is claimed by {name[:100]!r} (id {holder[:100]!r}), so nothing was written; end its use "
            "there, and set takeover: true to claim the location in spite of it.",
            facts={"holder_name": name, "holder_id": holder},
        )
    if goal.notifies and not goal.claim and state != OURS:
        raise OwnershipError(
            "The location isn't claimed by this owner_id, so its notification settings stay; set claim: true."
        )


def _release(config: ClientConfig, goal: AccountGoal) -> AccountPlan:
    """Ends notifications and marks our claim as given up. The rest of the settings isn't sent: a dead receiver
    would make Apple refuse the whole request (9728), and without types nothing is delivered."""
    info = config.mdm_info
    if info is None or ownership(info, goal.owner_id) not in (OURS, RELEASED) or info.id != goal.owner_id:
        return AccountPlan(None, {}, {})
    marker = MdmInfo(info.id, info.name, RELEASED_METADATA)
    before: dict[str, object] = {"claim": _claim(info), "notification_types": sorted(set(config.notification_types))}
    after: dict[str, object] = {"claim": _claim(marker), "notification_types": []}
    if before == after:
        return AccountPlan(None, before, after)
    types: tuple[str, ...] | None = () if config.notification_types else None
    return AccountPlan(ClientConfigChange(mdm_info=marker, notification_types=types), before, after)


def _check_claim(claim: MdmInfo, limits: Limits) -> None:
    """All three parts are needed (9723), each within its length (9713, 9724, 9725)."""
    for option, text, limit in (
        ("owner_id", claim.id, limits.max_mdm_id_length),
        ("owner_name", claim.name, limits.max_mdm_name_length),
        ("owner_metadata", claim.metadata, limits.max_mdm_metadata_length),
    ):
        if not text:
            raise InputError(f"{option} is empty, and Apple wants all parts of a claim (9723); give it.")
        _check_length(option, text, limit)
    if claim.metadata == RELEASED_METADATA:
        raise InputError(
            f"owner_metadata may not be {RELEASED_METADATA!r}, which marks a location given up; choose another."
        )


def _check_notification(url: str, token: Secret | None, types: Collection[str], limits: Limits) -> None:
    secret = token.reveal() if token else ""
    if not (url or secret or types):
        return
    if not (url and secret):
        missing = " and ".join(
            name for name, text in (("notification_url", url), ("notification_auth_token", secret)) if not text
        )
        raise InputError(
            f"{missing} must be given too, since Apple wants address and token together (9710); to end notifications "
            "give nothing but notification_types: []."
        )
    if not _is_https(url):
        raise InputError(
            "notification_url must be https with a host and a path, without user, query or fragment (9712); correct it."
        )
    _check_length("notification_url", url, limits.max_notification_length)
    _check_length("notification_auth_token", secret, limits.max_notification_length)


def _check_types(types: Collection[str], known_types: Collection[str]) -> None:
    """Only of the types asked for: those that are set already were taken by the service once."""
    if _TEST_TYPE in types:
        raise InputError(f"notification_types: Apple sends {_TEST_TYPE} by itself at every change; leave it out.")
    unknown = sorted(set(types) - set(known_types)) if known_types else []
    if unknown:
        raise InputError(
            f"notification_types: the service doesn't know {samples(unknown)}; "
            f"choose from {', '.join(sorted(known_types))}."
        )


def _is_https(url: str) -> bool:
    if any(character.isspace() or character in "?#" for character in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def _check_length(option: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InputError(f"{option} has {len(text)} characters, and Apple takes at most {limit}; shorten it.")


def _claim(info: MdmInfo | None) -> dict[str, str] | None:
    return {"id": info.id, "name": info.name, "metadata": info.metadata} if info else None


def _public(info: MdmInfo | None, url: str, token: Secret | None, types: Collection[str]) -> dict[str, object]:
    return {
        "claim": _claim(info),
        "notification_auth_token": "(set)" if token and token.reveal() else "",
        "notification_types": sorted(set(types)),
        "notification_url": url,
    }
