# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assets and their holders as values, against the sandbox in this process."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.asset_lookup import (
    ASSET_SPEC,
    ASSIGNMENTS_SPEC,
    look_up_assets,
    look_up_holders,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.plugin_utils.asset_terms import read, selectors_of
from ansible_collections.openmdm.vpp.tests.unit.harness import use_box
from sandbox.app import create_app
from sandbox.clock import ManualClock

PAGES, PROCREATE, BOOK = "361309726", "425073498", "900000001"


class Apple:
    def __init__(self, patch) -> None:
        self.box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
        self.options, self.warned = use_box(patch, self.box), []

    def asset(self, *terms, by="adam_id", **options):
        given = {**self.options, "assets": selectors_of(terms, by), **options}
        return read(given, ASSET_SPEC, look_up_assets, self.warned.append)

    def holders(self, *terms, by="adam_id", **options):
        given = {**self.options, "assets": selectors_of(terms, by), **options}
        return read(given, ASSIGNMENTS_SPEC, look_up_holders, self.warned.append)

    def requests(self):
        paths = [one["path"].partition("?")[0] for one in self.box.requests if one["service"] == "apple"]
        return [path.rpartition("/")[2] for path in paths]


@pytest.fixture
def apple(monkeypatch):
    return Apple(monkeypatch)


class TestTerms:
    def test_a_text_or_a_number(self):
        assert selectors_of([PAGES, 361285480], "adam_id") == [{"adam_id": PAGES}, {"adam_id": "361285480"}]
        assert selectors_of(["Pages"], "name") == [{"name": "Pages"}]

    def test_a_dictionary(self):
        assert selectors_of([{"bundle_id": "a.b"}], "adam_id") == [{"bundle_id": "a.b"}]

    @pytest.mark.parametrize("term", [None, True, ["361309726"], 1.5])
    def test_what_is_none(self, term):
        with pytest.raises(InputError, match="Term 2 is no asset: give its adam_id, or a dictionary such as"):
            selectors_of([PAGES, term], "adam_id")


class TestAsset:
    def test_one_costs_no_more_than_it_must(self, apple):
        (found,) = apple.asset(PAGES)
        assert (found["adam_id"], found["assigned_count"], found["device_assignable"]) == (PAGES, 3, True)
        assert found["name"] == ""
        assert len(apple.requests()) == 3

    def test_each_term_has_its_own_entry_in_their_order(self, apple):
        found = apple.asset(PROCREATE, PAGES, PROCREATE)
        assert [one["adam_id"] for one in found] == [PROCREATE, PAGES, PROCREATE]

    def test_by_other_names(self, apple):
        assert [one["adam_id"] for one in apple.asset("com.apple.Pages", by="bundle_id")] == [PAGES]
        assert [one["adam_id"] for one in apple.asset({"name": "pages"}, {"adam_id": PROCREATE})] == [PAGES, PROCREATE]

    def test_names_on_demand(self, apple):
        assert [one["bundle_id"] for one in apple.asset(PAGES, metadata=True)] == ["com.apple.Pages"]

    def test_one_of_two_qualities(self, apple):
        (found,) = apple.asset({"adam_id": BOOK, "pricing_param": "PLUS"})
        assert found["pricing_param"] == "PLUS"

    def test_what_is_not_owned(self, apple):
        with pytest.raises(InputError, match="1 isn't owned by this location"):
            apple.asset("1")

    def test_two_names_at_once(self, apple):
        with pytest.raises(InputError, match="mutually exclusive"):
            apple.asset({"adam_id": PAGES, "name": "Pages"})


class TestHolders:
    def test_devices(self, apple):
        assert apple.holders(PAGES) == ["TESTA00001", "TESTA00002"]

    def test_people(self, apple):
        assert apple.holders(PAGES, kind="users") == ["u-0001"]

    def test_nobody(self, apple):
        assert apple.holders("586447913") == []

    def test_the_limit(self, apple):
        assert len(apple.holders(PAGES, limit=2)) == 2
        with pytest.raises(InputError) as refused:
            apple.holders(PAGES, limit=1)
        assert refused.value.message.startswith("361309726 is held by more than 1 devices, the limit of this look-up;")

    def test_a_limit_that_is_none(self, apple):
        with pytest.raises(InputError, match="limit: -1 is no number of holders"):
            apple.holders(PAGES, limit=-1)

    def test_the_walk_ends_at_the_limit(self, apple):
        rows = [{"adamId": "586447913", "serialNumber": f"MANY{number:06d}"} for number in range(40)]
        apple.box.control("POST", "/_sandbox/locations/main/assignments", {"add": rows})
        apple.box.control("PUT", "/_sandbox/switches", {"page_size": 2})
        with pytest.raises(InputError, match="more than 3 devices"):
            apple.holders("586447913", limit=3)
        assert 2 <= apple.requests().count("assignments") < 12

    @pytest.mark.parametrize("terms", [(), (PAGES, PROCREATE)])
    def test_only_one_asset(self, apple, terms):
        with pytest.raises(InputError, match="looks up one asset, and [02] are named; name one"):
            apple.holders(*terms)

    def test_a_list_that_keeps_changing_is_no_value(self, apple):
        apple.box.control("PUT", "/_sandbox/switches", {"page_size": 1})
        apple.box.faults.add(
            {"kind": "version_change", "match": {"path": "/assignments", "service": "apple"}, "times": None, "count": 0}
        )
        with pytest.raises(InputError, match="kept changing while it was read"):
            apple.holders(PAGES)


class TestSecrets:
    def test_a_token_in_the_place_of_its_path_is_not_quoted(self, apple, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        token = apple.options["content_token"]
        with pytest.raises(InputError) as refused:
            apple.asset(PAGES, content_token=None, content_token_file=str(tmp_path / token))
        assert refused.value.message == (
            "content_token_file holds the secret itself; give the path of its file, or use content_token."
        )

    def test_a_relative_path_of_the_environment_counts_as_of_the_environment(self, apple, tmp_path, monkeypatch):
        """Ansible hands it over as a full one."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN_FILE", "lost.vpptoken")
        assert len(apple.asset(PAGES, content_token_file=str(tmp_path / "lost.vpptoken"))) == 1

    def test_no_error_shows_a_token(self, apple):
        token = apple.options["content_token"]
        with pytest.raises(InputError) as refused:
            apple.asset(PAGES, content_token=token[:-9])
        assert token[:30] not in refused.value.message
