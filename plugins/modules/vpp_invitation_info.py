#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_invitation_info
short_description: Show who was invited to managed distribution, and who is still to accept
version_added: 0.1.0
description:
  - Shows who has not accepted the invitation yet, since when, and how often each was reminded, and counts the people of
    the location, or of a list, by state.
  - Apple tells who has accepted, and O(state_dir) who was mailed. Nothing is written there.
  - No name and no address is shown unless O(show_people=true), and invite codes never are.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  users:
    description:
      - Only these people. At most one of O(users) and O(src) is given; if neither is, all people of the location.
    type: list
    elements: dict
    suboptions:
      client_user_id:
        description: The id of the person.
        type: str
      email:
        description: The e-mail address. One of C(client_user_id) and C(email) is required.
        type: str
      name:
        description: The name.
        type: str
      managed_apple_account:
        description: It is not used here.
        type: str
      groups:
        description: Groups of the person, for O(groups).
        type: list
        elements: str
  src:
    description:
      - A file of people on the host that runs the module, as CSV or JSON, in the form of
        O(openmdm.vpp.vpp_user#module:src). Only these people are shown.
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
  groups:
    description: Only people in one of these groups of the list.
    type: list
    elements: str
  status:
    description: Only people in one of these states, see RV(invitations[].status).
    type: list
    elements: str
    choices: [new, invited, associated, retired, invitation unknown, uncertain, failed, unknown]
  show_people:
    description: Whether the result and the report show names and e-mail addresses.
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
  - O(state_dir) is required, here or by the environment. O(lock_timeout) has no effect, since no lock is taken.
seealso:
  - module: openmdm.vpp.vpp_invitation
  - module: openmdm.vpp.vpp_user_info
"""

EXAMPLES = r"""
- name: Who is still to accept
  openmdm.vpp.vpp_invitation_info:
    content_token_file: /etc/openmdm/north.vpptoken
    state_dir: /var/lib/openmdm
    status: [invited, uncertain]
  register: waiting

- name: Write the whole list of year 7 with names, readable by its owner only
  openmdm.vpp.vpp_invitation_info:
    content_token_file: /etc/openmdm/north.vpptoken
    state_dir: /var/lib/openmdm
    src: /etc/openmdm/people.csv
    groups: [year-7]
    show_people: true
    limit: 0
    report_path: /var/lib/openmdm/year-7.json
"""

RETURN = r"""
invitations:
  description: The people, those who wait longest first, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id of the person in this location; for who is not registered, the one to come.
      type: str
    status:
      description: >-
        C(new) (registered, never mailed), C(invited), C(associated) (has accepted), C(retired), C(invitation unknown)
        (registered by nobody knows whom), C(uncertain) (mailed or not, nobody knows), C(failed) (the mail server
        refused the mail) or C(unknown) (of the list, and not registered).
      type: str
    invited_at:
      description: When the first mail about the present invitation went out, in UTC; null where none did.
      type: str
    last_mailed_at:
      description: When the last mail went out, in UTC; null where none did.
      type: str
    days_waiting:
      description: Whole days since the first mail, of people who have not accepted; null where none went out.
      type: int
    reminders:
      description: Number of mails after the first.
      type: int
    smtp_code:
      description: What the mail server answered when it refused the last mail, such as 550; null where it didn't.
      type: int
    email:
      description: The address; null unless O(show_people=true).
      type: str
    name:
      description: The name in the list; null unless O(show_people=true), and where there is no list.
      type: str
total:
  description: Number of people found.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
summary:
  description: Counts of all people of the location, or of the list, whatever O(status).
  returned: success
  type: dict
  contains:
    people:
      description: People.
      type: int
    by_status:
      description: People by RV(invitations[].status), each of the statuses with its number.
      type: dict
    uncertain:
      description: People of whom nobody knows whether their mail went out.
      type: int
    accepted:
      description: People who have accepted.
      type: int
    waiting:
      description: People who were mailed, or may have been, and have not accepted.
      type: int
    oldest_waiting_days:
      description: Whole days since the first mail to the one of them who waits longest; null where nobody does.
      type: int
    reminded:
      description: Those of them who were mailed more than once.
      type: int
    still_to_grant:
      description: Licences that O(openmdm.vpp.vpp_invitation#module:reissue) took and that are not given again yet.
      type: int
    bad_rows:
      description: Rows of the list that can't be used.
      type: int
bad_rows:
  description: Rows of the list that can't be used, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    line:
      description: The line in the file; for JSON and for O(users) the number of the item.
      type: int
    why:
      description: What is wrong with it. It shows no name and no address.
      type: str
location:
  description: The location that the token governs, by C(uid) and C(name).
  returned: success
  type: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.invitation_info import (
    INVITATION_INFO_SPEC,
    run_invitation_info,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(INVITATION_INFO_SPEC, run_invitation_info, info=True)


if __name__ == "__main__":
    main()
