# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices as hosts: what an MDM says of each, by the record that counts."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..module_utils._ansible.device_info import DEVICE_INFO_SPEC, run_device_info
from ..module_utils._core.eligibility import SAME_SERIAL_NUMBER
from ..module_utils._core.errors import InputError, VppError
from ..module_utils._core.identity import samples
from .found_host import FoundHost
from .host import PluginHost
from .secret_files import decrypted, is_vaulted, refuse_pasted

_PREFIXES = {"tags": "tag", "auto_tags": "auto_tag"}
_OF_THE_DEVICE = ("id", "name")
"""Facts whose own names would say too little beside those of a host."""
_ONLY_PEOPLE = ("name", "owner")
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NOT_OF_A_GROUP = re.compile(r"\W")
"""As Ansible itself writes the groups of `keyed_groups`."""


def connection_of(options: Mapping[str, Any], written: Mapping[str, Any], folder: str, loader: Any) -> dict[str, Any]:
    """The options that are set, with paths of the inventory file (`written`) counted from its folder, and the API key
    itself where its file is encrypted. Raises InputError."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in ("meraki_api_key_file", "ca_path"):
        if isinstance(written.get(name), str):
            given[name] = os.path.join(folder, os.path.expanduser(os.path.expandvars(written[name])))
    refuse_pasted(given, (folder, os.getcwd()))
    path = given.get("meraki_api_key_file")
    with contextlib.suppress(OSError, ValueError):  # told where it is read
        if path and is_vaulted(path):
            del given["meraki_api_key_file"]
            given["meraki_api_key"] = decrypted(loader, path)
    return given


def read_devices(options: Mapping[str, Any], group_by: Sequence[str], warn: Callable[[str], None]) -> list[FoundHost]:
    """One host for each device; a record that the MDM keeps beside a newer one of the same device is left out. Raises
    InputError."""
    host = PluginHost(DEVICE_INFO_SPEC, {**options, "limit": 0}, warn)
    try:
        devices = run_device_info(host, "The inventory").document["devices"]
    except VppError as error:
        raise InputError(host.masked(error.message)) from None
    written: dict[str, dict[str, None]] = {}
    found = []
    for device in devices:
        if SAME_SERIAL_NUMBER in device["warnings"]:
            continue
        groups = []
        for group, origin in _groups(device, group_by):
            written.setdefault(group, {})[origin] = None
            groups.append(group)
        found.append(FoundHost(_name(device), _facts(device, bool(options.get("show_people"))), groups))
    alike = [f"{group} ({samples(origins)})" for group, origins in written.items() if len(origins) > 1]
    if alike:
        warn(
            f"Tags or units whose names differ only in signs that a group can't have are one group: {samples(alike)}. "
            "Rename one of them in the MDM, or choose devices by openmdm_tags."
        )
    return found


def _name(device: Mapping[str, Any]) -> str:
    """As a host may be called: Ansible would take `[`, `:` or `,` for a pattern."""
    return str(device["serial_number"]) or _NOT_OF_A_NAME.sub("_", f"{device['unit']}-{device['id']}")


def _groups(device: Mapping[str, Any], group_by: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Each group with the text that it comes from."""
    texts = {
        "platform": [device["platform"] or "other"],
        "unit": [device["unit_name"] or device["unit"]],
        "tags": device["tags"],
        "auto_tags": device["auto_tags"],
    }
    for kind in group_by:
        for text in texts[kind]:
            yield _NOT_OF_A_GROUP.sub("_", f"{_PREFIXES.get(kind, kind)}_{text}"), text


def _facts(device: Mapping[str, Any], people: bool) -> dict[str, Any]:
    return {
        f"openmdm_{'device_' if name in _OF_THE_DEVICE else ''}{name}": value
        for name, value in device.items()
        if people or name not in _ONLY_PEOPLE
    }
