# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  _terms:
    description:
      - Each one names an asset that the location owns, by what O(by) says, or as a dictionary with exactly one of
        C(adam_id), C(bundle_id) and C(name), and C(pricing_param) if it is owned in several qualities.
      - Finding a bundle id or a name costs one request for each asset that the location owns.
    type: list
    elements: raw
  by:
    description: What a term that is a text says of the asset.
    type: str
    choices: [adam_id, bundle_id, name]
    default: adam_id
notes:
  - The lookup runs on the control node. A relative path counts from the folder in which C(ansible-playbook) was
    started.
  - Apple is asked anew each time that Ansible evaluates the expression; keep the value with C(set_fact) where it is
    needed more than once.
  - Options of a group in C(module_defaults) do not reach a lookup. Give them as a dictionary, as the examples do, or in
    the environment.
  - An asset that is not owned is an error, like all that goes wrong. C(errors='ignore') would make it an empty value.
"""
