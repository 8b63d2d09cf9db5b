# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests go, which address of the service is believed, and what settings are refused."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.client import AppsBooksSettings, connect
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.events import check_poll_interval
from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.session import APPLE_URL
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError, ServiceError, TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Asset, AssetKey, ClientConfig, Secret
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._apps_books.service import World
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._http.fakes import TOKEN, FakeClock, Recorder

LOOKUP = "https://uclient-api.itunes.apple.com/WebObjects/MZStorePlatform.woa/wa/lookup"
APPLE_URLS = {
    "clientConfig": f"{APPLE_URL}/client/config",
    "getAssets": f"{APPLE_URL}/moved/assets",
    "contentMetadataLookup": LOOKUP,
}
CONFIG = ClientConfig("1", "Here", country="NZ", default_platform="volumestore")


def asset(adam_id: str, *platforms: str) -> Asset:
    return Asset(AssetKey(adam_id), "App", True, True, 0, 1, 0, 1, platforms)


def service(urls: dict[str, str], lookup: Callable[[httpx.Request], httpx.Response] | None = None) -> Recorder:
    """A service whose configuration names these addresses, and that answers everything else with one empty page."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/service/config"):
            return httpx.Response(200, json={"urls": urls})
        if lookup is not None and request.url.path.endswith("/lookup"):
            return lookup(request)
        public = request.url.path in ("/lookup", "/itunes/lookup")
        return httpx.Response(
            200, json={"uId": "1", "versionId": "v", "totalPages": 1, "results": [] if public else {}}
        )

    return Recorder(handler)


def addresses(recorder: Recorder) -> list[str]:
    return [str(request.url).partition("?")[0] for request in recorder.requests]


def visit(recorder: Recorder, **settings: object) -> list[str]:
    given = AppsBooksSettings(Secret(TOKEN), **settings)  # type: ignore[arg-type]
    with connect(given, FakeClock(), recorder.transport) as client:
        client.read_client_config()
        client.read_assets()
        client.lookup_metadata([asset("7")], CONFIG)
        client.search_bundle_id("a.b", CONFIG)
    return addresses(recorder)


def test_apples_own_addresses_are_followed() -> None:
    recorder = service(APPLE_URLS)
    assert visit(recorder) == [
        f"{APPLE_URL}/service/config",
        f"{APPLE_URL}/client/config",
        f"{APPLE_URL}/moved/assets",
        LOOKUP,
        "https://itunes.apple.com/lookup",
    ]
    bearer, cookie = f"Bearer {TOKEN}", f"itvt={TOKEN}"
    shown = [(r.headers.get("authorization"), r.headers.get("cookie")) for r in recorder.requests]
    assert shown == [(None, None), (bearer, None), (bearer, None), (None, cookie), (None, None)]


def test_a_stand_in_that_repeats_apples_addresses_keeps_the_token() -> None:
    base = "http://127.0.0.1:8099/apple/mdm/v2"
    assert visit(service(APPLE_URLS), base_url=base) == [
        f"{base}/service/config",
        f"{base}/client/config",
        f"{base}/assets",
        "http://127.0.0.1:8099/WebObjects/MZStorePlatform.woa/wa/lookup",
    ]


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://vpp.itunes.apple.com/mdm/v2/x", "//evil.example", ":"]
)
def test_addresses_elsewhere_are_not_believed(url: str) -> None:
    urls = dict.fromkeys(APPLE_URLS, url)
    hosts = {httpx.URL(address).host for address in visit(service(urls))}
    assert hosts == {"vpp.itunes.apple.com", "uclient-api.itunes.apple.com", "itunes.apple.com"}


def test_without_addresses_the_documented_paths_are_used() -> None:
    assert visit(service({}))[1:4] == [f"{APPLE_URL}/client/config", f"{APPLE_URL}/assets", LOOKUP]


def test_the_public_look_up_needs_an_address_beside_a_stand_in() -> None:
    visited = visit(service({}), base_url="http://localhost/mdm/v2", itunes_url="http://localhost/itunes/")
    assert visited[-1] == "http://localhost/itunes/lookup"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"base_url": "http://vpp.itunes.apple.com/mdm/v2"}, "apps_books_url must begin with https"),
        ({"base_url": "nowhere"}, "apps_books_url"),
        ({"itunes_url": "http://itunes.apple.com"}, "itunes_url"),
        ({"ca_path": "/does/not/exist.pem"}, "ca_path"),
        ({"proxy": "ftp://proxy"}, "proxy"),
        ({"timeout": 0}, "timeout"),
        ({"requests_per_second": -1.0}, "requests_per_second"),
        ({"token": Secret("two words")}, "token"),
    ],
)
def test_unusable_settings(settings: dict[str, object], words: str) -> None:
    given = AppsBooksSettings(**{"token": Secret(TOKEN), **settings})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=words), connect(given, FakeClock()):
        pass


def test_poll_interval() -> None:
    check_poll_interval(30, APPLE_URL)
    check_poll_interval(0.1, "http://localhost/mdm/v2")
    for seconds, url in [
        (29.9, APPLE_URL),
        (29.9, APPLE_URL + "/"),
        (0, "http://localhost"),
        (float("nan"), APPLE_URL),
    ]:
        with pytest.raises(InputError, match="poll_interval"):
            check_poll_interval(seconds, url)


@pytest.mark.parametrize(("own", "rate"), [(None, 15), (5.0, 5), (100.0, 15)])
def test_the_rate_is_the_lower_of_ours_and_theirs(own: float | None, rate: float) -> None:
    world = World()
    with world.client(requests_per_second=own) as client:
        for _turn in range(31):
            client.read_client_config()
    assert world.clock.monotonic() == pytest.approx(31 / rate / 0.97, rel=0.03)
    assert set(world.sent("/client/config")) == {200}


# The store


def test_one_request_an_id_with_platform_country_and_language_and_remembered() -> None:
    def lookup(request: httpx.Request) -> httpx.Response:
        adam_id = request.url.params["id"]
        found = {adam_id: {"name": f"App {adam_id}", "bundleId": f"b.{adam_id}"}} if adam_id != "3" else {}
        return httpx.Response(200, json={"results": found, "isAuthenticated": False})

    recorder = service(APPLE_URLS, lookup)
    assets = [asset("1", "iOS", "macOS"), asset("2", "macOS"), asset("3", "iOS"), asset("1", "iOS", "macOS")]
    with connect(AppsBooksSettings(Secret(TOKEN), language="de"), FakeClock(), recorder.transport) as client:
        for _turn in range(2):
            found = client.lookup_metadata(assets, CONFIG)
            assert {adam_id: item.bundle_id for adam_id, item in found.items()} == {"1": "b.1", "2": "b.2"}
    sent = {request.url.params["id"]: request.url.params for request in recorder.requests[1:]}
    assert len(recorder.requests) == 1 + 3
    assert {adam_id: params["platform"] for adam_id, params in sent.items()} == {
        "1": "volumestore",
        "2": "macappstore",
        "3": "volumestore",
    }
    assert (sent["1"]["cc"], sent["1"]["l"], sent["1"]["p"]) == ("NZ", "de", "mdm-lockup")


def test_a_refused_id_is_absent_and_asked_again_next_time() -> None:
    bad = [1]

    def lookup(request: httpx.Request) -> httpx.Response:
        if request.url.params["id"] == "2" and bad:
            return httpx.Response(400, text="no") if bad.pop() else httpx.Response(500)
        return httpx.Response(200, json={"results": {request.url.params["id"]: {"name": "x"}}})

    recorder = service(APPLE_URLS, lookup)
    with connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client:
        assert set(client.lookup_metadata([asset("1"), asset("2")], CONFIG)) == {"1"}
        assert set(client.lookup_metadata([asset("1"), asset("2")], CONFIG)) == {"1", "2"}


def test_a_store_out_of_reach_is_an_error_and_not_asked_for_every_id() -> None:
    def lookup(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    recorder = service(APPLE_URLS, lookup)
    with (
        connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client,
        pytest.raises(TransportError, match=r"uclient-api\.itunes\.apple\.com"),
    ):
        client.lookup_metadata([asset(str(number)) for number in range(200)], CONFIG)
    assert len(recorder.requests) <= 1 + 10 * 4


def test_the_public_look_up_is_slow_and_separate() -> None:
    recorder = service(APPLE_URLS, lambda _r: httpx.Response(200, json={"results": []}))
    clock = FakeClock()
    with connect(AppsBooksSettings(Secret(TOKEN)), clock, recorder.transport) as client:
        for _turn in range(4):
            assert client.search_bundle_id("a.b", CONFIG) == []
        assert clock.monotonic() == pytest.approx(3 * 3 / 0.97)
        assert recorder.requests[-1].url.params["country"] == "NZ"


@pytest.mark.parametrize(
    ("status", "words", "asked"),
    [
        (401, r"wants a sign-in.*itunes_url.*\(HTTP 401\)$", 1),
        (403, r"asked too often.*\(HTTP 403\); gave up after 7 requests in 6\d s: run it again later$", 7),
        (404, r"does not exist \(is itunes_url right\?\) \(HTTP 404\)$", 1),
        (418, r"gives no reason \(HTTP 418\)$", 1),
    ],
)
def test_the_public_look_up_may_refuse(status: int, words: str, asked: int) -> None:
    """It was sent no token, so none is blamed."""
    recorder = service(APPLE_URLS, lambda _r: httpx.Response(status))
    with connect(AppsBooksSettings(Secret(TOKEN)), FakeClock(), recorder.transport) as client:
        with pytest.raises(ServiceError, match=words) as caught:
            client.search_bundle_id("a.b", CONFIG)
    assert caught.value.http_status == status
    assert "token" not in caught.value.message
    assert len(recorder.requests) == asked
