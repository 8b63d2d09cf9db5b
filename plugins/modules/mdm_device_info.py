#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mdm_device_info
short_description: Show the devices of an MDM, and why one can take no licence
version_added: 0.1.0
description:
  - Lists the devices that are enrolled in an MDM with serial number, platform, supervision, tags and when they last
    reported, and tells which of them can take a licence of an app and which can't.
  - All filters that are given must fit. Without a filter all devices are listed.
  - Needs no content token; Apple is not asked.
  - The report at O(report_path) can be the C(targets_file) of M(openmdm.vpp.vpp_license), which leaves out the devices
    without a serial number.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  serial_numbers:
    description: Only these devices.
    type: list
    elements: str
extends_documentation_fragment:
  - openmdm.vpp.device_filter
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.mdm_group
  - openmdm.vpp.attributes.reader
seealso:
  - module: openmdm.vpp.vpp_license
"""

EXAMPLES = r"""
- name: Count the devices of two networks, and who can take no licence
  openmdm.vpp.mdm_device_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_organization_id: "600001"
    meraki_network_ids: [N_600100200300, N_600100200301]
    limit: 0
  register: fleet

- name: Show who of year 7 and of the choir can take no licence
  openmdm.vpp.mdm_device_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    scope:
      - match: with_any
        tags: [year-7, choir]
    licensable: false

- name: Find the iPads that did not report for two months
  openmdm.vpp.mdm_device_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    platforms: [iOS]
    unseen_days: 60

- name: Write the Macs into a file
  openmdm.vpp.mdm_device_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    platforms: [macOS]
    report_path: /var/lib/openmdm/macs.json

- name: Give them an app
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "904280696"
    devices:
      targets_file: /var/lib/openmdm/macs.json
"""

RETURN = r"""
devices:
  description: The devices, sorted by unit and id, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The MDM's id of the device.
      type: str
    unit:
      description: Id of the part of the fleet that it belongs to, which is a network in Systems Manager.
      type: str
    unit_name:
      description: Its name.
      type: str
    serial_number:
      description: The serial number as Apple writes it; empty where the MDM tells none.
      type: str
    platform:
      description: Apple's name of the platform; empty for a device that is not Apple's. iPads are C(iOS).
      type: str
    os:
      description: The operating system.
      type: str
    os_version:
      description: Its version.
      type: str
    model:
      description: The model as the MDM tells it.
      type: str
    supervised:
      description: Whether it is supervised; null where the MDM doesn't tell.
      type: bool
    last_seen:
      description: When it last reported; null where the MDM doesn't tell.
      type: str
    days_unseen:
      description: Whole days since then.
      type: int
    tags:
      description: Tags that were set by hand.
      type: list
      elements: str
    auto_tags:
      description: Tags that the MDM set. Those of an owner are not shown, but count in O(scope).
      type: list
      elements: str
    missing_apps:
      description: Number of apps that are to be on it and are not yet; null where the MDM doesn't tell.
      type: int
    licensable:
      description: Whether it can take a licence.
      type: bool
    reason:
      description: >-
        Why it can't. C(no_serial_number) is a device that its user enrolled, C(not_apple) one that is not Apple's.
      type: str
    warnings:
      description: >-
        What to know of it. C(unsupervised), installs ask the person who holds it; C(old_os), too old for licences of
        devices; C(unseen), it did not report for long; C(same_serial_number), the MDM has a newer record of the device.
      type: list
      elements: str
    name:
      description: Its name in the MDM; null unless O(show_people=true).
      type: str
    owner:
      description: Who the MDM says owns it; null unless O(show_people=true).
      type: str
total:
  description: Number of devices found.
  returned: success
  type: int
truncated:
  description: Whether the list was cut at O(limit).
  returned: success
  type: bool
summary:
  description: Counts over all devices found.
  returned: success
  type: dict
  contains:
    devices:
      description: Devices found.
      type: int
    licensable:
      description: Those that can take a licence.
      type: int
    by_reason:
      description: The others by reason.
      type: dict
    by_platform:
      description: Devices by platform; C(other) is not Apple's.
      type: dict
    unsupervised:
      description: Devices that are not supervised.
      type: int
    unseen:
      description: Devices that did not report for long.
      type: int
units:
  description: The parts of the fleet that were read, by C(id) and C(name).
  returned: success
  type: list
  elements: dict
unknown_serial_numbers:
  description: Serial numbers that were asked for and that the MDM doesn't know, at most O(limit).
  returned: success
  type: list
  elements: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.device_info import DEVICE_INFO_SPEC, run_device_info
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(DEVICE_INFO_SPEC, run_device_info, info=True)


if __name__ == "__main__":
    main()
