#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_code_info
short_description: Tell which redemption codes are handed out
version_added: 0.1.0
description:
  - Counts the codes that M(openmdm.vpp.vpp_code) has handed out and tells to whom, from what is remembered in
    O(state_dir). With the list of codes it also tells how many are left, and with a list of people who has none.
  - Nothing is asked of Apple, which tells nothing of codes, and nothing is written.
  - No code is shown, nor an address unless O(show_people=true).
author:
  - openmdm.vpp contributors (@openmdm)
options:
  product:
    description: Only the codes of this product.
    type: dict
    suboptions:
      name:
        description: The name that was given to M(openmdm.vpp.vpp_code).
        type: str
        required: true
      adam_id:
        description: The id of the app or book.
        type: str
  status:
    description:
      - Only codes in one of these states. V(given) is mailed, V(reserved) is a person's whose mail was refused,
        V(uncertain) is one of which nobody knows whether its mail went out.
    type: list
    elements: str
    choices: [given, reserved, uncertain]
  src:
    description:
      - The list of codes that was bought, on the host that runs the module, with mode C(0600). CSV with a header
        (comma, semicolon or tab) or text with one code a line.
      - Of CSV, the columns are C(Code), C(Link) and C(Status) or names near to these; see O(columns). Apple's own list
        is a spreadsheet whose form no document tells; save it as CSV in UTF-8.
      - With it, RV(summary.left) tells how many codes are left. It needs O(product).
    type: path
  columns:
    description: Names of the columns of O(src), where they are others than those above.
    type: dict
    suboptions:
      code:
        description: The column of the code.
        type: str
      link:
        description: The column of the link that opens the App Store with the code.
        type: str
      status:
        description: The column that says whether the code is used.
        type: str
  preamble:
    description:
      - Whether other lines may stand before the header, such as those about the order. The header is then the first
        line with the column of the code.
    type: bool
    default: false
  unused_values:
    description:
      - What the column of the status says of a code that can still be used; upper and lower case are the same. All
        other codes count as used and are handed to nobody.
    type: list
    elements: str
    default: ['', unused, not used, available, new, unredeemed, not redeemed]
  users:
    description:
      - The people. With them, RV(people) tells how each stands. They need O(product).
      - Ansible itself may show what stands in a playbook. Where that matters, use O(people_file).
    type: list
    elements: dict
    suboptions:
      client_user_id:
        description:
          - A stable id of your own. By it a person is known again after a change of the address; once you give ids,
            go on giving them.
        type: str
      email:
        description: The e-mail address. One of C(client_user_id) and C(email) is required.
        type: str
      name:
        description: The name, for the mail.
        type: str
      managed_apple_account:
        description: Not used here; it may stand in the list of M(openmdm.vpp.vpp_user).
        type: str
      groups:
        description: Groups of the person, for O(groups).
        type: list
        elements: str
  people_file:
    description: A file of people, of the same form as O(openmdm.vpp.vpp_user#module:src).
    type: path
  people_columns:
    description: Names of the columns of O(people_file), where they are others than ours.
    type: dict
    suboptions:
      client_user_id:
        description: The column of the id.
        type: str
      email:
        description: The column of the e-mail address.
        type: str
      name:
        description: The column of the name.
        type: str
      managed_apple_account:
        description: The column of the Managed Apple Account.
        type: str
      groups:
        description: The column of the groups.
        type: str
  groups:
    description: Only the people who are in one of these groups.
    type: list
    elements: str
  show_people:
    description: Whether the result and the report show the names and addresses of O(users) or O(people_file).
    type: bool
    default: false
  state_dir:
    description:
      - Folder in which M(openmdm.vpp.vpp_code) remembers whose each code is, by its full path. Required here.
      - If not set, the value of the environment variable E(OPENMDM_VPP_STATE_DIR) is used.
    type: path
  lock_timeout:
    description: Not used here, since reading waits for nobody.
    type: float
    default: 60.0
extends_documentation_fragment:
  - openmdm.vpp.state
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.reader
attributes:
  action_group:
    description: The groups are of what speaks to Apple or to an MDM; this module speaks to neither.
    support: none
    membership: []
seealso:
  - module: openmdm.vpp.vpp_code
"""

EXAMPLES = r"""
- name: See how many codes are left, and who of the staff has none
  openmdm.vpp.vpp_code_info:
    product: {name: Procreate, adam_id: "425073498"}
    src: /etc/openmdm/codes/procreate.csv
    people_file: /etc/openmdm/people.csv
    groups: [staff]
    state_dir: /var/lib/openmdm/state
  register: codes

- name: See of which codes nobody knows whether they arrived
  openmdm.vpp.vpp_code_info:
    status: [uncertain]
    state_dir: /var/lib/openmdm/state
"""

RETURN = r"""
codes:
  description: The codes that are handed out, oldest first, at most O(limit). Never a code itself.
  returned: success
  type: list
  elements: dict
  contains:
    product:
      description: The name of the product.
      type: str
    client_user_id:
      description: Whose it is; null where only an address was given, of which a mark alone is kept.
      type: str
    status:
      description: C(given), C(reserved) or C(uncertain).
      type: str
    reserved_at:
      description: When the code became the person's.
      type: str
    given_at:
      description: When the mail server took the mail; null if it didn't.
      type: str
    last_tried_at:
      description: When it was tried last.
      type: str
    refusals:
      description: How often the mail server refused it.
      type: int
    smtp_code:
      description: The mail server's number of the last refusal; null if there is none.
      type: int
products:
  description: Counts by product, at most O(limit).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    adam_id:
      description: Its id; null if none was given.
      type: str
    given:
      description: Codes that are handed out.
      type: int
    reserved:
      description: Codes that are a person's whose mail was refused.
      type: int
    uncertain:
      description: Codes of which nobody knows whether they were mailed.
      type: int
people:
  description: The people of the list, those without a code first, at most O(limit); empty without a list.
  returned: success
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id; null where the list has none.
      type: str
    line:
      description: The line (in JSON and in O(users) the item) of the list.
      type: int
    status:
      description: C(given), C(reserved), C(uncertain), or empty for no code.
      type: str
    given_at:
      description: When the mail server took the mail; null if it didn't.
      type: str
    email:
      description: The address; null unless O(show_people=true).
      type: str
    name:
      description: The name; null unless O(show_people=true).
      type: str
total:
  description: Number of codes found.
  returned: success
  type: int
truncated:
  description: Whether a list was cut at O(limit).
  returned: success
  type: bool
summary:
  description: Counts of the products that were asked for, whatever O(status).
  returned: success
  type: dict
  contains:
    given:
      description: Codes that are handed out.
      type: int
    reserved:
      description: Codes that are a person's whose mail was refused.
      type: int
    uncertain:
      description: Codes of which nobody knows whether they were mailed.
      type: int
    codes:
      description: Codes in O(src); null without it.
      type: int
    codes_used:
      description: Of them, those that the status says are used; null without O(src).
      type: int
    redeemed:
      description: Codes that are handed out and used by the list; null without O(src).
      type: int
    left:
      description: Codes in the list that can be used and are nobody's; null without O(src).
      type: int
    without:
      description: People of the list who have no code; null without a list of people.
      type: int
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.code_info import CODE_INFO_SPEC, run_code_info
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(CODE_INFO_SPEC, run_code_info, info=True)


if __name__ == "__main__":
    main()
