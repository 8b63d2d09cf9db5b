# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The apps of an MDM as options name them, and the content token that goes with them or doesn't."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .._core.app_model import App
from .._core.errors import InputError
from .._core.identity import normalise_adam_id, samples
from .._core.mdm import AppName
from .._core.ports import Mdm
from .._core.scope import Scope, check_tag, tags_of
from .._entity.app_request import Apple
from .mdm import LinkedAccounts
from .runner import Host
from .session import open_session

APPS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": {
        "adam_id": {"type": "str"},
        "bundle_id": {"type": "str"},
        "name": {"type": "str"},
        "tag": {"type": "str", "required": True},
        "app_ids": {"type": "dict"},
        "paid": {"type": "bool"},
    },
    "required_one_of": [["adam_id", "bundle_id"]],
}

ASSIGNMENT: dict[str, Any] = {"type": "str", "choices": ["device", "user"], "default": "device"}
BY_OWNER = "user"
"""Whose licences the apps are installed by: of the devices, or of the people who own them."""


def parse_apps(host: Host, entries: Sequence[Mapping[str, Any]]) -> tuple[App, ...]:
    """The apps of the task; what is doubtful is warned of. Raises InputError."""
    if not entries:
        raise InputError("apps is an empty list; name at least one app with its tag.")
    apps = tuple(_app(number, entry) for number, entry in enumerate(entries, 1))
    twice = _repeated(str(app.name) for app in apps)
    if twice:
        raise InputError(f"apps: {samples(twice)} stands there more than once; an app has one tag.")
    shared = _repeated(app.tag for app in apps)
    if shared:
        host.warn(
            f"apps: the tag {samples(map(repr, shared))} stands for more than one app: none of these can be given or "
            "taken alone. A tag of its own for each app is safer."
        )
    return apps


def check_app_tags(apps: Sequence[App], scopes: Mapping[str, Iterable[Scope]]) -> None:
    """The tag of an app can't say who gets it: the task would answer its own question. Raises InputError."""
    mine = {app.tag for app in apps}
    for option, found in scopes.items():
        named = [tag for tag in tags_of(found) if tag in mine]
        if named:
            raise InputError(
                f"{option} names {named[0]!r}, the tag of an app that this task itself sets and takes; name the "
                "devices by other tags."
            )


def has_content_token(host: Host) -> bool:
    return any(host.params[name] for name in ("content_token", "content_token_file", "content_token_from"))


@contextmanager
def open_apple(host: Host, mdm: Mdm) -> Iterator[Apple | None]:
    """Apple's side, where the task has a content token."""
    if not has_content_token(host):
        yield None
        return
    linked = LinkedAccounts(host, mdm)
    with open_session(host, linked) as session:
        yield Apple(session.api, session.guard, session.token.secret, linked.read)


def _app(number: int, entry: Mapping[str, Any]) -> App:
    where = f"apps: item {number}"
    adam_id = "" if entry["adam_id"] is None else normalise_adam_id(entry["adam_id"], where)
    bundle_id = (entry["bundle_id"] or "").strip()
    if not (adam_id or bundle_id):
        raise InputError(f"{where}: bundle_id is empty; give it, or the adam_id.")
    ids = {str(unit).strip(): str(app_id or "").strip() for unit, app_id in (entry["app_ids"] or {}).items()}
    for unit, app_id in ids.items():
        if not app_id.isalnum():
            raise InputError(
                f"{where}: app_ids has {app_id[:40]!r} for {unit}; give the number in the address of the app's page."
            )
    name = AppName(adam_id, bundle_id, ids)
    tag = check_tag(entry["tag"], where, "rename it there, and in the scope of the app")
    return App(name, tag, (entry["name"] or "").strip(), entry["paid"])


def _repeated(texts: Iterable[str]) -> list[str]:
    found = list(texts)
    return sorted({text for text in found if found.count(text) > 1})
