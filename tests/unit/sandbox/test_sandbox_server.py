# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server on a socket: keep-alive, broken connections, TLS, files, the log."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = str(Path(__file__).resolve().parents[3])
STALE = "left behind by an earlier run"
Start = Callable[..., dict[str, Any]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "sandbox", "serve", "--state", str(tmp_path), *arguments]
        environment = {**os.environ, "PYTHONPATH": ROOT}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        running.append(process)
        ready = tmp_path / "ready.json"
        for _turn in range(300):
            if ready.exists() and (text := ready.read_text()) != STALE:
                data: dict[str, Any] = json.loads(text)
                assert data["pid"] == process.pid
                return data
            assert process.poll() is None
            time.sleep(0.05)
        raise AssertionError("The sandbox does not start.")

    yield run
    for process in running:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert not (tmp_path / "ready.json").exists()


def client(ready: dict[str, Any], **options: Any) -> httpx.Client:
    token = Path(ready["files"]["tokens"]["main"]).read_text()
    return httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False, **options)


def test_a_whole_session(start: Start, tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text(STALE)
    ready = start()
    assert ready["seed"] == "small"
    assert ready["locations"] == {"main": {"uid": "7700000000000042", "name": "Harbour Street School"}}
    base, control = ready["urls"]["apps_books"], ready["urls"]["control"]
    body = {"assets": [{"adamId": "361309726"}], "serialNumbers": ["TESTB00001"]}
    with client(ready) as http:
        urls = http.get(f"{base}/service/config").json()["urls"]
        assert urls["getAssets"] == f"{base}/assets"
        event = http.post(urls["associateAssets"], json=body).json()["eventId"]
        assert http.get(urls["eventStatus"], params={"eventId": event}).json()["eventStatus"] == "PENDING"
        assert http.get(urls["eventStatus"], params={"eventId": event}).json()["eventStatus"] == "COMPLETE"
        assert http.request("BREW", f"{base}/assets").json()["errorNumber"] == 9726
        chunked = http.post(
            urls["associateAssets"],
            content=iter([json.dumps(body).encode()]),
            headers={"Content-Type": "application/json"},
        )
        assert chunked.status_code == 200
        assert http.head(f"{base}/assets").status_code == 405

        def break_it(kind: str) -> None:
            assert http.post(f"{control}/faults", json={"kind": kind, "match": {"path": "/users"}}).status_code == 200

        for kind in ("reset_before", "lost_answer", "truncated_body"):
            break_it(kind)
            with pytest.raises(httpx.TransportError):
                http.get(f"{base}/users")
            assert http.get(f"{base}/client/config").status_code == 200


def test_the_log_holds_every_request_and_no_secret(start: Start) -> None:
    ready = start("--option", "notification_url=loopback")
    base, control = ready["urls"]["apps_books"], ready["urls"]["control"]
    token = Path(ready["files"]["tokens"]["main"]).read_text()
    with client(ready) as http:
        users = http.get(f"{control}/locations/main/users").json()["users"]
        code = next(user["inviteCode"] for user in users if "inviteCode" in user)
        http.get(base.removesuffix("/mdm/v2") + f"/invite?inviteCode={code}&mt=8")
        hook = {"notificationUrl": "http://127.0.0.1:9/hook", "notificationAuthToken": "hook-secret-value"}
        http.post(f"{base}/client/config", json=hook)
        http.get(f"{base}/assets?unlimited=true&token={token}&sToken={token}")
        lookup = http.get(f"{base}/service/config").json()["urls"]["contentMetadataLookup"]
        http.get(f"{lookup}?id=900000101", headers={"Cookie": f"itvt={token}"})
        http.get(f"{ready['urls']['itunes']}/lookup?id=5")
    log = Path(ready["files"]["requests"]).read_text()
    inner = json.loads(base64.b64decode(token))["token"]
    for secret in (token, inner, code, "hook-secret-value", "itvt=", "Bearer"):
        assert secret not in log
    entries = [json.loads(line) for line in log.splitlines()]
    assert [entry["service"] for entry in entries] == [
        *("control", "page", "apple", "apple", "apple", "metadata", "itunes"),
    ]
    assert all({"time", "method", "path", "status", "bytes", "location"} <= set(entry) for entry in entries)
    assert entries[3]["path"] == "/mdm/v2/assets?unlimited=true&token=hidden&sToken=hidden"
    assert entries[3]["location"] == "main"
    assert entries[3]["bytes"] > 1000


def page(url: str, **form: str) -> tuple[int, str]:
    """Status and text of a page, as the plainest client sees it."""
    data = urllib.parse.urlencode(form).encode() if form else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, data) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_invitations_over_a_socket(start: Start) -> None:
    """The link as the API hands it out, read without any help; a race for one link has one winner."""
    ready = start()
    base, control = ready["urls"]["apps_books"], ready["urls"]["control"]
    with client(ready) as http:
        pattern = http.get(f"{base}/service/config").json()["urls"]["invitationEmail"]
        users = http.get(f"{base}/users", params={"activeOnly": "true"}).json()["users"]
        codes = {user["clientUserId"]: user["inviteCode"] for user in users if "inviteCode" in user}
        rows = http.get(f"{control}/locations/main/invitations?state=open").json()["invitations"]
        links = {name: pattern.replace("%25inviteCode%25", code) for name, code in codes.items()}
        assert {row["clientUserId"]: row["url"] for row in rows} == links
        status, text = page(links["u-0002"])
        assert (status, text.count("<form"), "<script" in text) == (200, 1, False)
        assert page(links["u-0002"], account="tama@home.example")[1].count('name="answer"') == 2
        assert page(links["u-0002"], account="aroha@harbour.example")[0] == 409
        assert page(links["u-0002"], account="tama@home.example", answer="decline")[0] == 200
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            accounts = [f"tama.{number}@home.example" for number in range(16)]
            race = list(pool.map(lambda one: page(links["u-0002"], account=one, answer="accept")[0], accounts))
        assert sorted(race) == [200] + [410] * 15
        assert page(links["u-0002"])[0] == 410
        users = http.get(f"{base}/users", params={"clientUserId": "u-0002"}).json()["users"]
        assert [user["status"] for user in users] == ["Associated"]
    log = Path(ready["files"]["requests"]).read_text()
    assert not any(secret in log for secret in (*codes.values(), "home.example"))
    assert log.count('"service": "page"') == 4 + 16 + 1


def test_systems_manager_over_sockets(start: Start) -> None:
    ready = start("--seed", "school")
    urls, networks = ready["urls"], ready["meraki"]["networks"]
    assert ready["meraki"]["organization_id"] == "600077"
    assert networks == {"north": "N_600077000001", "south": "N_600077000002", "west": "N_600077000003"}
    key = Path(ready["files"]["meraki_api_key"]).read_text()
    path = f"/networks/{networks['west']}/sm/devices?perPage=100"
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, trust_env=False) as http:
        sizes, url = [], urls["meraki"] + path
        while url:
            answer = http.get(url)
            sizes.append(len(answer.json()))
            url = answer.links.get("next", {}).get("url", "")
        assert sizes == [100, 100, 61]
        http.put(f"{urls['control']}/switches", json={"sm_redirect": "302"})
        location = http.get(urls["meraki"] + path).headers["Location"]
        assert location == urls["meraki_shard"] + path
        assert location.partition("/api")[0] != urls["meraki"].partition("/api")[0]
        assert len(http.get(location).json()) == 100
        accounts = http.get(f"{urls['meraki_shard']}/organizations/600077/sm/vppAccounts").json()
        path = f"/networks/{networks['west']}/sm/devices/1/refreshDetails"
        assert http.post(urls["meraki_shard"] + path).status_code == 404
    assert httpx.get(urls["meraki_shard"] + path, trust_env=False).status_code == 401
    log = Path(ready["files"]["requests"]).read_text()
    assert all(secret not in log for secret in (key, *(account["vppServiceToken"] for account in accounts)))
    assert {json.loads(line)["service"] for line in log.splitlines()} == {"meraki", "control"}


def test_a_replaced_token_gets_a_new_file(start: Start) -> None:
    ready = start()
    path = Path(ready["files"]["tokens"]["main"])
    before = path.read_text()
    url = ready["urls"]["apps_books"] + "/assets"
    with client(ready) as http:
        http.post(f"{ready['urls']['control']}/locations/main/token", json={"action": "replace"})
        assert http.get(url).json()["errorNumber"] == 9625
    assert path.read_text() != before
    assert path.stat().st_mode & 0o777 == 0o600
    with client(ready) as http:
        assert http.get(url).status_code == 200


def test_notifications_leave_by_themselves(start: Start, hook: tuple[str, list[Any]]) -> None:
    url, seen = hook
    ready = start("--option", "notification_url=loopback", "--option", "event_seconds=0.1")
    base, control = ready["urls"]["apps_books"], ready["urls"]["control"]
    settings = {"notificationUrl": url, "notificationAuthToken": "s", "notificationTypes": ["ASSET_MANAGEMENT"]}
    with client(ready) as http:
        assert http.post(f"{base}/client/config", json=settings).status_code == 200
        http.post(f"{base}/assets/revoke", json={"serialNumbers": ["TESTA00001"]})
        for _turn in range(100):
            if len(seen) == 2:
                break
            time.sleep(0.05)
        assert [body["notificationType"] for _path, _token, body in seen] == ["TEST_NOTIFICATION", "ASSET_MANAGEMENT"]
        log = http.get(f"{control}/locations/main/notifications").json()
    assert [entry["delivered"] for entry in log["attempts"]] == [True, True]


def test_tls(start: Start) -> None:
    pytest.importorskip("cryptography")
    ssl = pytest.importorskip("ssl")
    ready = start("--tls")
    assert ready["urls"]["apps_books"].startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=ready["files"]["ca"])
    with client(ready, verify=context) as http:
        urls = http.get(ready["urls"]["apps_books"] + "/service/config").json()["urls"]
        assert http.get(urls["getAssets"]).status_code == 200
        assert http.get(urls["getAssets"].replace("127.0.0.1", "localhost")).status_code == 200
    with client(ready) as http, pytest.raises(httpx.ConnectError):
        http.get(ready["urls"]["apps_books"] + "/assets")


def test_several_locations(start: Start) -> None:
    ready = start("--seed", "school", "--option", "page_size=10")
    assert list(ready["locations"]) == ["north", "south", "west"]
    for key, path in ready["files"]["tokens"].items():
        headers = {"Authorization": f"Bearer {Path(path).read_text()}"}
        data = httpx.get(ready["urls"]["apps_books"] + "/assets", headers=headers, trust_env=False).json()
        assert data["uId"] == ready["locations"][key]["uid"]
        assert data["size"] == 10


@pytest.mark.parametrize("option", ["nonsense", "colour=red", "page_size=none"])
def test_a_wrong_option_is_one_sentence(tmp_path: Path, option: str) -> None:
    command = [sys.executable, "-m", "sandbox", "serve", "--state", str(tmp_path), "--option", option]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": ROOT}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("sandbox: ")
    assert done.stderr.count("\n") == 1
