# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the tasks of an event, and how Apple tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .errors import error_body
from .model import Asset


@dataclass(frozen=True)
class Task:
    """One asset for one target, or one person to create, update or retire."""

    asset: Asset | None = None
    serial: str | None = None
    client_user_id: str | None = None
    user: int | None = None

    @property
    def subject(self) -> Asset:
        """The asset of a task that is about one."""
        if self.asset is None:
            raise TypeError("This task is about a person only.")
        return self.asset

    def element(self) -> dict[str, str]:
        """An Assignment [D assignment]."""
        shown: dict[str, str] = {}
        if self.asset:
            shown = {"adamId": self.asset.adam_id, "pricingParam": self.asset.pricing_param}
        if self.serial is not None:
            shown["serialNumber"] = self.serial
        if self.client_user_id is not None:
            shown["clientUserId"] = self.client_user_id
        return shown


@dataclass
class Outcome:
    """Tasks done, tasks failed by error number, and people as they are afterwards."""

    done: list[Task] = field(default_factory=list)
    failed: dict[int, list[Task]] = field(default_factory=dict)
    users: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, number: int, task: Task) -> None:
        """Note one failure."""
        self.failed.setdefault(number, []).append(task)

    def failures(self, with_info: bool) -> list[dict[str, Any]]:
        """ErrorResponse entries of a status answer, targets grouped in errorInfo [D managing-assets]."""
        if not with_info:
            return [error_body(number) for number in self.failed]
        return [error_body(number, info) for number, tasks in self.failed.items() for info in _grouped(number, tasks)]


def _grouped(number: int, tasks: Iterable[Task]) -> list[dict[str, Any]]:
    # Apple's sample of a missing person names the person only; elsewhere the asset belongs to the reason.
    by_asset: dict[tuple[str, str] | None, tuple[list[str], list[str]]] = {}
    for task in tasks:
        key = task.asset.key if task.asset and number != 9609 else None
        people, serials = by_asset.setdefault(key, ([], []))
        if task.client_user_id is not None:
            people.append(task.client_user_id)
        if task.serial is not None:
            serials.append(task.serial)
    by_targets: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, str] | None]] = {}
    for asset, (people, serials) in by_asset.items():
        by_targets.setdefault((tuple(dict.fromkeys(people)), tuple(serials)), []).append(asset)
    infos = []
    for (users, devices), assets in by_targets.items():
        named = [{"adamId": asset[0], "pricingParam": asset[1]} for asset in assets if asset]
        parts = {"assets": named, "clientUserIds": list(users), "serialNumbers": list(devices)}
        infos.append({name: value for name, value in parts.items() if value})
    return infos
