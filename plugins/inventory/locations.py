# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: locations
short_description: Locations of Apps and Books as hosts, one for each content token
version_added: 0.1.0
description:
  - Makes a host of each location whose content token it is told of, so that one play serves dozens of locations, as
    many at once as C(forks) allows.
  - A host carries the location's uid and name, the days that its token has left, and where the token is (a path or the
    name of a variable of the environment). It never carries the token.
  - A host is called like its token's file without the ending, or like its variable in lower case.
  - Two tokens of one location are an error, since two hosts would then work on one location at the same time.
  - A token that Apple no longer accepts is a host all the same, with its C(openmdm_token_state), and warned of.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [openmdm.vpp.locations]
  token_files:
    description:
      - Paths of C(.vpptoken) files on the control node; C(*) stands for any name. Relative ones count from the folder
        of the inventory file.
      - A file that is encrypted with C(ansible-vault) is read with the vault's secrets of the run.
    type: list
    elements: str
    default: []
  token_envs:
    description: Names of variables of the environment, each with the content of a token file.
    type: list
    elements: str
    default: []
  group:
    description: The group that the hosts are put into.
    type: str
    default: openmdm_locations
  local:
    description:
      - Whether tasks for these hosts run on the control node, with its Python. A location is no machine, so there is
        nothing to log in to.
    type: bool
    default: true
  apps_books_url:
    description: Address of Apple's service. Change it only to use the sandbox or a gateway of your own.
    type: str
    default: https://vpp.itunes.apple.com/mdm/v2
    env:
      - name: OPENMDM_VPP_APPS_BOOKS_URL
  ca_path:
    description: File or folder of certificates to trust in addition to the system's.
    type: path
    env:
      - name: OPENMDM_VPP_CA_PATH
  proxy:
    description: Proxy for all requests. If not set, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are honoured.
    type: str
  request_timeout:
    description: Seconds to wait for the answer to one request.
    type: float
    default: 60.0
requirements:
  - httpx >= 0.27, < 1
notes:
  - Two requests to Apple for each token, eight tokens at a time. With C(cache) they are sent once in C(cache_timeout)
    seconds, and C(openmdm_token_days_left) is as old.
extends_documentation_fragment:
  - constructed
  - inventory_cache
seealso:
  - module: openmdm.vpp.vpp_account_info
"""

EXAMPLES = r"""
# /etc/openmdm/locations.openmdm.yml
plugin: openmdm.vpp.locations
token_files:
  - tokens/*.vpptoken

# The same with tokens that AWX puts into the environment, and groups by country and by the age of the token
# plugin: openmdm.vpp.locations
# token_envs: [NORTH_TOKEN, SOUTH_TOKEN]
# keyed_groups:
#   - key: openmdm_country
#     prefix: country
# groups:
#   renew_soon: openmdm_token_days_left < 30

# A play for all of them: the token is read where it lies
# - hosts: openmdm_locations
#   gather_facts: false
#   module_defaults:
#     group/openmdm.vpp.vpp:
#       content_token_file: "{{ openmdm_content_token_file }}"
#       location: {uid: "{{ openmdm_location_uid }}"}

# ... where it lies in the environment, or in a file that is encrypted with ansible-vault, that line reads
#       content_token: "{{ lookup('ansible.builtin.env', openmdm_content_token_env) }}"
#       content_token: "{{ lookup('ansible.builtin.unvault', openmdm_content_token_vault) }}"
"""

import os

from ansible.errors import AnsibleParserError

from ..plugin_utils._errors import told
from ..plugin_utils.found_host import FoundHost
from ..plugin_utils.inventory import HostsPlugin
from ..plugin_utils.locations import read_locations
from ..plugin_utils.secret_files import decrypted
from ..plugin_utils.token_refs import ENV, TokenRef, find_tokens

_CONNECTION = ("apps_books_url", "ca_path", "proxy", "request_timeout")


class InventoryModule(HostsPlugin):
    NAME = "openmdm.vpp.locations"

    def find_hosts(self, folder: str) -> list[FoundHost]:
        options = {name: self.get_option(name) for name in _CONNECTION}
        given = {name: value for name, value in options.items() if value is not None}
        with told(AnsibleParserError):
            refs = find_tokens(self.get_option("token_files"), self.get_option("token_envs"), folder, os.environ)
            return read_locations(refs, given, self._reveal, self.display.warning)

    def _reveal(self, ref: TokenRef) -> str:
        return os.environ[ref.place] if ref.kind == ENV else decrypted(self.loader, ref.place)
