"""Builders that several tests of the core share."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.holdings import Holdings
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Asset, AssetKey
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_license import plan_license
from ansible_collections.openmdm.vpp.plugins.module_utils._core.targets import DEVICES, TargetIndex


@pytest.fixture(scope="session")
def make_asset():
    def make(adam_id="1", **changes):
        facts = {
            "key": AssetKey(adam_id, changes.pop("pricing_param", "STDQ")),
            "product_type": "App",
            "device_assignable": True,
            "revocable": True,
            "assigned_count": 0,
            "available_count": 1000,
            "retired_count": 0,
            "total_count": 1000,
        }
        return Asset(**(facts | changes))

    return make


@pytest.fixture(scope="session")
def plan_of():
    """A plan for twelve targets S0 to S11. `have`: holders by adam id as bitsets; `others`: rows as they are."""

    def plan(assets, have, goal, unstable=False, others=()):
        index = TargetIndex(f"S{number}" for number in range(12))
        by_serial = goal.kind == DEVICES
        holdings = Holdings(index) if by_serial else Holdings(TargetIndex(), index)
        rows = [
            (adam_id, "STDQ", name, None) if by_serial else (adam_id, "STDQ", None, name)
            for adam_id, bits in have.items()
            for name in index.names(bits)
        ]
        holdings.part().page([*rows, *others])
        return plan_license(assets, holdings, goal, unstable)

    return plan
