# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagnosis reads at Apple: the assets of the task, who holds them, and what became of earlier grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from .._core.diagnose_person import OpenRequests
from .._core.diagnosis import Unread
from .._core.errors import AssetError, InputError
from .._core.holdings import Holdings
from .._core.mdm import AppName
from .._core.model import ASSOCIATE, PENDING, UNKNOWN, Asset, AssetKey, ClientConfig, Failure, Metadata
from .._core.ports import AppsBooks
from .._core.reads import PER_TARGET, ReadPlan, choose_read
from .._core.state_ports import State
from .._core.targets import DEVICES, USERS, TargetIndex
from .assets import find_assets
from .diagnose_request import WantedAsset, tried
from .read_license import read_holdings

EVENTS_ASKED = 20
"""Of the events whose end nobody has seen, the newest; Apple forgets old ones."""

NOT_ASKED = Unread("it was not asked, since the licence is there")


@dataclass(frozen=True, slots=True)
class FoundAsset:
    """`asset` None = the location doesn't own it, as `why_not` tells in a clause. `facts`: of the store, None = it
    shows none."""

    wanted: WantedAsset
    asset: Asset | None
    why_not: str = ""
    facts: Metadata | Unread | None = None

    @property
    def label(self) -> str:
        """In a sentence."""
        selector = self.wanted.selector
        name = self.facts.name if isinstance(self.facts, Metadata) else ""
        return (
            name or selector.name or (self.asset.key.adam_id if self.asset else selector.adam_id or selector.bundle_id)
        )

    @property
    def app(self) -> AppName:
        """By which an MDM knows it."""
        selector = self.wanted.selector
        bundle_id = self.facts.bundle_id if isinstance(self.facts, Metadata) else ""
        return AppName(self.asset.key.adam_id if self.asset else selector.adam_id, bundle_id or selector.bundle_id)


def find_wanted(
    api: AppsBooks, config: ClientConfig, wanted: Sequence[WantedAsset], owned: Sequence[Asset]
) -> list[FoundAsset]:
    """In the order of the task. Raises AssetError for a name that fits several, InputError for an asset named twice."""
    found = [_find(api, config, one, owned) for one in wanted]
    keys = [one.asset.key for one in found if one.asset is not None]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(f"assets: {twice} is named more than once; name each asset once, with all its scopes.")
    assets = [one.asset for one in found if one.asset is not None]
    facts = tried("the store was not read", partial(api.lookup_metadata, assets, config)) if assets else {}
    if isinstance(facts, Unread):
        return [replace(one, facts=facts) for one in found]
    return [replace(one, facts=facts.get(one.asset.key.adam_id) if one.asset else None) for one in found]


def _find(api: AppsBooks, config: ClientConfig, wanted: WantedAsset, owned: Sequence[Asset]) -> FoundAsset:
    try:
        (asset,), _metadata = find_assets(api, config, [wanted.selector], owned)
    except AssetError as error:
        unresolved = error.facts.get("unresolved")
        why = str(unresolved[0]) if isinstance(unresolved, list) and unresolved else error.message
        if " isn't owned " not in why:
            raise
        return FoundAsset(wanted, None, why)
    return FoundAsset(wanted, asset)


class Holders:
    """Who of the subjects holds which asset, after one walk for devices and people alike."""

    def __init__(self, devices: Sequence[str], people: Sequence[str]) -> None:
        self._devices, self._people = TargetIndex(devices), TargetIndex(people)
        self._holdings: Holdings | None = None
        self._unstable: frozenset[AssetKey] = frozenset()
        self._unread: Unread | None = None

    def read(self, api: AppsBooks, assets: Sequence[Asset], owned: Sequence[Asset]) -> None:
        keys = [asset.key for asset in assets]
        plan = _cheapest(
            [
                choose_read(assets, owned, index.names(2 ** len(index) - 1), kind=kind, all_holders=False, removal=True)
                for kind, index in ((DEVICES, self._devices), (USERS, self._people))
                if len(index)
            ]
        )
        holdings = Holdings(self._devices, self._people, keys)
        answer = tried("Apple's list of licences was not read", partial(read_holdings, api, holdings, plan, keys))
        if isinstance(answer, Unread):
            self._unread = answer
        else:
            self._holdings, self._unstable = holdings, answer

    def holds(self, kind: str, key: AssetKey, target: str) -> bool | Unread:
        """Who is seen in a list that kept changing holds it; who isn't, may."""
        if self._unread is not None:
            return self._unread
        if self._holdings is None:
            return False
        index = self._devices if kind == DEVICES else self._people
        if target in index and self._holdings.holders(kind, key) >> index.ids[target] & 1:
            return True
        return Unread("Apple's list of licences kept changing while it was read") if key in self._unstable else False


def _cheapest(plans: Sequence[ReadPlan]) -> ReadPlan:
    """One read for both kinds: a whole one answers the other question, too; those by target are put together."""
    whole = [plan for plan in plans if plan.kind != PER_TARGET and plan.queries]
    if whole:
        return min(whole, key=lambda plan: plan.pages)
    queries = tuple(query for plan in plans for query in plan.queries)
    return ReadPlan(PER_TARGET, queries, len(queries))


@dataclass(frozen=True, slots=True)
class EarlierWork:
    """Grants of earlier runs, and what Apple refused of them."""

    requests: OpenRequests | Unread
    failures: tuple[Failure, ...] = ()

    def of(self, adam_id: str) -> OpenRequests | Unread:
        """As far as it concerns one asset. A refusal that names none concerns all."""
        if isinstance(self.requests, Unread):
            return self.requests
        refused = {
            target: f"{failure.message} ({failure.error_number})"
            for failure in self.failures
            if not failure.adam_ids or adam_id in failure.adam_ids
            for target in (*failure.serial_numbers, *failure.client_user_ids)
        }
        return replace(self.requests, refused=refused)


def read_earlier_work(api: AppsBooks, state: State | Unread, *, needed: bool) -> EarlierWork:
    """From the journal, and from Apple where the journal doesn't tell the end; nothing is written. `needed`: somebody
    lacks a licence, so that it matters."""
    if isinstance(state, Unread):
        return EarlierWork(state)
    if not needed:
        return EarlierWork(NOT_ASKED)
    answer = tried("the requests of earlier runs were not read", partial(_ask_events, api, state))
    return EarlierWork(answer) if isinstance(answer, Unread) else answer


def _ask_events(api: AppsBooks, state: State) -> EarlierWork:
    work = state.journal.open_events()
    lost = [one for one in work.unknown if one.write.verb == ASSOCIATE]
    waiting = [one for one in work.events if one.write.verb == ASSOCIATE][-EVENTS_ASKED:]
    ids = [one.event_id for one in waiting]
    # Without a time to wait, each is asked once.
    events = api.wait_for_events(ids, poll_interval=30.0, timeout=0.0) if ids else []
    pending = {event.event_id for event in events if event.status == PENDING}
    ages = [one.age for one in waiting if one.event_id in pending] + [one.age for one in lost]
    requests = OpenRequests(len(pending), len(lost), int(max(ages, default=0.0)) // 60)
    failures = tuple(
        failure for event in events if event.status not in (PENDING, UNKNOWN) for failure in event.failures
    )
    return EarlierWork(requests, failures)
