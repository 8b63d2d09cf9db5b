# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person must have set up in the MDM's console for an app, and what of it can be seen from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._core.app_model import NONE, App, Devices
from .._core.app_state import is_known, is_there
from .._core.identity import samples
from .._core.manual_steps import (
    ACCOUNT_UNITS,
    ADD_APP,
    APP_SCOPE,
    AUTO_LICENSING_OFF,
    AUTO_LICENSING_ON,
    DONE,
    LINK_ACCOUNT,
    PURCHASE_METHOD,
    PURCHASE_METHOD_FREE,
    PURCHASE_METHOD_PAID,
    TO_DO,
    UNVERIFIABLE,
    ManualStep,
    step,
)
from .._core.mdm import INSTALLED, OWN_LICENSING, AppName, LinkedAccount, MdmDevice, Unit
from .._core.mdm_account import find_linkage
from .._core.model import ClientConfig, Secret
from .._core.ports import Mdm
from .installs import Installs

EVIDENCE = 3
"""Devices of an app whose licence is looked up at Apple."""


@dataclass(frozen=True, slots=True)
class AppEvidence:
    """What is known of one app. `tagged`: devices in its scope by tag; `licensed`: whether Apple shows a licence of a
    device that has the app by the MDM (None = nobody was asked); `conflict`: devices have it without a licence."""

    app: App
    tagged: Devices = NONE
    licensed: bool | None = None
    conflict: bool = False


def app_steps(
    mdm: Mdm,
    evidence: Iterable[AppEvidence],
    found: Installs,
    devices: Mapping[str, MdmDevice],
    units: Sequence[Unit],
    *,
    fresh: Callable[[MdmDevice], bool],
    granted_here: bool | None,
    by_owner: bool = False,
    location: str = "",
) -> list[ManualStep]:
    """The steps of each app, for the units that have devices of the task (`units`). `fresh`: seen lately."""
    names = ", ".join(unit.name for unit in units)
    result: list[ManualStep] = []
    for one in evidence:
        facts = {
            "app": str(one.app),
            "tag": one.app.tag,
            "units": names,
            "location": location,
            "assignment": "user" if by_owner else "device",
        }
        texts = mdm.step_texts({key: value for key, value in facts.items() if value})
        set_up = _set_up(one, found, devices, units, fresh)
        about = str(one.app.name)
        result += step(texts, ADD_APP, set_up, about)
        result += step(texts, APP_SCOPE, set_up, about)
        if OWN_LICENSING not in mdm.capabilities:
            continue
        method = {None: PURCHASE_METHOD, True: PURCHASE_METHOD_PAID, False: PURCHASE_METHOD_FREE}[one.app.paid]
        result += step(texts, method, DONE if one.licensed else UNVERIFIABLE, about)
        if granted_here is None:
            continue
        switch = AUTO_LICENSING_OFF if granted_here else AUTO_LICENSING_ON
        result += step(texts, switch, TO_DO if one.conflict else UNVERIFIABLE, about)
    return result


def has_app(found: Installs, name: AppName, ids: Iterable[str]) -> list[str]:
    """Devices that were asked and have the app by the MDM."""
    return [key for key in sorted(ids) if is_there(found.record(name, key))]


def has_app_or_so(found: Installs, name: AppName, ids: Iterable[str]) -> list[str]:
    """The same with those that were not asked and have it by all signs."""
    states = found.states.get(name, {})
    return [key for key in sorted(ids) if states.get(key) == INSTALLED]


def linked_steps(
    mdm: Mdm, accounts: Sequence[LinkedAccount], config: ClientConfig, token: Secret, units: Sequence[Unit]
) -> tuple[list[ManualStep], str]:
    """Whether the location is linked and may be used in all units; and a sentence where it is not."""
    linkage = find_linkage(accounts, config.uid, token)
    names = ", ".join(unit.name for unit in units)
    texts = mdm.step_texts({"location": config.location_name, "units": names})
    about = config.location_name
    if linkage.linked is None:
        return step(texts, ACCOUNT_UNITS, UNVERIFIABLE, about), ""
    if not linkage.linked:
        return (
            [*step(texts, LINK_ACCOUNT, TO_DO, about), *step(texts, ACCOUNT_UNITS, TO_DO, about)],
            f"The location '{about}' is not linked to {mdm.name}, so no app is deployed with its licences; link it.",
        )
    closed = linkage.closed(units)
    warning = (
        f"The location '{about}' is linked to {mdm.name}, but may not be used in "
        f"{samples(f'{unit.name} ({unit.id})' for unit in closed)}, so no app is deployed there with its licences."
        if closed
        else ""
    )
    return step(texts, ACCOUNT_UNITS, TO_DO if closed else DONE, about), warning


def unlinked_steps(mdm: Mdm, units: Sequence[Unit]) -> list[ManualStep]:
    """The same where there is no content token, so that nobody knows which location is meant."""
    texts = mdm.step_texts({"units": ", ".join(unit.name for unit in units)})
    return step(texts, ACCOUNT_UNITS, UNVERIFIABLE)


def _set_up(
    one: AppEvidence,
    found: Installs,
    devices: Mapping[str, MdmDevice],
    units: Sequence[Unit],
    fresh: Callable[[MdmDevice], bool],
) -> str:
    """DONE where a device with the tag has the app by the MDM, or is to get it, in every unit; TO_DO where those of a
    unit that were asked have nothing of it."""
    states = set()
    for unit in units:
        asked = [key for key in one.tagged if key in found.records and devices[key].unit == unit.id]
        if any(is_known(found.record(one.app.name, key)) for key in asked):
            states.add(DONE)
        else:
            states.add(TO_DO if any(fresh(devices[key]) for key in asked) else UNVERIFIABLE)
    return next((state for state in (TO_DO, UNVERIFIABLE) if state in states), DONE if states else UNVERIFIABLE)
