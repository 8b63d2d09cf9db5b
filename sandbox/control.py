# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control surface below /_sandbox: what people and Apple do, and what tests need. JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .apple import events
from .clock import apple_date, utc
from .context import Context
from .control_errors import UnknownCall
from .control_locations import LocationControl
from .control_people import INDEX as PEOPLE_INDEX
from .control_people import PeopleControl
from .faults import KINDS
from .meraki.control import INDEX as MERAKI_INDEX
from .meraki.control import MerakiControl
from .meraki.service import MerakiService
from .switches import SWITCHES
from .wsgi import Request, Response, json_response

INDEX = {
    "GET /_sandbox/": "this list",
    "GET /_sandbox/switches": "position of every switch",
    "PUT /_sandbox/switches": "{name: value, ...}: set several",
    "GET /_sandbox/switches/help": "meaning, values and origin of every switch",
    "GET /_sandbox/faults": "armed faults and their hits",
    "POST /_sandbox/faults": "{kind, match: {method, path, location, service, after}, times, ...}: arm one",
    "DELETE /_sandbox/faults": "disarm all",
    "POST /_sandbox/clock": '{"advance": seconds}',
    "GET /_sandbox/locations": "keys, uids and names",
    "GET /_sandbox/locations/<key>": "claim, token state, assets with counts, number of people and assignments",
    "GET /_sandbox/locations/<key>/assignments?adamId=": "all, in one answer",
    "GET /_sandbox/locations/<key>/notifications": "delivery log",
    "POST /_sandbox/locations/<key>/buy": "{adamId, pricingParam, count}",
    "POST /_sandbox/locations/<key>/refund": "{adamId, pricingParam, count}",
    "POST /_sandbox/locations/<key>/transfer": "{adamId, pricingParam, count, to}",
    "POST /_sandbox/locations/<key>/unlimited": "{adamId, pricingParam, total: null or a number}",
    "POST /_sandbox/locations/<key>/token": "{action: expire|revoke|restore|replace|read_only|legacy|facilitator}",
    "POST /_sandbox/locations/<key>/assignments": "{add: [...], remove: [...]}: another product at work",
    "POST /_sandbox/locations/<key>/client-config": "{mdmInfo: {...} or null}",
    **PEOPLE_INDEX,
    **MERAKI_INDEX,
}


class Control:
    """Answers control calls; they are neither rate-limited nor hit by faults."""

    def __init__(self, context: Context, meraki: MerakiService) -> None:
        self._context = context
        people = PeopleControl(context)
        self._locations = LocationControl(context, people)
        self._meraki = MerakiControl(context, meraki)
        self._routes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", ""): lambda _data: {"calls": INDEX, "faults": KINDS},
            ("GET", "switches"): lambda _data: context.switches.all(),
            ("GET", "switches/help"): lambda _data: switch_help(),
            ("PUT", "switches"): self._set_switches,
            ("GET", "faults"): lambda _data: {"faults": context.faults.all()},
            ("POST", "faults"): lambda data: context.faults.add(data).describe(),
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "clock"): self._advance,
            ("GET", "clock"): lambda _data: {"now": apple_date(utc(context.clock.now()))},
            ("GET", "accounts"): people.list_accounts,
            ("POST", "accounts"): people.make_accounts,
            ("GET", "locations"): lambda _data: self._locations.all(),
        }

    def answer(self, request: Request) -> Response:
        """One control call over HTTP."""
        try:
            data = json.loads(request.body) if request.body.strip() else dict(request.params)
        except ValueError:
            return json_response({"error": "The body is not JSON."}, 400)
        status, answer = self.call(request.method, request.path.removeprefix("/_sandbox"), data)
        return json_response(answer, status)

    def call(self, method: str, path: str, data: object = None) -> tuple[int, Any]:
        """One control call: status and answer."""
        data = {} if data is None else data
        if not isinstance(data, dict):
            return 400, {"error": "The body is a JSON object."}
        name = path.strip("/")
        try:
            if (method, name) in self._routes:
                return 200, self._routes[method, name](data)
            parts = name.split("/")
            if parts[0] == "locations" and len(parts) in (2, 3):
                return 200, self._locations.call(method, parts[1], parts[2] if len(parts) == 3 else "", data)
            if parts[0] == "meraki" and len(parts) <= 3:
                return 200, self._meraki.call(method, parts[1:], data)
        except ValueError as error:
            return 400, {"error": str(error)}
        except UnknownCall as error:
            return 404, {"error": str(error)}
        return 404, {"error": f"There is no control call {method} /_sandbox/{name}; GET /_sandbox/ lists them."}

    def _set_switches(self, data: dict[str, Any]) -> dict[str, Any]:
        self._context.switches.update(data)
        return self._context.switches.all()

    def _clear_faults(self, _data: dict[str, Any]) -> dict[str, Any]:
        self._context.faults.clear()
        return {"faults": []}

    def _advance(self, data: dict[str, Any]) -> dict[str, str]:
        seconds = data.get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            raise ValueError("The clock is advanced by a number of seconds from 0 up.")
        self._context.clock.advance(float(seconds))
        for location in self._context.world.locations.values():
            events.settle(self._context, location)
        self._meraki.settle()
        return {"now": apple_date(utc(self._context.clock.now()))}


def switch_help() -> dict[str, Any]:
    """What each switch is for."""
    return {
        name: {
            "meaning": switch.meaning,
            "values": list(switch.values) or switch.kind,
            "default": switch.default,
            "origin": switch.origin,
        }
        for name, switch in SWITCHES.items()
    }
