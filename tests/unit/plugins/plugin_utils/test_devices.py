# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices as hosts, against the sandbox in this process."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.plugin_utils.devices import connection_of, read_devices
from ansible_collections.openmdm.vpp.tests.unit.harness import use_systems
from sandbox.app import create_app
from sandbox.clock import ManualClock

ALL = ("platform", "unit", "tags", "auto_tags")


class Loader:
    """As far as a vaulted file needs Ansible's; it knows no password but for `open.key`."""

    def _get_file_contents(self, path):
        if not path.endswith("open.key"):
            raise ValueError("the secret of the vault")
        return b"0123456789abcdef0123456789abcdef01234567\n", True


class Fleet:
    def __init__(self, patch) -> None:
        self.box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
        self.options, self.warned = use_systems(patch, self.box), []
        self.control(
            "POST",
            "enrol",
            devices=[{"serial": None, "name": "iPad of Lea"}, {"serial": "A1B2C3D4", "system": "Android"}],
        )

    def control(self, method, path, **body):
        network = {"network": "main"} if path == "enrol" else {}
        status, answer = self.box.control(method, f"/_sandbox/meraki/{path}", {**network, **body})
        assert status in (200, 201), answer

    def read(self, group_by=ALL, **options):
        return {one.name: one for one in read_devices({**self.options, **options}, group_by, self.warned.append)}


@pytest.fixture
def fleet(monkeypatch):
    return Fleet(monkeypatch)


def test_a_host_of_each_device(fleet):
    hosts = fleet.read()
    one = hosts["TESTA00001"]
    assert one.facts["openmdm_serial_number"] == "TESTA00001"
    assert one.facts["openmdm_device_id"]
    assert one.facts["openmdm_licensable"] is True
    assert {fact for host in hosts.values() for fact in host.facts} == set(one.facts)
    assert fleet.warned == []


def test_a_device_without_a_serial_number_is_called_by_its_ids(fleet):
    (one,) = (
        host
        for host in fleet.read().values()
        if not host.facts["openmdm_serial_number"] and host.facts["openmdm_platform"]
    )
    assert one.name == f"{one.facts['openmdm_unit']}-{one.facts['openmdm_device_id']}"


def test_no_person_is_named_unless_asked_for(fleet):
    assert not any(
        "owner" in fact or fact.endswith("name")
        for fact in fleet.read()["TESTA00001"].facts
        if fact != "openmdm_unit_name"
    )
    facts = fleet.read(show_people=True)["TESTA00001"].facts
    assert facts["openmdm_device_name"]
    assert "openmdm_owner" in facts


def test_groups(fleet):
    hosts = fleet.read()
    one = hosts["TESTA00001"]
    tags = {f"tag_{tag}".replace("-", "_") for tag in one.facts["openmdm_tags"]}
    assert tags
    assert tags < set(one.groups)
    assert "platform_iOS" in one.groups
    assert fleet.read(group_by=())["TESTA00001"].groups == []
    assert {"platform_other"} == {
        group
        for host in hosts.values()
        for group in host.groups
        if not host.facts["openmdm_platform"] and "platform" in group
    }


def test_names_that_become_one_group_are_warned_of(fleet):
    fleet.control("PUT", "devices", serials=["TESTA00001"], tags=["year_7"])
    assert "tag_year_7" in fleet.read()["TESTA00001"].groups
    assert len(fleet.warned) == 1
    assert "are one group: tag_year_7 (year_7, year-7)" in fleet.warned[0]
    assert "Rename one of them in the MDM" in fleet.warned[0]


def test_filters(fleet):
    assert len(fleet.read(platforms=["iOS"])) == 11
    assert set(fleet.read(scope=[{"match": "with_any", "tags": ["nobody"]}])) == set()
    assert fleet.read(scope=[{"match": "none"}]) == {}
    assert not any(host.facts["openmdm_licensable"] for host in fleet.read(licensable=False).values())


def test_without_a_connector(fleet):
    del fleet.options["connector"]
    with pytest.raises(InputError) as refused:
        fleet.read()
    assert refused.value.message == (
        "The inventory needs an MDM: set connector (such as connector: meraki) and its options."
    )


def test_a_wrong_key_is_told_and_not_shown(fleet):
    key = "f" * 40
    with pytest.raises(InputError) as refused:
        fleet.read(meraki_api_key=key)
    assert "meraki_api_key" in refused.value.message
    assert key not in refused.value.message


class TestConnection:
    def test_a_path_counts_from_the_inventory_file(self, tmp_path):
        given = connection_of(
            {"meraki_api_key_file": "/somewhere/key", "ca_path": None},
            {"meraki_api_key_file": "key"},
            str(tmp_path),
            None,
        )
        assert given == {"meraki_api_key_file": str(tmp_path / "key")}

    def test_a_variable_of_the_environment_is_left_as_it_is(self, tmp_path):
        given = connection_of({"meraki_api_key_file": "/somewhere/key"}, {}, str(tmp_path), None)
        assert given == {"meraki_api_key_file": "/somewhere/key"}

    def test_a_vaulted_file_gives_the_key_itself(self, tmp_path):
        (tmp_path / "open.key").write_text("$ANSIBLE_VAULT;1.1;AES256\n3133\n")
        given = connection_of({}, {"meraki_api_key_file": "open.key"}, str(tmp_path), Loader())
        assert given == {"meraki_api_key": "0123456789abcdef0123456789abcdef01234567\n"}

    def test_a_vault_without_its_password(self, tmp_path):
        (tmp_path / "shut.key").write_text("$ANSIBLE_VAULT;1.1;AES256\n3133\n")
        with pytest.raises(InputError) as refused:
            connection_of({}, {"meraki_api_key_file": "shut.key"}, str(tmp_path), Loader())
        assert refused.value.message.endswith(
            "shut.key can't be decrypted; give the vault's password, as for a playbook."
        )

    @pytest.mark.parametrize("written", [True, False])
    def test_a_key_in_the_place_of_its_path_is_not_quoted(self, tmp_path, monkeypatch, written):
        monkeypatch.chdir(tmp_path)
        key = "0123456789abcdef0123456789abcdef01234567"
        options = {"meraki_api_key_file": str(tmp_path / key)}
        with pytest.raises(InputError) as refused:
            connection_of(options, {"meraki_api_key_file": key} if written else {}, str(tmp_path), None)
        assert refused.value.message == (
            "meraki_api_key_file holds the secret itself; give the path of its file, or use meraki_api_key."
        )
