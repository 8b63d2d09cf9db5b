# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a diagnosis as plain values: one sentence a subject, the links behind it, and how many break where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.diagnosis import BROKEN, DEVICE, OK, STATUSES, STEPS, UNKNOWN, Step, Verdict, tell_end
from .._core.model import ClientConfig, Metadata
from .base import Outcome
from .diagnose_apple import FoundAsset
from .location import location_facts

_RANK = (BROKEN, UNKNOWN, OK)
"""What somebody has to look at comes first."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One device or person and one asset."""

    kind: str
    label: str
    found: FoundAsset
    steps: tuple[Step, ...]
    verdict: Verdict
    sentence: str
    serial_number: str = ""
    client_user_id: str = ""
    email: str = field(default="", repr=False)

    def facts(self, show_people: bool) -> dict[str, Any]:
        step = self.verdict.step
        return {
            "kind": self.kind,
            "subject": self.label,
            "serial_number": self.serial_number or None,
            "client_user_id": self.client_user_id or None,
            "email": (self.email or None) if show_people else None,
            "adam_id": self.found.app.adam_id,
            "app": self.found.label,
            "status": self.verdict.status,
            "step": step.name if step else "",
            "sentence": self.sentence,
            "steps": [one.facts() for one in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """All that was found. `shared`: the links of the location; `read`: devices that were asked what became of apps."""

    config: ClientConfig
    shared: tuple[Step, ...]
    assets: tuple[tuple[FoundAsset, Sequence[Step]], ...]
    diagnoses: tuple[Diagnosis, ...]
    read: int = 0
    show_people: bool = False


def report_diagnoses(found: Diagnosed, limit: int) -> Outcome:
    ranked = sorted(found.diagnoses, key=lambda one: _RANK.index(one.verdict.status))
    diagnoses = [one.facts(found.show_people) for one in ranked]
    assets = [_asset_facts(one, steps) for one, steps in found.assets]
    extra = {
        "location": location_facts(found.config),
        "location_steps": [step.facts() for step in found.shared],
        "stopped": None,
        "read": found.read,
        "summary": _summary(found.diagnoses),
    }
    return Outcome(
        noun="diagnoses",
        value=diagnoses[:limit],
        extra={
            **extra,
            "assets": assets[:limit],
            "total": len(diagnoses),
            "truncated": max(len(diagnoses), len(assets)) > limit,
        },
        document={**extra, "assets": assets, "diagnoses": diagnoses},
    )


def report_end(step: Step) -> Outcome:
    """What ends the chain of everybody, said once."""
    extra = {
        "location": None,
        "location_steps": [step.facts()],
        "stopped": tell_end(step),
        "read": 0,
        "summary": _summary(()),
    }
    return Outcome(
        noun="diagnoses",
        value=[],
        extra={**extra, "assets": [], "total": 0, "truncated": False},
        document={**extra, "assets": [], "diagnoses": []},
    )


def _asset_facts(found: FoundAsset, steps: Sequence[Step]) -> dict[str, Any]:
    facts = found.facts if isinstance(found.facts, Metadata) else None
    return {
        "asked": str(found.wanted.selector),
        "adam_id": found.app.adam_id,
        "pricing_param": found.asset.key.pricing_param if found.asset else "",
        "name": facts.name if facts else "",
        "bundle_id": facts.bundle_id if facts else "",
        "steps": [step.facts() for step in steps],
    }


def _summary(diagnoses: Sequence[Diagnosis]) -> dict[str, Any]:
    statuses = Counter(one.verdict.status for one in diagnoses)
    causes = Counter(one.verdict.step.name for one in diagnoses if one.verdict.step and one.verdict.status == BROKEN)
    steps = Counter((step.name, step.status) for one in diagnoses for step in one.steps)
    names = {name for name, _status in steps}
    return {
        "devices": len({one.label for one in diagnoses if one.kind == DEVICE}),
        "people": len({one.label for one in diagnoses if one.kind != DEVICE}),
        **{status: statuses[status] for status in STATUSES},
        "because_of": {name: causes[name] for name in STEPS if name in causes},
        "steps": {name: {status: steps[name, status] for status in STATUSES} for name in STEPS if name in names},
    }
