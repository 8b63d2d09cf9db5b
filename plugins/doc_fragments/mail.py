# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  smtp_host:
    description:
      - Name of the mail server that sends the mails. They all go over one connection; a proxy is not used for it.
      - O(ca_path) and O(request_timeout) count for it, too. The answer to a mail itself is awaited for ten minutes.
      - If not set, the value of the environment variable E(OPENMDM_VPP_SMTP_HOST) is used.
    type: str
  smtp_port:
    description:
      - Port of the mail server. If not set, it is 587 with O(smtp_security=starttls), 465 with O(smtp_security=tls) and
        25 with O(smtp_security=none).
    type: int
  smtp_security:
    description:
      - How the connection is encrypted. The certificate is always verified.
      - V(starttls) begins in the clear and changes to TLS before anything else; a server that does not offer that is an
        error. V(tls) is TLS from the first byte.
      - V(none) is for a mail server on the host that runs the module; see O(smtp_allow_clear_text).
    type: str
    choices: [starttls, tls, none]
    default: starttls
  smtp_allow_clear_text:
    description:
      - With O(smtp_security=none), allow a mail server that is not on the host that runs the module. Whoever can read
        the network on the way can read and use the invitations. A password is never sent that way.
    type: bool
    default: false
  smtp_username:
    description: User to log in as (AUTH PLAIN or AUTH LOGIN). If not set, there is no login.
    type: str
  smtp_password:
    description:
      - Password of O(smtp_username). Prefer O(smtp_password_file), since Ansible itself keeps a task's parameters in
        its payload file.
      - If not set, the value of the environment variable E(OPENMDM_VPP_SMTP_PASSWORD) is used.
    type: str
  smtp_password_file:
    description:
      - Path of a file that holds the password and nothing else, on the host that runs the module, with mode C(0600).
      - If not set, the value of the environment variable E(OPENMDM_VPP_SMTP_PASSWORD_FILE) is used.
    type: path
  mail_from:
    description: Address that the mails come from, and to which the mail system reports those that it can't deliver.
    type: str
  mail_reply_to:
    description: Address for answers and questions. If not set, O(mail_from).
    type: str
  mail_sender_name:
    description: Name beside O(mail_from), and under the mail. If not set, the name of the location.
    type: str
  mails_per_minute:
    description: Most mails a minute, sent at even distances. Mail servers slow down or shut out who writes faster.
    type: float
    default: 60.0
  max_mails:
    description:
      - Most mails that the task sends, such as what the mail server takes in a day. The rest is held back, counted in
        the result, and sent by the next run.
      - If not set, there is no limit.
    type: int
  redirect_all_to:
    description:
      - For a trial. All mails go to this one address in place of the people's, and their subject says which of how many
        each is.
      - The link in them leads nowhere, so that nobody's invitation is used up, and nothing is remembered; a run without
        this option mails everybody for the first time.
    type: str
  templates:
    description:
      - Files with the words of the mails, in UTF-8, on the host that runs the module. Each one that is not set is in
        English.
      - They are Jinja2 templates in a sandbox, which can neither include other files nor use Ansible's variables and
        filters. The variables are C(account_name) (of the location), C(name) (of the person, may be empty), C(link),
        C(sender_name), C(days) (since the first mail) and C(contact) (the address for questions).
      - Text and HTML must both hold C({{ link }}); a subject must not. In HTML, variables are escaped.
      - A mistake is an error that names file and line, before anything is sent.
    type: dict
    suboptions:
      subject:
        description: Subject of the invitation, one line.
        type: path
      text:
        description: Plain text of the invitation.
        type: path
      html:
        description: HTML of the invitation. It should do without pictures, which many mail programs don't show.
        type: path
      reminder_subject:
        description: Subject of the reminder.
        type: path
      reminder_text:
        description: Plain text of the reminder.
        type: path
      reminder_html:
        description: HTML of the reminder.
        type: path
requirements:
  - Jinja2 >= 3.0, which comes with ansible-core
"""
