# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One authenticated call: who asks, about what, and safe access to what was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from ..context import Context
from ..wsgi import Request
from .deployment import Deployment
from .errors import Refused, not_found
from .model import ApiKey, ManagedDevice, Network, Organization
from .scope import Scope, parse_scope


@dataclass
class Call:
    """What a handler needs. ``ids`` are the parts of the path that vary."""

    context: Context
    request: Request
    organization: Organization
    deployment: Deployment
    key: ApiKey
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def network(self) -> Network:
        """The network of the path; one that the key can't see is not there [X]."""
        network = self.organization.networks.get(self.ids["networkId"])
        if network is None or not network.manages or not self.key.sees(network.id):
            raise not_found()
        return network

    @property
    def device(self) -> ManagedDevice:
        """The device of the path."""
        device = self.network.devices.get(self.ids["deviceId"])
        if device is None:
            raise not_found()
        return device

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """All of the query, repeated names too."""
        return parse_qsl(self.request.query, keep_blank_values=True)

    def many(self, name: str) -> list[str] | None:
        """An array of the query; its name carries brackets [X]. None if it was not sent."""
        bare = any(key == name for key, _value in self.query)
        if bare and self.context.switches["sm_bare_arrays"] == "refused":
            raise Refused(400, f"'{name}' must be an array")
        values = [value for key, value in self.query if key == f"{name}[]"]
        return values or None

    def flag(self, name: str) -> bool:
        """A boolean of the query."""
        text = self.request.params.get(name, "false")
        if text not in ("true", "false"):
            raise Refused(400, f"'{name}' must be a boolean")
        return text == "true"

    def scope(self) -> Scope | None:
        """The query's scope[]."""
        parts = self.many("scope")
        return None if parts is None else as_scope(parts)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object sent."""
        try:
            data = json.loads(self.request.body) if self.request.body.strip() else {}
        except (ValueError, RecursionError):
            raise Refused(400, "There was a problem in the JSON you submitted") from None
        if not isinstance(data, dict):
            raise Refused(400, "The body must be a JSON object")
        return data

    def texts(self, name: str, required: bool = False) -> list[str] | None:
        """An array of strings in the body."""
        value = self.body.get(name)
        if value is None and not required:
            return None
        if value is None:
            raise Refused(400, f"Missing required parameter '{name}'")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refused(400, f"'{name}' must be an array of strings")
        longest = self.context.switches["sm_list_limit"]
        if longest is not None and len(value) > longest:
            raise Refused(400, f"'{name}' must have at most {longest:g} items")
        return value

    def text(self, name: str) -> str | None:
        """A string in the body."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise Refused(400, f"'{name}' must be a string")
        return value


def as_scope(parts: list[str]) -> Scope:
    """A scope, or 400."""
    try:
        return parse_scope(parts)
    except ValueError as error:
        raise Refused(400, str(error)) from None
