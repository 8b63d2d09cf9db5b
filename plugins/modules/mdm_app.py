#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mdm_app
short_description: Put devices in the scope of an MDM's apps by tag, install and uninstall them
version_added: 0.1.0
description:
  - Moves devices in and out of the scope of apps in an MDM by giving them a tag for each app, and taking it away. Other
    tags of a device stay as they are.
  - An administrator sets each app up once in the console of the MDM, with the scope "with any of the tag", since the
    API of Cisco Meraki Systems Manager can't add an app, set its scope, or choose its purchase method. What is left to
    do there is returned as RV(manual_steps).
  - The MDM installs an app by itself when a device comes into its scope, unless the app's page says otherwise. With
    O(install=true) install commands are sent besides.
  - Nothing is taken unless O(exclusive=true) or O(state=absent) asks for it and O(max_removals) allows it. A plan
    above a limit changes nothing at all.
  - This module grants no licence and takes none back; see M(openmdm.vpp.vpp_license).
  - Apps are installed by licences of the devices, or with O(assignment=user) by those of the people who own them.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  apps:
    description:
      - The apps, each by O(apps[].adam_id) or O(apps[].bundle_id).
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
        description:
          - The tag that puts a device in the scope of the app, such as C(app-pages). Give each app a tag of its own.
          - A tag holds no space and no comma, which the MDM would read as its end.
        type: str
        required: true
      app_ids:
        description:
          - The MDM's own id of the app by unit (in Systems Manager by network), such as C(N_600100200300). It stands
            in the address of the app's page.
          - Only install and uninstall commands need it. If not set, it is learned from devices that have the app, which
            fails where it was never deployed.
        type: dict
      paid:
        description: >-
          Whether the app costs money. The console has different controls for free and for paid apps, and
          RV(manual_steps) names the right one.
        type: bool
  devices:
    description:
      - The devices that are to be in the scope of the apps, or with O(state=absent) are to leave it; by exactly one of
        O(devices.scope), O(devices.serial_numbers) and O(devices.targets_file).
      - Devices that can't take a licence get no tag; RV(left_out) counts them by reason.
    type: dict
    required: true
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
          - Scopes whose union is meant. The MDM evaluates them, so that automatic tags and tags of owners count.
          - The tag of an app of this task can't stand here.
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
      within:
        description:
          - Scopes, in the same form, of the devices that O(exclusive=true) may take out at all. If not set, all devices
            of the units.
          - Two tasks for one app, each O(exclusive=true), strip each other unless what they are within is disjoint.
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
  state:
    description:
      - V(present) puts the devices in the scope of the apps, V(absent) takes them out.
    type: str
    choices: [present, absent]
    default: present
  licensing:
    description:
      - Who grants the licences. Required with a connector whose MDM takes licences by itself, as Systems Manager does.
      - V(mdm) leaves that to the MDM.
      - V(collection) means that M(openmdm.vpp.vpp_license) has granted them before. Then Apple is asked, and a device
        that holds none is not put in scope and not sent the app, since the install would fail. It needs a content
        token.
    type: str
    choices: [mdm, collection]
  assignment:
    description:
      - Whose licences the apps are installed by, which is set once for each app in the console of the MDM.
        RV(manual_steps) says how.
      - V(device) means licences of the devices.
      - V(user) means licences of the people who own the devices in the MDM. The e-mail address is the bond, that of the
        owner in the MDM and that of the active person at Apple. A device needs no serial number then, such as one that
        its user enrolled.
      - With V(user) and O(licensing=collection) a device comes into scope once its owner has accepted the invitation
        and holds the app, see M(openmdm.vpp.vpp_user) and M(openmdm.vpp.vpp_license). Others are left as they are and
        counted, in RV(left_out) or as C(unlicensed), and a later run takes them in.
      - With V(user) and O(licensing=mdm) all devices get the tag, and a warning says how many have no owner.
    type: str
    choices: [device, user]
    default: device
  devices_per_account:
    description:
      - With O(assignment=user), the most devices that the Apple Account of a person serves. Owners of more devices in
        scope are counted in C(over_device_limit) of RV(summary) and warned of, and nothing is kept back.
      - Apple documents no number. Most speak of 10, some of 5. V(0) means that nobody is counted.
    type: int
    default: 10
  exclusive:
    description:
      - Also take the tags from all other devices of the units, or of O(devices.within).
      - A device that O(devices) names is never taken out by it, even if it can take no licence.
      - It knows devices by their serial number. One that has none is taken out by O(state=absent) only.
    type: bool
    default: false
  max_removals:
    description:
      - The most (app, device) pairs that may be taken out of scope or uninstalled, as a number or as a percentage of
        those in scope now, such as C(5%). A plan above it is an error and changes nothing.
      - Required with O(exclusive=true) and O(state=absent).
    type: str
  max_shrink:
    description:
      - With O(exclusive=true), stop when the devices given cover less than 100 minus this many percent of those in the
        scope of an app now. It catches a mistyped scope and an export that was cut off.
    type: int
    default: 20
  allow_empty:
    description: >-
      With O(exclusive=true), accept that there is no device, which takes all others out of scope; and accept tags in
      O(devices.scope) that nothing has.
    type: bool
    default: false
  keep:
    description: Devices that are never taken out of scope and never lose an app, whatever the rest says.
    type: dict
    suboptions:
      serial_numbers:
        description: Their serial numbers.
        type: list
        elements: str
      targets_file:
        description: The same from a file.
        type: path
  install:
    description:
      - Also send an install command to each device in scope that neither has the app nor waits for it.
      - To know that, each device on which something is missing is asked, one request each.
      - No command goes to devices that were not seen within O(seen_within) days.
    type: bool
    default: false
  push_macs:
    description:
      - Send install commands to Macs too, and wait for them. Whether Systems Manager installs App Store apps on Macs
        by command is documented in two ways; if not, they are put in scope and counted as C(not_pushed).
    type: bool
    default: false
  uninstall:
    description:
      - With O(state=absent) or O(exclusive=true), also remove the apps from the devices that leave, where the MDM
        manages them. What a person installed stays.
      - Each of these devices is asked, one request each. O(exclusive=true) knows them by their tag, so if it stops
        half-way, finish with O(state=absent).
    type: bool
    default: false
  check_in:
    description: Ask the devices concerned to report to the MDM at once, when something was changed or is waited for.
    type: bool
    default: true
  expect_licenses:
    description:
      - In check mode, take all devices for licensed and do not ask Apple. It is for a play in which
        M(openmdm.vpp.vpp_license) comes first, since a check run grants nothing, and this task would find nobody
        licensed and foretell nothing.
      - With O(assignment=user) Apple is still asked who accepted the invitation, since no task changes that, and the
        people who did count as licensed.
      - A real run asks Apple always.
    type: bool
    default: false
  seen_within:
    description: >-
      Days. Devices that did not report within them are counted as C(not_seen); they are tagged, but not asked, not sent
      commands, and not waited for.
    type: int
    default: 14
  wait_installed:
    description:
      - Wait until the devices have the apps by the MDM; a real run only. Not reached in time is an error with the
        counts, after everything else was done.
      - Devices that were not seen lately, hold no licence, or are Macs without O(push_macs=true) are not waited for.
    type: dict
    suboptions:
      percent:
        description: The share of devices that must have each app.
        type: int
        default: 100
      timeout:
        description: Seconds to wait at most.
        type: float
        default: 900.0
      poll_interval:
        description: Seconds between two readings of the list of devices.
        type: float
        default: 30.0
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.writer
seealso:
  - module: openmdm.vpp.mdm_app_info
  - module: openmdm.vpp.mdm_device_info
  - module: openmdm.vpp.vpp_license
  - module: openmdm.vpp.vpp_user
"""

EXAMPLES = r"""
- name: Roll two apps out to Year 7; the MDM grants the licences
  openmdm.vpp.mdm_app:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    apps:
      - {adam_id: "361309726", name: Pages, tag: app-pages, paid: false}
      - {adam_id: "361285480", name: Keynote, tag: app-keynote, paid: false}
    devices:
      scope:
        - {match: with_any, tags: [year-7]}
    licensing: mdm

- name: Exactly the art room has Procreate; who leaves it loses the app, but never more than 25 devices
  openmdm.vpp.mdm_app:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    content_token_from: meraki
    location:
      uid: "7700000000000042"
    apps:
      - {adam_id: "425073498", name: Procreate, tag: app-procreate, paid: true}
    devices:
      scope:
        - {match: with_all, tags: [art-room, supervised]}
        - {match: with_any, tags: [art-teacher]}
    licensing: collection  # vpp_license has granted them before
    exclusive: true
    uninstall: true
    max_removals: 25
    wait_installed: {percent: 90, timeout: 1800}

- name: Send an app to the iPads of pupils who hold a licence of it; run every night, it takes in who accepted since
  openmdm.vpp.mdm_app:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    meraki_network_ids: [N_600100200300]
    content_token_from: meraki
    location:
      uid: "7700000000000042"
    apps:
      - {adam_id: "409183694", name: Keynote, tag: app-keynote-user, paid: false}
    devices:
      scope:
        - {match: with_any, tags: [one-to-one]}
    assignment: user
    licensing: collection

- name: Retire an app everywhere
  openmdm.vpp.mdm_app:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    apps:
      - {bundle_id: com.example.oldreader, tag: app-oldreader}
    devices:
      scope:
        - {match: all}
    state: absent
    uninstall: true
    licensing: mdm
    max_removals: 500

- name: Send a Mac app to the Macs of the staff; nothing has it yet, so its id is given
  openmdm.vpp.mdm_app:
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    apps:
      - adam_id: "904280696"
        name: Things
        tag: app-things
        paid: true
        app_ids: {N_600100200300: "5520000000042"}
    devices:
      targets_file: /etc/openmdm/staff-macs.csv
    licensing: mdm
    install: true
    push_macs: true
"""

RETURN = r"""
apps:
  description: The apps of the task, at most 100.
  returned: success, and on a failure after the plan was made
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
    devices:
      description: Devices of the task that are to be in scope and can take a licence, or whose owner holds one.
      type: int
    in_scope:
      description: Devices of the task that had the tag before.
      type: int
    to_add:
      description: Devices that get the tag.
      type: int
    to_remove:
      description: Devices that lose it.
      type: int
    to_install:
      description: Devices that are to be sent an install command.
      type: int
    to_uninstall:
      description: Devices that are to be sent an uninstall command.
      type: int
    unlicensed:
      description: >-
        Devices of the task that hold no licence at Apple, or whose owner holds none; with O(licensing=collection) only.
      type: int
    unsupported_platform:
      description: Devices of the task whose platform the app does not support; known with a content token only.
      type: int
    not_pushed:
      description: Macs that lack the app and are sent no install command.
      type: int
    kept:
      description: Devices that O(keep) guards.
      type: int
    app_ids:
      description: The MDM's own id of the app by unit, as far as it is known.
      type: dict
    installs:
      description:
        - What became of the app, as a number of devices by state, for the devices of the task that had the tag before,
          and after O(wait_installed) for all.
        - States are C(installed), C(installing), C(pending), C(failed), C(rejected), C(unmanaged) (a person installed
          it), C(removed), C(absent), C(not_seen), and C(unread) (something is missing there, and nobody asked whether
          it is this app).
      type: dict
    not_seen:
      description: Devices among them that were not seen within O(seen_within) days.
      type: int
plan:
  description: What the task does, or would do in check mode.
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    add:
      description: Number of (app, device) pairs that get the tag.
      type: int
    remove:
      description: Number of (app, device) pairs that lose it.
      type: int
    install:
      description: Number of (app, device) pairs with an install command.
      type: int
    uninstall:
      description: Number of (app, device) pairs with an uninstall command.
      type: int
    requests:
      description: Changes of tags and commands to be sent; a change for very many devices takes several requests.
      type: int
    operations:
      description: One entry a change of tags or a kind of command, at most 100, each with at most 10 devices.
      type: list
      elements: dict
events:
  description: Always empty; Apple is asked for nothing that it would do later.
  returned: always
  type: list
  elements: dict
summary:
  description: Counts of the task.
  returned: always
  type: dict
  contains:
    apps:
      description: Apps of the task.
      type: int
    devices:
      description: Devices that O(devices) names and the MDM knows.
      type: int
    eligible:
      description: Those of them that are not left out.
      type: int
    left_out:
      description: The others, counted by reason, and serial numbers that the MDM does not know (C(not_enrolled)).
      type: dict
    to_add:
      description: Pairs that get the tag.
      type: int
    to_remove:
      description: Pairs that lose it.
      type: int
    to_install:
      description: Pairs with an install command.
      type: int
    to_uninstall:
      description: Pairs with an uninstall command.
      type: int
    added:
      description: Pairs that got the tag, as read afterwards; 0 in check mode.
      type: int
    removed:
      description: Pairs that lost it, as read afterwards; 0 in check mode.
      type: int
    install_commands:
      description: Install commands that were accepted, one a device; 0 in check mode.
      type: int
    uninstall_commands:
      description: Uninstall commands that were accepted, one a device; 0 in check mode.
      type: int
    queued_by_mdm:
      description: Devices that were sent no command, since the MDM began to install by itself when they had the tag.
      type: int
    failed:
      description: Devices on which something failed.
      type: int
    not_sent:
      description: Commands that were not sent, because of a failure before.
      type: int
    kept:
      description: Pairs that O(keep) guards.
      type: int
    over_device_limit:
      description: >-
        With O(assignment=user), people who own more than O(devices_per_account) devices in the scope of the apps; null
        where nobody is counted.
      type: int
    read:
      description: Devices that were asked what became of the apps, one request each.
      type: int
    inferred:
      description: Pairs that were not asked, since nothing is missing there and a sample of such devices has the app.
      type: int
    installs:
      description: The states of all apps together.
      type: dict
left_out:
  description: Devices of the task that can take no licence now, by reason.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    reason:
      description:
        - C(no_serial_number), C(not_apple) or C(not_enrolled).
        - With O(assignment=user) and O(licensing=collection) also C(no_owner) (the MDM tells no owner with an e-mail
          address), C(owner_unknown) (Apple knows no active person with that address), C(not_associated) (the person has
          not accepted the invitation) and C(ambiguous) (several people with that address have accepted).
      type: str
    count:
      description: Number of devices.
      type: int
    devices:
      description: At most 10 of them, by serial number or by the MDM's id.
      type: list
      elements: str
manual_steps:
  description: >-
    What only a person can do in the console of the MDM, and whether it was seen to be done
    when the plan was made, which is before any wait.
  returned: success, and on a failure after the plan was made
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
failures:
  description: What failed, grouped by reason.
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
    serial_numbers:
      description: At most 10 of them, by serial number or by the MDM's id.
      type: list
      elements: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.app import APP_SPEC, run_app
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(APP_SPEC, run_app)


if __name__ == "__main__":
    main()
