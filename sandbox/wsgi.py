# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small part of HTTP that the services of the sandbox need, on top of WSGI."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json;charset=UTF-8"


@dataclass
class Request:
    """One request, header names in lower case, of repeated query parameters the last one."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = "http://localhost"

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def cookie(self, name: str) -> str | None:
        """A cookie's raw value; base64 padding makes the standard parser unsuitable."""
        for part in self.headers.get("cookie", "").split(";"):
            key, _sign, value = part.strip().partition("=")
            if key == name:
                return value.strip('"')
        return None


@dataclass
class Response:
    """One answer. ``cut`` keeps the announced length and stops the body after that many bytes."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None

    @property
    def status_line(self) -> str:
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"


def json_response(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(status, text.encode(), JSON, dict(headers or {}))


def read_request(environ: Mapping[str, Any]) -> Request:
    """The request that a WSGI server describes."""
    headers = {
        name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = str(environ["CONTENT_TYPE"])
    length = environ.get("CONTENT_LENGTH")
    stream = environ["wsgi.input"]
    # An in-process transport may hand over a body without announcing its length; there the stream ends by itself.
    body: bytes = stream.read(int(length)) if length else (stream.read() if environ["REQUEST_METHOD"] != "GET" else b"")
    host = headers.get("host") or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    return Request(
        method=str(environ["REQUEST_METHOD"]).upper(),
        path=str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", "/")),
        query=str(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=body,
        origin=f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
    )


def body_parts(response: Response, broken: Exception) -> Iterator[bytes]:
    """The body, or its beginning followed by the failure of the connection."""
    if response.cut is None:
        yield response.body
    else:
        yield response.body[: response.cut]
        raise broken
