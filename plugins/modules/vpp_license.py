#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_license
short_description: Assign volume-purchased apps to devices, and take them back
version_added: 0.1.0
description:
  - Gives licences of a location's apps to devices by serial number, or takes them back, at Apple, with as few
    requests as Apple's limits allow.
  - The module reads who holds what, plans the difference, and sends only that. Run again, it sends nothing.
  - Nothing is taken back unless O(exclusive=true) or O(state=absent) asks for it and O(max_removals) allows it. A
    plan above a limit changes nothing at all.
  - This module assigns licences. It installs and removes no app; that is the work of the MDM.
  - An app whose licence was taken back works on for 30 days and then stops, so let the MDM uninstall it.
  - With O(connector) the devices can be named by the tags of an MDM, which is read before Apple is asked, and is never
    written to by this module.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  assets:
    description:
      - The apps, each by exactly one of C(adam_id), C(bundle_id) and C(name). One of O(assets) and O(all_assets) is
        required.
    type: list
    elements: dict
    suboptions:
      adam_id:
        description: The app's number in the App Store. The surest and cheapest way to name an app.
        type: str
      bundle_id:
        description: The bundle id. Finding it costs one request for each asset that the location owns.
        type: str
      name:
        description:
          - The whole name in the store; upper and lower case are the same. Finding it costs one request for each asset
            that the location owns.
          - A name that fits two apps is an error which lists them.
        type: str
      pricing_param:
        description: The quality in which it was bought. If not set, the standard one, or the only one that is owned.
        type: str
        choices: [STDQ, PLUS]
  all_assets:
    description:
      - Every asset of the location, in place of O(assets). With O(state=absent) the devices give back all they
        hold, with O(state=present) they get every app that can be assigned to devices.
    type: bool
    default: false
  devices:
    description:
      - The devices, by exactly one of O(devices.serial_numbers), O(devices.targets_file) and O(devices.scope).
      - An empty list is an error with O(exclusive=true) (see O(allow_empty)), and a warning otherwise.
    type: dict
    required: true
    suboptions:
      serial_numbers:
        description: Serial numbers. For more than some thousands use O(devices.targets_file).
        type: list
        elements: str
      targets_file:
        description:
          - A file of serial numbers on the host that runs the module, as CSV, JSON or text.
          - CSV has a header line with one column C(serial_number), C(serial) or C(Serial Number) (case, blanks, hyphens
            and underscores do not matter), and comma, semicolon or tab as separator. Other columns are ignored.
          - JSON is a list of texts or of objects with C(serial_number). Text has one serial number on each line.
          - A report of M(openmdm.vpp.mdm_device_info) will do, too.
          - The encoding is UTF-8, with or without byte order mark, or UTF-16 with one.
          - Their order is the order in which licences are given out under O(shortage=partial).
          - A file that looks cut off is an error.
        type: path
      scope:
        description:
          - Devices by the tags of an MDM, instead of by serial number, those in at least one of these scopes. Requires
            O(connector).
          - The MDM itself evaluates it, so tags of owners and automatic tags count like those that were set by hand.
          - Devices that can take no licence are left out and counted in RV(summary.left_out).
          - A tag that neither a device nor an owner of one has is an error with O(exclusive=true) and O(state=absent),
            unless O(allow_empty=true), and a warning otherwise.
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
      within:
        description:
          - With O(devices.scope), the devices that the task is in charge of, in the same form. O(exclusive=true) takes
            licences back from devices in it and from no others. If not set, all devices of the networks of the task.
          - Two exclusive tasks for one app leave each other's devices alone if no device is in the C(within) of both.
          - A device of O(devices.scope) that is not in it is an error.
        type: list
        elements: dict
        suboptions:
          match:
            description: How the tags are meant, as in O(devices.scope).
            type: str
            required: true
            choices: [all, none, with_any, with_all, without_any, without_all]
          tags:
            description: Tags, each without spaces and commas.
            type: list
            elements: str
      known_file:
        description:
          - A file of all serial numbers that you manage, in the same forms. Holders outside it are orphans, which
            O(exclusive=true) leaves alone unless O(orphans=true).
          - A device of O(devices) that is not in it is an error, which catches mistyped serial numbers.
          - If not set, every device that holds a licence is taken for yours. With O(devices.scope) it can't be set,
            since the MDM tells which devices are known.
        type: path
  state:
    description:
      - V(present) gives licences to the devices, V(absent) takes them back from the devices.
    type: str
    choices: [present, absent]
    default: present
  licensing:
    description:
      - Who gives licences to the devices. Required if O(connector) is set to an MDM that takes licences by itself, as
        Systems Manager does.
      - V(collection) is this module. What the MDM does by itself, auto-grant and auto-revoke of the app, must be
        switched off there, or the two undo each other's work; O(settle) tells.
      - V(mdm) is the MDM. With O(state=present) the module then writes nothing at all. It tells in RV(summary.awaited)
        what the MDM still has to give, and with O(wait=true) it looks every O(poll_interval) seconds until all is there
        or O(wait_timeout) is over, which is a warning and no failure. O(exclusive=true) is an error, as the app's scope
        in the MDM decides.
      - With O(state=absent) both mean the same, so that devices that left the app's scope give their licences back.
    type: str
    choices: [mdm, collection]
  settle:
    description:
      - Seconds to wait after the work is done, and then to look at it once more. If another product has undone any of
        it by then, the task fails and says what and who probably did it. V(0) is not to look.
      - Requires O(wait=true). It has no effect where the task changes nothing.
    type: float
    default: 0.0
  exclusive:
    description:
      - Also take the licences of O(assets) back from all other devices of the location, not only from those that were
        in the list before. No list is remembered. People who hold licences are never touched.
      - Two tasks for one app with different device lists strip each other; use one task with the union of the lists,
        or scopes with a O(devices.within) each.
      - With O(devices.scope) only devices that the MDM knows give licences back (see O(devices.within)). Others are
        orphans.
    type: bool
    default: false
  max_removals:
    description:
      - The most (asset, device) pairs that the task may take back, as a number or as a percentage of those that
        hold the assets now, such as C(5%). A plan above it is an error and changes nothing.
      - Required with O(exclusive=true), O(state=absent) and O(all_assets=true).
    type: str
  max_shrink:
    description:
      - With O(exclusive=true), stop when the devices given cover less than 100 minus this many percent of those
        that hold an app now. It catches an export that was cut off.
    type: int
    default: 20
  allow_empty:
    description:
      - With O(exclusive=true), accept an empty list of devices, which takes the apps from every device.
      - Also accept, in O(devices.scope) and O(devices.within), a tag that nothing has.
    type: bool
    default: false
  keep:
    description: What is never taken back, whatever the rest says.
    type: dict
    suboptions:
      serial_numbers:
        description: Devices that keep all they hold.
        type: list
        elements: str
      targets_file:
        description: The same from a file.
        type: path
      adam_ids:
        description: Assets that every device keeps, by adam id.
        type: list
        elements: str
  orphans:
    description: >-
      Let O(exclusive=true) also take licences back from devices outside O(devices.known_file), or, with
      O(devices.scope), from those that the MDM doesn't know in the networks of the task. Not with O(devices.within),
      outside of which other tasks are in charge.
    type: bool
    default: false
  shortage:
    description:
      - What to do when there are fewer licences than devices. V(fail) changes nothing; V(partial) gives what there
        is in the order of the devices, and warns.
    type: str
    choices: [fail, partial]
    default: fail
  approved_plan:
    description:
      - Path of a report that an earlier check run wrote to O(report_path). The task stops if its own plan holds
        anything outside that plan.
    type: path
  events:
    description: Ids of events of an earlier run; they are waited for before anything is read.
    type: list
    elements: str
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.write
  - openmdm.vpp.wait
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.writer
seealso:
  - module: openmdm.vpp.vpp_license_info
  - module: openmdm.vpp.mdm_device_info
  - module: openmdm.vpp.vpp_account
"""

EXAMPLES = r"""
- name: Give two apps to the devices of a list
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "361309726"
      - bundle_id: com.apple.Numbers
      - name: Apple Classroom
    devices:
      targets_file: /etc/openmdm/year-7.csv
      known_file: /etc/openmdm/all-devices.csv  # a serial number that is not in it is an error

- name: The same although the MDM claims the location, whose claim stays as it is
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "361309726"
    devices:
      targets_file: /etc/openmdm/year-7.csv
    takeover: true
    requests_per_second: 5

- name: Let these devices, and no other of the location, hold an app, but never take more than 25 licences back
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
    devices:
      targets_file: /etc/openmdm/art-room.csv
    exclusive: true
    max_removals: 25
    keep:
      serial_numbers: [F9FXTEACHER1]

- name: Give an app to year 7 and to the choir, whoever has these tags in Systems Manager, and tell if it is undone
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    assets:
      - adam_id: "425073498"
    devices:
      scope:
        - match: with_any
          tags: [year-7, choir]
    licensing: collection
    settle: 120

- name: Let the devices of year 7 with the tag of the app, and no others of year 7, hold it
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    assets:
      - adam_id: "425073498"
    devices:
      scope:
        - match: with_all
          tags: [year-7, app-procreate]
      within:
        - match: with_any
          tags: [year-7]
    licensing: collection
    exclusive: true
    max_removals: 10

- name: Wait until Systems Manager has given everyone in the app's scope a licence
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    assets:
      - adam_id: "425073498"
    devices:
      scope:
        - match: with_any
          tags: [app-procreate]
    licensing: mdm
    wait_timeout: 1800

- name: Let devices that leave the school give everything back
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    all_assets: true
    devices:
      serial_numbers: [DMPX00000001, DMPX00000002]
    state: absent
    max_removals: 100

- name: Write the plan for somebody to approve
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
    devices:
      targets_file: /etc/openmdm/art-room.csv
    report_path: /var/lib/openmdm/plan.json
  check_mode: true

- name: Do what was approved, and nothing else
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
    devices:
      targets_file: /etc/openmdm/art-room.csv
    approved_plan: /var/lib/openmdm/plan.json
"""

RETURN = r"""
licenses:
  description: The assets of the task with their counts, at most 100.
  returned: success, and on a failure after the plan was made
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
      description: The name in the store; empty unless the task names an asset by C(bundle_id) or C(name).
      type: str
    bundle_id:
      description: The bundle id; empty unless the task names an asset by C(bundle_id) or C(name).
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
    available_count:
      description: Licences that were free before the task; null if unlimited.
      type: int
    assigned_count:
      description: Licences that were assigned before the task, to devices and people.
      type: int
    retired_count:
      description: Licences that ended, such as by refund. Not part of the total; null if unlimited.
      type: int
    unchanged:
      description: Devices of the task for which nothing changes, since it is so already.
      type: int
    to_associate:
      description: Devices that get it.
      type: int
    to_disassociate:
      description: Devices that give it back.
      type: int
    awaited:
      description: Devices that the MDM is to give it to, with O(licensing=mdm); 0 otherwise.
      type: int
    short:
      description: Devices that get none for want of licences.
      type: int
    orphans:
      description: Holders outside the known devices, which were left alone.
      type: int
plan:
  description: What the task does, or would do in check mode.
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    digest:
      description: SHA-256 over all operations.
      type: str
    associate:
      description: Number of (asset, device) pairs to give.
      type: int
    disassociate:
      description: Number of (asset, device) pairs to take back.
      type: int
    requests:
      description: Number of write requests that this takes.
      type: int
    operations:
      description: One entry a request, at most 100, each with at most 10 serial numbers as a sample.
      type: list
      elements: dict
events:
  description: Apple's events of the task, at most 100; empty in check mode.
  returned: always
  type: list
  elements: dict
  contains:
    event_id:
      description: Apple's id.
      type: str
    event_status:
      description: C(COMPLETE), C(FAILED) or C(PENDING), or C(UNKNOWN) where Apple no longer knows the event.
      type: str
    event_type:
      description: What kind of event it is.
      type: str
    num_requested:
      description: Pairs asked for.
      type: int
    num_completed:
      description: Pairs done.
      type: int
summary:
  description: Counts of the task.
  returned: always
  type: dict
  contains:
    assets:
      description: Assets of the task.
      type: int
    devices:
      description: Devices given.
      type: int
    unchanged:
      description: Pairs for which nothing changes, since it is so already.
      type: int
    to_associate:
      description: Pairs to give.
      type: int
    to_disassociate:
      description: Pairs to take back.
      type: int
    associated:
      description: Pairs given, as read afterwards; 0 in check mode.
      type: int
    disassociated:
      description: Pairs taken back, as read afterwards; 0 in check mode.
      type: int
    failed:
      description: Pairs that were sent and not done.
      type: int
    pending:
      description: Pairs that Apple accepted, or may have accepted, and whose outcome is not known yet.
      type: int
    not_sent:
      description: Pairs that were not sent, because the task stopped before.
      type: int
    short:
      description: Pairs for which no licence was left.
      type: int
    orphans:
      description: Holders outside the known devices, which were left alone.
      type: int
    skipped:
      description: Pairs left out, counted by reason.
      type: dict
    left_out:
      description: >-
        Devices in O(devices.scope) that can take no licence, counted by reason: C(no_serial_number) or C(not_apple).
        Empty without a scope.
      type: dict
    awaited:
      description: Pairs that the MDM still has to give, with O(licensing=mdm), as last seen; 0 otherwise.
      type: int
    awaited_unseen:
      description: Those of them whose device did not report for 14 days or more, and which are not waited for.
      type: int
    undone:
      description: Pairs that were done and no longer so after O(settle) seconds; 0 without O(settle).
      type: int
left_out:
  description: Devices in O(devices.scope) that can take no licence; empty without a scope.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    reason:
      description: Why.
      type: str
    count:
      description: Number of devices.
      type: int
    devices:
      description: At most 10 of them, by serial number or by the MDM's id.
      type: list
      elements: str
undone:
  description: What another product undid within O(settle) seconds; nothing without O(settle).
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    associate:
      description: Pairs that were given and taken back again.
      type: int
    disassociate:
      description: Pairs that were taken back and given again.
      type: int
    sample:
      description: At most 100 of them.
      type: list
      elements: dict
failures:
  description: What failed, grouped by reason.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    error_number:
      description: Apple's number; null if there is none.
      type: int
    reason:
      description: Why.
      type: str
    adam_ids:
      description: Assets concerned, where they are known.
      type: list
      elements: str
    serial_numbers:
      description: At most 100 of the devices concerned.
      type: list
      elements: str
    count:
      description: Number of devices concerned, or of assets where Apple names no device; null where it names neither.
      type: int
location:
  description: The location that the token governs.
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    uid:
      description: Its unique id.
      type: str
    name:
      description: Its name.
      type: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license import LICENSE_SPEC, run_license
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(LICENSE_SPEC, run_license)


if __name__ == "__main__":
    main()
