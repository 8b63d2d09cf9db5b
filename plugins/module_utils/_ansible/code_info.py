# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_code_info: options, and from them to the ledger."""

from __future__ import annotations

from .._core.code_model import CODES_UID
from .._core.errors import InputError
from .._core.words import counted
from .._entity.base import Outcome
from .._entity.code_info import STATES, CodeFilter, CodeReader
from .._http.pace import SystemClock
from .argspec import ArgumentSpec
from .code import CODE_LIST, LISTED, PRODUCT, read_codes, read_product
from .options import INFO, STATE
from .people import hide_people, read_people
from .runner import Host
from .state import open_codes

CODE_INFO_SPEC = ArgumentSpec(
    {
        "product": PRODUCT,
        "status": {"type": "list", "elements": "str", "choices": list(STATES)},
        "src": {"type": "path"},
        **CODE_LIST,
        **LISTED,
        "show_people": {"type": "bool", "default": False},
    }
).merge(STATE, INFO)


def run_code_info(host: Host) -> Outcome:
    try:
        wanted = _filter(host)
    finally:
        if not host.params["show_people"]:
            hide_people(host)
    folder = open_codes(host, SystemClock(), read_only=True)
    with folder.open(CODES_UID) as state:
        return CodeReader(state.codes, wanted).read(max(0, host.params["limit"]))


def _filter(host: Host) -> CodeFilter:
    params = host.params
    given, status = params["product"], params["status"]
    for option in ("src", "users", "people_file"):
        if params[option] is not None and given is None:
            raise InputError(f"{option} needs product: say of which product the codes are.")
    if params["src"] is None and params["columns"]:
        raise InputError("columns goes with src: it tells how the columns of that file are called.")
    people = None
    if params["users"] is not None or params["people_file"] is not None:
        found = read_people(host, "people_file", "people_columns")
        people = found.people
        if found.bad_rows:
            unusable = counted(len(found.bad_rows), "row", "rows")
            host.warn(f"{found.source} is used without {unusable} that can't be.")
    elif params["groups"] is not None or params["people_columns"]:
        raise InputError("groups and people_columns go with users or people_file; name the list of people.")
    return CodeFilter(
        product=None if given is None else read_product(given),
        status=None if status is None else frozenset(status),
        codes=None if params["src"] is None else read_codes(host)[0],
        people=people,
        groups=tuple(params["groups"] or ()),
        show_people=params["show_people"],
    )
