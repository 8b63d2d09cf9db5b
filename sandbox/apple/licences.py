# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Associate, disassociate and revoke: what the tasks of such an event do [D managing-assets]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..switches import Switches
from .location import Location
from .model import ACTIVE
from .outcome import Outcome, Task
from .store import Pair


def associate(location: Location, payload: dict[str, Any], switches: Switches, skip: int, number: int) -> Outcome:
    """Every asset for every target, in the order of the request, as long as there are licences."""
    outcome = Outcome()
    usable = ACTIVE if switches["registered_user"] == "allowed" else ("Associated",)
    tasks = _injected(_tasks(location, payload, outcome, usable), outcome, skip, number)
    held = _held(location, tasks)
    wanted: dict[int, list[Task]] = {}
    for task in tasks:
        asset = task.subject
        if not asset.id:
            outcome.fail(9709, task)
        elif (asset.id, task.serial or task.user) in held:
            _already(outcome, task, switches["already_assigned"] == "completed", 9616)
        else:
            wanted.setdefault(asset.id, []).append(task)
    pairs: list[Pair] = []
    for asset_id, group in wanted.items():
        asset = location.store.assets[asset_id]
        # What is over by now was left out when the event began.
        room = max(asset.available - location.being_freed(asset_id, 0.0), 0)
        if len(group) > room and switches["licences_run_out"] == "whole_asset":
            room = 0
        outcome.done.extend(group[:room])
        pairs.extend((asset, task.serial, task.user) for task in group[:room])
        for task in group[room:]:
            outcome.fail(9709, task)
    if pairs:
        location.store.bump("assignments", "assets")
        location.store.assign(pairs)
    return outcome


def disassociate(location: Location, payload: dict[str, Any], switches: Switches, skip: int, number: int) -> Outcome:
    """Take every asset from every target."""
    outcome = Outcome()
    tasks = _injected(_tasks(location, payload, outcome, ACTIVE), outcome, skip, number)
    held = _held(location, tasks)
    taken = []
    for task in tasks:
        if (task.subject.id, task.serial or task.user) in held:
            taken.append(task)
        else:
            _already(outcome, task, switches["not_assigned"] == "completed", 9619)
    _take(location, taken, outcome)
    return outcome


def revoke(location: Location, payload: dict[str, Any], switches: Switches, skip: int, number: int) -> Outcome:
    """Take every revocable asset from every target [D revokeassetsrequest]."""
    outcome = Outcome()
    tasks = revocable_tasks(location, payload, outcome)
    _take(location, _injected(tasks, outcome, skip, number), outcome)
    return outcome


def revocable_tasks(location: Location, payload: dict[str, Any], outcome: Outcome) -> list[Task]:
    """What a revocation would take."""
    store = location.store
    people: dict[int, str] = {}
    for client_user_id in payload["clientUserIds"]:
        user = store.active_user(client_user_id)
        if user is None:
            outcome.fail(9609, Task(client_user_id=client_user_id))
        else:
            people[user["id"]] = client_user_id
    pairs = store.held_by(payload["serialNumbers"], list(people))
    return [
        Task(asset, serial, people.get(user) if user is not None else None, user)
        for asset, serial, user in pairs
        if asset.revocable
    ]


def _tasks(location: Location, payload: dict[str, Any], outcome: Outcome, usable: Sequence[str]) -> list[Task]:
    people = []
    for client_user_id in payload["clientUserIds"]:
        user = location.store.active_user(client_user_id)
        people.append((client_user_id, user["id"] if user and user["status"] in usable else None))
    tasks = []
    for asset in payload["assets"]:
        for client_user_id, user_id in people:
            task = Task(asset, None, client_user_id, user_id)
            if user_id is None:
                outcome.fail(9609, task)
            else:
                tasks.append(task)
        tasks.extend(Task(asset, serial) for serial in payload["serialNumbers"])
    return tasks


def _held(location: Location, tasks: Sequence[Task]) -> set[tuple[int, Any]]:
    assets = {task.subject.id for task in tasks}
    serials = dict.fromkeys(task.serial for task in tasks if task.serial is not None)
    users = dict.fromkeys(task.user for task in tasks if task.user is not None)
    return location.store.holders(list(assets), list(serials), list(users))


def _already(outcome: Outcome, task: Task, completed: bool, number: int) -> None:
    if completed:
        outcome.done.append(task)
    else:
        outcome.fail(number, task)


def _injected(tasks: list[Task], outcome: Outcome, count: int, number: int) -> list[Task]:
    if not count:
        return tasks
    kept = max(len(tasks) - count, 0)
    for task in tasks[kept:]:
        outcome.fail(number, task)
    return tasks[:kept]


def _take(location: Location, tasks: Sequence[Task], outcome: Outcome) -> None:
    outcome.done.extend(tasks)
    if tasks:
        location.store.bump("assignments", "assets")
        location.store.unassign((task.subject, task.serial, task.user) for task in tasks)
