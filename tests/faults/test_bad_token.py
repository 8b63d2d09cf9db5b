# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad token travels once, and not at all where the file itself shows that it is bad."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.modules import (
    mdm_app,
    mdm_app_info,
    vpp_account,
    vpp_account_info,
    vpp_code,
    vpp_code_info,
    vpp_diagnose,
    vpp_invitation,
    vpp_invitation_info,
    vpp_license,
    vpp_license_info,
    vpp_reclaim,
    vpp_reclaim_info,
    vpp_report,
    vpp_user,
    vpp_user_info,
)
from ansible_collections.openmdm.vpp.tests.faults.spoiled import Bench, bench
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.school import EXCEL
from ansible_collections.openmdm.vpp.tests.unit.test_contract import NAMES, spec_of

PEOPLE = [{"email": "a@fernhill.example", "name": "Ann"}]
MAIL = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none", "mail_from": "apps@fernhill.example"}
SERIALS = {"serial_numbers": ["TESTA00001"]}

MODULES: dict[str, tuple[ModuleType, dict[str, Any]]] = {
    "vpp_account": (vpp_account, {"claim": True, "owner_name": "Us"}),
    "vpp_account_info": (vpp_account_info, {}),
    "vpp_license": (vpp_license, {"assets": [{"adam_id": EXCEL}], "devices": SERIALS}),
    "vpp_license, to people": (
        vpp_license,
        {"assets": [{"adam_id": EXCEL}], "users": {"emails": ["a@fernhill.example"]}},
    ),
    "vpp_license, exclusive": (
        vpp_license,
        {"assets": [{"adam_id": EXCEL}], "devices": SERIALS, "exclusive": True, "max_removals": "10%"},
    ),
    "vpp_license_info": (vpp_license_info, {}),
    "vpp_license_info, assignments": (vpp_license_info, {"assignments": True}),
    "vpp_user": (vpp_user, {"users": PEOPLE}),
    "vpp_user, absent": (vpp_user, {"users": PEOPLE, "state": "absent", "max_removals": "1"}),
    "vpp_user_info": (vpp_user_info, {}),
    "vpp_reclaim": (vpp_reclaim, {"reasons": ["retired_person"], "max_removals": "1"}),
    "vpp_reclaim_info": (vpp_reclaim_info, {"reasons": ["retired_person"]}),
    "vpp_report": (vpp_report, {}),
    "vpp_diagnose": (vpp_diagnose, {"assets": [{"adam_id": EXCEL}], "devices": SERIALS}),
    "vpp_invitation": (vpp_invitation, {"users": PEOPLE, **MAIL}),
    "vpp_invitation_info": (vpp_invitation_info, {}),
    "mdm_app": (
        mdm_app,
        {
            "apps": [{"adam_id": EXCEL, "tag": "app-excel"}],
            "devices": {"scope": [{"match": "with_any", "tags": ["year-7"]}]},
            "licensing": "collection",
        },
    ),
    "mdm_app_info": (mdm_app_info, {"apps": [{"adam_id": EXCEL, "tag": "app-excel"}]}),
}
"""With the connector only those that can't do without."""

TELLING = ("vpp_account_info", "mdm_app_info", "vpp_diagnose", "vpp_report")
"""A token that is no good is an answer to what these are asked, so they tell it and do not fail."""

WITHOUT = {"vpp_code": vpp_code, "vpp_code_info": vpp_code_info}
"""Apple offers no call about redemption codes, so these take no token."""


def _inner(**changes: Any) -> str:
    document = {"token": "x" * 80, "expDate": "2031-04-30T09:15:00+0000", "orgName": "Fernhill", **changes}
    return base64.b64encode(json.dumps(document).encode()).decode()


MALFORMED: dict[str, Callable[[str], str]] = {
    "cut off": lambda text: text[:-11],
    "inner": lambda text: json.loads(base64.b64decode(text))["token"],
    "decoded": lambda text: base64.b64decode(text).decode(),
    "web page": lambda _text: "<html>sign in</html>",
    "no date": lambda _text: _inner(expDate="soon"),
    "no token": lambda _text: _inner(token=""),
    "expired": lambda _text: _inner(expDate="2026-12-31T23:59:59+0000"),
    "expired long ago": lambda _text: _inner(expDate="0001-01-01T00:00:00+1400"),
}


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> Iterator[Bench]:
    """Nothing is written, so all tests share it."""
    with bench(tmp_path_factory.mktemp("bad-token")) as found:
        yield found


def run(there: Bench, name: str, folder: Path, **changes: Any) -> Result:
    module, options = MODULES[name]
    spec = getattr(module, "DOCUMENTATION", "")
    ours = dict(there.school.options)
    if not name.startswith("mdm_app"):
        ours = {key: value for key, value in ours.items() if key != "connector" and not key.startswith("meraki")}
    if "state_dir" in spec:
        ours["state_dir"] = str(folder / "state")
    there.wire.sent.clear()
    return run_main(module.main, {**ours, **options, **changes})


def apples(there: Bench) -> list[Any]:
    return [one for one in there.wire.sent if not one.path.startswith("/api/v1/")]


def carry(there: Bench, token: str) -> list[str]:
    """Requests with the token in any header."""
    return [one.path for one in there.wire.sent if any(token in value for value in one.headers.values())]


REFUSALS = {
    "revoked": (401, {"errorNumber": 9625, "errorMessage": "revoked"}),
    "expired": (401, {"errorNumber": 9621, "errorMessage": "expired"}),
    "not valid": (401, {"errorNumber": 9622, "errorMessage": "not valid"}),
    "in 200": (200, {"errorNumber": 9625, "errorMessage": "revoked"}),
    "no number": (401, None),
    "unknown number": (401, {"errorNumber": 9999, "errorMessage": "?"}),
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("name", MODULES)
def test_a_refused_token_travels_once(there, tmp_path, name, refusal):
    status, body = REFUSALS[refusal]

    def instead(request: httpx.Request) -> httpx.Response | None:
        if "authorization" not in request.headers or request.url.path.startswith("/api/v1/"):
            return None
        return httpx.Response(status, json=body) if body else httpx.Response(status, text="<html>")

    there.wire.instead = instead
    result = run(there, name, tmp_path)
    there.wire.instead = None
    token = there.school.options["content_token"]
    assert len(carry(there, token)) <= 1
    assert len(apples(there)) <= 2
    if name in TELLING:
        assert len(carry(there, token)) == 1 or result.failed
    else:
        assert result.failed
        assert "token" in result.data["msg"] or "(9999)" in result.data["msg"]
    assert token not in result.text


@pytest.mark.parametrize("form", MALFORMED)
@pytest.mark.parametrize("name", MODULES)
def test_a_token_that_is_bad_by_itself_does_not_travel(there, tmp_path, name, form):
    bad = MALFORMED[form](there.school.options["content_token"])
    result = run(there, name, tmp_path, content_token=bad)
    assert not apples(there)
    assert not carry(there, bad)
    if name not in TELLING:
        assert result.failed
        assert "token" in result.data["msg"]
    assert "unexpected" not in result.data.get("msg", "")
    assert bad not in result.text or len(bad) < 30


def test_every_module_that_takes_a_token_is_here():
    taking = {name for name in NAMES if "content_token" in spec_of(name).options}
    assert taking - {"mdm_device_info"} == {name.partition(",")[0] for name in MODULES}
    assert not taking & set(WITHOUT)


@pytest.mark.parametrize("form", [*MALFORMED, "good"])
@pytest.mark.parametrize("name", WITHOUT)
def test_codes_need_no_token_and_send_none(there, tmp_path, monkeypatch, name, form):
    """What the environment holds for the other modules."""
    token = there.school.options["content_token"]
    monkeypatch.setenv("OPENMDM_VPP_CONTENT_TOKEN", MALFORMED[form](token) if form in MALFORMED else token)
    src = tmp_path / "codes.csv"
    src.write_text("Code\nSPENDME00001\n", encoding="utf-8")
    src.chmod(0o600)
    options = {"src": str(src), "product": {"name": "Procreate"}, "users": PEOPLE, "state_dir": str(tmp_path / "state")}
    more = {**MAIL, "mail_sender_name": "Fernhill School"} if name == "vpp_code" else {}
    there.wire.sent.clear()
    result = run_main(WITHOUT[name].main, {**options, **more}, check=True)
    assert not result.failed, result.data["msg"]
    assert there.wire.sent == []
    assert os.environ["OPENMDM_VPP_CONTENT_TOKEN"] not in result.text
