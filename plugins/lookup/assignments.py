# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: assignments
short_description: Look up who holds an asset
version_added: 0.1.0
description:
  - Lists the devices or the people that hold one asset of a location.
  - It is all of them or an error. More than O(limit), or a list that kept changing while it was read, is an error.
  - For several assets at once, or for what certain devices or people hold, use M(openmdm.vpp.vpp_license_info).
author:
  - openmdm.vpp contributors (@openmdm)
options:
  _terms:
    required: true
  kind:
    description: Whether devices or people are listed.
    type: str
    choices: [devices, users]
    default: devices
  limit:
    description: The longest list that is returned; a longer one is an error.
    type: int
    default: 1000
extends_documentation_fragment:
  - openmdm.vpp.asset_lookup
  - openmdm.vpp.apps_books
  - openmdm.vpp.apps_books.plugins
  - openmdm.vpp.mdm
  - openmdm.vpp.mdm.plugins
  - openmdm.vpp.network
  - openmdm.vpp.network.plugins
notes:
  - Use C(query), or C(lookup) with C(wantlist=true); without it Ansible joins the list with commas.
seealso:
  - module: openmdm.vpp.vpp_license_info
  - plugin: openmdm.vpp.asset
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show which devices hold Pages
  ansible.builtin.debug:
    msg: "{{ query('openmdm.vpp.assignments', '361309726', content_token_file='/etc/openmdm/north.vpptoken') }}"

- name: Give Keynote to the devices that have Pages
  openmdm.vpp.vpp_license:
    content_token_file: /etc/openmdm/north.vpptoken
    assets:
      - adam_id: "361285480"
    devices:
      serial_numbers: "{{ query('openmdm.vpp.assignments', '361309726', **apple) }}"
  vars:
    apple: {content_token_file: /etc/openmdm/north.vpptoken}

- name: Count the people who hold a book
  ansible.builtin.debug:
    msg: "{{ query('openmdm.vpp.assignments', book, kind='users', **apple) | length }}"
  vars:
    book: {adam_id: "900000001", pricing_param: PLUS}
    apple: {content_token_file: /etc/openmdm/north.vpptoken}
"""

RETURN = r"""
_raw:
  description:
    - Serial numbers, or client user ids with O(kind=users), sorted.
  type: list
  elements: str
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError

from ..module_utils._ansible.asset_lookup import ASSIGNMENTS_SPEC, look_up_holders
from ..plugin_utils._errors import told
from ..plugin_utils.lookup import AssetLookup


class LookupModule(AssetLookup):
    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        with told(AnsibleLookupError):
            return self.answer(terms, ASSIGNMENTS_SPEC, look_up_holders)
