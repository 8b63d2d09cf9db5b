# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account: a location, the token that governs it, our claim and its notification settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timezone
from typing import Any

from .._core.diagnose_location import EXPIRED, REFUSED, REVOKED
from .._core.errors import (
    LocationError,
    OutcomeUnknownError,
    OwnershipError,
    PartialError,
    TokenError,
    VppError,
)
from .._core.model import ClientConfig
from .._core.plan_account import AccountGoal, AccountPlan, ownership, plan_account
from .._core.ports import AppsBooks, Clock
from .._core.token import ContentToken
from .base import Outcome
from .location import LocationGuard, location_facts, open_location, require_no_foreign_claim
from .mdm_account import LinkageReader, MdmView, require_linkage

TOKEN_STATES = {9621: EXPIRED, 9625: REVOKED}
"""Apple's answers to a dead token [D errors]; every other refusal is REFUSED."""


def dead_state(error: TokenError) -> str | None:
    """What the error tells of the token: what Apple said of it, or what its own date says; None = it is malformed."""
    if error.error_number or error.http_status:
        return TOKEN_STATES.get(error.error_number or 0, REFUSED)
    told = error.facts.get("token_state")
    return told if isinstance(told, str) else None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan of the account, with the settings that it starts from, and what the MDM lists (None = none is asked)."""

    config: ClientConfig
    account: AccountPlan
    mdm: MdmView | None = None

    @property
    def changed(self) -> bool:
        return self.account.changed

    @property
    def fields(self) -> list[str]:
        """Names of the settings that change."""
        before, after = self.account.before, self.account.after
        return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a plan. `seen` None = the settings could not be read afterwards; `error` = what went wrong."""

    sent: bool
    seen: Prepared | None = None
    error: VppError | None = None


class AccountTask:
    """Links a location or lets it go. Implements base.Entity."""

    def __init__(
        self,
        api: AppsBooks,
        token: ContentToken,
        guard: LocationGuard,
        clock: Clock,
        goal: AccountGoal,
        mdm: LinkageReader | None = None,
    ) -> None:
        self._api, self._token, self._guard, self._clock, self._goal, self._mdm = api, token, guard, clock, goal, mdm

    def plan(self) -> Prepared:
        config = open_location(self._api, self._guard)
        view = self._look(config)
        try:
            if self._goal.state == "present":
                require_no_foreign_claim(config, self._guard)
            return self._planned(config, view)
        except OwnershipError as error:
            if view is not None:
                error.facts["manual_steps"] = view.step_facts()
            raise

    def apply(self, plan: Prepared) -> Applied:
        """Writes, reads again, and plans once more: what is then still to do was not accepted."""
        lost: VppError | None = None
        try:
            if plan.account.change is not None:
                self._api.write_client_config(plan.account.change)
        except OutcomeUnknownError as error:
            lost = error
        except VppError as error:
            return Applied(sent=isinstance(error, (LocationError, OwnershipError)), error=error)
        try:
            return Applied(sent=True, seen=self._planned(self._api.read_client_config(), plan.mdm), error=lost)
        except VppError as error:
            return Applied(sent=True, error=lost or error)

    def report(self, plan: Prepared, applied: Applied | None) -> Outcome:
        return Outcome(
            noun="account",
            value=account_facts(
                (applied.seen if applied and applied.seen else plan).config,
                self._token,
                self._guard,
                self._clock,
                mdm=plan.mdm,
            ),
            changed=plan.changed if applied is None else _took_effect(plan, applied),
            plan={"write": plan.fields},
            summary={"settings_changed": len(plan.fields)},
            diff={"before": plan.account.before, "after": plan.account.after},
            error=_error(plan, applied) if applied else None,
            extra={
                "location": location_facts(plan.config),
                "manual_steps": plan.mdm.step_facts() if plan.mdm else [],
            },
        )

    def _look(self, config: ClientConfig) -> MdmView | None:
        if self._mdm is None:
            return None
        view = self._mdm.look(config.uid, config.location_name, self._token)
        require_linkage(view, self._mdm.wish, f"The location '{config.location_name}' (uid {config.uid})")
        return view

    def _planned(self, config: ClientConfig, view: MdmView | None) -> Prepared:
        goal = replace(self._goal, mdm_name=view.owner) if view else self._goal
        service = self._api.read_service_config()
        return Prepared(config, plan_account(config, goal, service.limits, service.notification_types), view)


def _took_effect(plan: Prepared, applied: Applied) -> bool:
    """An accepted write did; one without an answer did if the settings tell so, or can't be read."""
    if not applied.sent or applied.seen is None or not isinstance(applied.error, OutcomeUnknownError):
        return applied.sent
    return not applied.seen.changed or applied.seen.account.before != plan.account.before


def _error(plan: Prepared, applied: Applied) -> VppError | None:
    error, seen = applied.error, applied.seen
    if seen is not None and not seen.changed:
        return None  # a lost answer does no harm: what was asked for is so
    if not applied.sent:
        return error
    if error is not None:
        state = "nothing was changed" if not _took_effect(plan, applied) else "it may have changed"
        return PartialError(
            f"The change of the location's settings ({', '.join(plan.fields)}) was sent, and {state}: "
            f"{error.message.rstrip('.')}. Run the task again: it reads the settings and sends only what is missing.",
            error_number=error.error_number,
            http_status=error.http_status,
            facts=error.facts,
        )
    shown = ", ".join(seen.fields) if seen else ""
    return PartialError(
        f"Apple accepted the change of the location's settings but shows others afterwards ({shown}). Run the task "
        "again, and look for another product that writes them.",
    )


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The noun `account`, and what is left to a person in the MDM. `config` None = the token is dead."""

    account: dict[str, Any]
    manual_steps: list[dict[str, str]]
    config: ClientConfig | None = None


@dataclass(frozen=True, slots=True)
class AccountInfoTask:
    """Shows the account. A token that is dead is a finding here, no failure. `api` None = it is known to be dead, in
    the way that `dead` tells, and Apple need not be asked."""

    api: AppsBooks | None
    token: ContentToken
    guard: LocationGuard
    clock: Clock
    mdm: LinkageReader | None = None
    dead: str = EXPIRED

    def read(self) -> AccountInfo:
        config, state = None, None if self.api else self.dead
        try:
            config = open_location(self.api, self.guard) if self.api else None
        except TokenError as error:
            state = dead_state(error) or REFUSED
        view = None
        if self.mdm is not None:
            # A dead token tells no location, so the pin stands in: its uid, as names aren't unique.
            known = (config.uid, config.location_name) if config else (self.guard.uid or "", self.guard.name or "")
            view = self.mdm.look(*known, self.token)
        facts = account_facts(config, self.token, self.guard, self.clock, state=state, mdm=view)
        return AccountInfo(facts, view.step_facts() if view else [], config)


def account_facts(
    config: ClientConfig | None,
    token: ContentToken,
    guard: LocationGuard,
    clock: Clock,
    *,
    state: str | None = None,
    mdm: MdmView | None = None,
) -> dict[str, Any]:
    """The noun `account` of a result; without a location (`None`) only the token's own facts are known."""
    claim = config.mdm_info if config else None
    owner = ownership(claim, guard.owner_id)
    # Apple may end a token sooner than its file says; it promises to tell only within 15 days of the end.
    told = config.token_expiration_date if config else None
    expires = min(token.expires, told) if told else token.expires
    days = (expires - clock.now()).days
    known = config or ClientConfig(uid="", location_name="")
    return {
        "uid": known.uid,
        "location_name": known.location_name,
        "country": known.country,
        "default_platform": known.default_platform,
        "website_url": known.website_url,
        "organization": token.organisation,
        "token_state": state or ("foreign" if owner == "foreign" else "alive"),
        "token_expires": expires.astimezone(timezone.utc).isoformat(),
        # A token that Apple refuses has none, whatever its file says.
        "token_days_left": min(days, 0) if state in (EXPIRED, REVOKED, REFUSED) else days,
        "owner": {
            "state": owner if config else "unknown",
            "id": claim.id if claim else "",
            "name": claim.name if claim else "",
            "metadata": claim.metadata if claim else "",
        },
        "notification_url": known.notification_url,
        "notification_auth_token_set": known.notification_auth_token is not None,
        "notification_types": sorted(known.notification_types),
        "mdm": dict(mdm.facts) if mdm else None,
    }
