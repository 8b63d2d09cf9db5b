# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reads the words of others, each as a function of bytes. What a reader lets pass must fit what it is meant for:
it is used here as the tasks use it, so that a value that breaks later on is found, too."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import httpx

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.selection import asset_selectors
from ansible_collections.openmdm.vpp.plugins.module_utils._core import scope as scopes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.code_file import CodeColumns, parse_codes
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import VppError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.identity import normalise_serial_numbers, resolve_assets
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import MdmDevice
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Asset, AssetKey, Metadata
from ansible_collections.openmdm.vpp.plugins.module_utils._core.people_file import parse_people
from ansible_collections.openmdm.vpp.plugins.module_utils._core.person_id import person_id
from ansible_collections.openmdm.vpp.plugins.module_utils._core.table_file import decode
from ansible_collections.openmdm.vpp.plugins.module_utils._core.target_file import read_targets
from ansible_collections.openmdm.vpp.plugins.module_utils._core.token import parse_content_token, token_value
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import Person
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.addresses import parse_address
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.message import Envelope, build_message, message_bytes
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.templates import Words
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_codec import encode_scope

NOW = datetime(2030, 9, 2, 12, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Reader:
    """`seeds` are valid inputs; `words` belong to its field. Nothing but these `errors` may come out of `read`."""

    name: str
    read: Callable[[bytes], object]
    seeds: Sequence[bytes]
    words: Sequence[str] = ()
    errors: tuple[type[Exception], ...] = (VppError,)


def document(value: object) -> bytes:
    return json.dumps(value).encode()


def loaded(data: bytes) -> object:
    """Options reach a module as values; what is no JSON comes as a text."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")


_TOKEN = {"token": "invented" * 9, "expDate": "2031-04-30T09:15:00+0000", "orgName": "Fernhill"}


def _token(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    value = token_value(text)
    token = parse_content_token(text, "content_token")
    token.secret.reveal().encode("ascii")
    return value, token.days_left(NOW), token.expires.astimezone(timezone.utc)


def _token_inside(data: bytes) -> object:
    return _token(base64.b64encode(data))


def _targets(data: bytes) -> object:
    for name in ("a.csv", "a.json"):
        with contextlib.suppress(VppError):
            _serial_numbers(data, name)
    return _serial_numbers(data, "a.txt")


def _serial_numbers(data: bytes, name: str) -> list[str]:
    rows, _without = read_targets(decode(data, name), name)
    found, _warnings = normalise_serial_numbers(
        [text for _number, text in rows], name, lines=[number for number, _text in rows]
    )
    return found


def _people(data: bytes) -> object:
    text = decode(data, "a.csv")
    with contextlib.suppress(VppError):
        parse_people(text, "a.json", reports=True)
    with contextlib.suppress(VppError):
        parse_people(text, "a.csv", {"email": "Notes", "name": "Email"})
    people, _bad, _warnings = parse_people(text, "a.csv")
    for person in people:
        _reach(person)
    return people


def _reach(person: Person) -> None:
    """As it goes to Apple and into a mail."""
    values = (person.client_user_id, person.email, person.managed_apple_account)
    json.dumps(values, ensure_ascii=False).encode()
    person_id("uid", person.email)
    if f"{person.name} {person.email}" in _PLAIN:
        return
    sender, recipient = parse_address("apps@fernhill.example"), parse_address(person.email)
    if recipient is not None and sender is not None:
        message = build_message(Envelope(sender, "", recipient, person.name), Words("a", "b\n", "c\n"), NOW)
        data = message_bytes(message, "key", sender)
        if sorted(message.keys()) != _HEADERS or b"\r\n\r\n" not in data or data.count(b"\nBcc:"):
            raise AssertionError(f"{person!r} changes the headers of a mail")


_PLAIN = ("Ann a@x.example", "Bo, B b@x.example", " a@x.example")
_HEADERS = sorted(
    {"From", "To", "Subject", "Date", "Auto-Submitted", "X-Auto-Response-Suppress"}
    | {"MIME-Version", "Content-Type", "Message-ID"}
)


def _codes(data: bytes) -> object:
    text = decode(data, "a.csv")
    for preamble in (True, False):
        with contextlib.suppress(VppError):
            parse_codes(text, "a.csv", CodeColumns({"link": "Where"} if preamble else {}, preamble))
    codes, bad = parse_codes(text, "a.txt", CodeColumns({}))
    return [code.text.reveal().encode("ascii") for code in codes], bad


def _scope(data: bytes) -> object:
    """Entries in the types that Ansible lets through."""
    given = loaded(data)
    entries = [
        {"match": entry.get("match"), "tags": _texts(entry.get("tags"))}
        for entry in (given if isinstance(given, list) else [])
        if isinstance(entry, dict) and entry.get("match") in scopes.MATCHES
    ]
    found = scopes.parse_scopes(entries, "devices.scope")
    device = MdmDevice("1", "N_1", "TESTA00001", "", "iOS", tags=frozenset({"year-7"}))
    unions = [union for part in found for union in scopes.opposite(part)]
    for scope in (*scopes.merged(found), *found, *(one for union in unions for one in union)):
        scopes.surely_in(scope, device)
        httpx.URL("https://api.meraki.com/").copy_merge_params(dict(encode_scope(scope)))
    return found


def _texts(value: object) -> list[str] | None:
    return [str(one) for one in value] if isinstance(value, list) else None if value is None else [str(value)]


def _assets(data: bytes) -> object:
    given = loaded(data)
    keys = ("adam_id", "bundle_id", "name", "pricing_param")
    entries = [
        {key: None if entry.get(key) is None else str(entry[key]) for key in keys}
        for entry in (given if isinstance(given, list) else [])
        if isinstance(entry, dict)
    ]
    selectors = asset_selectors(entries, False)
    return resolve_assets(selectors, (_PAGES,), {"361309726": Metadata("361309726", "Pages", "com.a.b")})


_PAGES = Asset(AssetKey("361309726", "STDQ"), "App", True, True, 0, 9, 0, 9, ("iOS",))


READERS = (
    Reader("token", _token, [base64.b64encode(document(_TOKEN)), b"-----BEGIN X", b"Bearer abc", b"a/b.vpptoken"]),
    Reader("token inside", _token_inside, [document(_TOKEN)]),
    Reader(
        "targets file",
        _targets,
        [
            b'Serial Number,Name\nTESTA00001,iPad 1\nTESTA00002,"iPad, 2"\n',
            b"name;serial\r\nx;TESTA00001\r\n",
            b"# fleet\nserial\nTESTA00001\nTESTA00002\n",
            document({"serial_numbers": ["TESTA00001", {"serial": "TESTA00002"}]}),
            document({"openmdm.vpp report": True, "devices": [{"serial_number": ""}, {"serial_number": "TESTA00001"}]}),
            "serial\nTESTA00001\n".encode("utf-16"),
        ],
        ["serial_number", "serial", "devices", "serialNumbers", "TESTA00001"],
    ),
    Reader(
        "people file",
        _people,
        [
            b'Email,Name,Notes\na@x.example,Ann,year-7\nb@x.example,"Bo, B",staff year-8\n',
            b"client_user_id\tmail\tgroups\nu-1\ta@x.example\tyear-7\n",
            document([{"email": "a@x.example", "name": "Ann", "groups": ["a"], "client_user_id": "u-1"}]),
            document({"users": [{"E-Mail": "a@x.example", "managed_apple_id": "a@apple.x.example"}]}),
        ],
        ["Email", "users", "people", "client_user_id", "a@x.example", "groups", "openmdm.vpp report"],
    ),
    Reader(
        "code file",
        _codes,
        [
            b"Code,Link,Status\nAB12CD34EF,https://a.example/AB12CD34EF,unused\nAB12CD34EG,,redeemed\n",
            b"# order 5\nAB12CD34EF\nAB12CD34EG\n",
            b"Order;5\n\ncode;where\nAB12CD34EF;https://a.example/AB12CD34EF\n",
        ],
        ["Code", "Where", "Status", "AB12CD34EF", "https://a.example/"],
    ),
    Reader(
        "scope",
        _scope,
        [document([{"match": match, "tags": ["year-7", "staff"]}]) for match in scopes.MATCHES]
        + [document([{"match": "all"}, {"match": "with_any", "tags": ["a", "b"]}])],
        scopes.MATCHES,
    ),
    Reader(
        "assets",
        _assets,
        [document([{"adam_id": "361309726", "pricing_param": "STDQ"}, {"bundle_id": "com.a.b"}, {"name": "Pages"}])],
        ["adam_id", "361309726", "name"],
    ),
)
