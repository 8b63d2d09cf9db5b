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
  - With O(connector) it also shows what the MDM has of this location, with a dead token too.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  max_sync_age:
    description: Hours since the MDM's last sync with Apple beyond which the task warns. Used only with O(connector).
    type: int
    default: 48
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

- name: Compare with what Systems Manager has
  openmdm.vpp.vpp_account_info:
    content_token_file: /etc/openmdm/north.vpptoken
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
  register: location

- name: Stop if it uses another token
  ansible.builtin.assert:
    that:
      - location.accounts[0].mdm.accounts | rejectattr('token', 'eq', 'ours') | length == 0
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
    mdm:
      description: >-
        What the MDM lists of this location; null without O(connector). Secrets are not among it.
      type: dict
      contains:
        connector:
          description: The MDM that was asked.
          type: str
        linked:
          description: >-
            Whether an account there has the location's uid or this very token. Null if that can't be told, such as
            for a token that Apple does not accept, without a pin in O(location).
          type: bool
        accounts:
          description: The accounts of this location there, as a rule one.
          type: list
          elements: dict
          contains:
            id:
              description: The MDM's own id.
              type: str
            name:
              description: Its name, as typed there.
              type: str
            email:
              description: Its e-mail address, as typed there.
              type: str
            location_uid:
              description: Unique id of the location; empty if the MDM does not tell it.
              type: str
            location_name:
              description: Name of the location.
              type: str
            networks:
              description: Ids of the networks that may use the account; null for all.
              type: list
              elements: str
            networks_named:
              description: >-
                Their names, or the id of one that is not among the networks of the task; null for all.
              type: list
              elements: str
            allowed_admins:
              description: The MDM's own word for who may administer the account. It does not tell the people.
              type: str
            admin_networks:
              description: Ids of the networks whose administrators may do so.
              type: list
              elements: str
            token:
              description: >-
                C(ours), the token of this task; C(other), another one of the same location; or C(hidden), the MDM
                does not tell.
              type: str
            token_expires:
              description: When the token that the MDM has ends, in UTC; null if not told.
              type: str
            token_days_left:
              description: Whole days until then, negative afterwards; null if not told.
              type: int
            last_synced:
              description: When the MDM last synced with Apple, in UTC; null if not told.
              type: str
            sync_age_hours:
              description: Whole hours since then; null if not told.
              type: int
        other_locations:
          description: Number of further accounts there.
          type: int
manual_steps:
  description:
    - What only a person can do in the MDM's console about this location, whether it is done or not; empty without
      O(connector).
  returned: success
  type: list
  elements: dict
  contains:
    step:
      description: >-
        C(link_account), C(account_name), C(account_email), C(account_units), C(allowed_admins), C(renew_token),
        C(sync_account) or C(remove_account).
      type: str
    about:
      description: Name of the location.
      type: str
    what:
      description: What is to be done.
      type: str
    where:
      description: Where in the console.
      type: str
    why:
      description: Why it is needed.
      type: str
    verified_by:
      description: How this module sees whether it is done.
      type: str
    state:
      description: >-
        C(done), C(to_do), or C(unverifiable), which means that nothing that can be read tells; such a step is never
        called done.
      type: str
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
