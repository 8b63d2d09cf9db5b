# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module run in this process as Ansible runs it: options in as JSON, the result out as the text that it prints."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from unittest import mock

import httpx
from ansible.module_utils import basic
from ansible.module_utils.ansible_release import __version__ as ansible_version
from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import (
    account,
    app,
    app_info,
    device_info,
    mdm,
    report,
    session,
)
from sandbox.app import Sandbox
from sandbox.clock import utc
from sandbox.faults import TransportFault

BOX_URL = "http://127.0.0.1:8443/mdm/v2"
SYSTEMS_URL = "http://127.0.0.1:8443/api/v1"
NEW_CORE = tuple(map(int, ansible_version.split(".")[:2])) >= (2, 19)


@dataclass(frozen=True)
class Result:
    """`text` is all that a module printed, after masking."""

    code: int
    data: dict[str, Any]
    text: str

    @property
    def failed(self) -> bool:
        return bool(self.data.get("failed"))

    @property
    def own_keys(self) -> set[str]:
        """The keys that are the module's own, not Ansible's."""
        return set(self.data) - {"invocation", "warnings", "deprecations", "failed", "exception"}


def run_main(
    main: Callable[[], None], options: Mapping[str, Any], *, check: bool = False, loud: bool = False
) -> Result:
    """`loud` = with -vvvv and all tracebacks on."""
    arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_remote_tmp": "/tmp"}
    if loud:
        arguments |= {"_ansible_verbosity": 4, "_ansible_debug": True}
        if NEW_CORE:
            arguments["_ansible_tracebacks_for"] = ["error", "warning"]
        if "inject_invocation" in basic.PASS_VARS:
            arguments["_ansible_inject_invocation"] = True
    text = io.StringIO()
    remote: AbstractContextManager[Any] = nullcontext()
    if NEW_CORE:  # remembered for the life of a process, which is that of one module elsewhere
        importlib.import_module("ansible.module_utils._internal._traceback")._module_tracebacks_enabled_events = None
        # A test that imports something of the controller makes this process one, and warnings go elsewhere there.
        remote = mock.patch("ansible.module_utils._internal.is_controller", False)
    ansible_warnings._global_warnings.clear()
    with (
        remote,
        mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
        redirect_stdout(text),
    ):
        try:
            main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
            printed = text.getvalue()
            return Result(code, json.loads(printed), printed)
    raise AssertionError("the module ended without a result")


class BoxTransport(httpx.BaseTransport):
    """Into a sandbox without a socket; where the sandbox breaks the connection, the client sees it broken."""

    def __init__(self, box: Sandbox) -> None:
        self._inner = httpx.WSGITransport(app=box)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._inner.handle_request(request)
            response.read()
        except TransportFault:
            raise httpx.RemoteProtocolError("broken off", request=request) from None
        return response


class BoxClock:
    """The still time of a sandbox, which a module's waits move forward."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box

    def now(self) -> datetime:
        return utc(self._box.clock.now())

    def monotonic(self) -> float:
        return self._box.clock.now()

    def sleep(self, seconds: float) -> None:
        self._box.advance(seconds)


def use_box(monkeypatch: Any, box: Sandbox) -> dict[str, Any]:
    """Sends all requests of modules into `box`; returns the options with which a module speaks to it."""
    clock = partial(BoxClock, box)
    monkeypatch.setattr(session, "connect", partial(session.connect, transport=BoxTransport(box)))
    monkeypatch.setattr(session, "SystemClock", clock)
    for module in (account, report):
        monkeypatch.setattr(module, "SystemClock", clock)
    return {"content_token": box.token(), "apps_books_url": BOX_URL}


def use_systems(monkeypatch: Any, box: Sandbox) -> dict[str, Any]:
    """As `use_box`, for Systems Manager: the options with which a module speaks to it."""
    monkeypatch.setattr(mdm, "connect", partial(mdm.connect, transport=BoxTransport(box)))
    for module in (mdm, device_info, app, app_info):
        monkeypatch.setattr(module, "SystemClock", partial(BoxClock, box))
    return {
        "connector": "meraki",
        "meraki_api_key": box.meraki_key(),
        "meraki_base_url": SYSTEMS_URL,
        "meraki_organization_id": box.world.meraki.id,
    }
