# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows who is in the scope of an MDM's apps, and what became of the apps there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.app_model import App, AppView, Devices
from .._core.app_state import count_states, seen_since
from .._core.mdm import MdmDevice
from .._core.ports import Clock, Mdm, Notify
from .._core.scope import WITH_ANY, Scope
from .app import choose_devices
from .app_apple import AppleView, view_apple
from .app_evidence import tell_steps
from .app_facts import install_facts
from .app_ids import check_app_ids
from .app_request import Apple, Chosen
from .base import Outcome
from .installs import Installs, Sweep
from .scope import Fleet, read_fleet


@dataclass(frozen=True, slots=True)
class AppFilter:
    """What to show. `devices` None = all of the units. `states`: whether devices are asked at all. `by_owner`: the
    licences are those of the people who own the devices."""

    apps: tuple[App, ...]
    devices: Chosen | None = None
    states: bool = True
    seen_within: int = 14
    rate: float = 3.0
    by_owner: bool = False


class AppReader:
    def __init__(self, mdm: Mdm, apple: Apple | None, wanted: AppFilter, notify: Notify, clock: Clock) -> None:
        self._mdm, self._apple, self._wanted = mdm, apple, wanted
        self._notify, self._clock = notify, clock

    def read(self, limit: int) -> Outcome:
        """The outcome with lists of at most `limit`; its document holds all."""
        wanted, mdm = self._wanted, self._mdm
        fleet, chosen, unknown = self._devices()
        check_app_ids(wanted.apps, fleet, mdm.name)
        members = {app.name: self._members(app, chosen) for app in wanted.apps}
        app_views = [
            AppView(app, tagged=frozenset(one.id for one in chosen if app.tag in one.tags)) for app in wanted.apps
        ]
        since = seen_since(self._clock.now(), wanted.seen_within)
        names = [app.name for app in wanted.apps]
        sweep = Sweep(mdm, names, since, self._notify, wanted.rate)
        found = sweep.look(fleet.devices, members, full=True) if wanted.states else Installs({}, {})
        apple = self._apple
        view = self._view_apple()
        units = {device.unit for device in chosen}
        steps = tell_steps(
            mdm,
            apple,
            view,
            fleet,
            [unit for unit in fleet.units if unit.id in units],
            app_views,
            found,
            since=since,
            granted_here=None,
            by_owner=wanted.by_owner,
            notify=self._notify,
        )
        ids = {**sweep.app_ids(fleet.devices), **_given(wanted.apps)}
        apps = [
            {
                **_app_facts(app_view, members[app_view.app.name], found),
                "app_ids": {
                    unit: one for (name, unit), one in sorted(ids.items(), key=str) if name == app_view.app.name
                },
            }
            for app_view in app_views
        ]
        installs = install_facts(names, fleet.devices, found)
        told = [step.facts() for step in steps]
        extra = {
            "devices": len(chosen),
            "unknown_serial_numbers": list(unknown),
            "units": [{"id": unit.id, "name": unit.name} for unit in fleet.units],
            "read": sweep.asked,
            "inferred": found.inferred,
            "total": len(installs),
        }
        return Outcome(
            noun="apps",
            value=apps[:limit],
            extra={
                **extra,
                "unknown_serial_numbers": list(unknown[:limit]),
                "installs": installs[:limit],
                "truncated": any(len(rows) > limit for rows in (apps, installs, told, unknown)),
                "manual_steps": told[:limit],
            },
            document={**extra, "apps": apps, "installs": installs, "manual_steps": told},
        )

    def _view_apple(self) -> AppleView | None:
        apple, wanted = self._apple, self._wanted
        if apple is None:
            return None
        return view_apple(apple.api, apple.guard, wanted.apps, self._notify, must_own=False, by_owner=wanted.by_owner)

    def _devices(self) -> tuple[Fleet, Sequence[MdmDevice], tuple[str, ...]]:
        if self._wanted.devices is None:
            fleet = read_fleet(self._mdm, self._notify)
            return fleet, [one for one in fleet.devices.values() if one.id not in fleet.older], ()
        scoped, unknown = choose_devices(self._mdm, self._wanted.devices, self._notify, strict_tags=False)
        return scoped.fleet, scoped.members, unknown

    def _members(self, app: App, chosen: Sequence[MdmDevice]) -> Devices:
        """Devices in the scope, by a tag of any kind."""
        inside = self._mdm.read_members((Scope(WITH_ANY, (app.tag,)),))
        return frozenset(one.id for one in chosen if one.id in inside or app.tag in one.tags)


def _given(apps: Sequence[App]) -> dict[Any, str]:
    return {(app.name, unit): app_id for app in apps for unit, app_id in app.name.app_ids.items()}


def _app_facts(app_view: AppView, members: Devices, found: Installs) -> dict[str, Any]:
    app = app_view.app
    return {
        "adam_id": app.name.adam_id,
        "bundle_id": app.name.bundle_id,
        "name": app.label,
        "tag": app.tag,
        "in_scope": len(members),
        "tagged": len(app_view.tagged),
        "installs": count_states(found.states.get(app.name, {})),
    }
