"""Who claims a location, and the id of our own claim."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    Limits,
    MdmInfo,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.plan_account import (
    CLAIM_METADATA,
    FOREIGN,
    OURS,
    RELEASED,
    RELEASED_METADATA,
    UNCLAIMED,
    owner_id_for,
    ownership,
)

LIMITS = Limits()
MINE = MdmInfo("me", "North", CLAIM_METADATA)
THEIRS = MdmInfo("other", "Other MDM", "x")
GIVEN_UP = MdmInfo("other", "Other", RELEASED_METADATA)


@pytest.mark.parametrize(
    ("info", "state"),
    [
        (None, UNCLAIMED),
        (MdmInfo("", "", ""), UNCLAIMED),
        (MINE, OURS),
        (MdmInfo("me", "renamed", "old"), OURS),
        (THEIRS, FOREIGN),
        (MdmInfo("other", "North", CLAIM_METADATA), FOREIGN),
        (GIVEN_UP, RELEASED),
        (MdmInfo("me", "North", RELEASED_METADATA), RELEASED),
    ],
)
def test_ownership(info, state):
    assert ownership(info, "me") == state


def test_owner_id_is_stable():
    assert owner_id_for(None, "North", LIMITS) == owner_id_for("", "North", LIMITS)
    assert owner_id_for(None, "North", LIMITS) == "d5f3bdcf-1b39-584a-a7da-67b475524ef6"
    assert owner_id_for(None, "South", LIMITS) != owner_id_for(None, "North", LIMITS)
    assert owner_id_for("mine", "North", LIMITS) == "mine"


@pytest.mark.parametrize(
    ("owner_id", "name", "sentence"),
    [
        ("x" * 101, "North", "owner_id has 101 characters, and Apple takes at most 100"),
        (None, "n" * 101, "owner_name has 101"),
        (None, " ", "owner_name is empty"),
    ],
)
def test_owner_id_limits(owner_id, name, sentence):
    with pytest.raises(InputError, match=sentence):
        owner_id_for(owner_id, name, LIMITS)
