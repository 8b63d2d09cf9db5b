# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a credential may reach, and whose certificates are trusted."""

from __future__ import annotations

import ipaddress
import os
import ssl
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .._core.errors import InputError
from .dep import certifi, httpx

if TYPE_CHECKING:
    import httpx as httpx_types

_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=32)  # a read of a thousand pages asks for the same address each time
def parse_url(url: str) -> httpx_types.URL | None:
    """The URL as the HTTP library will read it (one parser for the decision and for the wire), or None."""
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None


def joined_url(base: httpx_types.URL, text: str) -> httpx_types.URL | None:
    """Where an address leads that a service named, absolute or from `base`; None for one that can't be read."""
    try:
        return base.join(text)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None


def checked_url(url: str) -> httpx_types.URL:
    """The URL of an address that `check_address` has passed."""
    parsed = parse_url(url)
    if parsed is None:
        raise AssertionError("an address that was not checked")
    return parsed


def origin_of(url: httpx_types.URL) -> str:
    """`scheme://host:port`, the unit in which trust is given."""
    return f"{url.scheme}://{url.host}:{url.port or _PORTS.get(url.scheme, 0)}"


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(text: str, option: str) -> str:
    """A base address without trailing slash. InputError names the option; the text itself is not shown (it might
    hold a password). Plain http is for loopback only: a token must not cross a network in the clear."""
    url = parse_url(text.strip())
    if url is None or url.scheme not in _PORTS or not url.host:
        raise InputError(f"{option} is not an address of the form https://host/path")
    if url.userinfo or url.query or url.fragment:
        raise InputError(f"{option} must hold neither a user, nor a query, nor a fragment")
    if url.scheme == "http" and not is_loopback(url.host):
        raise InputError(f"{option} must begin with https:// (http is accepted for a loopback host only)")
    return str(url).rstrip("/")


def trust(ca_path: str = "") -> ssl.SSLContext:
    """The system's store, certifi (unless SSL_CERT_FILE or SSL_CERT_DIR replaces it, as OpenSSL does), and `ca_path`:
    a PEM file, or a folder of PEM files. Verification can't be switched off."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    if ca_path:
        for file in _pem_files(Path(ca_path)):
            _load(context, file)
    return context


def shared_trust(ca_path: str = "") -> ssl.SSLContext:
    """`trust`, once for all HTTP clients of a run: reading the stores takes longer than a request. Whoever speaks
    another protocol takes a context of its own, since HTTP notes in it what it speaks."""
    files = _pem_files(Path(ca_path)) if ca_path else []
    stamps = tuple((str(file), file.stat().st_mtime_ns) for file in files if file.exists())
    return _kept_trust(ca_path, stamps, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=4)
def _kept_trust(ca_path: str, *_changes: object) -> ssl.SSLContext:
    return trust(ca_path)


def _load(context: ssl.SSLContext, file: Path) -> None:
    try:
        context.load_verify_locations(file)
    except OSError as exc:  # ssl.SSLError is one
        why = "holds no PEM certificate" if isinstance(exc, ssl.SSLError) else f"can't be read ({exc.strerror})"
        raise InputError(f"ca_path: {file} {why}") from None


def _pem_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        files = sorted(entry for entry in path.iterdir() if entry.suffix in (".pem", ".crt") and entry.is_file())
    except OSError as exc:
        raise InputError(f"ca_path: {path} can't be read ({exc.strerror})") from None
    if not files:
        raise InputError(f"ca_path: {path} is a folder without a *.pem or *.crt file")
    return files
