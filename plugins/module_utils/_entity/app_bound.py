# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices in the scope of an app by a tag of their owner or an automatic one, which can't be taken from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from .._core.app_model import App, AppGoal, AppPlan, Devices
from .._core.identity import samples
from .._core.license_model import ABSENT
from .._core.mdm import AppName, MdmDevice
from .._core.ports import Mdm, Notify
from .._core.scope import WITH_ANY, Scope
from .._core.words import counted
from .scope import device_label


def read_bound(
    mdm: Mdm, apps: Sequence[App], devices: Mapping[str, MdmDevice], *, each: bool
) -> dict[AppName, Devices]:
    """Devices in the scope of each app that don't have its tag by hand. `each` False: one question for all apps, and
    only those that have none of the tags by hand, which will do to tell of them."""

    def held(tags: tuple[str, ...]) -> Devices:
        members = mdm.read_members((Scope(WITH_ANY, tags),)) & devices.keys()
        return frozenset(key for key in members if devices[key].tags.isdisjoint(tags))

    if each:
        return {app.name: held((app.tag,)) for app in apps}
    return dict.fromkeys((app.name for app in apps), held(tuple(sorted({app.tag for app in apps}))))


def warn_of_bound(
    bound: Mapping[AppName, Devices],
    apps: Sequence[App],
    devices: Mapping[str, MdmDevice],
    goal: AppGoal,
    notify: Notify,
) -> None:
    """They stay in scope whatever is done here."""
    leaving = goal.wanted if goal.state == ABSENT else goal.reach - goal.wanted
    stay = {key for ids in bound.values() for key in ids & leaving}
    if stay:
        tags = sorted({app.tag for app in apps})
        who = counted(len(stay), "device stays", "devices stay")
        notify.warn(
            f"{who} in the scope of an app by an owner's tag or an automatic one "
            f"({samples(tags)}), which can't be taken away here"
            f"{', so the app is not removed there' if goal.uninstall else ''}."
        )


def warn_of_new_tags(apps: Sequence[App], devices: Mapping[str, MdmDevice], notify: Notify) -> None:
    """A tag that nobody has is right for a new app; one that is nearly the tag of others is more often a slip, and no
    app of the MDM goes by it."""
    seen = {tag for device in devices.values() for tag in (*device.tags, *device.auto_tags)}
    folded = {tag.casefold(): tag for tag in sorted(seen)}
    for app in apps:
        near = [] if app.tag in seen else get_close_matches(app.tag.casefold(), folded, 1, 0.85)
        if near:
            notify.warn(
                f"apps: no device has the tag {app.tag!r} of {app} yet; if it should be {folded[near[0]]!r}, correct "
                "it."
            )


def still_bound(mdm: Mdm, plans: Sequence[AppPlan], devices: Mapping[str, MdmDevice], notify: Notify) -> Devices:
    """Devices that are to lose an app and are in its scope even now that they lost the tag: what is removed from them
    would come back."""
    found: set[str] = set()
    for part in plans:
        if part.uninstall:
            found |= part.uninstall & mdm.read_members((Scope(WITH_ANY, (part.app.tag,)),))
    if found:
        who = counted(len(found), "device is", "devices are")
        notify.warn(
            f"{who} still in the scope of an app by an owner's tag or an automatic "
            f"one, so the app is not removed there ({samples(sorted(device_label(devices[key]) for key in found))})."
        )
    return frozenset(found)
