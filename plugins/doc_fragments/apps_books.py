# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  content_token:
    description:
      - The content token of the location, as text of its C(.vpptoken) file.
      - Prefer O(content_token_file), since Ansible itself keeps a task's parameters in its payload file.
      - If not set, the value of the environment variable E(OPENMDM_VPP_CONTENT_TOKEN) is used.
    type: str
  content_token_file:
    description:
      - Path of the content token's C(.vpptoken) file on the host that runs the module. Others should not be able to
        read it (mode C(0600)); if they can, the task warns.
      - A relative path, here and in every other option, counts from the folder of the playbook when the task runs on
        the control node. The playbooks of this collection count from the folder where C(ansible-playbook) was started.
      - B(Reuse the file that your MDM has.) A newly downloaded one may revoke the older ones and cut the MDM off.
      - If not set, the value of the environment variable E(OPENMDM_VPP_CONTENT_TOKEN_FILE) is used.
    type: path
  content_token_from:
    description:
      - Read the content token from this MDM in place of a file, so that both use the same one. It needs O(connector).
      - Where several locations are linked there, O(location) says which; without it, the only one that may be used in
        all networks of the task is taken, and otherwise the task fails and lists them.
      - It goes neither with O(content_token) nor with O(content_token_file) in one task, and wins over the environment
        variables E(OPENMDM_VPP_CONTENT_TOKEN) and E(OPENMDM_VPP_CONTENT_TOKEN_FILE).
    type: str
    choices: [meraki]
  location:
    description:
      - Pins the location that the token must govern. It is checked before anything is written.
      - M(openmdm.vpp.vpp_account_info) shows the values.
    type: dict
    suboptions:
      uid:
        description: The C(uId) of the location, a text of digits. Unlike the name it is unique.
        type: str
      name:
        description: The name of the location.
        type: str
  owner_id:
    description:
      - Identifies this automation in its claim on the location.
      - If not set, it is derived from O(owner_name), so that every machine finds the same id.
    type: str
  owner_name:
    description:
      - The name under which this automation claims the location, for people to read.
      - It is needed for O(openmdm.vpp.vpp_account#module:claim=true). Once the location is claimed by this automation,
        every task needs the same name (best in C(module_defaults)); without it, its own claim looks like that of
        another product. A location that this automation never claims needs no name.
    type: str
  apps_books_url:
    description:
      - Address of Apple's service. Change it only to use the sandbox or a gateway of your own.
      - The token is sent to this address only. Plain HTTP is accepted for loopback addresses only.
      - If not set, the value of the environment variable E(OPENMDM_VPP_APPS_BOOKS_URL) is used.
    type: str
    default: https://vpp.itunes.apple.com/mdm/v2
  itunes_url:
    description:
      - Address of the public look-up of bundle ids. If not set, Apple's is used, but only together with Apple's
        O(apps_books_url).
      - It answers some 20 questions a minute, so no more are asked. Where it refuses for longer than two minutes, the
        task ends; assets that are named by C(adam_id) need no look-up.
      - If not set, the value of the environment variable E(OPENMDM_VPP_ITUNES_URL) is used.
    type: str
  requests_per_second:
    description:
      - Most requests a second that this task may send. If not set, what Apple allows for the location.
      - When an MDM works with the same location at the same time, leave it half of that.
    type: float
"""

    # Beside the above, for plugins on the control node, where Ansible itself reads the variables.
    PLUGINS = r"""
options:
  content_token:
    env:
      - name: OPENMDM_VPP_CONTENT_TOKEN
  content_token_file:
    env:
      - name: OPENMDM_VPP_CONTENT_TOKEN_FILE
  apps_books_url:
    env:
      - name: OPENMDM_VPP_APPS_BOOKS_URL
  itunes_url:
    env:
      - name: OPENMDM_VPP_ITUNES_URL
"""
