#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_invitation
short_description: Mail people the invitation to managed distribution, and remind them
version_added: 0.1.0
description:
  - Mails each person of a list who is registered with a location at Apple, and has not accepted yet, the link of
    Apple's invitation, once. With O(remind_after_days) it reminds those who don't accept.
  - Apple itself sends no mail. The mails go out over a mail server of your own, in words that you can replace.
  - What was mailed to whom is remembered in O(state_dir), on the disk before each mail goes out, so that no run mails
    anybody twice, even after one that was killed in the middle.
  - A person whose mail was on its way when a run was killed, or when the connection broke, is C(uncertain). Such people
    are listed, and mailed again only with O(uncertain=resend) or when named in O(mail_again).
  - Who is registered, and was not registered by M(openmdm.vpp.vpp_user) with the same O(state_dir), may have been
    invited by an MDM. Such people are listed as C(invitation unknown), and mailed only when named in O(mail_again).
  - People who have accepted are never mailed. With O(reissue=true), those of the list are retired and registered anew,
    which is the remedy for a link that was used with the wrong Apple Account.
  - A person is found by id or by address as in M(openmdm.vpp.vpp_user), which is to run first. The mail goes to the
    address that Apple knows, or to the one of the list where Apple knows none.
  - The link is a secret, as whoever has it can accept in the person's place. It stands in the mail, and nowhere else.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  users:
    description:
      - The people. One of O(users), O(src) and O(mail_again) is required.
      - Ansible itself may show what stands in a playbook. Where that matters, use O(src).
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
        description: The name, for the mail.
        type: str
      managed_apple_account:
        description: The Managed Apple Account. Who has one needs no invitation, and is never part of O(reissue).
        type: str
      groups:
        description: Groups of the person, for O(groups).
        type: list
        elements: str
  src:
    description:
      - A file of people on the host that runs the module, as CSV or JSON, in the form of
        O(openmdm.vpp.vpp_user#module:src).
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
    description:
      - Only people in one of these groups of the list. If not set, all of them. A group that nobody is in is an error.
    type: list
    elements: str
  created_file:
    description:
      - What O(openmdm.vpp.vpp_user#module:report_path) wrote just before, in the same run. The people whom it
        registered are new, and are mailed.
      - One of O(state_dir) and O(created_file) is required. Without O(state_dir) only the people in this file are
        mailed, and nothing is remembered, so the same file used twice mails them twice; one that is older than an hour
        is an error.
    type: path
  mail_again:
    description:
      - People of the list who are mailed whatever is remembered of them, with the same link as before, if they have not
        accepted. It is for mails that were lost, and for people who are C(uncertain) or C(invitation unknown).
      - Where neither O(users) nor O(src) is given, these people are the list.
    type: dict
    suboptions:
      client_user_ids:
        description: By id.
        type: list
        elements: str
      emails:
        description: By e-mail address, of the list or as Apple has it; upper and lower case are the same.
        type: list
        elements: str
  again_after_hours:
    description:
      - O(mail_again) mails nobody who was mailed, or may have been mailed, less than so many hours ago. So the same
        task run twice sends one mail.
    type: float
    default: 24.0
  uncertain:
    description:
      - What becomes of people of whom nobody knows whether their mail went out. V(list) only lists them, V(resend)
        mails them again; the mail has the same Message-ID, by which some mailboxes drop the second copy.
    type: str
    choices: [list, resend]
    default: list
  remind_after_days:
    description:
      - Remind people who have not accepted when their last mail is so many days old. If not set, nobody is reminded.
      - A reminder comes up to three hours early, or a run at the same hour each night would be a day late.
      - Requires O(state_dir).
    type: int
  max_reminders:
    description: Most mails to a person after the first, with O(remind_after_days). Mails by O(mail_again) count, too.
    type: int
    default: 3
  reissue:
    description:
      - Also invite people of the list anew who have accepted, as the link was used with the wrong Apple Account. They
        are retired, registered again, and mailed a new link, which the old link becomes void by.
      - With it they lose all licences that can be taken back, see RV(lost). Run the module again, with or without
        O(reissue), when they have accepted, and they are given these again.
      - A person is reissued once for one Apple Account, so that the same task run twice changes nothing.
      - Requires O(state_dir) and O(max_removals). O(redirect_all_to) doesn't go with it. Name the people with O(users)
        rather than a whole O(src).
    type: bool
    default: false
  max_removals:
    description:
      - The most people that O(reissue=true) may retire, as a number or as a percentage, such as C(5%), of the people of
        the list who have accepted. A plan above it is an error and changes nothing.
    type: str
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
  - openmdm.vpp.mail
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.writer
notes:
  - In check mode the mail server is not asked, not even for a connection. The templates are tried on all mails.
  - A task that mails many people takes as long as O(mails_per_minute) makes it, and holds the location's lock for so
    long.
  - A mail that the mail server takes may still not arrive. Bounces go to O(mail_from) and are not read.
seealso:
  - module: openmdm.vpp.vpp_invitation_info
  - module: openmdm.vpp.vpp_user
"""

EXAMPLES = r"""
- name: Invite who is new, and remind who has not accepted for a week
  openmdm.vpp.vpp_invitation:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv
    state_dir: /var/lib/openmdm
    remind_after_days: 7
    smtp_host: mail.fernhill.example
    smtp_username: apps
    smtp_password_file: /etc/openmdm/smtp-password
    mail_from: apps@fernhill.example

- name: See the mails first, all sent to yourself and with links that lead nowhere
  openmdm.vpp.vpp_invitation:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv
    state_dir: /var/lib/openmdm
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example
    redirect_all_to: me@fernhill.example
    max_mails: 3

- name: Mail two people again who lost the mail, or who were registered by the MDM
  openmdm.vpp.vpp_invitation:
    content_token_file: /etc/openmdm/north.vpptoken
    mail_again:
      client_user_ids: [staff-0017]
      emails: [omar@fernhill.example]
    state_dir: /var/lib/openmdm
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example

- name: A new link for a person whose brother has accepted with his own Apple Account
  openmdm.vpp.vpp_invitation:
    content_token_file: /etc/openmdm/north.vpptoken
    users:
      - email: lea@fernhill.example
    reissue: true
    max_removals: 1
    state_dir: /var/lib/openmdm
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example

- name: Register people
  openmdm.vpp.vpp_user:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv
    report_path: /run/openmdm/people.json

- name: Invite those whom the task before has registered, without a state directory
  openmdm.vpp.vpp_invitation:
    content_token_file: /etc/openmdm/north.vpptoken
    src: /etc/openmdm/north-vpp-users.csv
    created_file: /run/openmdm/people.json
    smtp_host: mail.fernhill.example
    mail_from: apps@fernhill.example
"""

RETURN = r"""
invitations:
  description: The people of the task, those with something to do or something wrong first, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id of the person in this location; for who is not registered yet, the one to come.
      type: str
    status:
      description: >-
        C(new) (registered, never mailed), C(invited), C(associated) (has accepted), C(retired), C(invitation unknown)
        (registered by nobody knows whom), C(uncertain) (mailed or not, nobody knows), C(failed) (the mail server
        refused the mail) or C(unknown) (not registered). After the task, or as it would be in check mode.
      type: str
    action:
      description: >-
        C(mail) (the first mail), C(remind), C(again) (by O(mail_again) or O(uncertain=resend)), C(reissue) or C(grant)
        (licences that O(reissue) took); empty where there is nothing to do.
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
    smtp_status:
      description: The status with it, such as 5.1.1; empty where there was none, and for mails of earlier runs.
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
    mails:
      description: Number of first mails.
      type: int
    reminders:
      description: Number of reminders.
      type: int
    again:
      description: Number of mails by O(mail_again) and O(uncertain=resend).
      type: int
    reissues:
      description: Number of people to be retired and registered anew.
      type: int
    grants:
      description: Number of licences to be given again.
      type: int
    operations:
      description: >-
        One entry an action, with the number of its people and at most 10 ids as a sample.
      type: list
      elements: dict
events:
  description: Apple's events of the task, at most 100; only O(reissue) and what it leads to make any.
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
      description: Tasks asked for.
      type: int
    num_completed:
      description: Tasks done.
      type: int
summary:
  description: Counts of the task.
  returned: always
  type: dict
  contains:
    people:
      description: People of the task whose rows can be used.
      type: int
    by_status:
      description: People by RV(invitations[].status), each of the statuses with its number.
      type: dict
    to_mail:
      description: People to be mailed for the first time about their invitation.
      type: int
    to_remind:
      description: People to be reminded.
      type: int
    to_mail_again:
      description: People to be mailed again.
      type: int
    to_reissue:
      description: People to be retired and registered anew.
      type: int
    to_grant:
      description: Licences to be given again.
      type: int
    mailed:
      description: Mails that the mail server took; 0 in check mode and in a trial.
      type: int
    trial_mails:
      description: Mails that went to O(redirect_all_to).
      type: int
    refused:
      description: >-
        Mails that could not be sent, counted by the code and status of the mail server, such as C(550 5.1.1), or by
        reason, C(no_address), C(bad_address) or C(foreign_address) (letters that the mail server can't handle).
      type: dict
    held_back:
      description: Mails beyond O(max_mails), which the next run sends.
      type: int
    not_sent:
      description: Mails that were not sent, because the task stopped before.
      type: int
    uncertain:
      description: People of whom nobody knows whether their mail went out.
      type: int
    expected:
      description: In check mode, people who are to be registered first; they would be mailed then.
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
    other_address:
      description: People for whom the list has another address than Apple.
      type: int
    reissued:
      description: People who were retired and registered anew, as read afterwards; 0 in check mode.
      type: int
    granted:
      description: Licences that were given again, as read afterwards; 0 in check mode.
      type: int
    still_to_grant:
      description: Licences that O(reissue) took and that are not given again yet.
      type: int
    bad_rows:
      description: Rows that can't be used.
      type: int
refused:
  description: People whose mail could not be sent, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    line:
      description: The line in the file; for JSON, O(users) and O(mail_again) the number of the item.
      type: int
    client_user_id:
      description: The id.
      type: str
    reason:
      description: C(no_address), C(bad_address) or C(foreign_address); empty where the mail server refused it.
      type: str
    smtp_code:
      description: The code of the mail server; null where it was not asked.
      type: int
    smtp_status:
      description: The status with it, such as 5.1.1; may be empty.
      type: str
lost:
  description: What people lose by O(reissue), or would in check mode, at most 100.
  returned: success, and on a failure after the plan was made
  type: list
  elements: dict
  contains:
    client_user_id:
      description: The id.
      type: str
    assets:
      description:
        - At most 10 of the assets that are lost, by adam id. They are given again after the person has accepted.
      type: list
      elements: str
    count:
      description: Number of licences that are lost.
      type: int
    staying:
      description: Licences that can't be taken back, such as books; they stay with the person.
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
  description: What Apple refused of O(reissue) and of licences given again, grouped by reason.
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
      description: Its name, which stands in the mails.
      type: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.invitation import INVITATION_SPEC, run_invitation
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(INVITATION_SPEC, run_invitation)


if __name__ == "__main__":
    main()
