#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_reclaim
short_description: Take back licences that nobody uses
version_added: 0.1.0
description:
  - Finds the devices and people who hold licences and have no use for them, for the O(reasons) that are named, and
    takes the licences back at Apple, with as few requests as Apple's limits allow.
  - Look first; M(openmdm.vpp.vpp_reclaim_info) lists the same candidates, and check mode makes the plan.
  - A plan above O(max_removals) or O(max_shrink) changes nothing at all. What an MDM says is read twice before anything
    is taken on its word, and an MDM that lists no device is an error.
  - Books, and other assets that can't be taken back, stay with whoever holds them, and are counted in
    RV(summary.skipped).
  - An app whose licence was taken back works on for 30 days and then stops. A device that is in the app's scope in an
    MDM which grants by itself may get the licence again, so take it out of the scope first; O(settle) tells.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  reasons:
    description:
      - Why a licence is to come back. Of several reasons that apply the first one in this order is told.
      - V(unknown_device), a device that the MDM doesn't know, in the networks of the task or in others that it shows to
        us. Devices of another MDM are among them, so list those under O(keep). Requires O(connector).
      - V(unseen_device), a device that did not report to the MDM for O(unseen_days). Requires O(connector).
      - V(retired_person), somebody who was retired and still holds something, as Apple lists it.
      - V(gone_person), somebody who is active at Apple and not in O(people_file). The person stays registered; to
        retire people use M(openmdm.vpp.vpp_user), which takes back everything.
      - V(doubly_licensed), somebody who owns a device that holds the same asset by a licence of its own; see
        O(take_from). The owner's e-mail address in the MDM must be that of exactly one user at Apple. Devices in
        networks that are not the task's don't count, so name all networks in one task. Requires O(connector).
    type: list
    elements: str
    required: true
    choices: [unknown_device, unseen_device, retired_person, gone_person, doubly_licensed]
  max_removals:
    description:
      - The most (asset, holder) pairs that the task may take back, as a number or as a percentage of those that hold
        the assets now, such as C(5%). A plan above it is an error and changes nothing.
    type: str
    required: true
  max_shrink:
    description:
      - Stop when more than this many percent of all licences of devices, or of people, would come back for
        C(unknown_device), C(unseen_device) and C(gone_person) together. These reasons rest on what an answer or a
        list doesn't say, so it catches one that was cut off.
    type: int
    default: 20
  keep:
    description: What is never taken back, whatever the rest says.
    type: dict
    suboptions:
      serial_numbers:
        description: Devices that keep all they hold, such as those of another MDM.
        type: list
        elements: str
      devices_file:
        description: The same from a file, in the forms that M(openmdm.vpp.vpp_license) reads.
        type: path
      client_user_ids:
        description: People who keep all they hold.
        type: list
        elements: str
      emails:
        description: The same by e-mail address.
        type: list
        elements: str
      people_file:
        description: The same from a file, in the forms of O(people_file).
        type: path
      adam_ids:
        description: Assets that everybody keeps, by adam id.
        type: list
        elements: str
  settle:
    description:
      - Seconds to wait after the work is done, and then to look at it once more. If another product has undone any of
        it by then, the task fails and says what and who probably did it. V(0) is not to look.
      - Requires O(wait=true). It has no effect where the task changes nothing.
    type: float
    default: 0.0
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
  - openmdm.vpp.reclaim
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.write
  - openmdm.vpp.wait
  - openmdm.vpp.report
  - openmdm.vpp.state
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.writer
seealso:
  - module: openmdm.vpp.vpp_reclaim_info
  - module: openmdm.vpp.vpp_license
  - module: openmdm.vpp.vpp_user
"""

EXAMPLES = r"""
- name: Write down what would come back, for somebody to approve
  openmdm.vpp.vpp_reclaim:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    reasons: [unknown_device, unseen_device, gone_person]
    unseen_days: 180
    people_file: /etc/openmdm/everybody.csv
    max_removals: 500
    max_shrink: 30
    report_path: /var/lib/openmdm/reclaim.json
  check_mode: true

- name: Take back what was approved, and nothing else
  openmdm.vpp.vpp_reclaim:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    reasons: [unknown_device, unseen_device, gone_person]
    unseen_days: 180
    people_file: /etc/openmdm/everybody.csv
    max_removals: 500
    max_shrink: 30
    keep:
      devices_file: /etc/openmdm/devices-of-the-other-mdm.csv
    approved_plan: /var/lib/openmdm/reclaim.json
    state_dir: /var/lib/openmdm/state

- name: Take an app back from people whose devices all hold it by licences of their own
  openmdm.vpp.vpp_reclaim:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    assets:
      - adam_id: "425073498"
    reasons: [doubly_licensed]
    max_removals: 50
"""

RETURN = r"""
licenses:
  description: The assets that give something back, or keep something of what was found, with their counts, at most 100.
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
    from_devices:
      description: Devices that give it back.
      type: int
    from_people:
      description: People who give it back.
      type: int
    skipped:
      description: Licences that stay where they are, as in RV(summary.skipped).
      type: dict
removals:
  description: What comes back, each with its reason, at most 100. O(report_path) gets all.
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
    serial_number:
      description: The device that gives it back, or null.
      type: str
    client_user_id:
      description: The person who gives it back, or null.
      type: str
    reason:
      description: Why, as in O(reasons).
      type: str
plan:
  description: What the task does, or would do in check mode.
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    digest:
      description: SHA-256 over all operations.
      type: str
    disassociate:
      description: Number of (asset, holder) pairs to take back.
      type: int
    requests:
      description: Number of write requests that this takes.
      type: int
    operations:
      description: >-
        One entry a request, at most 100, each with at most 10 targets as a sample, in C(serial_numbers) or in
        C(client_user_ids).
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
      description: Assets looked at.
      type: int
    devices:
      description: Devices that give something back.
      type: int
    people:
      description: People who give something back.
      type: int
    by_reason:
      description: Pairs to take back, by reason.
      type: dict
    to_disassociate:
      description: Pairs to take back.
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
    skipped:
      description: >-
        Pairs that were found and stay where they are, by reason. C(kept), C(irrevocable), C(not_device_assignable), and
        C(needed) for people who are doubly licensed and have another device without a licence of its own.
      type: dict
    left_out:
      description: People from whom Apple takes nothing, by reason, such as C(retired). Empty in check mode.
      type: dict
    undone:
      description: Pairs that were taken back and are held again after O(settle) seconds; 0 without O(settle).
      type: int
undone:
  description: What another product undid within O(settle) seconds; nothing without O(settle).
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
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
      description: At most 100 of the devices concerned, where it is about devices.
      type: list
      elements: str
    client_user_ids:
      description: At most 100 of the people concerned, where it is about people.
      type: list
      elements: str
    count:
      description: >-
        Number of devices or people concerned, or of assets where Apple names none of them; null where it names neither.
      type: int
location:
  description: The location that the token governs, by C(uid) and C(name).
  returned: success, and on a failure after the plan was made
  type: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.reclaim import RECLAIM_SPEC, run_reclaim
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(RECLAIM_SPEC, run_reclaim)


if __name__ == "__main__":
    main()
