# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small location of the sandbox, as the tests of convergence draw it, and who holds what there in truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.apple import events
from sandbox.apple.model import ACTIVE, UNLIMITED, AppInfo
from sandbox.apple.people import id_hash
from sandbox.seeds import parts
from sandbox.world import World

APPS, BOOK = ("101", "102", "103"), "900"
ASSETS = (*APPS, BOOK)
DEVICES = tuple(f"TESTD{number:05d}" for number in range(12))
PEOPLE = tuple(f"person-{number}" for number in range(7))
"""The last one is nobody to Apple at first."""

DEVICE, PERSON = "device", "person"
Pair = tuple[str, str, str]
"""An asset, the kind of target, and the target."""


def email_of(person: str) -> str:
    return f"{person}@fernhill.example"


@dataclass(frozen=True)
class Plot:
    """How a world begins. `statuses` of people in order; `holders` by asset and kind; `spare`: licences beyond those
    that are held, None = unlimited."""

    statuses: Sequence[str]
    holders: Mapping[tuple[str, str], Sequence[str]]
    spare: Mapping[str, int | None]
    switches: Mapping[str, object]


def build(plot: Plot) -> World:
    world = World("faults", switches=dict(plot.switches))
    place = world.locations["main"] = parts.location(
        "main", "7700000000000099", "Fernhill School", "Fernhill", "faults"
    )
    for adam_id in ASSETS:
        info = (
            parts.book(adam_id, "A book") if adam_id == BOOK else AppInfo(adam_id, f"App {adam_id}", f"app.{adam_id}")
        )
        world.catalogue[adam_id] = info
        parts.own(place, info)
    place.store.add_users(_record(name, status) for name, status in zip(PEOPLE, plot.statuses, strict=False))
    rows = {one["client_user_id"]: one["id"] for one in place.store.users("status IN (?,?)", *ACTIVE)}
    for (adam_id, kind), names in sorted(plot.holders.items()):
        asset = place.store.find_asset(adam_id)
        if kind == DEVICE:
            place.store.assign((asset, name, None) for name in names)
        else:
            place.store.assign((asset, None, rows[name]) for name in names if name in rows)
    for asset in place.store.assets.values():
        spare = plot.spare[asset.adam_id]
        asset.total = UNLIMITED if spare is None else asset.assigned + spare
    return world


def _record(name: str, status: str) -> dict[str, str]:
    facts = {"client_user_id": name, "email": email_of(name), "status": status}
    if status == "Registered":
        return {**facts, "invite_code": parts.invite_code("faults", name)}
    return {**facts, "id_hash": id_hash(email_of(name))}


class Town:
    """The truth of a world, read where no switch and no fault can spoil it."""

    def __init__(self, box: Any) -> None:
        self.box = box
        self.place = box.world.locations["main"]

    def pairs(self) -> set[Pair]:
        """Who holds what; of people those whom Apple knows now."""
        with self.place.store.lock:
            rows = self.place.store.db.execute(
                "SELECT a.asset, a.serial, u.client_user_id FROM assignments a LEFT JOIN users u ON u.id = a.user"
                " WHERE a.user IS NULL OR u.status IN (?, ?)",
                ACTIVE,
            ).fetchall()
        adam_ids = {number: asset.adam_id for number, asset in self.place.store.assets.items()}
        return {
            (adam_ids[number], PERSON if serial is None else DEVICE, person if serial is None else serial)
            for number, serial, person in rows
        }

    def people(self) -> dict[str, str]:
        """Status by id of those whom Apple knows now."""
        with self.place.store.lock:
            found = self.place.store.users("status IN (?,?)", *ACTIVE)
        return {one["client_user_id"]: one["status"] for one in found}

    def free(self, adam_id: str) -> int | None:
        """Licences that nobody holds; None = without a limit."""
        asset = self.place.store.find_asset(adam_id)
        return None if asset.unlimited else asset.available

    def control(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        status, answer = self.box.control(method, f"/_sandbox/{path}", body)
        return int(status), answer

    def release(self) -> None:
        """What was still to come, hung, or was told as done and was not, is done now."""
        now = self.box.clock.now()
        for event in self.place.events.values():
            if not event.applied:
                if event.apply_at is None:
                    self.place.waiting.append(event)
                event.due = event.apply_at = now
        self.place.last_due = now
        events.settle(self.box.context, self.place)

    def quiet(self) -> bool:
        """Nothing is still to come but what hangs for ever, and what is read tells what is so."""
        return not (self._to_come() or self._still_told())

    def wait(self) -> None:
        """Until it is quiet."""
        for moments in (self._to_come, self._still_told):
            self.box.advance(max((moment - self.box.clock.now() for moment in moments()), default=0))
            events.settle(self.box.context, self.place)

    def _to_come(self) -> list[float]:
        """When events are done, and when a queue of them is empty."""
        found = [event.apply_at for event in self.place.events.values() if not event.applied]
        return self._later([*found, self.place.last_due])

    def _still_told(self) -> list[float]:
        """Until when counts are those of before, and what was taken back can't be given."""
        return self._later([self.place.counts_lag_until, *(until for until, _asset, _count in self.place.freeing)])

    def _later(self, moments: Iterable[float | None]) -> list[float]:
        now = self.box.clock.now()
        return [moment for moment in moments if moment is not None and moment > now]
