# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: devices
short_description: Devices of an MDM as hosts
version_added: 0.1.0
description:
  - Makes a host of each device that is enrolled in an MDM, in groups by platform, unit (a network of Systems Manager)
    and tag, so that a play or C(ansible-inventory --graph) shows the fleet.
  - A host is called by its serial number. A device that tells none is called by the unit's and its own id.
  - A host has the facts of M(openmdm.vpp.mdm_device_info) as variables, each with C(openmdm_) before its name, such as
    C(openmdm_serial_number), C(openmdm_tags) and C(openmdm_licensable); the device's id is C(openmdm_device_id).
  - Where the MDM has several records of one device, the one seen last is the host.
  - A device is nothing to log in to. To give apps to many devices, name them in one task of
    M(openmdm.vpp.vpp_license) or M(openmdm.vpp.mdm_app) rather than run a task for each host, which costs as many
    times the requests.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [openmdm.vpp.devices]
  meraki_api_key_file:
    description:
      - Path of a file that holds the API key and nothing else, with mode C(0600). A relative one counts from the folder
        of the inventory file.
      - A file that is encrypted with C(ansible-vault) is read with the vault's secrets of the run.
      - If not set, the value of the environment variable E(OPENMDM_MERAKI_API_KEY_FILE) is used.
    type: path
  group:
    description: The group that all hosts are put into.
    type: str
    default: openmdm_devices
  group_by:
    description:
      - By what else hosts are put into groups. The groups are called C(platform_iOS), C(unit_North), C(tag_year_7) and
        C(auto_tag_ipad); signs that a group can't have become C(_).
      - A device that is not Apple's is in C(platform_other).
      - Tags of owners are not shown by the MDM, so there is no group of them. They do count in O(scope).
    type: list
    elements: str
    choices: [platform, unit, tags, auto_tags]
    default: [platform, unit, tags]
  local:
    description:
      - Whether tasks for these hosts run on the control node, with its Python.
    type: bool
    default: true
notes:
  - The requests are those of M(openmdm.vpp.mdm_device_info) over all devices. With C(cache) they are sent once in
    C(cache_timeout) seconds, and what the hosts tell is as old.
  - A cache holds what the hosts have, so with O(show_people=true) names of people, and never the API key.
extends_documentation_fragment:
  - openmdm.vpp.device_filter
  - openmdm.vpp.mdm
  - openmdm.vpp.mdm.plugins
  - openmdm.vpp.network
  - openmdm.vpp.network.plugins
  - constructed
  - inventory_cache
seealso:
  - module: openmdm.vpp.mdm_device_info
  - plugin: openmdm.vpp.locations
    plugin_type: inventory
"""

EXAMPLES = r"""
# /etc/openmdm/devices.openmdm.yml
plugin: openmdm.vpp.devices
connector: meraki
meraki_api_key_file: meraki_api_key
meraki_network_ids: [N_600100200300]

# The iPads and iPhones of year 7 and the choir that can take a licence, and groups of one's own
# plugin: openmdm.vpp.devices
# connector: meraki
# platforms: [iOS]
# licensable: true
# scope:
#   - match: with_any
#     tags: [year-7, choir]
# group_by: [unit]
# groups:
#   long_unseen: (openmdm_days_unseen or 0) > 30
#   unsupervised: openmdm_supervised is false
# keyed_groups:
#   - key: openmdm_os_version.split('.')[0]
#     prefix: major

# Give an app to all devices of a group, in one task
# - hosts: localhost
#   gather_facts: false
#   tasks:
#     - openmdm.vpp.vpp_license:
#         content_token_file: /etc/openmdm/north.vpptoken
#         assets: [{adam_id: "361309726"}]
#         devices:
#           serial_numbers: >-
#             {{ groups['tag_year_7'] | map('extract', hostvars, 'openmdm_serial_number') | select }}
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleParserError

from ..plugin_utils._errors import told
from ..plugin_utils.devices import connection_of, read_devices
from ..plugin_utils.found_host import FoundHost
from ..plugin_utils.inventory import HostsPlugin

_QUESTION = (
    "connector",
    "meraki_organization_id",
    "meraki_network_ids",
    "scope",
    "platforms",
    "licensable",
    "unseen_days",
    "show_people",
)
_CONNECTION = (
    "meraki_api_key",
    "meraki_api_key_file",
    "meraki_base_url",
    "meraki_requests_per_second",
    "ca_path",
    "proxy",
    "request_timeout",
)


class InventoryModule(HostsPlugin):
    NAME = "openmdm.vpp.devices"

    def question(self) -> Mapping[str, Any]:
        return {name: self.get_option(name) for name in (*_QUESTION, "group_by")}

    def find_hosts(self, folder: str) -> list[FoundHost]:
        options = {name: self.get_option(name) for name in (*_QUESTION, *_CONNECTION)}
        with told(AnsibleParserError):
            given = connection_of(options, self.given, folder, self.loader)
            return read_devices(given, self.get_option("group_by"), self.display.warning)
