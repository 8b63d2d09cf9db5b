#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_code
short_description: Hand redemption codes to people by mail
version_added: 0.1.0
description:
  - Takes codes from a list that was bought, hands each person of another list exactly one, mails it, and remembers
    whose each code is, so that none goes to two people, whatever happens to a run.
  - Redemption codes are the deprecated way. A code that is handed out can't be taken back, and what it gives is the
    person's for good. Managed distribution (M(openmdm.vpp.vpp_user), M(openmdm.vpp.vpp_invitation),
    M(openmdm.vpp.vpp_license)) lends licences and takes them back. The module says so in every run.
  - Apple offers no call about codes, so none is made. What is known stands in O(src) and in O(state_dir).
  - Whose a code is stands on the disk before its mail goes out. Where a run ends in that very moment, the person is
    C(uncertain), told in each run, and mailed the same code again only with O(uncertain=resend).
  - A person whose mail is refused keeps the code and is mailed the same one by the next run. Who leaves the list of
    people keeps what was handed out.
  - Where codes are missing, or somebody has no address, the others are served, those people are listed, and the task
    fails in the end.
  - Codes and links stand in the mails and nowhere else. No name and no address is shown unless O(show_people=true).
author:
  - openmdm.vpp contributors (@openmdm)
options:
  src:
    description:
      - The list of codes that was bought, on the host that runs the module, with mode C(0600). CSV with a header
        (comma, semicolon or tab) or text with one code a line.
      - Of CSV, the columns are C(Code), C(Link) and C(Status) or names near to these; see O(columns). Apple's own list
        is a spreadsheet whose form no document tells; save it as CSV in UTF-8.
      - A list that holds a code twice, or codes that were handed out for another product, is refused as a whole.
    type: path
    required: true
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
  product:
    description: What the codes of O(src) are for. A person gets one code of each product.
    type: dict
    required: true
    suboptions:
      name:
        description: The name, which also stands in the mail.
        type: str
        required: true
      adam_id:
        description:
          - The id of the app or book, by which the product is known again under another name. If not set, it is known
            by its name alone.
        type: str
  users:
    description:
      - The people. One of O(users) and O(people_file) is required.
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
  uncertain:
    description:
      - What becomes of people of whom nobody knows whether they were mailed. V(list) tells them. V(resend) mails them
        the same code again; a mailbox may then hold it twice, and it still works once.
    type: str
    choices: [list, resend]
    default: list
  show_people:
    description: Whether the result and the report show names and e-mail addresses.
    type: bool
    default: false
  state_dir:
    description:
      - Folder in which it is remembered whose each code is, by its full path. Required here. It is made if there is
        none, readable by its owner only; the folder above it must exist.
      - Use one and the same for all lists of codes, and keep it safe and backed up. Codes belong to no location, so
        they have one memory in it, beside those of locations.
      - It holds neither codes nor addresses, only marks of them. Check mode reads it and writes nothing there.
      - If not set, the value of the environment variable E(OPENMDM_VPP_STATE_DIR) is used.
    type: path
  lock_timeout:
    description: Seconds to wait for another task that hands out codes with the same O(state_dir).
    type: float
    default: 60.0
  mail_sender_name:
    description: Name of the school or company that gives the codes, which stands in the mails. Required here.
    type: str
  smtp_allow_clear_text:
    description:
      - With O(smtp_security=none), allow a mail server that is not on the host that runs the module. Whoever can read
        the network on the way can read and use the codes. A password is never sent that way.
    type: bool
    default: false
  redirect_all_to:
    description:
      - For a trial. All mails go to this one address in place of the people's, and their subject says which of how many
        each is.
      - They hold no code, and nothing is remembered; a run without this option mails everybody for the first time.
    type: str
  templates:
    description:
      - Files with the words of the mails, in UTF-8, on the host that runs the module. Each one that is not set is in
        English.
      - They are Jinja2 templates in a sandbox, which can neither include other files nor use Ansible's variables and
        filters. The variables are C(account_name) (O(mail_sender_name)), C(name) (of the person, may be empty),
        C(code), C(link) (may be empty), C(product_name), C(sender_name) and C(contact) (the address for questions).
      - Text and HTML must both hold C({{ code }}); a subject must hold neither code nor link. In HTML, variables are
        escaped.
      - A mistake is an error that names file and line, before anything is sent.
    type: dict
    suboptions:
      code_subject:
        description: Subject, one line.
        type: path
      code_text:
        description: Plain text.
        type: path
      code_html:
        description: HTML. It should do without pictures, which many mail programs don't show.
        type: path
extends_documentation_fragment:
  - openmdm.vpp.mail
  - openmdm.vpp.network
  - openmdm.vpp.state
  - openmdm.vpp.report
  - openmdm.vpp.attributes.writer
attributes:
  action_group:
    description: The groups are of what speaks to Apple or to an MDM; this module speaks to neither.
    support: none
    membership: []
  check_mode:
    details:
      - Reads the lists and the state directory, asks the mail server nothing, and writes nothing but the report.
seealso:
  - module: openmdm.vpp.vpp_code_info
  - module: openmdm.vpp.vpp_license
"""

EXAMPLES = r"""
- name: Give each of the staff a code
  openmdm.vpp.vpp_code:
    src: /etc/openmdm/codes/procreate.csv
    columns: {code: Redemption Code, link: Redemption Link, status: Status}
    preamble: true
    product: {name: Procreate, adam_id: "425073498"}
    people_file: /etc/openmdm/people.csv
    groups: [staff]
    state_dir: /var/lib/openmdm/state
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example
    mail_sender_name: Fernhill School
    report_path: /var/lib/openmdm/codes.json

- name: Mail those again of whom nobody knows, each the same code
  openmdm.vpp.vpp_code:
    src: /etc/openmdm/codes/procreate.csv
    product: {name: Procreate, adam_id: "425073498"}
    people_file: /etc/openmdm/people.csv
    uncertain: resend
    state_dir: /var/lib/openmdm/state
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example
    mail_sender_name: Fernhill School
"""

RETURN = r"""
codes:
  description:
    - The people of the list, at most 100; those first whom somebody has to look after. Never a code.
  returned: success, and on a failure after the plan was made
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
      description:
        - C(given) (the mail server took the mail), C(to_give) (in check mode, or held back, or not sent), C(reserved)
          (the mail was refused, the code stays the person's), C(uncertain), C(without).
      type: str
    reason:
      description:
        - Why somebody gets no code, as in RV(without), or why a mail was refused.
      type: str
    action:
      description:
        - C(mail) (the first), C(again) (after a refusal, the same code), C(resend) (after an uncertain one, the same
          code), or empty for nothing.
      type: str
    outcome:
      description:
        - What became of the mail of this run, C(accepted), C(refused), C(refused_for_now), C(uncertain), C(held_back)
          or C(not_sent); empty where there was none.
      type: str
    given_at:
      description: When the mail server took the mail; null if it didn't.
      type: str
    last_tried_at:
      description: When it was tried last; null if never.
      type: str
    refusals:
      description: How often the mail server refused it.
      type: int
    smtp_code:
      description: The mail server's number; null if there is none.
      type: int
    smtp_status:
      description: Its status, such as 5.1.1, or empty.
      type: str
    email:
      description: The address; null unless O(show_people=true).
      type: str
    name:
      description: The name; null unless O(show_people=true).
      type: str
without:
  description: People who get no code, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id; null where the list has none.
      type: str
    line:
      description: The line (in JSON and in O(users) the item) of the list.
      type: int
    reason:
      description:
        - C(no_code) (the list has no more), C(no_address), C(same_address) (another person's code went to this
          address), C(code_unavailable) (the code reserved for the person is no longer in the list, or is used).
      type: str
product:
  description: The product, by C(name) and C(adam_id).
  returned: success, and on a failure after the plan was made
  type: dict
plan:
  description: What is to be sent, the same in check mode.
  returned: always
  type: dict
  contains:
    mail:
      description: First mails, each with a new code.
      type: int
    again:
      description: Mails with a code whose mail was refused before.
      type: int
    resend:
      description: Mails with a code of which nobody knows whether it arrived.
      type: int
    held_back:
      description: Mails beyond O(max_mails).
      type: int
    operations:
      description: At most 100 of them, by C(client_user_id), C(line) and C(action).
      type: list
      elements: dict
events:
  description: Always empty; Apple is not asked.
  returned: always
  type: list
  elements: dict
summary:
  description: Counts.
  returned: always
  type: dict
  contains:
    people:
      description: People that the task is about.
      type: int
    given:
      description: Of them, those whose mail with a code was taken, now or before.
      type: int
    reserved:
      description: Of them, those whose mail was refused.
      type: int
    uncertain:
      description: Of them, those of whom nobody knows.
      type: int
    without:
      description: Of them, those who get no code, by reason.
      type: dict
    to_mail:
      description: Mails that were due.
      type: int
    mailed:
      description: Mails that the mail server took in this run.
      type: int
    refused:
      description: Mails that it refused, by its number and status.
      type: dict
    held_back:
      description: Mails beyond O(max_mails).
      type: int
    not_sent:
      description: Mails that were not tried, since something stopped the run.
      type: int
    trial:
      description: Whether this was a trial, of which nothing is remembered.
      type: bool
    codes:
      description: Codes in the list.
      type: int
    codes_used:
      description: Of them, those that its status says are used.
      type: int
    handed_out:
      description: Codes of this product that are handed out, by all runs.
      type: int
    redeemed:
      description: Of them, those that the list says are used.
      type: int
    left:
      description: Codes in the list that can be used and are nobody's.
      type: int
    bad_rows:
      description: Rows of people that can't be used.
      type: int
    bad_codes:
      description: Lines of the list of codes without one that can be used.
      type: int
bad_rows:
  description: Rows of people that can't be used, at most 100, by C(line) and C(why).
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
bad_codes:
  description: Lines of O(src) that hold no code that can be used, at most 100, by C(line) and C(why).
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.code import CODE_SPEC, run_code
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(CODE_SPEC, run_code)


if __name__ == "__main__":
    main()
