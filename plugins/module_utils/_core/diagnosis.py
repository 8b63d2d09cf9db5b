# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of a diagnosis: the links of the chain from a token to an installed app, and which of them explains why a
device or a person doesn't get the app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import sentence

OK = "ok"
BROKEN = "broken"
UNKNOWN = "unknown"
STATUSES = (OK, BROKEN, UNKNOWN)
"""UNKNOWN: it can't be known with what the task was given, or it could not be asked."""

TOKEN = "token"
LOCATION = "location"
CLAIM = "claim"
OWNED = "owned"
LICENSES_LEFT = "licenses_left"
DEVICE_ASSIGNABLE = "device_assignable"
KNOWN = "known"
ENROLLED = "enrolled"
LINKED = "linked"
PLATFORM = "platform"
OS_VERSION = "os_version"
SUPERVISED = "supervised"
SCOPE = "scope"
OWNER = "owner"
REGISTERED = "registered"
INVITATION = "invitation"
ACCOUNT = "account"
EVENT = "event"
LICENSE = "license"
DEVICE_LIMIT = "device_limit"
INSTALL = "install"
SEEN = "seen"
INSTALLED = "installed"
MANAGED = "managed"
STEPS = (
    TOKEN,
    LOCATION,
    CLAIM,
    OWNED,
    LICENSES_LEFT,
    DEVICE_ASSIGNABLE,
    KNOWN,
    ENROLLED,
    LINKED,
    PLATFORM,
    OS_VERSION,
    SUPERVISED,
    SCOPE,
    OWNER,
    REGISTERED,
    INVITATION,
    ACCOUNT,
    EVENT,
    LICENSE,
    DEVICE_LIMIT,
    INSTALL,
    SEEN,
    INSTALLED,
    MANAGED,
)
"""In the order in which one thing needs the other. An event comes before the licence that it makes."""

FOR_LICENSE = frozenset({CLAIM, OWNED, LICENSES_LEFT, DEVICE_ASSIGNABLE, EVENT})
"""What only a licence needs: who holds one is no longer hindered by them."""

SOFT = frozenset({SUPERVISED, DEVICE_LIMIT})
"""What hinders sometimes: it explains only where nothing else does."""

DEVICE = "device"
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Unread:
    """What is not known, and why: a clause for a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One link. `evidence`: a few plain facts. `because`: why it is broken or not known, as a clause; `remedy`: what to
    do, as a clause, where it is broken."""

    name: str
    status: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    remedy: str = ""

    def facts(self) -> dict[str, Any]:
        return {
            "step": self.name,
            "status": self.status,
            "evidence": dict(self.evidence),
            "reason": whole(self.because),
            "remedy": whole(self.remedy),
        }


def fine(name: str, /, **evidence: Any) -> Step:
    return Step(name, OK, evidence)


def broken(name: str, because: str, remedy: str, /, **evidence: Any) -> Step:
    return Step(name, BROKEN, evidence, because, remedy)


def unknown(name: str, because: str, /, **evidence: Any) -> Step:
    return Step(name, UNKNOWN, evidence, because)


def whole(clause: str) -> str:
    """A clause as a sentence of its own; nothing stays nothing."""
    text = sentence(clause).strip()
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`step`: the first broken one that explains, or the first one that is not known; None where all is well."""

    status: str
    step: Step | None = None


def hinders(steps: Iterable[Step]) -> Step | None:
    """The first broken link that explains why there is no app; one that hinders only sometimes after all others."""
    found = [step for step in _that_count(steps) if step.status == BROKEN]
    return min(found, key=lambda step: step.name in SOFT, default=None)


def judge(steps: Sequence[Step]) -> Verdict:
    """What the links of one subject, those of its location and asset among them, come to."""
    by_name = {step.name: step for step in steps}
    there = [by_name[name].status for name in (INSTALLED, MANAGED) if name in by_name]
    if there == [OK, OK]:
        return Verdict(OK)
    first = hinders(steps)
    if first is not None:
        return Verdict(BROKEN, first)
    blank = next((step for step in _that_count(steps) if step.status == UNKNOWN), None)
    return Verdict(OK) if blank is None else Verdict(UNKNOWN, blank)


def _that_count(steps: Iterable[Step]) -> list[Step]:
    listed = sorted(steps, key=lambda step: STEPS.index(step.name))
    licensed = any(step.name == LICENSE and step.status == OK for step in listed)
    return [step for step in listed if not (licensed and step.name in FOR_LICENSE)]


def tell(kind: str, label: str, app: str, verdict: Verdict) -> str:
    """The one sentence about a device or a person."""
    step = verdict.step
    if step is None:
        more = (
            "it is installed there, and managed" if kind == DEVICE else "the licence is theirs, and used by an account"
        )
        verb = "has" if kind == DEVICE else "lacks nothing for"
        return sentence(f"{label} {verb} {app}: {more}.")
    if verdict.status == BROKEN:
        return sentence(f"{label} doesn't get {app} because {step.because}: {step.remedy}.")
    word = step.name.replace("_", " ")
    return sentence(
        f"{label} and {app}: nothing is seen to be broken, but the step '{word}' could not be checked, "
        f"since {step.because}."
    )


def tell_end(step: Step) -> str:
    """The same for what ends the chain of everybody."""
    return sentence(f"Nobody gets anything from this location because {step.because}: {step.remedy}.")
