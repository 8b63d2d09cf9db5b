# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  assets:
    description:
      - The assets that are looked at, each by exactly one of C(adam_id), C(bundle_id) and C(name). If not set, all that
        the location owns.
    type: list
    elements: dict
    suboptions:
      adam_id:
        description: The app's number in the App Store. The surest and cheapest way to name an app.
        type: str
      bundle_id:
        description: The bundle id. Finding it costs one request for each asset that the location owns.
        type: str
      name:
        description: >-
          The whole name in the store; upper and lower case are the same. Finding it costs one request for each asset
          that the location owns.
        type: str
      pricing_param:
        description: The quality in which it was bought. If not set, the standard one, or the only one that is owned.
        type: str
        choices: [STDQ, PLUS]
  unseen_days:
    description:
      - Days without a report to the MDM after which a device counts as unseen, for C(unseen_device), which requires it.
      - A device of which the MDM doesn't tell when it reported is never unseen.
    type: int
  people_file:
    description:
      - A file of all people who are still there, on the host that runs the module, for C(gone_person), which requires
        it. It is read as O(openmdm.vpp.vpp_user#module:src) is, so the C(Email,Name,Notes) of Systems Manager's import
        will do, and so will a report of M(openmdm.vpp.vpp_user_info).
      - A row that can't be used is an error, since it may be about somebody who holds a licence. So is a file that
        names nobody.
    type: path
  columns:
    description: How the columns of O(people_file) are called, where they have other names.
    type: dict
    suboptions:
      client_user_id:
        description: The column of C(client_user_id).
        type: str
      email:
        description: The column of C(email).
        type: str
      name:
        description: The column of C(name).
        type: str
      managed_apple_account:
        description: The column of C(managed_apple_account).
        type: str
      groups:
        description: The column of C(groups).
        type: str
  take_from:
    description:
      - Which of the two licences comes back from people who are C(doubly_licensed).
      - V(users) is that of the person, and only if each device of the person that the asset runs on holds a licence of
        its own. Others are counted as C(needed).
      - V(devices) is that of each device of a person who holds the asset and has accepted the invitation.
    type: str
    choices: [users, devices]
    default: users
"""
