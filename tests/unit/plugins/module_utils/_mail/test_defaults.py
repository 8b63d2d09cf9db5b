# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own words read well as plain text, whatever the school is called."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import INVITATION, REMINDER
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.templates import Templates

LINK = (
    "https://buy.itunes.apple.com/WebObjects/MZFinance.woa/wa/associate-VPP-User-With-ITS-Account?inviteCode=1-2&mt=8"
)
NAMES = ["KVC", "Kowhai Valley College North Campus", 'Städtisches Gymnasium "Am Stadtpark", Frankfurt am Main-Süd']


def text(kind: str, account_name: str) -> str:
    values = {"name": "Ana Diaz", "sender_name": account_name, "days": 14, "contact": "it@school.example"}
    return Templates({}).render(kind, {**values, "link": LINK, "account_name": account_name}).text


@pytest.mark.parametrize("account_name", NAMES)
@pytest.mark.parametrize("kind", [INVITATION, REMINDER])
def test_lines_are_short_and_the_link_is_whole(kind, account_name):
    lines = text(kind, account_name).splitlines()
    assert LINK in lines
    assert max(len(line) for line in lines if line != LINK) <= 72
    assert lines[0] == "Hello Ana Diaz,"
    assert " ".join(lines).endswith(f" Write to it@school.example.  {account_name}")


def test_paragraphs_stay_apart_and_lists_in_lines():
    found = text(INVITATION, "KVC").split("\n\n")
    assert [part[:8] for part in found] == [
        *("Hello An", "KVC woul", "https://", "1. Open ", "You pay ", "The invi", "Question", "KVC\n")
    ]
    assert found[3].count("\n") == 2
