#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_user_info
short_description: Show the people of a location
version_added: 0.1.0
description:
  - Counts the people whom Apple knows in a location by state, and lists those that the filters leave.
  - It also tells who is known twice, that is several ids with one e-mail address, and which people share one Apple
    Account.
  - No address is shown unless O(show_people=true), and invite codes never are.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  status:
    description:
      - Only people in one of these states. V(new) is registered with no account linked yet, invited or not.
    type: list
    elements: str
    choices: [new, associated, retired]
  client_user_ids:
    description: Only the people with these ids.
    type: list
    elements: str
  emails:
    description: Only the people with these e-mail addresses; upper and lower case are the same.
    type: list
    elements: str
  show_people:
    description: Whether the result and the report show e-mail addresses. Names are not known to Apple.
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
  - module: openmdm.vpp.vpp_user
"""

EXAMPLES = r"""
- name: Count the people, and see who has not accepted the invitation
  openmdm.vpp.vpp_user_info:
    content_token_file: /etc/openmdm/north.vpptoken
    status: [new]
  register: people

- name: Write a list of all with their addresses, readable by its owner only
  openmdm.vpp.vpp_user_info:
    content_token_file: /etc/openmdm/north.vpptoken
    show_people: true
    limit: 0
    report_path: /var/lib/openmdm/people.json
"""

RETURN = r"""
users:
  description: The people, sorted by id, each once, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id of the person in this location.
      type: str
    status:
      description: C(new), C(associated) or C(retired).
      type: str
    email:
      description: The address; null unless O(show_people=true).
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
  description: Counts of all people of the location, whatever the filters.
  returned: success
  type: dict
  contains:
    new:
      description: People who are registered with no account linked yet.
      type: int
    associated:
      description: People with a linked account.
      type: int
    retired:
      description: People who are retired.
      type: int
    duplicates:
      description: E-mail addresses that several active people have.
      type: int
    shared_accounts:
      description: Apple Accounts that several active people have linked.
      type: int
    unknown_emails:
      description: Addresses in O(emails) that nobody has.
      type: int
duplicates:
  description: People who are known twice, one entry for each e-mail address, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    count:
      description: How many active people have the address.
      type: int
    client_user_ids:
      description: At most 10 of them.
      type: list
      elements: str
    email:
      description: The address; null unless O(show_people=true).
      type: str
shared_accounts:
  description: People with one Apple Account, one entry for each account, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    count:
      description: How many active people have linked the account.
      type: int
    client_user_ids:
      description: At most 10 of them.
      type: list
      elements: str
unknown_client_user_ids:
  description: Ids in O(client_user_ids) that the location doesn't know, at most O(limit).
  returned: success
  type: list
  elements: str
location:
  description: The location that the token governs, by C(uid) and C(name).
  returned: success
  type: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.user_info import USER_INFO_SPEC, run_user_info


def main() -> None:
    run_module(USER_INFO_SPEC, run_user_info, info=True)


if __name__ == "__main__":
    main()
