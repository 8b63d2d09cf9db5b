#!/usr/bin/python
# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpp_account
short_description: Link and watch over a location of Apple School Manager or Apple Business Manager
version_added: 0.1.0
description:
  - Checks the content token of a location, claims the location for this automation if asked to, and keeps its
    notification settings.
  - A claim is the name that a product, as a rule an MDM, writes at Apple into the C(mdmInfo) of the location to say
    that it manages it.
  - Nothing is claimed unless O(claim=true). A claim of another product stops the task unless O(takeover=true).
    Together with O(claim=true) that replaces the claim and ends the notifications that go to that product; alone it
    changes nothing.
  - With O(state=absent) notifications end and a claim of ours is replaced by a marker that says it was released,
    since Apple documents no way to clear a claim. No licence is revoked.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  state:
    description: V(present) links the location, V(absent) lets it go.
    type: str
    choices: [present, absent]
    default: present
  claim:
    description: Claim the location under O(owner_name), so that other products see who manages it.
    type: bool
    default: false
  owner_metadata:
    description: A text that stands in the claim beside the name, such as where the playbook is kept.
    type: str
  notification_url:
    description:
      - HTTPS address to which Apple sends notifications. It must answer when it is set. Only on a location that we
        own.
      - An option that is not set is left as it is.
    type: str
  notification_auth_token:
    description: The secret that Apple sends along with each notification.
    type: str
  notification_types:
    description: The complete list of notification types. An empty list ends notifications.
    type: list
    elements: str
extends_documentation_fragment:
  - openmdm.vpp.apps_books
  - openmdm.vpp.mdm
  - openmdm.vpp.network
  - openmdm.vpp.write
  - openmdm.vpp.attributes.both_groups
  - openmdm.vpp.attributes.writer
seealso:
  - module: openmdm.vpp.vpp_account_info
  - module: openmdm.vpp.vpp_license
"""

EXAMPLES = r"""
- name: Check that the token is alive and governs the location that we think it does
  openmdm.vpp.vpp_account:
    content_token_file: /etc/openmdm/north.vpptoken
    location:
      uid: "7700000000000042"

- name: Check the token of a location that the MDM claims, and leave the claim as it is
  openmdm.vpp.vpp_account:
    content_token_file: /etc/openmdm/north.vpptoken
    takeover: true

- name: Claim the location and be told when people accept their invitation
  openmdm.vpp.vpp_account:
    content_token_file: /etc/openmdm/north.vpptoken
    claim: true
    owner_name: Harbour Street School, fleet playbooks
    notification_url: https://hooks.harbour.example/apps-books
    notification_auth_token: "{{ vault_notification_auth_token }}"
    notification_types: [USER_ASSOCIATED, ASSET_COUNT]

- name: Let the location go
  openmdm.vpp.vpp_account:
    content_token_file: /etc/openmdm/north.vpptoken
    owner_name: Harbour Street School, fleet playbooks
    state: absent
"""

RETURN = r"""
account:
  description: The location, its token, its claim and its notification settings.
  returned: success
  type: dict
  contains:
    uid:
      description: Unique id of the location.
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
plan:
  description: What the task does, or would do in check mode.
  returned: success
  type: dict
  contains:
    write:
      description: Names of the settings that change.
      type: list
      elements: str
events:
  description: Always empty; this module starts no events.
  returned: always
  type: list
  elements: dict
summary:
  description: How many settings change.
  returned: success
  type: dict
  contains:
    settings_changed:
      description: Number of settings that change.
      type: int
location:
  description: The location that the token governs.
  returned: success
  type: dict
  contains:
    uid:
      description: Its unique id.
      type: str
    name:
      description: Its name.
      type: str
"""

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.account import ACCOUNT_SPEC, run_account
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.runner import run_module


def main() -> None:
    run_module(ACCOUNT_SPEC, run_account)


if __name__ == "__main__":
    main()
