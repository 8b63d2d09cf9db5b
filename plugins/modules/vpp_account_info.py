#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_account_info
short_description: Show a location, its token and who claims it
version_added: 0.1.0
description:
  - Shows the location that a content token governs, how long the token lives, who claims the location, and its
    notification settings.
  - A token that is expired, revoked or refused is shown as such and is no failure, so that many locations can be
    watched in one play. A token file that is no token file is an error.
author:
  - openmdm.vpp contributors (@openmdm)
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.info
  - openmdm.vpp.report
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.reader
seealso:
  - module: openmdm.vpp.vpp_account
"""

EXAMPLES = r"""
- name: Look at the token of a location
  openmdm.vpp.vpp_account_info:
    content_token_file: /etc/openmdm/north.vpptoken
  register: location

- name: Stop if it is dead, or while there is time to renew it
  ansible.builtin.assert:
    that:
      - location.accounts[0].token_state in ['alive', 'foreign']  # foreign: alive, and claimed by another product
      - location.accounts[0].token_days_left > 30
"""

RETURN = r"""
accounts:
  description: The location of the token, as the one element of a list.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: Unique id of the location; empty if the token is not accepted.
      type: str
    location_name:
      description: Name of the location; not unique.
      type: str
    country:
      description: Two-letter country of the organisation.
      type: str
    default_platform:
      description: C(volumestore) for education, C(enterprisestore) for business.
      type: str
    website_url:
      description: Where a person manages the location.
      type: str
    organization:
      description: Name of the organisation in the token file.
      type: str
    token_state:
      description: >-
        C(alive), C(expired), C(revoked), C(refused) (Apple does not accept it), or C(foreign) (alive, but another
        product claims the location).
      type: str
    token_expires:
      description: When the token ends, in UTC.
      type: str
    token_days_left:
      description: Whole days until then; negative afterwards, and 0 for a token that Apple refuses.
      type: int
    owner:
      description: The claim, with C(state) being C(unclaimed), C(ours), C(foreign) or C(released).
      type: dict
    notification_url:
      description: Where notifications go.
      type: str
    notification_auth_token_set:
      description: Whether a secret is set. The secret itself is never returned.
      type: bool
    notification_types:
      description: The types that are subscribed to.
      type: list
      elements: str
total:
  description: Number of locations found.
  returned: success
  type: int
truncated:
  description: Whether the list was cut at O(limit).
  returned: success
  type: bool
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.account import ACCOUNT_INFO_SPEC, run_account_info
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(ACCOUNT_INFO_SPEC, run_account_info, info=True)


if __name__ == "__main__":
    main()
