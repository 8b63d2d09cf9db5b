#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_report
short_description: Write a report of what a location owns, who holds it, what is wasted and what is missing
version_added: 0.1.0
description:
  - Reads a location and writes one page of HTML that needs no other file and no network, tables as CSV, and JSON.
  - It shows the licensed applications with their counts and whether they can be assigned to devices, the people by
    status, who holds what by network and tag, licences that lie idle, licences that are missing in the scope of a
    rollout, the days that the token has left, what the last runs changed, and what is left to do by hand.
  - With O(merge) it reads no location, and makes one report of the JSON files of many.
  - A token that is expired, revoked or refused is no failure here. The report says so.
  - Without O(html_path), O(csv_dir) and O(report_path) no file is written; the result has the sums and the findings.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  html_path:
    description:
      - File to which the page is written, readable by its owner only. It is written in check mode too.
      - An earlier page of this module there is replaced, any other file is not.
    type: path
  csv_dir:
    description:
      - Folder, which exists, to which the tables are written in full, C(locations.csv), C(licenses.csv),
        C(holders.csv), C(assignments.csv), C(people.csv), C(wasted.csv), C(missing.csv), C(changes.csv) and
        C(manual_steps.csv).
      - The files are readable by their owner only, written in check mode too, and replaced only where this module wrote
        them.
      - A text that a spreadsheet would take for a formula has an apostrophe before it.
    type: path
  title:
    description: The heading of the page.
    type: str
    default: Apps and Books licences
  merge:
    description:
      - Files that this module wrote to O(report_path), of which one report is made. Nothing is read from Apple or an
        MDM, and no token is needed.
      - A file that is not there counts as a location that could not be read, by the name of the file. The report names
        it.
      - Of several files about one location the newest counts.
    type: list
    elements: path
  rollouts:
    description: >-
      Who is to have what, so that devices in scope without a licence can be told, each asset named by exactly one of
      C(adam_id), C(bundle_id) and C(name). Requires O(connector).
    type: list
    elements: dict
    suboptions:
      adam_id:
        description: The app's number in the App Store.
        type: str
      bundle_id:
        description: The bundle id.
        type: str
      name:
        description: The whole name in the store; upper and lower case are the same.
        type: str
      pricing_param:
        description: The quality in which it was bought. If not set, the standard one, or the only one that is owned.
        type: str
        choices: [STDQ, PLUS]
      scope:
        description: Devices by the tags of an MDM, those in at least one of these scopes. The MDM itself evaluates it.
        type: list
        elements: dict
        required: true
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
  run_reports:
    description:
      - Files that other modules of this collection wrote to their C(report_path), such as M(openmdm.vpp.vpp_license)
        and M(openmdm.vpp.mdm_app). The report tells what these runs changed, and what they left to do by hand.
    type: list
    elements: path
  metadata:
    description: Look up names and bundle ids in the store, which costs one request for each asset.
    type: bool
    default: true
  unseen_days:
    description: Days without a report to the MDM after which the licences of a device count as idle.
    type: int
    default: 14
  show_people:
    description:
      - Name people with their e-mail addresses in the page and the files. Otherwise the page has only counts, and the
        files only the ids of people.
      - With O(merge) it counts for the merged report, whatever the files hold.
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
  - module: openmdm.vpp.vpp_license_info
  - module: openmdm.vpp.vpp_user_info
  - module: openmdm.vpp.mdm_device_info
"""

EXAMPLES = r"""
- name: Write a report of a location, as a page and as tables
  openmdm.vpp.vpp_report:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    html_path: /srv/reports/north.html
    csv_dir: /srv/reports/north

- name: Tell what is missing in two rollouts, and what the last run changed
  openmdm.vpp.vpp_report:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    rollouts:
      - adam_id: "361309726"
        scope:
          - match: with_any
            tags: [year-7, year-8]
      - name: Procreate
        scope:
          - match: with_any
            tags: [art]
    run_reports: [/var/lib/openmdm/reports/licenses.json, /var/lib/openmdm/reports/apps.json]
    html_path: /srv/reports/north.html

- name: Keep what is known of a location for the report of all
  openmdm.vpp.vpp_report:
    content_token_file: /etc/openmdm/north.vpptoken
    report_path: /var/lib/openmdm/reports/north.json

- name: Make one report of three locations
  openmdm.vpp.vpp_report:
    merge:
      - /var/lib/openmdm/reports/north.json
      - /var/lib/openmdm/reports/south.json
      - /var/lib/openmdm/reports/west.json
    title: Kowhai Valley College
    html_path: /srv/reports/all.html
"""

RETURN = r"""
report:
  description: What was written, and each location in short.
  returned: success
  type: dict
  contains:
    html_path:
      description: The page; null unless O(html_path) is set.
      type: str
    csv_files:
      description: The tables; empty unless O(csv_dir) is set.
      type: list
      elements: str
    locations:
      description: The locations of the report, by name, at most O(limit).
      type: list
      elements: dict
      contains:
        uid:
          description: The location's id; empty where its token is dead.
          type: str
        name:
          description: Its name, or that of its organisation.
          type: str
        token_state:
          description: As in RV(openmdm.vpp.vpp_account_info#module:accounts[].token_state).
          type: str
        token_days_left:
          description: Days until the token ends.
          type: int
        read:
          description: Whether its licences could be read.
          type: bool
        assets:
          description: Number of assets that it owns.
          type: int
        assigned_count:
          description: Licences assigned to devices and people.
          type: int
        wasted:
          description: Licences that lie idle.
          type: int
        missing:
          description: Licences missing in the scope of O(rollouts).
          type: int
    unread:
      description: Locations of which O(merge) found no file, at most O(limit).
      type: list
      elements: str
findings:
  description: What wants attention, the worst first, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    level:
      description: C(bad), C(warning) or C(note).
      type: str
    text:
      description: One sentence or two.
      type: str
summary:
  description: Sums over all locations.
  returned: success
  type: dict
  contains:
    locations:
      description: Number of locations.
      type: int
    unread:
      description: Number of locations of which O(merge) found no file.
      type: int
    assets:
      description: Number of different assets.
      type: int
    total_count:
      description: Licences owned of assets with a fixed number.
      type: int
    available_count:
      description: How many of those are left.
      type: int
    assigned_count:
      description: Licences assigned, of all assets.
      type: int
    people:
      description: People by status, which is C(new), C(associated) or C(retired).
      type: dict
    wasted:
      description: >-
        Licences that lie idle, by reason. C(unknown_device), C(elsewhere_device) and C(unseen_device) are held by
        devices that the MDM does not know, knows in other networks only, or has not seen for O(unseen_days);
        C(retired_person) and C(unknown_person) by people whom Apple has as retired, or not at all.
      type: dict
    missing:
      description: Licences missing in the scope of O(rollouts).
      type: int
    manual_steps:
      description: Steps that are left to do by hand.
      type: int
    findings:
      description: Number of findings by level.
      type: dict
total:
  description: Number of locations.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.report import REPORT_SPEC, run_report
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(REPORT_SPEC, run_report, info=True)


if __name__ == "__main__":
    main()
