# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a state directory says no."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import StateError
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._state.place import Place


def refused(place: Place, *words: str, check: bool | None = None, **options: str) -> str:
    """The one sentence, which is the same in check mode and out of it (unless `check` names one of the two)."""
    said = ""
    for checking in (True, False) if check is None else (check,):
        with pytest.raises(StateError) as caught, place.open(check=checking, **options):
            pytest.fail("it was opened")
        said = caught.value.message
        assert said.startswith("state_dir: "), said
        assert said.endswith("."), said
        assert "\n" not in said
        assert [word for word in words if word not in said] == [], said
        assert caught.value.__cause__ is None
    return said
