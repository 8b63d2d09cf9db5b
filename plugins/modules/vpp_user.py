#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_user
short_description: Register people for managed distribution, and retire them
version_added: 0.1.0
description:
  - Registers the people of a list with a location at Apple, so that they can be invited and given apps and books, keeps
    their e-mail addresses as the list has them, and retires those who leave.
  - The module reads whom Apple knows, plans the difference, and sends only that, in as few requests as Apple's limits
    allow. Run again, it sends nothing.
  - A person is the one with the C(client_user_id) given, or else the active user with the e-mail address, or else a new
    one whose id is made of the location and the address, so that every machine finds the same person.
  - Nobody is retired unless O(exclusive=true) or O(state=absent) asks for it and O(max_removals) allows it. A plan
    above a limit changes nothing at all.
  - A person who is retired gives all licences back, but for those of books and of other assets that can't be taken
    back. What each holds is shown before and after.
  - A row that can't be used is listed with its line, and the others are done; the task fails in the end. In a run with
    O(exclusive=true) nobody is retired then, as the row may be about one of them.
  - No name and no address is shown unless O(show_people=true), and invite codes never are.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  users:
    description:
      - The people. One of O(users) and O(src) is required.
      - Ansible itself may show what stands in a playbook. Where that matters, use O(src).
    type: list
    elements: dict
    suboptions:
      client_user_id:
        description:
          - A stable id of your own, such as the number of the person in the school's records. Not the address.
          - A row with the id of one user and the address of another can't be used, as after one column of a list was
            sorted without the others. The address is free where that other one gets a new one in the same list.
        type: str
      email:
        description: The e-mail address. One of C(client_user_id) and C(email) is required.
        type: str
      name:
        description: The name, for mails and for lists. It is not sent to Apple.
        type: str
      managed_apple_account:
        description:
          - The Managed Apple Account, which is linked at once, without an invitation.
          - Apple never tells it, so whether it is the same cannot be compared once an account is linked. It is then
            left as it is and counted in RV(summary.not_comparable).
        type: str
      groups:
        description: Groups of the person, for O(groups).
        type: list
        elements: str
  src:
    description:
      - A file of people on the host that runs the module, as CSV or JSON.
      - CSV has a header line and comma, semicolon or tab as separator. The columns are C(client_user_id), C(email),
        C(name), C(managed_apple_account) and C(groups) (separated by semicolons or blanks); case, blanks, hyphens and
        underscores do not matter, and other columns are ignored. So the C(Email,Name,Notes) of Systems Manager's import
        will do.
      - JSON is a list of objects with these keys, or an object with such a list in C(users) or C(people).
      - The encoding is UTF-8, with or without byte order mark, or UTF-16 with one.
      - A file that looks cut off is an error.
    type: path
  columns:
    description: How the columns of O(src) are called, where they have other names.
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
  source:
    description:
      - The name of the list, by which O(state_dir) remembers whom it listed. If not set, the file name of O(src)
        without its folder; a file of that name in another folder is an error then.
      - Two lists need two names, or with O(exclusive=true) each would retire the people of the other.
    type: str
  groups:
    description:
      - Only people in one of these groups of the list. If not set, all of them.
      - With O(exclusive=true), who is in another group of the list did not leave it, and is not retired.
      - A group that nobody is in is an error.
    type: list
    elements: str
  state:
    description:
      - V(present) registers people and keeps their addresses as listed, V(absent) retires the people listed.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Also retire people who have left the list, those whom this list had before and has no more. Requires
        O(state_dir), where that is remembered.
      - People of an MDM, of another list, or of nobody knows whom are never retired.
    type: bool
    default: false
  max_removals:
    description:
      - The most people that the task may retire, as a number or as a percentage, such as C(5%), of the people
        of this list with O(exclusive=true), or of all active people of the location with O(state=absent). A plan above
        it is an error and changes nothing.
      - Required with O(exclusive=true) and O(state=absent).
    type: str
  max_shrink:
    description:
      - With O(exclusive=true), stop when the list covers less than 100 minus this many percent of the active people
        that it had before. It catches an export that was cut off.
    type: int
    default: 20
  allow_empty:
    description: With O(exclusive=true), accept an empty list, which retires everybody of it.
    type: bool
    default: false
  keep:
    description: Who is never retired, whatever the rest says.
    type: dict
    suboptions:
      client_user_ids:
        description: By id.
        type: list
        elements: str
      emails:
        description: By e-mail address, as Apple has it; upper and lower case are the same.
        type: list
        elements: str
  show_people:
    description: Whether the result and the report show names and e-mail addresses.
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
  - module: openmdm.vpp.vpp_user_info
  - module: openmdm.vpp.vpp_account
"""

EXAMPLES = r"""
- name: Register the people of the list that Systems Manager imports
  openmdm.vpp.vpp_user:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv

- name: The same every night, retiring those who left the list, but never more than ten
  openmdm.vpp.vpp_user:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv
    source: north
    state_dir: /var/lib/openmdm
    exclusive: true
    max_removals: 10
    keep:
      emails: [head@fernhill.example]

- name: Register people with Managed Apple Accounts, who need no invitation
  openmdm.vpp.vpp_user:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/staff.csv
    columns:
      client_user_id: Staff number
      managed_apple_account: School account
    groups: [teachers]

- name: Retire two people, and see first what they hold
  openmdm.vpp.vpp_user:
    content_token_file: /etc/openmdm/north.vpptoken
    users:
      - client_user_id: staff-0017
      - email: omar@fernhill.example
    state: absent
    max_removals: 2
  check_mode: true
"""

RETURN = r"""
users:
  description: The people of the task, those with something to do first, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id of the person in this location.
      type: str
    status:
      description: >-
        C(new) (registered, no account linked yet), C(invited) (the same, and mailed, as O(state_dir) remembers),
        C(associated), C(retired), or C(unknown) where Apple has no such person. In check mode, as it would be.
      type: str
    action:
      description: C(create), C(update) or C(retire); empty where there is nothing to do.
      type: str
    email:
      description: The address; null unless O(show_people=true).
      type: str
    name:
      description: The name in the list; null unless O(show_people=true).
      type: str
plan:
  description: What the task does, or would do in check mode.
  returned: success, and on a failure after the plan was made
  type: dict
  contains:
    digest:
      description: SHA-256 over all operations.
      type: str
    creates:
      description: Number of people to register.
      type: int
    updates:
      description: Number of people whose address changes, or whose account is to be linked.
      type: int
    retires:
      description: Number of people to retire.
      type: int
    requests:
      description: Number of write requests that this takes.
      type: int
    operations:
      description: One entry a request, at most 100, each with at most 10 ids as a sample.
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
      description: People asked for.
      type: int
    num_completed:
      description: People done.
      type: int
summary:
  description: Counts of the task.
  returned: always
  type: dict
  contains:
    people:
      description: People of the task whose rows can be used.
      type: int
    to_create:
      description: People to register.
      type: int
    to_update:
      description: People to update.
      type: int
    to_retire:
      description: People to retire.
      type: int
    created:
      description: People registered, as read afterwards; 0 in check mode.
      type: int
    updated:
      description: People updated, as read afterwards; 0 in check mode.
      type: int
    retired:
      description: People retired, as read afterwards; 0 in check mode.
      type: int
    unchanged:
      description: People for whom nothing changes, since it is so already.
      type: int
    associated:
      description: People of the task with a linked account after it, or as it would be in check mode.
      type: int
    registered:
      description: People of the task who are registered without a linked account.
      type: int
    not_comparable:
      description: People with a C(managed_apple_account) who are linked already, to which account Apple doesn't tell.
      type: int
    bad_rows:
      description: Rows that can't be used.
      type: int
    failed:
      description: People who were sent and are not as planned.
      type: int
    pending:
      description: People whom Apple accepted, or may have accepted, and whose outcome is not known yet.
      type: int
    not_sent:
      description: People who were not sent, because the task stopped before.
      type: int
    spared:
      description: >-
        People who are not retired although the rest would have it so, counted by reason, C(kept) (see O(keep)),
        C(listed_elsewhere) or C(bad_rows).
      type: dict
leavers:
  description: People who are retired, or would be in check mode, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id.
      type: str
    status:
      description: As of a person in RV(users).
      type: str
    assets:
      description: At most 10 of the assets that the person held before the task, by adam id.
      type: list
      elements: str
    held:
      description: Licences that the person held before the task.
      type: int
    staying:
      description: Those of them that can't be taken back, such as books.
      type: int
    held_after:
      description: Licences that the person holds after the task; null where that was not read.
      type: int
held:
  description: What all leavers together held, by asset, at most 100.
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
    product_type:
      description: App or Book, as Apple says.
      type: str
    revocable:
      description: Whether an assignment can be taken back.
      type: bool
    before:
      description: Leavers who held it before the task.
      type: int
    after:
      description: Leavers who hold it after the task; null where that was not read.
      type: int
bad_rows:
  description: Rows that can't be used, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    line:
      description: The line in the file; for JSON and for O(users) the number of the item.
      type: int
    why:
      description: What is wrong with it. It shows no name and no address.
      type: str
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
    client_user_ids:
      description: At most 100 of the people concerned.
      type: list
      elements: str
    count:
      description: Number of people concerned; null where Apple names none.
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

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.user import USER_SPEC, run_user


def main() -> None:
    run_module(USER_SPEC, run_user)


if __name__ == "__main__":
    main()
