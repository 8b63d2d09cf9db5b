#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mdm_app_info
short_description: Show which devices are in the scope of an MDM's apps, and where the apps are installed
version_added: 0.1.0
description:
  - Tells for each app how many devices are in its scope by its tag, and what became of the app on them.
  - The MDM tells of each device how many apps are missing there. Where none is, a sample of the devices is asked; where
    some are, each device is asked, one request each. A task that must ask very many says how long it takes.
  - Tells what a person has to set up in the console of the MDM, and whether it was seen to be done.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  apps:
    description: The apps, each by O(apps[].adam_id) or O(apps[].bundle_id).
    type: list
    elements: dict
    required: true
    suboptions:
      adam_id:
        description: The app's number in the App Store.
        type: str
      bundle_id:
        description: >-
          The bundle id. Where there is a content token and no C(adam_id), finding it at Apple costs one request for
          each asset that the location owns.
        type: str
      name:
        description: A name for messages and results; nothing is looked up by it.
        type: str
      tag:
        description: The tag that puts a device in the scope of the app.
        type: str
        required: true
      app_ids:
        description: The MDM's own id of the app by unit, if you know it; it is shown with those that devices tell.
        type: dict
      paid:
        description: Whether the app costs money, which decides what has to be set up for it.
        type: bool
  devices:
    description: Look at these devices only, by exactly one of the following. If not set, at all of the units.
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
        description: Scopes whose union is meant, as the MDM evaluates them.
        type: list
        elements: dict
        suboptions:
          match:
            description: How the tags select devices; V(all) and V(none) go without tags.
            type: str
            required: true
            choices: [all, none, with_any, with_all, without_any, without_all]
          tags:
            description: The tags.
            type: list
            elements: str
  assignment:
    description:
      - Whose licences the apps are installed by, which decides what has to be set up for them.
      - V(device) means licences of the devices, V(user) those of the people who own the devices.
    type: str
    choices: [device, user]
    default: device
  states:
    description: Whether to find out what became of the apps. Without it no device is asked.
    type: bool
    default: true
  seen_within:
    description: Days. Devices that did not report within them are counted as C(not_seen) and not asked.
    type: int
    default: 14
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.reader
seealso:
  - module: openmdm.vpp.mdm_app
  - module: openmdm.vpp.mdm_device_info
"""

EXAMPLES = r"""
- name: Show how far the roll-out of an app is
  openmdm.vpp.mdm_app_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    apps:
      - {adam_id: "361309726", name: Pages, tag: app-pages}
  register: rollout

- name: Show what is left to set up by hand, and whether Apple shows the licences
  openmdm.vpp.mdm_app_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    content_token_from: meraki
    apps:
      - {adam_id: "425073498", name: Procreate, tag: app-procreate, paid: true}

- name: List the devices of two classes that still lack an app
  openmdm.vpp.mdm_app_info:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    apps:
      - {bundle_id: com.apple.Keynote, tag: app-keynote}
    devices:
      scope:
        - {match: with_any, tags: [class-7a, class-7b]}
    report_path: /var/lib/openmdm/keynote.json
"""

RETURN = r"""
apps:
  description: The apps of the task.
  returned: success
  type: list
  elements: dict
  contains:
    adam_id:
      description: The app's number in the App Store, as given; may be empty.
      type: str
    bundle_id:
      description: Its bundle id, as given; may be empty.
      type: str
    name:
      description: Its name, as given; may be empty.
      type: str
    tag:
      description: Its tag.
      type: str
    in_scope:
      description: Devices in its scope, by a tag of any kind.
      type: int
    tagged:
      description: Those of them that have the tag themselves; the others have it by their owner or automatically.
      type: int
    app_ids:
      description: The MDM's own id of the app by unit, as far as it is known.
      type: dict
    installs:
      description: >-
        What became of the app, as a number of devices by state, for the devices in scope. States are those that
        M(openmdm.vpp.mdm_app) tells.
      type: dict
installs:
  description: One entry for each app and device in scope; empty with O(states=false).
  returned: success
  type: list
  elements: dict
  contains:
    adam_id:
      description: The app's number in the App Store, as given.
      type: str
    bundle_id:
      description: Its bundle id, as given.
      type: str
    serial_number:
      description: The device, by the MDM's id where it has no serial number.
      type: str
    unit:
      description: The MDM's id of the unit that it is in.
      type: str
    state:
      description: What became of the app there.
      type: str
    asked:
      description: Whether the device itself was asked; if not, the state is inferred.
      type: bool
    last_seen:
      description: When it reported last; null if the MDM doesn't tell.
      type: str
devices:
  description: Number of devices looked at.
  returned: success
  type: int
unknown_serial_numbers:
  description: Serial numbers of O(devices) that the MDM doesn't know.
  returned: success
  type: list
  elements: str
units:
  description: The units of the task.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The MDM's id.
      type: str
    name:
      description: Its name.
      type: str
read:
  description: Devices that were asked what became of the apps, one request each.
  returned: success
  type: int
inferred:
  description: Pairs that were not asked, since nothing is missing there and a sample of such devices has the app.
  returned: success
  type: int
total:
  description: Number of entries in RV(installs) before it was cut.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
manual_steps:
  description: What only a person can do in the console of the MDM, and whether it was seen to be done.
  returned: success
  type: list
  elements: dict
  contains:
    step:
      description: A word for the step.
      type: str
    about:
      description: The app or the location that it is about.
      type: str
    what:
      description: What to do.
      type: str
    where:
      description: Where in the console.
      type: str
    why:
      description: Why it is needed.
      type: str
    verified_by:
      description: How it is seen to be done.
      type: str
    state:
      description: C(done), C(to_do), or C(unverifiable) where nothing that can be read tells.
      type: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.app_info import APP_INFO_SPEC, run_app_info
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(APP_INFO_SPEC, run_app_info, info=True)


if __name__ == "__main__":
    main()
