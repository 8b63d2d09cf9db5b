# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of the chain that are a device's own: enrolled, fit for the app, in its scope, licensed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .diagnose_install import install_steps
from .diagnose_person import OpenRequests, PersonView, event_step, license_step, limit_step, person_steps
from .diagnosis import (
    DEVICE_LIMIT,
    ENROLLED,
    EVENT,
    KNOWN,
    LICENSE,
    OS_VERSION,
    OWNER,
    PLATFORM,
    SCOPE,
    SUPERVISED,
    Step,
    Unread,
    broken,
    fine,
    unknown,
)
from .eligibility import version_of
from .mdm import AppRecord, MdmDevice
from .model import Asset, Metadata
from .scope import ALL, NONE, WITH_ALL, WITH_ANY, WITHOUT_ALL, WITHOUT_ANY, Scope

_WORDS = {
    ALL: "all devices",
    NONE: "no device",
    WITH_ANY: "with any of",
    WITH_ALL: "with all of",
    WITHOUT_ANY: "without any of",
    WITHOUT_ALL: "without all of",
}


@dataclass(frozen=True, slots=True)
class DeviceView:
    """What is known of one device, whatever the app. `label` is its serial number, or the MDM's id where it has none.
    `device` None = the MDM does not know it in the units of the task; `outside`: the unit in which it knows it then.
    `linked`: whether the location's account in the MDM may be used in its unit, or why that can't be told."""

    label: str
    serial_number: str = ""
    device: MdmDevice | Unread | None = None
    unit_name: str = ""
    outside: str = ""
    linked: Step | None = None


@dataclass(frozen=True, slots=True)
class AppRules:
    """What all devices of a task are judged by. `mdm`: the product's name. `seen_within` in days."""

    now: datetime
    mdm: str = "the MDM"
    seen_within: int = 14
    most_devices: int = 10


@dataclass(frozen=True, slots=True)
class OwnerView:
    """Where the licence is one of the device's owner. `person` None = the MDM tells no owner with an address."""

    person: PersonView | Unread | None
    licensed: bool | Unread


def device_steps(
    view: DeviceView,
    app: str,
    asset: Asset | None,
    facts: Metadata | Unread | None,
    scopes: Sequence[Scope],
    in_scope: bool | Unread,
    licensed: bool | Unread,
    requests: OpenRequests | Unread,
    owner: OwnerView | None,
    rules: AppRules,
) -> list[Step]:
    """All but what became of the app. `facts`: of the store. `owner` given = its licence counts, not the device's."""
    device = view.device
    found = _enrolment(view, rules.mdm, by_owner=owner is not None)
    if isinstance(device, Unread) or device is None:
        why = device.why if isinstance(device, Unread) else f"{rules.mdm} doesn't show the device"
        names = (PLATFORM, OS_VERSION, SUPERVISED, SCOPE, *((OWNER,) if owner else ()))
        found += [unknown(name, why) for name in names]
    else:
        found += [
            _platform(device, app, asset),
            _os_version(device, app, asset, facts),
            _supervised(device),
            scope_step(scopes, in_scope),
        ]
    if owner is not None:
        return [*found, *_owner(owner, app, requests, rules)]
    if not view.serial_number:
        why = "a device without a serial number can hold no licence of its own"
        return [*found, unknown(EVENT, why), unknown(LICENSE, why)]
    grant = "grant one with vpp_license, or see that the MDM does"
    return [*found, event_step(view.serial_number, requests), license_step(app, licensed, "it", grant)]


def app_steps(
    device: MdmDevice | Unread | None, app: str, record: AppRecord | Unread | None, rules: AppRules
) -> list[Step]:
    """What became of the app on it."""
    return install_steps(device, app, record, rules.now, rules.mdm, rules.seen_within)


def _enrolment(view: DeviceView, mdm: str, *, by_owner: bool) -> list[Step]:
    device = view.device
    linked = [view.linked] if view.linked is not None else []
    if isinstance(device, Unread):
        return [unknown(KNOWN, device.why), unknown(ENROLLED, device.why), *linked]
    if device is None and view.outside:
        because = f"it is enrolled in the unit {view.outside} of {mdm}, which is none of those that the task names"
        remedy = "move it, or name that unit as well"
        return [fine(KNOWN, unit=view.outside), broken(ENROLLED, because, remedy, unit=view.outside), *linked]
    if device is None:
        remedy = "correct the serial number, or enrol the device"
        return [broken(KNOWN, f"{mdm} doesn't know it", remedy), unknown(ENROLLED, f"{mdm} doesn't know it"), *linked]
    if not view.serial_number and not by_owner:
        because = f"{mdm} is not told its serial number, as with devices that people enrol themselves"
        known = broken(KNOWN, because, "give a licence to its owner, with users or assignment: user", id=device.id)
    else:
        known = fine(KNOWN, id=device.id)
    return [known, fine(ENROLLED, unit=device.unit, unit_name=view.unit_name), *linked]


def _platform(device: MdmDevice, app: str, asset: Asset | None) -> Step:
    platforms = asset.supported_platforms if asset is not None else ()
    facts = {"platform": device.platform, "os": device.os, "supported_platforms": list(platforms)}
    if not device.platform:
        because = "it is not one of Apple's devices" + (f" ({device.os})" if device.os else "")
        return broken(PLATFORM, because, "take it out of the list", **facts)
    if not platforms:
        why = "the asset is not owned" if asset is None else "Apple does not tell the platforms of the asset"
        return unknown(PLATFORM, why, **facts)
    if device.platform in platforms:
        return fine(PLATFORM, **facts)
    because = f"it runs {device.platform}, and {app} is for {' and '.join(platforms)}"
    return broken(
        PLATFORM, because, "get the app's edition for that platform, or take the device out of the list", **facts
    )


def _os_version(device: MdmDevice, app: str, asset: Asset | None, facts: Metadata | Unread | None) -> Step:
    has = {"os": device.os, "os_version": device.os_version}
    if isinstance(facts, Unread):
        return unknown(OS_VERSION, facts.why, **has)
    needs = facts.minimum_os_version if facts is not None else ""
    have, need = version_of(device.os_version), version_of(needs)
    # The store tells one version only: that of the Mac where the app is for nothing else.
    for_macs = asset is not None and asset.supported_platforms == ("macOS",)
    if asset is None or not need or device.platform != ("macOS" if for_macs else "iOS"):
        return unknown(OS_VERSION, f"the store does not tell which system {app} needs on it", **has)
    has["minimum_os_version"] = needs
    if not have:
        return unknown(OS_VERSION, "the MDM does not tell the version of its system", **has)
    width = max(len(have), len(need))
    if have + (0,) * (width - len(have)) >= need + (0,) * (width - len(need)):
        return fine(OS_VERSION, **has)
    because = f"it runs {device.os} {device.os_version}".replace("  ", " ") + f", and {app} needs {needs}"
    return broken(OS_VERSION, because, "update its system, or replace the device", **has)


def _supervised(device: MdmDevice) -> Step:
    if device.supervised is None:
        return unknown(SUPERVISED, "the MDM does not tell whether it is supervised")
    if device.supervised:
        return fine(SUPERVISED, supervised=True)
    because = "it is not supervised, so whoever holds it is asked before an app is installed"
    return broken(SUPERVISED, because, "have the person agree, or supervise the device", supervised=False)


def scope_step(scopes: Sequence[Scope], in_scope: bool | Unread) -> Step:
    """`scopes` None or empty = the task doesn't say by what the app reaches devices."""
    facts = {"scope": [str(scope) for scope in scopes]}
    if isinstance(in_scope, Unread):
        return unknown(SCOPE, in_scope.why, **facts)
    if in_scope:
        return fine(SCOPE, **facts)
    told = " or ".join(_scope_words(scope) for scope in scopes)
    return broken(SCOPE, f"it isn't in the scope {told}", _way_in(scopes[0]), **facts)


def _scope_words(scope: Scope) -> str:
    if not scope.tags:
        return f"of {_WORDS[scope.match]}"
    return f"{_WORDS[scope.match]} {'tag' if len(scope.tags) == 1 else 'the tags'} {', '.join(scope.tags)}"


def _way_in(scope: Scope) -> str:
    tags = ", ".join(scope.tags)
    if scope.match == WITH_ANY and len(scope.tags) > 1:
        return f"give it one of the tags {tags}"
    if scope.match in (WITH_ANY, WITH_ALL):
        return f"give it the tag{'' if len(scope.tags) == 1 else 's'} {tags}"
    if scope.match == WITHOUT_ALL:
        return f"take one of the tags {tags} from it"
    if scope.match == WITHOUT_ANY:
        return f"take the tag{'' if len(scope.tags) == 1 else 's'} {tags} from it"
    return "change the scope of the app" if scope.match == NONE else "run the task again, since all devices are in it"


def _owner(owner: OwnerView, app: str, requests: OpenRequests | Unread, rules: AppRules) -> list[Step]:
    person = owner.person
    if person is None:
        because = f"{rules.mdm} tells no owner with an e-mail address, so the licence of nobody serves it"
        remedy = f"make somebody its owner in {rules.mdm}"
        return [broken(OWNER, because, remedy), unknown(LICENSE, "nobody is its owner")]
    steps = person_steps(
        person, app, owner.licensed, requests, now=rules.now, mdm=rules.mdm, most_devices=rules.most_devices
    )
    if isinstance(person, Unread):
        return [unknown(OWNER, person.why), *steps]
    own = [step for step in steps if step.name not in (OWNER, DEVICE_LIMIT)]
    limit = [limit_step(person.devices, rules.most_devices)] if rules.most_devices and person.user else []
    return [fine(OWNER, client_user_id=person.client_user_id), *[_of_owner(step) for step in own], *limit]


def _of_owner(step: Step) -> Step:
    """The same link in the words of a device."""
    because = step.because
    for told, instead in (("the person ", "its owner "), (" assigned to them ", " assigned to its owner ")):
        because = because.replace(told, instead)
    return Step(step.name, step.status, step.evidence, because, step.remedy)
