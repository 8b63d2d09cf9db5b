# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names from Apple, the MDM and lists of people are text wherever they arrive, whatever stands in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.template import Templar

from ansible_collections.openmdm.vpp.plugins.modules import (
    mdm_device_info,
    vpp_account,
    vpp_account_info,
    vpp_license,
    vpp_license_info,
)
from ansible_collections.openmdm.vpp.plugins.plugin_utils.follow import line_of
from ansible_collections.openmdm.vpp.plugins.plugin_utils.locations import read_locations
from ansible_collections.openmdm.vpp.plugins.plugin_utils.token_refs import FILE, TokenRef
from ansible_collections.openmdm.vpp.plugins.plugin_utils.unsafe import unsafe
from ansible_collections.openmdm.vpp.tests.faults.spoiled import Bench, bench
from ansible_collections.openmdm.vpp.tests.unit.harness import BOX_URL, use_box
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.mailing import Mailing
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL, NORTH
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from sandbox.app import create_app
from sandbox.clock import ManualClock

try:
    from ansible.template import trust_as_template
except ImportError:  # before 2.19 every text was a template

    def trust_as_template(value: str) -> str:
        return value


NAMES = {
    "template": "{{ 7 * 191 }}{% raw %}{{ lookup('pipe', 'id') }}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
    "header": "Ann\r\nBcc: victim@evil.example\r\n\r\nbody",
    "terminal": "\x1b[2J\x1b]0;owned\x07\x9b31mAnn\x08\x08",
    "bidi": "\u202egpj.exe\u2066\u200bAnn",
    "formula": "=cmd|' /C calc'!A0",
    "break": "Ann\u2028\u2029\x85\x0b\x0cEnd",
}


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def name(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as found:
        yield found


def lines(result: Any) -> list[str]:
    """What Ansible writes to a terminal as it is."""
    told = [result.data.get("msg", ""), *(str(one) for one in result.data.get("warnings", []))]
    assert all(isinstance(one, str) for one in told)
    return told


class TestTerminal:
    def test_who_claims_the_location(self, there, name):
        there.school.control(
            "POST", "locations/north/client-config", {"mdmInfo": {"id": "theirs", "name": name, "metadata": ""}}
        )
        options = there.school.options
        apple = {key: options[key] for key in ("content_token", "apps_books_url")}
        result = there.run(vpp_account, claim=True, owner_name="Us", **apple)
        assert result.failed
        assert all(line.isprintable() for line in lines(result))
        assert result.text.isascii()

    def test_a_network(self, there, name):
        there.school.box.world.meraki.networks[NORTH].name = name
        result = there.run(mdm_device_info, meraki_network_ids=["N_1"])
        assert result.failed
        assert "N_1" in result.data["msg"]
        assert all(line.isprintable() for line in lines(result))

    def test_progress(self, name):
        state = {
            "pages": {"done": name, "known": name},
            "requests": {"done": name},
            "seconds": name,
            name: {"known": 1},
        }
        assert line_of(state) == "0 requests in 0 s"


def test_a_result_tells_the_name_as_it_is(there, name):
    there.school.box.world.locations["north"].name = name
    told = there.run(vpp_account_info)
    (account,) = told.data["accounts"]
    assert account["location_name"] == name
    assert all(line.isprintable() for line in lines(told))
    assert told.text.isascii()


def test_a_report_of_licences_is_ascii(there, tmp_path, name):
    there.school.box.world.catalogue[EXCEL].name = name
    report = tmp_path / "report.json"
    told = there.run(vpp_license_info, report_path=str(report), assets=[{"adam_id": EXCEL}])
    assert not told.failed, told.data["msg"]
    assert report.read_bytes().replace(b"\n", b"").decode("ascii").isprintable()


def test_a_variable_of_the_inventory_is_never_a_template(monkeypatch, tmp_path, name):
    box = create_app("school", clock=ManualClock())
    use_box(monkeypatch, box)
    box.world.locations["north"].name = name
    file = tmp_path / "north.vpptoken"
    file.write_text(box.token("north"))
    file.chmod(0o600)
    ref = TokenRef("north", FILE, str(file))
    (found,) = read_locations([ref], {"apps_books_url": BOX_URL}, str, print)
    inventory = InventoryData()
    inventory.add_host("north")
    for key, value in found.facts.items():
        inventory.set_variable("north", key, unsafe(value))
    variables = inventory.get_host("north").get_vars()
    templar = Templar(loader=None, variables=variables)
    assert templar.template(trust_as_template("{{ openmdm_location_name }}")) == name
    assert templar.template(trust_as_template("{{ openmdm_location_name ~ '' }}")) == name
    box.close()


@pytest.fixture
def post(monkeypatch, tmp_path: Path) -> Iterator[Mailing]:
    box = create_app("school", {"people": "new", "enforce_rate": "false"}, clock=ManualClock())
    options = {**use_box(monkeypatch, box), "content_token": box.token("north")}
    with MailServer().running() as server:
        yield Mailing(box, options, tmp_path, server)
    box.close()


def test_a_mail_shows_names_and_obeys_none(post, name):
    post.box.world.locations["north"].name = name
    path = post.folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Email", "Name"], ["ann@fernhill.example", name]])
    assert not post.register(None, src=str(path)).failed
    result = post.invite(None, src=str(path))
    assert not result.failed, result.data["msg"]
    assert all(line.isprintable() for line in lines(result))
    (mail,) = post.server.arrived
    message = mail.message
    assert mail.recipient == "ann@fernhill.example"
    assert "Bcc" not in message
    assert [address.addr_spec for address in message["To"].addresses] == ["ann@fernhill.example"]
    assert [address.addr_spec for address in message["From"].addresses] == ["apps@fernhill.example"]
    assert message["Subject"].isprintable()
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "1337" not in text + page
    for tag in ("<script", "<img", "onerror=alert(1)>"):
        assert tag not in page
    for body in (text, page):
        assert not [sign for sign in body if not (sign.isprintable() or sign == "\n")]


def test_a_serial_number_is_not_shown_as_it_is(there, name):
    result = there.run(
        vpp_license,
        assets=[{"adam_id": EXCEL}],
        devices={"serial_numbers": [name]},
        licensing="collection",
    )
    assert result.failed
    assert all(line.isprintable() for line in lines(result))
