#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_license
short_description: Assign volume-purchased apps and books to devices or people, and take them back
version_added: 0.1.0
description:
  - Gives licences of a location's apps to devices by serial number, or those of its apps and books to people, or takes
    them back, at Apple, with as few requests as Apple's limits allow.
  - The module reads who holds what, plans the difference, and sends only that. Run again, it sends nothing.
  - Nothing is taken back unless O(exclusive=true) or O(state=absent) asks for it and O(max_removals) allows it. A
    plan above a limit changes nothing at all.
  - This module assigns licences. It installs and removes no app; that is the work of the MDM.
  - An app whose licence was taken back works on for 30 days and then stops, so let the MDM uninstall it.
  - With O(connector) the devices can be named by the tags of an MDM, and people by the devices that they own there. The
    MDM is read before Apple is asked, and is never written to by this module.
  - Of people, those get licences who have accepted their invitation. The others are left out, counted in
    RV(summary.left_out), and get theirs in a run after they did; that is no failure. Run it every night.
  - Where O(users) is used, no e-mail address is shown unless O(show_people=true).
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
      - Every asset of the location, in place of O(assets). With O(state=absent) the devices or people give back all
        they hold, with O(state=present) they get every asset that can be assigned to them.
      - Books, and other assets that can't be taken back, stay with a person for good. They are counted in
        RV(summary.skipped).
    type: bool
    default: false
  devices:
    description:
      - The devices, by exactly one of O(devices.serial_numbers), O(devices.targets_file) and O(devices.scope).
      - An empty list is an error with O(exclusive=true) (see O(allow_empty)), and a warning otherwise.
      - Exactly one of O(devices) and O(users) is required.
    type: dict
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
  users:
    description:
      - The people, by exactly one of O(users.client_user_ids), O(users.emails), O(users.targets_file) and
        O(users.scope).
      - A person is the one with the C(client_user_id) given, or else the active user with the e-mail address.
      - An empty list is an error with O(exclusive=true) (see O(allow_empty)), and a warning otherwise.
    type: dict
    suboptions:
      client_user_ids:
        description: Ids of people, as M(openmdm.vpp.vpp_user) registered them.
        type: list
        elements: str
      emails:
        description:
          - E-mail addresses, as Apple has them; upper and lower case are the same.
          - Ansible itself may show what stands in a playbook. Where that matters, use O(users.targets_file).
        type: list
        elements: str
      targets_file:
        description:
          - A file of people on the host that runs the module, as O(openmdm.vpp.vpp_user#module:src) reads it. So the
            C(Email,Name,Notes) of Systems Manager's import will do.
          - A report of M(openmdm.vpp.vpp_user) or M(openmdm.vpp.vpp_user_info) will do, too.
          - Their order is the order in which licences are given out under O(shortage=partial).
          - A row that can't be used is listed with its line in RV(bad_rows), and the others are done; the task fails in
            the end. With O(exclusive=true) nothing is taken back then, as the row may be about a holder.
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
        description:
          - With O(users.targets_file), only people in one of these groups of the file. If not set, all of them.
          - With O(exclusive=true), holders whom the file doesn't list in any group are orphans, which are left alone
            unless O(orphans=true).
          - A group that nobody is in is an error.
        type: list
        elements: str
      scope:
        description:
          - People by the tags of an MDM, those who own at least one of the devices in at least one of these scopes.
            Requires O(connector). The owner's e-mail address in the MDM must be that of the user at Apple.
          - The MDM itself evaluates it, so tags of owners and automatic tags count like those that were set by hand.
          - Devices without an owner, and owners whom Apple doesn't know, are left out and counted in
            RV(summary.left_out).
          - A tag that neither a device nor an owner of one has is an error with O(exclusive=true) and O(state=absent),
            unless O(allow_empty=true), and a warning otherwise.
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
      within:
        description:
          - With O(users.scope), the devices whose owners the task is in charge of, in the same form.
            O(exclusive=true) takes licences back from people all of whose devices are in it, and from no others. If not
            set, all devices of the networks of the task.
          - A device of O(users.scope) that is not in it is an error.
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
          - A file of all people whom you manage, in the forms of O(users.targets_file). Holders outside it are
            orphans, which O(exclusive=true) leaves alone unless O(orphans=true).
          - A person of O(users) who is not in it is an error, which catches mistakes.
          - If not set, everybody who holds a licence is taken for yours. It goes neither with O(users.groups) nor with
            O(users.scope), where the file or the MDM tells who is known.
        type: path
  include_registered:
    description:
      - With O(users), also give licences to people who are registered and have not accepted their invitation yet.
      - Whether Apple takes that is not documented. Where it doesn't, they are left out like those whom this option
        doesn't include.
      - Each of them counts as one who needs a licence, since only Apple's refusal could tell otherwise. So they may be
        why O(shortage=fail) stops the task; under O(shortage=partial) people who have accepted come first.
    type: bool
    default: false
  devices_per_account:
    description:
      - With O(users), the most devices that one Apple Account may use licences of people on. Apple says 10, others say
        5. V(0) is not to look.
      - People who own more devices in the MDM are warned of and counted in RV(summary.over_device_limit). They get
        their licences all the same. Without O(connector) nobody can count their devices.
    type: int
    default: 10
  show_people:
    description: >-
      With O(users), show e-mail addresses in RV(left_out). Whoever sees the output of the task, or its log, sees them
      then.
    type: bool
    default: false
  state:
    description:
      - V(present) gives licences to the devices or people, V(absent) takes them back from them.
    type: str
    choices: [present, absent]
    default: present
  licensing:
    description:
      - Who gives licences. Required if O(connector) is set to an MDM that takes licences by itself, as
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
        in the list before. No list is remembered. A task with O(devices) never touches people who hold licences, nor
        one with O(users) devices.
      - Two tasks for one app with different lists strip each other; use one task with the union of the lists,
        or scopes with a O(devices.within) each.
      - With O(devices.scope) only devices that the MDM knows give licences back (see O(devices.within)), and with
        O(users.scope) only people who own a device there. Others are orphans. Devices in networks that are not the
        task's don't count for a person, so name all networks in one task.
      - People of O(users) who have not accepted yet keep what they hold, and so does somebody whom O(users) names by id
        and Apple doesn't know.
    type: bool
    default: false
  max_removals:
    description:
      - The most (asset, device) or (asset, person) pairs that the task may take back, as a number or as a percentage of
        those that hold the assets now, such as C(5%). A plan above it is an error and changes nothing.
      - Required with O(exclusive=true), O(state=absent) and O(all_assets=true).
    type: str
  max_shrink:
    description:
      - With O(exclusive=true), stop when the devices or people given cover less than 100 minus this many percent of
        those that hold an app now. It catches an export that was cut off.
    type: int
    default: 20
  allow_empty:
    description:
      - With O(exclusive=true), accept an empty list, which takes the apps from every device, or from everybody.
      - Also accept, in O(devices.scope), O(devices.within), O(users.scope) and O(users.within), a tag that nothing has.
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
      client_user_ids:
        description: People who keep all they hold, with O(users).
        type: list
        elements: str
      emails:
        description: The same by e-mail address.
        type: list
        elements: str
      targets_file:
        description: The same from a file, of serial numbers with O(devices) and of people with O(users).
        type: path
      adam_ids:
        description: Assets that every device, or everybody, keeps, by adam id.
        type: list
        elements: str
  orphans:
    description: >-
      Let O(exclusive=true) also take licences back from devices outside O(devices.known_file), or, with
      O(devices.scope), from those that the MDM doesn't know in the networks of the task; and likewise from people with
      O(users.known_file), O(users.groups) and O(users.scope). Not with O(devices.within) and O(users.within), outside
      of which other tasks are in charge.
    type: bool
    default: false
  shortage:
    description:
      - What to do when there are fewer licences than devices or people. V(fail) changes nothing; V(partial) gives what
        there is in their order, and warns.
    type: str
    choices: [fail, partial]
    default: fail
  wait_available:
    description:
      - Seconds to wait for licences that are being freed, such as by people whom a task just before retired, before
        the task finds that there are too few. It looks every O(poll_interval) seconds. V(0) is not to wait.
      - Licences that the task itself takes back are waited for anyway, for this long if it is more than V(0), else for
        what is left of O(wait_timeout). It then gives what it can.
      - In check mode nothing is waited for.
    type: float
    default: 0.0
  approved_plan:
    description:
      - Path of a report that an earlier check run wrote to O(report_path). The task stops if its own plan holds
        anything outside that plan.
      - The file has at most 64 MiB, which is more than a million operations; larger ones are made by several tasks.
    type: path
  events:
    description: Ids of events of an earlier run; they are waited for before anything is read.
    type: list
    elements: str
  cache:
    description:
      - Remember in O(state_dir) who holds what, and ask Apple in the next run only for what changed since. A run in
        which nothing changed then takes three requests to Apple, and one more for each further page of its assets.
      - Whatever can't be proven from the answers is read as without it, and nothing is taken back that the same run has
        not read. The proof rests on things that Apple says but doesn't promise; the guide to the state directory lists
        them. An asset is read in full at least every 30 days.
      - Check mode uses it and doesn't write it. Requires O(state_dir).
    type: bool
    default: false
extends_documentation_fragment:
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
  - module: openmdm.vpp.vpp_license_info
  - module: openmdm.vpp.mdm_device_info
  - module: openmdm.vpp.vpp_user
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

- name: Every night, give an app and a book to the people of year 7 who have accepted their invitation
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
      - adam_id: "900000001"
    users:
      targets_file: /etc/openmdm/people.csv
      groups: [year-7]
    state_dir: /var/lib/openmdm

- name: Every hour, for a large location, ask only for what changed since the last run
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
    devices:
      targets_file: /etc/openmdm/art-room.csv
    state_dir: /var/lib/openmdm/state
    cache: true

- name: Take the app from everybody in the list who is not in year 7, and give it to those of year 7
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "425073498"
    users:
      targets_file: /etc/openmdm/people.csv
      groups: [year-7]
    exclusive: true
    max_removals: 10%
    wait_available: 300  # somebody may have been retired just before

- name: Give an app to those who own a device in the choir
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    assets:
      - adam_id: "425073498"
    users:
      scope:
        - match: with_any
          tags: [choir]
    licensing: collection

- name: Let a person give everything back
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    all_assets: true
    users:
      client_user_ids: [pupil-0042]
    state: absent
    max_removals: 50

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
      description: Devices or people of the task for which nothing changes, since it is so already.
      type: int
    to_associate:
      description: Devices or people that get it.
      type: int
    to_disassociate:
      description: Devices or people that give it back.
      type: int
    awaited:
      description: Devices or people that the MDM is to give it to, with O(licensing=mdm); 0 otherwise.
      type: int
    short:
      description: Devices or people that get none for want of licences.
      type: int
    orphans:
      description: Holders outside the known devices or people, which were left alone.
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
      description: Number of (asset, device) or (asset, person) pairs to give.
      type: int
    disassociate:
      description: Number of (asset, device) or (asset, person) pairs to take back.
      type: int
    requests:
      description: Number of write requests that this takes.
      type: int
    operations:
      description: >-
        One entry a request, at most 100, each with at most 10 targets as a sample, in C(serial_numbers) or, with
        O(users), in C(client_user_ids).
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
      description: Devices given; 0 with O(users).
      type: int
    people:
      description: >-
        People of the task whom Apple knows, those included who have not accepted yet; 0 with O(devices).
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
      description: Holders outside the known devices or people, which were left alone.
      type: int
    skipped:
      description: Pairs left out, counted by reason.
      type: dict
    left_out:
      description: >-
        Devices in O(devices.scope) that can take no licence, counted by reason: C(no_serial_number) or C(not_apple).
        With O(users), people who get none: C(not_associated) (they have not accepted yet), C(unknown) to Apple,
        C(retired), C(ambiguous) (two active people have the e-mail address); with O(users.scope) devices with
        C(no_owner) or C(not_apple), and owners whom Apple does not know (C(owner_unknown)). Empty otherwise.
      type: dict
    bad_rows:
      description: Rows of O(users.targets_file) that can't be used.
      type: int
    over_device_limit:
      description: >-
        People of the task who own more than O(devices_per_account) devices in the MDM; null where nobody counted them.
      type: int
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
  description: >-
    Devices in O(devices.scope) that can take no licence, or people of O(users) who get none. Empty otherwise.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    reason:
      description: Why, as in RV(summary.left_out).
      type: str
    count:
      description: Number of devices or people.
      type: int
    devices:
      description: At most 10 devices, by serial number or by the MDM's id. With O(users) only with O(users.scope).
      type: list
      elements: str
    client_user_ids:
      description: At most 10 people, by id; only with O(users).
      type: list
      elements: str
    lines:
      description: >-
        Lines or items of the list where people without an id stand, at most 10; only with O(users).
      type: list
      elements: int
    emails:
      description: Their addresses, at most 10; only with O(users), and null unless O(show_people=true).
      type: list
      elements: str
bad_rows:
  description: Rows of O(users.targets_file) that can't be used, at most 100. Empty otherwise.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    line:
      description: The line, or in JSON the item, counted from 1.
      type: int
    why:
      description: Why, without names and addresses.
      type: str
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
      description: At most 100 of the devices concerned; only with O(devices).
      type: list
      elements: str
    client_user_ids:
      description: At most 100 of the people concerned; only with O(users).
      type: list
      elements: str
    count:
      description: >-
        Number of devices or people concerned, or of assets where Apple names none of them; null where it names neither.
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
