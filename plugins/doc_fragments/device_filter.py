# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  scope:
    description:
      - Only the devices in at least one of these scopes, as the MDM itself evaluates them, by tags of all kinds.
      - A tag that neither a device nor an owner of one has is warned of.
    type: list
    elements: dict
    suboptions:
      match:
        description:
          - How the tags are meant. V(all) and V(none) go without tags.
          - V(without_all) is a device that lacks at least one of the tags.
        type: str
        required: true
        choices: [all, none, with_any, with_all, without_any, without_all]
      tags:
        description: Tags, each without spaces and commas.
        type: list
        elements: str
  platforms:
    description: Only devices of these platforms, by Apple's names. iPads are V(iOS).
    type: list
    elements: str
    choices: [iOS, macOS, tvOS, visionOS, watchOS]
  licensable:
    description: Only devices that can, or can't, take a licence.
    type: bool
  unseen_days:
    description:
      - Only devices that are known not to have reported for so many days.
      - It also says after how many days a device is warned of as C(unseen), which is 14 if it is not set.
    type: int
  show_people:
    description: Also show the names of devices and their owners, which are often people's names.
    type: bool
    default: false
"""
