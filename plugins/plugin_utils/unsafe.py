# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of others in variables: `{{ ... }}` in a name at Apple or in an MDM must never be carried out."""

from __future__ import annotations

from typing import Any


def unsafe(value: Any) -> Any:
    """The same value, which Ansible never takes for a template."""
    try:
        from ansible.template import trust_as_template  # noqa: F401
    except ImportError:
        from ansible.utils.unsafe_proxy import wrap_var

        return wrap_var(value)
    return value  # since ansible-core 2.19 nothing is a template that isn't said to be one
