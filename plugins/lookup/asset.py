# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: asset
short_description: Look up an asset of a location, with its counts
version_added: 0.1.0
description:
  - Tells of an asset that the location owns how many licences there are and are left, whether it can be assigned to
    devices, and on which platforms it runs.
  - For all assets of a location at once, use M(openmdm.vpp.vpp_license_info).
author:
  - openmdm.vpp contributors (@openmdm)
options:
  _terms:
    required: true
  metadata:
    description: Look up name and bundle id in the store, which costs one request for each asset.
    type: bool
    default: false
extends_documentation_fragment:
  - openmdm.vpp.asset_lookup
  - openmdm.vpp.apps_books
  - openmdm.vpp.apps_books.plugins
  - openmdm.vpp.mdm
  - openmdm.vpp.mdm.plugins
  - openmdm.vpp.network
  - openmdm.vpp.network.plugins
seealso:
  - module: openmdm.vpp.vpp_license_info
  - plugin: openmdm.vpp.assignments
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Say how many licences are left
  ansible.builtin.debug:
    msg: "{{ procreate.available_count }} of {{ procreate.total_count }} licences are left"
  vars:
    procreate: "{{ lookup('openmdm.vpp.asset', '425073498', content_token_file='/etc/openmdm/north.vpptoken') }}"

- name: Stop where an app can't be assigned to devices
  ansible.builtin.assert:
    that: asset.device_assignable
  vars:
    apple:
      content_token_file: /etc/openmdm/north.vpptoken
      location: {uid: "7700000000000042"}
    asset: "{{ lookup('openmdm.vpp.asset', 'com.apple.Pages', by='bundle_id', **apple) }}"
"""

RETURN = r"""
_raw:
  description:
    - For each term a dictionary with C(adam_id), C(pricing_param), C(name), C(bundle_id), C(product_type),
      C(device_assignable), C(revocable), C(supported_platforms), C(unlimited), C(total_count), C(assigned_count),
      C(available_count) and C(retired_count), as in RV(openmdm.vpp.vpp_license_info#module:licenses).
  type: list
  elements: dict
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError

from ..module_utils._ansible.asset_lookup import ASSET_SPEC, look_up_assets
from ..plugin_utils._errors import told
from ..plugin_utils.lookup import AssetLookup


class LookupModule(AssetLookup):
    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        if not terms:
            return []
        with told(AnsibleLookupError):
            return self.answer(terms, ASSET_SPEC, look_up_assets)
