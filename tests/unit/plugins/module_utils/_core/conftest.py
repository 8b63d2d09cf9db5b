"""Builders that several tests of the core share."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Asset, AssetKey


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
