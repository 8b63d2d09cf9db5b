# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugins of this collection share: a file's name, the cache, and how a host comes in."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from .found_host import FoundHost
from .unsafe import unsafe


class HostsPlugin(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]  # ansible-core ships no types
    """Hosts that are no machines to log in to. Options: those of `constructed` and `inventory_cache`, `group`,
    `local`."""

    given: Mapping[str, Any]
    """The inventory file as it is written."""

    @abstractmethod
    def find_hosts(self, folder: str) -> list[FoundHost]:
        """All hosts; `folder` is that of the inventory file. Raises an AnsibleParserError."""

    def question(self) -> Mapping[str, Any]:
        """What else than the path of the inventory file says which answer in the cache is the right one."""
        return {}

    def verify_file(self, path: str) -> bool:
        """Files that end in `openmdm.yml` or `openmdm.yaml`."""
        return bool(super().verify_file(path)) and path.endswith(("openmdm.yml", "openmdm.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self.given = self._read_config_data(path)
        self.load_cache_plugin()
        for host in self._remembered(path, cache):
            self._add(host)

    def _remembered(self, path: str, cache: bool) -> list[FoundHost]:
        folder = os.path.dirname(os.path.abspath(path))
        if not self.get_option("cache"):
            return self.find_hosts(folder)
        key = self.get_cache_key(path) + _digest(self.question())
        if cache and key in self._cache:
            return [FoundHost(**host) for host in self._cache[key]]
        found = self.find_hosts(folder)
        self._cache[key] = [{"name": one.name, "facts": dict(one.facts), "groups": list(one.groups)} for one in found]
        return found

    def _add(self, host: FoundHost) -> None:
        inventory, name = self.inventory, host.name
        for group in (self.get_option("group"), *host.groups):
            inventory.add_group(group)
            inventory.add_host(name, group=group)
        for variable, value in host.facts.items():
            inventory.set_variable(name, variable, unsafe(value))
        if self.get_option("local"):
            inventory.set_variable(name, "ansible_connection", "local")
            inventory.set_variable(name, "ansible_python_interpreter", sys.executable)
        variables, strict = inventory.get_host(name).get_vars(), self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def _digest(question: Mapping[str, Any]) -> str:
    """Empty where nothing is asked beside."""
    if not question:
        return ""
    return "_" + hashlib.sha256(json.dumps(question, sort_keys=True, default=str).encode()).hexdigest()[:16]
