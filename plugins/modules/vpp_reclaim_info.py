#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_reclaim_info
short_description: Show which licences nobody uses, and whether those that are left will do
version_added: 0.1.0
description:
  - Lists the devices and people who hold licences and have no use for them, each with the reason, and what
    M(openmdm.vpp.vpp_reclaim) could take back.
  - Tells for each asset how many licences are free, how many could come back, how many are wanted in O(forecast), how
    many are missing, and when the last one will be given.
  - Nothing is changed. An MDM that lists no device at all is an error, since every holder would look unused by it.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  reasons:
    description:
      - What to look for. Of several reasons that apply to a licence the first one in this order is told.
      - V(unknown_device), a device that the MDM doesn't know, in the networks of the task or in others that it shows to
        us. Devices of another MDM are among them. Requires O(connector).
      - V(unseen_device), a device that did not report to the MDM for O(unseen_days). Requires O(connector).
      - V(retired_person), somebody who was retired and still holds something, as Apple lists it.
      - V(gone_person), somebody who is active at Apple and not in O(people_file).
      - V(doubly_licensed), somebody who owns a device that holds the same asset by a licence of its own; see
        O(take_from). The owner's e-mail address in the MDM must be that of exactly one user at Apple. Requires
        O(connector).
      - If not set, all that can be told with the options that are given.
    type: list
    elements: str
    choices: [unknown_device, unseen_device, retired_person, gone_person, doubly_licensed]
  forecast:
    description:
      - Whether the licences will do. Without it, RV(licenses) tells what is free and what could come back.
    type: dict
    suboptions:
      scope:
        description:
          - The devices that are to have the assets, those in at least one of these scopes, as the MDM itself evaluates
            them. Those that hold one already, and those on which the asset doesn't run, want none. Requires
            O(connector).
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
      planned:
        description: So many more licences of each asset are wanted now, such as for devices that are ordered.
        type: int
        default: 0
      per_month:
        description: So many more of each asset are wanted a month from then on, at an even pace.
        type: int
        default: 0
extends_documentation_fragment:
  - openmdm.vpp.reclaim
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.reader
seealso:
  - module: openmdm.vpp.vpp_reclaim
  - module: openmdm.vpp.vpp_license_info
  - module: openmdm.vpp.mdm_device_info
"""

EXAMPLES = r"""
- name: Show who holds licences and is not known to Systems Manager, or not to the school any more
  openmdm.vpp.vpp_reclaim_info:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    reasons: [unknown_device, gone_person]
    people_file: /etc/openmdm/everybody.csv
    report_path: /var/lib/openmdm/unused.json

- name: Show what stands still, and whether the licences of an app will do for year 7 and for 30 iPads that are ordered
  openmdm.vpp.vpp_reclaim_info:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    assets:
      - adam_id: "425073498"
    unseen_days: 90
    forecast:
      scope:
        - match: with_any
          tags: [year-7]
      planned: 30
      per_month: 4
"""

RETURN = r"""
candidates:
  description: The licences that nobody uses, sorted by asset and holder, at most O(limit).
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
    reason:
      description: Why, as in O(reasons).
      type: str
    days_unseen:
      description: Whole days since the device reported to the MDM; null where that is not known, and for people.
      type: int
    withheld:
      description: >-
        Why it can't be taken back, C(irrevocable) or C(not_device_assignable); null where it can.
      type: str
total:
  description: Number of candidates found.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
reasons:
  description: The reasons that were looked for.
  returned: success
  type: list
  elements: str
licenses:
  description: The assets, sorted by adam id, at most O(limit).
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
      description: Licences left; null if unlimited.
      type: int
    assigned_count:
      description: Licences assigned to devices and people.
      type: int
    retired_count:
      description: Licences that ended, such as by refund. Not part of the total; null if unlimited.
      type: int
    reclaimable:
      description: Licences that could come back.
      type: int
    wanted:
      description: Licences that O(forecast) wants now.
      type: int
    unfit:
      description: Devices of O(forecast.scope) that get none, since the asset doesn't run there or isn't for devices.
      type: int
    short:
      description: Wanted licences that are missing.
      type: int
    short_after:
      description: Wanted licences that are missing once the reclaimable ones came back.
      type: int
    runs_out:
      description: >-
        The day (C(YYYY-MM-DD)) on which a licence will be missing; null if that is not in sight, or the asset is
        unlimited.
      type: str
    runs_out_after:
      description: The same once the reclaimable ones came back; null likewise.
      type: str
summary:
  description: Counts.
  returned: success
  type: dict
  contains:
    assets:
      description: Assets looked at.
      type: int
    candidates:
      description: Licences that nobody uses.
      type: int
    by_reason:
      description: The same by reason.
      type: dict
    reclaimable:
      description: Those of them that can be taken back.
      type: int
    needed:
      description: >-
        People who hold an asset as one of their devices does, and need it since another one has no licence of its own.
      type: int
    wanted:
      description: Licences that O(forecast) wants now, over all assets.
      type: int
    short:
      description: Wanted licences that are missing, over all assets.
      type: int
    short_after:
      description: The same once the reclaimable ones came back.
      type: int
    left_out:
      description: >-
        Devices of O(forecast.scope) that can take no licence, counted by reason (C(no_serial_number), C(not_apple)).
      type: dict
location:
  description: The location that the token governs, by C(uid) and C(name).
  returned: success
  type: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.reclaim_info import (
    RECLAIM_INFO_SPEC,
    run_reclaim_info,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(RECLAIM_INFO_SPEC, run_reclaim_info, info=True)


if __name__ == "__main__":
    main()
