# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, trust and the guard of the library."""

from __future__ import annotations

import os
from pathlib import Path

import certifi
import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._http import dep
from ansible_collections.openmdm.vpp.plugins.module_utils._http.address import (
    check_address,
    is_loopback,
    origin_of,
    parse_url,
    shared_trust,
    trust,
)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("https://vpp.itunes.apple.com/mdm/v2", "https://vpp.itunes.apple.com/mdm/v2"),
        (" https://Example.org/mdm/ ", "https://example.org/mdm"),
        ("http://127.0.0.1:8099/mdm/v2/", "http://127.0.0.1:8099/mdm/v2"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8099", "http://[::1]:8099"),
    ],
)
def test_usable_addresses(given: str, clean: str) -> None:
    assert check_address(given, "apps_books_url") == clean


@pytest.mark.parametrize(
    "given",
    [
        "",
        "vpp.itunes.apple.com",
        "ftp://example.org",
        "https://",
        "http://example.org",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "https://user:hunter2@example.org",
        "https://example.org/?a=hunter2",
        "https://example.org/#x",
        "https://exa mple.org:x",
    ],
)
def test_unusable_addresses_name_the_option_and_do_not_show_the_text(given: str) -> None:
    with pytest.raises(InputError) as caught:
        check_address(given, "apps_books_url")
    assert "apps_books_url" in caught.value.message
    assert "hunter2" not in caught.value.message


def test_origin_has_scheme_host_and_port() -> None:
    url = parse_url("https://Example.org/a?b")
    assert url is not None
    assert origin_of(url) == "https://example.org:443"
    assert parse_url("http://a:b") is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.8.9.1", True), ("::1", True), ("localhost", True), ("localhost.example.org", False), ("0.0.0.0", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_ca_path_that_is_missing_or_no_pem_or_an_empty_folder(tmp_path: Path) -> None:
    text = tmp_path / "ca.pem"
    text.write_text("hello")
    empty = tmp_path / "folder"
    empty.mkdir()
    for path in (tmp_path / "missing.pem", text, empty, tmp_path):
        with pytest.raises(InputError, match="ca_path"):
            trust(str(path))
        with pytest.raises(InputError, match="ca_path"):
            shared_trust(str(path))


def test_an_own_bundle_replaces_the_public_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    assert trust().get_ca_certs() == shared_trust().get_ca_certs() == []
    monkeypatch.delenv("SSL_CERT_FILE")
    assert trust().get_ca_certs() == shared_trust().get_ca_certs() != []


def test_the_stores_are_read_once_until_a_file_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    folder.mkdir()
    first = Path(certifi.where()).read_text(encoding="utf-8")
    (folder / "a.pem").write_text(first)
    one = shared_trust(str(folder))
    assert shared_trust(str(folder)) is one is not shared_trust()
    assert trust(str(folder)) is not one
    (folder / "b.pem").write_text(first)
    two = shared_trust(str(folder))
    assert two is not one
    os.utime(folder / "a.pem", (0, 0))
    assert shared_trust(str(folder)) is not two


class _Library:
    def __init__(self, version: str) -> None:
        self.__version__ = version


@pytest.mark.parametrize(
    ("library", "words"),
    [(None, "missing"), (_Library("0.26.0"), "too old"), (_Library("1.0.dev3"), "too new"), (_Library("?"), "too old")],
)
def test_a_missing_or_unfit_library_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, library: object, words: str
) -> None:
    monkeypatch.setattr(dep, "httpx", library)
    with pytest.raises(InputError, match=f"{words}.*pip install 'httpx"):
        dep.require_httpx()


def test_the_present_library_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    dep.require_httpx()
    monkeypatch.setattr(dep, "httpx", _Library("0.27.2"))
    dep.require_httpx()
