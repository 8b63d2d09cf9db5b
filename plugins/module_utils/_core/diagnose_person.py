# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of the chain that are a person's own: registered, invited, accepted, licensed, and on which devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .diagnosis import (
    ACCOUNT,
    DEVICE_LIMIT,
    EVENT,
    INVITATION,
    LICENSE,
    OWNER,
    REGISTERED,
    Step,
    Unread,
    broken,
    fine,
    unknown,
)
from .state_ports import INTENDED, Invitation
from .user_model import ASSOCIATED, User

MAILED_AT_ALL = "Apple does not tell whether anybody was mailed, and the task has no state_dir that does"
NO_STATE = Unread(MAILED_AT_ALL)


@dataclass(frozen=True, slots=True)
class PersonView:
    """What is known of one person, whatever the app. `label` names nobody. `user`: the active record at Apple;
    `former`: there is a retired one only; `several`: so many active users have the address, and it can't be told who is
    meant. `mailed`: the mails about the invite that is open now, None = none. `devices`: how many the person owns in
    the MDM.
    """

    label: str
    client_user_id: str = ""
    email: str = field(default="", repr=False)
    user: User | None = None
    former: bool = False
    several: int = 0
    mailed: Invitation | Unread | None = NO_STATE
    devices: int | Unread = 0


@dataclass(frozen=True, slots=True)
class OpenRequests:
    """Grants of earlier runs whose end nobody has seen. `pending`: Apple still works on them; `lost`: whether Apple
    took them, nobody knows; `refused`: why Apple refused, by target. `minutes`: the age of the oldest."""

    pending: int = 0
    lost: int = 0
    minutes: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)


def person_steps(
    person: PersonView | Unread,
    app: str,
    licensed: bool | Unread,
    requests: OpenRequests | Unread,
    *,
    now: datetime,
    mdm: str,
    most_devices: int,
) -> list[Step]:
    """`person` Unread: nobody could be asked. `most_devices`: as one Apple Account serves, 0 = nobody counts."""
    if isinstance(person, Unread):
        return [unknown(name, person.why) for name in (REGISTERED, INVITATION, ACCOUNT, EVENT, LICENSE)]
    user = person.user
    if user is None:
        why = "the person is not registered"
        rest = [unknown(name, why) for name in (INVITATION, ACCOUNT, EVENT, LICENSE)]
        return [_not_registered(person), *rest]
    return [
        fine(REGISTERED, status=_status(user, person.mailed)),
        _invitation(user, person.mailed, now),
        _account(user, person.mailed, now),
        event_step(user.client_user_id, requests),
        license_step(app, licensed, "them", "grant one with vpp_license"),
        *_devices(person.devices, mdm, most_devices),
    ]


def event_step(target: str, requests: OpenRequests | Unread) -> Step:
    """Whether Apple is done with what earlier runs sent, or has refused it for this very target."""
    if isinstance(requests, Unread):
        return unknown(EVENT, requests.why)
    facts = {"pending": requests.pending, "lost": requests.lost, "oldest_minutes": requests.minutes}
    if target in requests.refused:
        because = f"Apple refused it in an earlier run: {requests.refused[target]}"
        return broken(EVENT, because, "mend the cause, and run that task again", **facts)
    if requests.pending:
        because = f"Apple has not finished {_count(requests.pending)} of an earlier run, sent {_ago(requests.minutes)}"
        return broken(EVENT, because, "wait for it, or run that task again, which asks Apple first", **facts)
    if requests.lost:
        because = f"nobody knows whether Apple took {_count(requests.lost)} of an earlier run"
        return broken(EVENT, because, "run that task again: it reads first, and sends what is missing", **facts)
    return fine(EVENT, **facts)


def license_step(app: str, licensed: bool | Unread, whom: str, remedy: str) -> Step:
    if isinstance(licensed, Unread):
        return unknown(LICENSE, licensed.why)
    if licensed:
        return fine(LICENSE, assigned=True)
    return broken(LICENSE, f"no licence of {app} is assigned to {whom} at Apple", remedy, assigned=False)


def limit_step(owned: int | Unread, most: int) -> Step:
    """How many devices share the licence of their owner."""
    if isinstance(owned, Unread):
        return unknown(DEVICE_LIMIT, owned.why)
    facts = {"devices": owned, "devices_per_account": most}
    if owned <= most:
        return fine(DEVICE_LIMIT, **facts)
    because = f"{owned} devices share one Apple Account, and its licence is said to serve no more than {most}"
    return broken(DEVICE_LIMIT, because, "give some of them another owner, or licences of their own", **facts)


def _devices(owned: int | Unread, mdm: str, most: int) -> list[Step]:
    if isinstance(owned, Unread):
        found = [unknown(OWNER, owned.why)]
    elif owned:
        found = [fine(OWNER, devices=owned)]
    else:
        because = f"no device in {mdm} is theirs, so there is nowhere to install it"
        found = [broken(OWNER, because, f"make them the owner of their device in {mdm}", devices=0)]
    return [*found, limit_step(owned, most)] if most else found


def _not_registered(person: PersonView) -> Step:
    if person.several:
        because = f"{person.several} people at Apple have this address, and nobody can tell who is meant"
        return broken(REGISTERED, because, "name the person by client_user_id", status="ambiguous")
    if person.former:
        because = "the person is retired at Apple"
        return broken(REGISTERED, because, "register the person again with vpp_user", status="retired")
    because = "Apple does not know the person"
    return broken(REGISTERED, because, "register the person with vpp_user", status="unknown")


def _status(user: User, mailed: Invitation | Unread | None) -> str:
    if user.status == ASSOCIATED:
        return "associated"
    if isinstance(mailed, Unread):
        return "registered"
    return "invited" if mailed is not None and mailed.sent else "new"


def _invitation(user: User, mailed: Invitation | Unread | None, now: datetime) -> Step:
    if user.status == ASSOCIATED:
        return fine(INVITATION, accepted=True)
    if isinstance(mailed, Unread):
        return unknown(INVITATION, mailed.why)
    if mailed is None:
        because = "the person was never mailed the invitation"
        return broken(INVITATION, because, "send it with vpp_invitation", accepted=False, mails=0)
    facts = {"accepted": False, "mails": mailed.sent, "days": _days(mailed, now), "failures": mailed.failures}
    if mailed.sent:
        return fine(INVITATION, **facts)
    if mailed.state == INTENDED:
        return unknown(
            INVITATION, "a run was broken off while it mailed the invitation, which may have gone out", **facts
        )
    number = f" (SMTP {mailed.smtp_code})" if mailed.smtp_code else ""
    because = f"the mail server refused the only mail with the invitation{number}"
    return broken(INVITATION, because, "correct the address, and mail it again with vpp_invitation", **facts)


def _account(user: User, mailed: Invitation | Unread | None, now: datetime) -> Step:
    if user.status == ASSOCIATED:
        return fine(ACCOUNT, linked=True)
    days = None if isinstance(mailed, Unread) or mailed is None else _days(mailed, now)
    if days is None:
        because = "the invitation is not accepted, so no Apple Account is linked"
        remedy = "mail the invitation with vpp_invitation, or ask the person to accept it"
    else:
        when = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
        because = f"the invitation, first mailed {when}, is not accepted"
        remedy = "ask the person to accept it, or remind them with vpp_invitation"
    return broken(ACCOUNT, because, remedy, linked=False, days=days)


def _days(mailed: Invitation, now: datetime) -> int | None:
    return None if mailed.first_sent is None else max(0, (now - mailed.first_sent).days)


def _count(number: int) -> str:
    return "a request" if number == 1 else f"{number} requests"


def _ago(minutes: int) -> str:
    return "just now" if minutes < 1 else "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
