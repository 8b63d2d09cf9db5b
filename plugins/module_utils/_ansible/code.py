# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_code: options, and from them to the task."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from .._core.code_file import COLUMNS as CODE_COLUMNS
from .._core.code_file import UNUSED, CodeColumns, parse_codes
from .._core.code_model import CODES_UID, BadCode, Code, Product
from .._core.errors import InputError
from .._core.identity import normalise_adam_id, samples, trimmed
from .._core.table_file import decode
from .._entity.base import Outcome
from .._entity.code import CodeRequest, CodeTask
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .files import read_file
from .mail import open_mailer
from .options import CODE_MAIL, NETWORK, REPORT, STATE
from .people import COLUMNS, PEOPLE, hide_people, read_people
from .runner import Host
from .state import open_codes

PRODUCT: dict[str, Any] = {
    "type": "dict",
    "options": {"name": {"type": "str", "required": True}, "adam_id": {"type": "str"}},
}

CODE_LIST: dict[str, Any] = {
    "columns": {"type": "dict", "options": {name: {"type": "str"} for name in CODE_COLUMNS}},
    "preamble": {"type": "bool", "default": False},
    "unused_values": {"type": "list", "elements": "str", "default": list(UNUSED)},
}

LISTED: dict[str, Any] = {
    "users": PEOPLE,
    "people_file": {"type": "path"},
    "people_columns": COLUMNS,
    "groups": {"type": "list", "elements": "str"},
}
"""People who are to have a code."""

CODE_SPEC = ArgumentSpec(
    {
        "src": {"type": "path", "required": True},
        **CODE_LIST,
        "product": {**PRODUCT, "required": True},
        **LISTED,
        "uncertain": {"type": "str", "choices": ["list", "resend"], "default": "list"},
        "show_people": {"type": "bool", "default": False},
    }
).merge(CODE_MAIL, NETWORK, STATE, REPORT)

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of Excel begin, new and old."""


def run_code(host: Host) -> Outcome:
    try:
        request = _request(host)
    finally:
        if not host.params["show_people"]:
            hide_people(host)
    host.warn(
        "Redemption codes are deprecated: a code that is handed out can't be taken back, and what it gives is the "
        "person's for good. Managed distribution (vpp_user, vpp_invitation, vpp_license) takes licences back."
    )
    clock = SystemClock()
    folder = open_codes(host, clock)
    with open_mailer(host, clock) as mailer, folder.open(CODES_UID) as state:
        return CodeTask(state.codes, mailer, request, host).run(check=host.check)


def _request(host: Host) -> CodeRequest:
    """All options checked and all files read, before anything is opened."""
    params = host.params
    account_name = trimmed(params["mail_sender_name"] or "")
    if not account_name:
        raise InputError(
            "mail_sender_name is missing; set the name of the school or company that gives the codes, which stands in "
            "the mails."
        )
    product = read_product(params["product"])
    codes, bad_codes = read_codes(host)
    found = read_people(host, "people_file", "people_columns")
    return CodeRequest(
        product=product,
        people=found.people,
        bad_rows=found.bad_rows,
        codes=tuple(codes),
        bad_codes=tuple(bad_codes),
        source=found.source,
        unit=found.unit,
        account_name=account_name,
        groups=tuple(params["groups"] or ()),
        resend=params["uncertain"] == "resend",
        show_people=params["show_people"],
    )


def read_product(given: dict[str, Any]) -> Product:
    name, adam_id = trimmed(given["name"]), given["adam_id"]
    if not name or not name.isprintable() or len(name) > 255:
        raise InputError("product.name: it is empty, too long or more than one line; give the name of the app or book.")
    return Product(name, "" if adam_id is None else normalise_adam_id(adam_id, "product.adam_id"))


def read_codes(host: Host) -> tuple[Sequence[Code], Sequence[BadCode]]:
    """Of the list that `src` names; from here on none of them is shown, wherever it might appear. Raises
    InputError."""
    params, path = host.params, host.params["src"]
    data = read_file("src", path)
    if data.startswith(_SPREADSHEETS):
        raise InputError(f"src: {path} is a spreadsheet; save it as CSV in UTF-8 and name that file.")
    names = {name: text for name, text in (params["columns"] or {}).items() if text}
    unused = frozenset(value.strip().casefold() for value in params["unused_values"])
    codes, bad = parse_codes(decode(data, path), path, CodeColumns(names, params["preamble"], unused))
    for code in codes:
        host.hide(code.text.reveal())
        if code.link is not None:
            host.hide(code.link.reveal())
    if os.stat(path).st_mode & 0o077:
        host.warn(f"src: {path} can be read by others on this machine, and a code is money; set its mode to 0600.")
    if bad:
        shown = samples(f"line {one.line} {one.why}" for one in bad)
        host.warn(f"src: {len(bad)} lines of {path} hold no code that can be used: {shown}.")
    if codes and all(code.used for code in codes):
        host.warn(
            f"src: all {len(codes)} codes of {path} count as used, since none has a status of unused_values; if that "
            "is wrong, correct unused_values or columns.status."
        )
    return codes, bad
