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
  - With O(connector) it also reads what the MDM has of this location, RV(account.mdm), and says what is left to a
    person there, RV(manual_steps). It finds the account by the location's uid or by the token, never by its name, and
    warns of another or an expired token and of a sync that is too old. Nothing is written to the MDM.
  - On a location that is linked to the MDM neither claim nor notifications are ever written, not even with
    O(takeover=true), and also where Apple shows no claim; they are the MDM's.
author:
  - openmdm.vpp contributors (@openmdm)
options:
  state:
    description:
      - V(present) links the location, V(absent) lets it go.
      - With O(connector), V(absent) also tells whether the account is still there to be removed by hand, which comes
        first. It needs neither O(owner_name) nor O(owner_id) then; without them no claim is given up.
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
      - HTTPS address to which Apple sends notifications. It must answer when it is set. Only on a location that this
        automation claims.
      - Of the address, the secret and the types, what is not set is left as it is.
    type: str
  notification_auth_token:
    description:
      - The secret that Apple sends along with each notification.
      - Prefer O(notification_auth_token_file), since Ansible itself keeps a task's parameters in its payload file.
    type: str
  notification_auth_token_file:
    description:
      - Path of a file that holds that secret and nothing else, on the host that runs the module, with mode C(0600).
    type: path
  notification_types:
    description: The complete list of notification types. An empty list ends notifications.
    type: list
    elements: str
  linked:
    description:
      - V(true) fails the task if the location is not linked to the MDM, V(false) if it still is. The message says what
        to do by hand. If not set, neither does.
      - It needs O(connector), and so do the options that begin with C(account_).
    type: bool
  account_name:
    description:
      - The name that the MDM's account of this location is to have. What differs is a step in RV(manual_steps).
    type: str
  account_email:
    description: The e-mail address that the account is to have.
    type: str
  account_network_ids:
    description: The complete list of networks that may use the account.
    type: list
    elements: str
  max_sync_age:
    description: Hours since the MDM's last sync with Apple beyond which the task warns.
    type: int
    default: 48
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
    notification_auth_token_file: /etc/openmdm/notification-token
    notification_types: [USER_ASSOCIATED, ASSET_COUNT]

- name: Check both sides of three locations, with the tokens that Systems Manager has
  module_defaults:
    group/openmdm.vpp.vpp:
      content_token_from: meraki
    group/openmdm.vpp.mdm:
      connector: meraki
      meraki_api_key_file: /etc/openmdm/meraki_api_key
      meraki_organization_id: "600001"
  block:
    - name: Check that each is linked, synced, and usable in its own network
      openmdm.vpp.vpp_account:
        location:
          uid: "{{ item.uid }}"
        linked: true
        account_name: "{{ item.name }} apps"
        account_email: apps@harbour.example
        account_network_ids: ["{{ item.network }}"]
        max_sync_age: 24
        takeover: true    # Systems Manager may claim its locations; the claim stays as it is
      loop:
        - {name: North, uid: "7700000000000042", network: N_600001000001}
        - {name: South, uid: "7700000000000043", network: N_600001000002}
        - {name: West, uid: "7700000000000044", network: N_600001000003}
      register: locations

    - name: Show what is left to do by hand
      ansible.builtin.debug:
        msg: "{{ locations.results | map(attribute='manual_steps') | flatten | rejectattr('state', 'eq', 'done') }}"

- name: See that the location was removed from Systems Manager before it is let go
  openmdm.vpp.vpp_account:
    content_token_file: /etc/openmdm/north.vpptoken
    owner_name: Harbour Street School, fleet playbooks
    connector: meraki
    meraki_api_key_file: /etc/openmdm/meraki_api_key
    linked: false
    state: absent

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
manual_steps:
  description:
    - What only a person can do in the MDM's console about this location, whether it is done or not; empty without
      O(connector).
    - A failure returns it where the MDM's side is the reason.
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
