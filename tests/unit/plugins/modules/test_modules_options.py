# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that Ansible refuses before the module begins: people who are named beside them are not shown."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import (
    vpp_code,
    vpp_code_info,
    vpp_invitation,
    vpp_invitation_info,
    vpp_license,
    vpp_license_info,
    vpp_user,
    vpp_user_info,
)
from ansible_collections.openmdm.vpp.tests.unit.harness import run_main

# Not in the text of the tests, whose lines stand in tracebacks.
WHO = "".join(["za", "phod"])
ADDRESS = f"{WHO}@fernhill.example"
USERS = [{"email": ADDRESS, "name": WHO}]
NAMED = {"emails": [ADDRESS]}


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (vpp_user, {"users": [{**USERS[0], "emial": "x"}]}),
        (vpp_user, {"users": USERS, "keep": NAMED, "state": "gone"}),
        (vpp_user_info, {"emails": [ADDRESS], "limit": "many"}),
        (vpp_invitation, {"users": USERS, "mail_again": NAMED, "redirect_all_to": ADDRESS, "uncertain": "maybe"}),
        (vpp_invitation_info, {"users": USERS, "limit": "many"}),
        (vpp_license, {"users": NAMED, "keep": NAMED, "state": "gone"}),
        (vpp_license_info, {"users": NAMED, "limit": "many"}),
        (vpp_code, {"src": "/codes.csv", "product": {"name": "Procreate"}, "users": USERS, "uncertain": "maybe"}),
        (vpp_code_info, {"users": USERS, "limit": "many"}),
    ],
)
def test_an_option_that_is_refused(module, options):
    found = run_main(module.main, options, loud=True)
    assert found.failed
    assert WHO not in found.text.lower()
