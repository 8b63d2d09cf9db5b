#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_diagnose
short_description: Say why an app is not on a device, or does not reach a person
version_added: 0.1.0
description:
  - Walks the chain from the content token to the installed app for each device and person, and says in one sentence
    where it breaks and what to do.
  - It only reads, and asks for many devices and people at once. A device is asked what became of the app only if
    nothing before is broken, by one request each; O(ask_at_most) bounds them.
  - What can't be asked is told as unknown, with the reason, and does not stop the rest. A content token that Apple does
    not accept, or one of another location than the pinned one, ends the chain of everybody and is said once, in
    RV(stopped); it is no failure.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  assets:
    description: >-
      The apps, each named by exactly one of O(assets[].adam_id), O(assets[].bundle_id) and O(assets[].name). One that
      the location does not own is a finding.
    type: list
    elements: dict
    required: true
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
      tag:
        description: The tag that puts a device in the scope of the app in the MDM. Not with O(assets[].scope).
        type: str
      scope:
        description: >-
          The scopes of the app in the MDM, where it is more than one tag; a device in one of them gets the app. With
          neither, nobody can say whether a device is in scope.
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
  devices:
    description:
      - The devices, by exactly one of O(devices.serial_numbers), O(devices.targets_file) and O(devices.scope).
      - At least one of O(devices) and O(users) is required.
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
        description: Scopes whose union is meant, as the MDM evaluates them. Requires O(connector).
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
  users:
    description:
      - The people, by exactly one of O(users.client_user_ids), O(users.emails) and O(users.targets_file).
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
  assignment:
    description:
      - Whose licences bring the apps to O(devices).
      - V(device) means licences of the devices, V(user) those of the people who own the devices in the MDM.
    type: str
    choices: [device, user]
    default: device
  devices_per_account:
    description: >-
      More devices than this of one person are told, since one Apple Account is said to serve no more (Apple documents
      no number for licences). V(0) counts none.
    type: int
    default: 10
  seen_within:
    description: Days. A device that did not report within them can't have got anything.
    type: int
    default: 14
  ask_at_most:
    description: >-
      At most so many devices are asked what became of the apps, one request each; of the others that is unknown. V(0)
      asks none.
    type: int
    default: 100
  show_people:
    description: Show the e-mail addresses of O(users).
    type: bool
    default: false
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.state
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.reader
notes:
  - Without O(connector) all that only an MDM can tell is unknown.
  - With O(state_dir), which is only read, it also tells what became of requests of earlier runs, and when people were
    mailed their invitation.
seealso:
  - module: openmdm.vpp.mdm_app_info
  - module: openmdm.vpp.vpp_invitation_info
  - module: openmdm.vpp.vpp_license_info
"""

EXAMPLES = r"""
- name: Ask why two iPads lack Pages
  openmdm.vpp.vpp_diagnose:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    state_dir: /var/lib/openmdm
    assets:
      - {adam_id: "361309726", tag: app-pages}
    devices:
      serial_numbers: [DMPX00000001, DMPX00000002]
  register: why

- name: Read the answers
  ansible.builtin.debug:
    msg: "{{ [why.stopped] if why.stopped else why.diagnoses | map(attribute='sentence') }}"

- name: See how many devices of a class lack two apps, and where the chain breaks
  openmdm.vpp.vpp_diagnose:
    content_token_from: meraki
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    assets:
      - {bundle_id: com.apple.Keynote, tag: app-keynote}
      - {adam_id: "425073498", tag: app-procreate}
    devices:
      scope:
        - {match: with_any, tags: [class-7a]}
    ask_at_most: 300
    report_path: /var/lib/openmdm/why.json

- name: Ask why two people have no licence
  openmdm.vpp.vpp_diagnose:
    content_token_file: /etc/openmdm/north.vpptoken
    state_dir: /var/lib/openmdm
    assets:
      - name: Procreate
    users:
      client_user_ids: [pupil-0042, pupil-0043]
"""

RETURN = r"""
diagnoses:
  description: One entry for each asset and device or person; those that lack something first.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: C(device) or C(person).
      type: str
    subject:
      description: >-
        The device by its serial number, or the MDM's id where it has none; the person by id, or by the place in the
        list where there is none.
      type: str
    serial_number:
      description: The device's serial number, or null.
      type: str
    client_user_id:
      description: The person's id, or null.
      type: str
    email:
      description: The person's address; null unless O(show_people=true).
      type: str
    adam_id:
      description: The app's number in the App Store; empty if the asset is not owned and was named otherwise.
      type: str
    app:
      description: The app in the words of the sentence.
      type: str
    status:
      description: >-
        V(ok) if the app is installed and managed, or the person lacks nothing; V(broken); or V(unknown) if nothing that
        could be seen is broken.
      type: str
    step:
      description: The first link of the chain that explains it; empty if all is well.
      type: str
    sentence:
      description: What is to be said of it, in one sentence.
      type: str
    steps:
      description: The links that are the device's or the person's own, in order.
      type: list
      elements: dict
      contains:
        step:
          description: Its word, as in the table of the guide on troubleshooting.
          type: str
        status:
          description: >-
            V(ok), V(broken), or V(unknown) where it can't be known with what the task was given, or could not be
            asked.
          type: str
        evidence:
          description: A few facts on which that stands.
          type: dict
        reason:
          description: Why it is broken or not known; empty if it is neither.
          type: str
        remedy:
          description: What to do; empty unless it is broken.
          type: str
assets:
  description: The assets of the task, with the links of the chain that they bring.
  returned: success
  type: list
  elements: dict
  contains:
    asked:
      description: How the task names it.
      type: str
    adam_id:
      description: Its number in the App Store; may be empty if it is not owned.
      type: str
    pricing_param:
      description: The quality in which it was bought; empty if it is not owned.
      type: str
    name:
      description: The name in the store; empty if the store was not read, or does not show it.
      type: str
    bundle_id:
      description: The bundle id; empty in the same cases.
      type: str
    steps:
      description: Whether it is owned, whether licences are left, and whether devices can hold it.
      type: list
      elements: dict
      contains:
        step:
          description: Its word, as in the table of the guide on troubleshooting.
          type: str
        status:
          description: >-
            V(ok), V(broken), or V(unknown) where it can't be known with what the task was given, or could not be
            asked.
          type: str
        evidence:
          description: A few facts on which that stands.
          type: dict
        reason:
          description: Why it is broken or not known; empty if it is neither.
          type: str
        remedy:
          description: What to do; empty unless it is broken.
          type: str
location:
  description: The location that the token governs, by C(uid) and C(name); null if RV(stopped).
  returned: success
  type: dict
location_steps:
  description: The links of the chain that everybody shares.
  returned: success
  type: list
  elements: dict
  contains:
    step:
      description: Its word, as in the table of the guide on troubleshooting.
      type: str
    status:
      description: >-
        V(ok), V(broken), or V(unknown) where it can't be known with what the task was given, or could not be
        asked.
      type: str
    evidence:
      description: A few facts on which that stands.
      type: dict
    reason:
      description: Why it is broken or not known; empty if it is neither.
      type: str
    remedy:
      description: What to do; empty unless it is broken.
      type: str
stopped:
  description: The sentence about what ends the chain of everybody, so that nobody was looked at; null if nothing does.
  returned: success
  type: str
summary:
  description: Counts.
  returned: success
  type: dict
  contains:
    devices:
      description: Devices looked at.
      type: int
    people:
      description: People looked at.
      type: int
    ok:
      description: Entries where nothing is amiss.
      type: int
    broken:
      description: Entries where something is broken.
      type: int
    unknown:
      description: Entries of which it can't be told.
      type: int
    because_of:
      description: Broken entries by the link that explains them.
      type: dict
    steps:
      description: Of each link, how many entries have it V(ok), V(broken) and V(unknown).
      type: dict
read:
  description: Devices that were asked what became of the apps, one request each.
  returned: success
  type: int
total:
  description: Number of entries in RV(diagnoses) before it was cut.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.diagnose import DIAGNOSE_SPEC, run_diagnose
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(DIAGNOSE_SPEC, run_diagnose, info=True)


if __name__ == "__main__":
    main()
