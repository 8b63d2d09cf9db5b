# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags that can be none."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import check_tag


@pytest.mark.parametrize("tag", ["a\x1b[2J", "a\x00", "\ud800", "\x9b31m"])
def test_a_tag_that_cannot_be_sent(tag: str) -> None:
    with pytest.raises(InputError, match="scope: the tag .* holds a character that no tag can have"):
        check_tag(tag, "scope")


@pytest.mark.parametrize("tag", ["year-7", "é;x", "\U0001f469\u200d\U0001f3eb"])
def test_a_tag_in_any_writing(tag: str) -> None:
    assert check_tag(f" {tag} ", "scope") == tag
