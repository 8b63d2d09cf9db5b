# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  connector:
    description:
      - The MDM to work with. V(meraki) is Cisco Meraki Systems Manager.
      - Without it no MDM is asked, and options that need one are errors.
    type: str
    choices: [meraki]
  meraki_api_key:
    description:
      - API key of an administrator of the Meraki dashboard.
      - It is worth as much as the content tokens of all locations that are linked there, since the dashboard's API
        tells them.
      - Prefer O(meraki_api_key_file), since Ansible itself keeps a task's parameters in its payload file.
      - If not set, the value of the environment variable E(OPENMDM_MERAKI_API_KEY) is used.
    type: str
  meraki_api_key_file:
    description:
      - Path of a file that holds the API key and nothing else, on the host that runs the module, with mode C(0600).
      - If not set, the value of the environment variable E(OPENMDM_MERAKI_API_KEY_FILE) is used.
    type: path
  meraki_base_url:
    description:
      - Address of the dashboard's API. Other regions have C(api.meraki.ca), C(api.meraki.cn), C(api.meraki.in) and
        C(api.gov-meraki.com).
      - The key is sent to this host and to Meraki's own hosts, to which it may be sent on, and to no other. Plain HTTP
        is accepted for loopback addresses only.
      - If not set, the value of the environment variable E(OPENMDM_MERAKI_BASE_URL) is used.
    type: str
    default: https://api.meraki.com/api/v1
  meraki_organization_id:
    description:
      - The organisation, a text of digits. If not set, the only one that the key can see.
      - If not set, the value of the environment variable E(OPENMDM_MERAKI_ORGANIZATION_ID) is used.
    type: str
  meraki_network_ids:
    description:
      - The networks whose devices the task is about, such as C(N_600100200300). If not set, all networks of Systems
        Manager in the organisation that the key can see.
      - A network that is not there, or is not one of Systems Manager, is an error.
    type: list
    elements: str
  meraki_requests_per_second:
    description:
      - Most requests a second to the dashboard, over all tasks of this user on this machine that work with the same
        organisation. Meraki allows 10 for everybody together.
    type: float
    default: 3.0
"""

    # Beside the above, for plugins on the control node, where Ansible itself reads the variables.
    PLUGINS = r"""
options:
  meraki_api_key:
    env:
      - name: OPENMDM_MERAKI_API_KEY
  meraki_api_key_file:
    env:
      - name: OPENMDM_MERAKI_API_KEY_FILE
  meraki_base_url:
    env:
      - name: OPENMDM_MERAKI_BASE_URL
  meraki_organization_id:
    env:
      - name: OPENMDM_MERAKI_ORGANIZATION_ID
"""
