# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What in a report wants somebody's attention, the worst first, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .html_text import count_of, number
from .identity import samples
from .reclaim_model import RETIRED_PERSON, UNKNOWN_DEVICE, UNSEEN_DEVICE
from .report_groups import ELSEWHERE_DEVICE, UNKNOWN_PERSON
from .report_sums import App, Estate, Location, label_of, was_read

BAD, WARN, NOTE = "bad", "warning", "note"
LEVELS = (BAD, WARN, NOTE)

EXPIRES_SOON = 30
"""Days; as the tasks warn."""
_OLD = timedelta(hours=12)
"""How much older than the newest a location's read may be."""

IDLE_WORDS = {
    UNKNOWN_DEVICE: ("device that the MDM does not know", "devices that the MDM does not know"),
    ELSEWHERE_DEVICE: ("device of another part of the MDM", "devices of other parts of the MDM"),
    UNSEEN_DEVICE: ("device that did not report for long", "devices that did not report for long"),
    RETIRED_PERSON: ("person who was retired", "people who were retired"),
    UNKNOWN_PERSON: ("person whom Apple does not list", "people whom Apple does not list"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is one of LEVELS, `where` the section of the page that has more."""

    level: str
    text: str
    where: str

    def facts(self) -> dict[str, str]:
        return {"level": self.level, "text": self.text}


def find(estate: Estate) -> list[Finding]:
    found = [
        *_unread(estate),
        *(one for location in estate.locations for one in _of_token(location, estate.several)),
        *_short(estate),
        *_used_up(estate),
        *_idle(estate),
        *_failures(estate),
        *_unstable(estate),
        *_by_hand(estate),
        *_waiting(estate),
    ]
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def app_label(app: App) -> str:
    return app.name or app.adam_id


def _unread(estate: Estate) -> Iterator[Finding]:
    if estate.unread:
        what = count_of(len(estate.unread), "location has no report", "locations have no report")
        yield Finding(BAD, f"{what}: {samples(estate.unread)}. Look at the task that was to read it.", "locations")
    read = [(datetime.fromisoformat(one["read_at"]), label_of(one)) for one in estate.locations]
    newest = max((moment for moment, _name in read), default=None)
    old = [name for moment, name in read if newest is not None and newest - moment > _OLD]
    if old:
        what = count_of(len(old), "location was", "locations were")
        yield Finding(WARN, f"{what} read more than twelve hours before the newest: {samples(old)}.", "locations")


def _of_token(location: Location, several: bool) -> Iterator[Finding]:
    token, name = location["token"], label_of(location)
    of = f" of {name}" if several or not was_read(location) else ""
    if not was_read(location):
        state = token["state"]
        yield Finding(
            BAD, f"The content token{of} is {state}, so nothing of it could be read. Get a new one.", "locations"
        )
        return
    days = token["days_left"]
    if days < EXPIRES_SOON:
        yield Finding(
            WARN, f"The content token{of} ends in {count_of(days, 'day')}. Renew it before apps stop.", "locations"
        )
    if location["owner"]["state"] == "foreign":
        yield Finding(NOTE, f"The location {name} is claimed by '{location['owner']['name']}'.", "locations")


def _short(estate: Estate) -> Iterator[Finding]:
    rollouts = [(location, one) for location in estate.locations for one in location["rollouts"] if one["missing"]]
    for location, one in rollouts:
        of = f" ({label_of(location)})" if estate.several else ""
        free = one["available"]
        lacking = f"{count_of(one['missing'], 'device')} in the scope of {one['name'] or one['adam_id']}{of}"
        verb = "lacks" if one["missing"] == 1 else "lack"
        if free is not None and free < one["missing"]:
            yield Finding(
                BAD,
                f"{lacking} {verb} a licence, and only {number(free)} {'is' if free == 1 else 'are'} free.",
                "missing",
            )
        else:
            yield Finding(WARN, f"{lacking} {verb} a licence. Enough are free: run the rollout again.", "missing")


def _used_up(estate: Estate) -> Iterator[Finding]:
    out = [
        f"{entry['name'] or entry['adam_id']}" + (f" ({label_of(location)})" if estate.several else "")
        for location in estate.locations
        for entry in location["licenses"]
        if not entry["unlimited"] and entry["total_count"] and not entry["available_count"]
    ]
    if out:
        what = count_of(len(out), "application has", "applications have")
        yield Finding(WARN, f"{what} no licence left: {samples(out)}.", "applications")


def _idle(estate: Estate) -> Iterator[Finding]:
    for reason, words in IDLE_WORDS.items():
        if estate.idle.get(reason):
            who = count_of(estate.idle_targets[reason], *words)
            hold = "holds" if estate.idle_targets[reason] == 1 else "hold"
            yield Finding(WARN, f"{who} {hold} {count_of(estate.idle[reason], 'licence')}.", "wasted")


def _failures(estate: Estate) -> Iterator[Finding]:
    runs = [run for location in estate.locations for run in location["runs"] if run["failures"]]
    if runs:
        what = count_of(len(runs), "run did", "runs did")
        yield Finding(WARN, f"{what} not do everything: {samples(run['file'] for run in runs)}.", "runs")


def _unstable(estate: Estate) -> Iterator[Finding]:
    names = [label_of(location) for location in estate.locations if not location["stable"]]
    if names:
        yield Finding(
            NOTE, f"Licences changed hands while they were read, so some may be missing: {samples(names)}.", "holders"
        )


def _by_hand(estate: Estate) -> Iterator[Finding]:
    if estate.to_do:
        what = count_of(estate.to_do, "step is", "steps are")
        yield Finding(NOTE, f"{what} left to do by hand in the console of the MDM.", "by-hand")


def _waiting(estate: Estate) -> Iterator[Finding]:
    waiting = estate.people.get("new", 0)
    if waiting:
        have = "has" if waiting == 1 else "have"
        yield Finding(
            NOTE, f"{count_of(waiting, 'person', 'people')} {have} not accepted the invitation yet.", "people"
        )
