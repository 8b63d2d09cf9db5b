#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_license_info
short_description: Show the assets of a location, their counts and who holds them
version_added: 0.1.0
description:
  - Lists the assets that a location owns with their counts and whether they can be assigned to devices.
  - Lists who holds them, if asked to.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  assets:
    description: Show these assets only, each named by exactly one of C(adam_id), C(bundle_id) and C(name).
    type: list
    elements: dict
    suboptions:
      adam_id:
        description: The app's number in the App Store.
        type: str
      bundle_id:
        description: The bundle id. Finding it costs one request for each asset that the location owns.
        type: str
      name:
        description: >-
          The whole name in the store; upper and lower case are the same. Finding it costs one request for each asset
          that the location owns.
        type: str
      pricing_param:
        description: The quality in which it was bought. If not set, the standard one, or the only one that is owned.
        type: str
        choices: [STDQ, PLUS]
  product_type:
    description: Show this kind only.
    type: str
    choices: [App, Book]
  device_assignable:
    description: Show only what can, or can't, be assigned to devices.
    type: bool
  metadata:
    description: Look up names and bundle ids in the store, which costs one request for each asset.
    type: bool
    default: false
  assignments:
    description: Read who holds the assets.
    type: bool
    default: false
  devices:
    description:
      - Show the assignments of these devices only, given by exactly one of O(devices.serial_numbers),
        O(devices.targets_file) and O(devices.scope). Implies O(assignments=true).
    type: dict
    suboptions:
      serial_numbers:
        description: Serial numbers.
        type: list
        elements: str
      targets_file:
        description: >-
          A file of serial numbers on the host that runs the module, in the forms that M(openmdm.vpp.vpp_license) reads.
        type: path
      scope:
        description:
          - Devices by the tags of an MDM, instead of by serial number, those in at least one of these scopes. Requires
            O(connector).
          - The MDM itself evaluates it, so tags of owners and automatic tags count like those that were set by hand.
          - A tag that neither a device nor an owner of one has is warned of.
        type: list
        elements: dict
        suboptions:
          match:
            description:
              - How the tags are meant. V(all) and V(none) go without tags.
              - V(without_all) is a device that lacks at least one of the tags.
            type: str
            required: true
            choices: [all, none, with_any, with_all, without_any, without_all]
          tags:
            description: Tags, each without spaces and commas.
            type: list
            elements: str
  users:
    description:
      - Show the assignments of these people only, given by exactly one of O(users.client_user_ids), O(users.emails) and
        O(users.targets_file). Implies O(assignments=true). Not with O(devices).
    type: dict
    suboptions:
      client_user_ids:
        description: Ids of people.
        type: list
        elements: str
      emails:
        description:
          - E-mail addresses, as Apple has them; upper and lower case are the same.
          - Ansible itself may show what stands in a playbook. Where that matters, use O(users.targets_file).
        type: list
        elements: str
      targets_file:
        description: >-
          A file of people on the host that runs the module, in the forms that M(openmdm.vpp.vpp_license) reads. A row
          that can't be used is an error.
        type: path
      columns:
        description: How the columns of O(users.targets_file) are called, where they have other names.
        type: dict
        suboptions:
          client_user_id:
            description: The column of C(client_user_id).
            type: str
          email:
            description: The column of C(email).
            type: str
          name:
            description: The column of C(name).
            type: str
          managed_apple_account:
            description: The column of C(managed_apple_account).
            type: str
          groups:
            description: The column of C(groups).
            type: str
      groups:
        description: With O(users.targets_file), only people in one of these groups of the file.
        type: list
        elements: str
  show_people:
    description: With O(users), show e-mail addresses in RV(left_out).
    type: bool
    default: false
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.reader
seealso:
  - module: openmdm.vpp.vpp_license
  - module: openmdm.vpp.mdm_device_info
"""

EXAMPLES = r"""
- name: Show what the location owns, with names
  openmdm.vpp.vpp_license_info:
    content_token_file: /etc/openmdm/north.vpptoken
    metadata: true

- name: Show the counts of two apps
  openmdm.vpp.vpp_license_info:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - bundle_id: com.apple.Pages
      - name: Apple Classroom

- name: Show which apps two devices hold
  openmdm.vpp.vpp_license_info:
    content_token_file: /etc/openmdm/north.vpptoken
    devices:
      serial_numbers: [DMPX00000001, DMPX00000002]

- name: Show what two people hold
  openmdm.vpp.vpp_license_info:
    content_token_file: /etc/openmdm/north.vpptoken
    users:
      client_user_ids: [pupil-0042, pupil-0043]

- name: Show what the devices of the choir hold
  openmdm.vpp.vpp_license_info:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    devices:
      scope:
        - match: with_any
          tags: [choir]
"""

RETURN = r"""
licenses:
  description: The assets, sorted by adam id.
  returned: success
  type: list
  elements: dict
  contains:
    adam_id:
      description: The asset's number in the App Store.
      type: str
    pricing_param:
      description: The quality in which it was bought.
      type: str
    name:
      description: The name in the store; empty unless O(metadata=true).
      type: str
    bundle_id:
      description: The bundle id; empty unless O(metadata=true).
      type: str
    product_type:
      description: App or Book, as Apple says.
      type: str
    device_assignable:
      description: Whether it can be assigned to devices.
      type: bool
    revocable:
      description: Whether an assignment can be taken back.
      type: bool
    supported_platforms:
      description: Platforms on which it runs.
      type: list
      elements: str
    unlimited:
      description: Whether it has no fixed number of licences.
      type: bool
    total_count:
      description: Licences owned; null if unlimited.
      type: int
    assigned_count:
      description: Licences assigned to devices and people.
      type: int
    available_count:
      description: Licences left; null if unlimited.
      type: int
    retired_count:
      description: Licences that ended, such as by refund. Not part of the total; null if unlimited.
      type: int
total:
  description: Number of assets found.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
assignments:
  description: Who holds what, sorted; empty unless asked for.
  returned: success
  type: list
  elements: dict
  contains:
    adam_id:
      description: The asset's number in the App Store.
      type: str
    pricing_param:
      description: The quality in which it was bought.
      type: str
    serial_number:
      description: The device that holds it, or null.
      type: str
    client_user_id:
      description: The person who holds it, or null.
      type: str
left_out:
  description: People of O(users) who are not known to Apple, by reason; empty without O(users).
  returned: success
  type: list
  elements: dict
  contains:
    reason:
      description: C(unknown), C(retired) or C(ambiguous), as in RV(openmdm.vpp.vpp_license#module:summary.left_out).
      type: str
    count:
      description: Number of people.
      type: int
    client_user_ids:
      description: At most 10 of them, by id.
      type: list
      elements: str
    lines:
      description: Lines or items of the list where people without an id stand, at most 10.
      type: list
      elements: int
    devices:
      description: Always empty.
      type: list
      elements: str
    emails:
      description: At most 10 addresses; null unless O(show_people=true).
      type: list
      elements: str
assignments_total:
  description: Number of assignments found.
  returned: success
  type: int
location:
  description: The location that the token governs, by C(uid) and C(name).
  returned: success
  type: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license_info import (
    LICENSE_INFO_SPEC,
    run_license_info,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(LICENSE_INFO_SPEC, run_license_info, info=True)


if __name__ == "__main__":
    main()
