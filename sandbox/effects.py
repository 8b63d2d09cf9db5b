# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each fault does to a request and its answer; events are spoiled where they are made."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from .apple import admin
from .apple.errors import ERRORS, error_body
from .context import Context
from .faults import Fault, TransportFault
from .wsgi import Request, Response, json_response

HTML = "<html><head><title>{status}</title></head><body><h1>{status} from a gateway</h1></body></html>"


def aside(context: Context, fault: Fault, location: str | None) -> None:
    """What happens around the request, before it is processed."""
    parameters = fault.parameters
    if fault.kind == "slow":
        context.clock.sleep(float(parameters.get("seconds") or 0))
    place = context.world.locations.get(location or "")
    if place is None:
        return
    if fault.kind == "version_change":
        admin.disturb(context, place, int(parameters.get("count") or 0))
    elif fault.kind == "claim":
        admin.claim(place, parameters.get("mdm_info"))
    elif fault.kind == "token":
        admin.token(context, place, str(parameters.get("action", "revoke")))


def before(context: Context, fault: Fault, request: Request) -> Response | None:
    """An answer that takes the place of processing, if this fault gives one."""
    parameters = fault.parameters
    if fault.kind == "reset_before":
        raise TransportFault("reset")
    if fault.kind == "redirect":
        same = f"{parameters.get('origin')}{request.path}{'?' if request.query else ''}{request.query}"
        headers = {"Location": str(parameters.get("url", same))}
        return Response(int(parameters.get("status", 302)), b"", "text/html", headers)
    if fault.kind == "unknown_error":
        number = int(parameters.get("error_number", 9999))
        return json_response(error_body(number), int(parameters.get("status", 400)))
    if fault.kind == "status":
        return _status(context, parameters)
    return None


def _status(context: Context, parameters: dict[str, Any]) -> Response:
    number = parameters.get("error_number")
    default = ERRORS.get(number, (400, ""))[0] if number is not None else 500
    status = int(parameters.get("status", default))
    headers = {}
    if "retry_after" in parameters:
        wait = float(parameters["retry_after"])
        as_date = parameters.get("retry_after_form") == "date"
        headers["Retry-After"] = formatdate(context.clock.now() + wait, usegmt=True) if as_date else f"{wait:g}"
    if number is not None:
        return json_response(error_body(number, message=parameters.get("error_message")), status, headers)
    body = str(parameters.get("body", HTML.format(status=status)))
    return Response(status, body.encode(), str(parameters.get("content_type", "text/html")), headers)


def after(fault: Fault, response: Response) -> Response:
    """What becomes of the answer after the request was processed."""
    parameters = fault.parameters
    if fault.kind == "lost_answer":
        raise TransportFault("lost")
    if fault.kind == "truncated_body":
        response.cut = min(int(parameters.get("bytes", len(response.body) // 2)), max(len(response.body) - 1, 0))
    elif fault.kind == "not_json":
        body = str(parameters.get("body", "<html>Please sign in to the network.</html>"))
        return Response(200, body.encode(), "text/html")
    elif fault.kind == "fewer_rows":
        return _changed(response, lambda data: _shortened(data, parameters.get("count")))
    elif fault.kind == "error_in_200":
        return json_response(error_body(int(parameters.get("error_number", 9603))), 200)
    elif fault.kind == "extra_fields":
        return _changed(response, _with_extras)
    return response


def _changed(response: Response, change: Callable[[Any], Any]) -> Response:
    """With other data; an answer that is no JSON, by another fault or since it is empty, stays as it is."""
    try:
        data = json.loads(response.body)
    except ValueError:
        return response
    return json_response(change(data), response.status, response.headers)


def _shortened(data: Any, count: int | None) -> Any:
    """The last rows are missing from the list that is the answer, or from the longest one in it."""
    lists = [data] if isinstance(data, list) else [part for part in data.values() if isinstance(part, list)]
    for rows in sorted(lists, key=len)[-1:]:
        del rows[len(rows) // 2 if count is None else max(count, 0) :]
    return data


def _with_extras(data: object) -> object:
    """Unknown fields in every object of the answer but the maps whose keys are data."""
    if isinstance(data, list):
        return [_with_extras(item) for item in data]
    if not isinstance(data, dict):
        return data
    grown = {name: value if name in ("limits", "urls") else _with_extras(value) for name, value in data.items()}
    return {**grown, "futureField": {"added": "later"}, "futureNumber": 7}
