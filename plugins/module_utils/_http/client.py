# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange with a service: send, follow harmless redirects, decode JSON, and say in one way what went wrong."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from .._core.errors import InputError, ServiceError, TransportError
from .._core.model import Secret
from .address import is_loopback, origin_of, parse_url, trust
from .dep import httpx, require_httpx

if TYPE_CHECKING:
    import httpx as httpx_types

MAX_BODY = 64 * 1024 * 1024
MAX_REDIRECTS = 3
CONNECT_TIMEOUT = 10.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_PERFORMED = frozenset({307, 308})


class NotSentError(TransportError):
    """The request did not leave: it may be sent again, a write too."""


class AnswerLostError(TransportError):
    """The request left, no usable answer came: a write may have been done."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A header that only the origins of its request see."""

    header: str
    value: Secret

    @classmethod
    def bearer(cls, token: Secret) -> Credential:
        return cls("Authorization", Secret(f"Bearer {_sendable(token)}"))

    @classmethod
    def cookie(cls, name: str, token: Secret) -> Credential:
        return cls("Cookie", Secret(f"{name}={_sendable(token)}"))


def _sendable(token: Secret) -> str:
    """A token that can't be a header value must be met here: the HTTP library would show it in its exception."""
    text = token.reveal()
    if not text or not all("!" <= char <= "~" for char in text):
        raise InputError("the token is empty or holds characters that no token has (spaces, line ends, non-ASCII)")
    return text


@dataclass(frozen=True, slots=True)
class Request:
    """`what` completes the sentence "Cannot ..."; `origins` are the only ones that this request may reach."""

    what: str
    method: str
    url: str
    origins: frozenset[str]
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is decoded JSON; None beside an error status where the service sent something else. `headers` are found
    by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: object


class HttpClient:
    """One connection pool for a run, HTTP/1.1, used by several threads. It neither waits nor repeats."""

    def __init__(
        self,
        *,
        ca_path: str = "",
        proxy: str = "",
        timeout: float = 60.0,
        transport: httpx_types.BaseTransport | None = None,
    ) -> None:
        require_httpx()
        for name in ("httpx", "httpcore"):  # they log addresses at INFO and headers at DEBUG
            logging.getLogger(name).setLevel(logging.WARNING)
        context = trust(ca_path)
        client: httpx_types.Client | None = None
        with contextlib.suppress(ValueError, ImportError, httpx.InvalidURL):
            client = httpx.Client(
                verify=context,
                proxy=proxy or None,
                timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout)),
                follow_redirects=False,
                headers={"User-Agent": "openmdm.vpp", "Accept": "application/json"},
                # A jar that takes nothing: no server's cookie goes to another host or beside our own.
                cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
                transport=transport,
            )
        if client is None:  # raised here, so that the chain doesn't show the proxy's password
            raise InputError(
                "proxy (the option, or HTTPS_PROXY and its like) is not a usable address http(s)://host:port"
            )
        self._client = client

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def send(self, request: Request) -> Answer:
        """One exchange. A GET follows up to three redirects inside `origins`; a write never follows one.

        Raises NotSentError, AnswerLostError, or TransportError for what would not get better by repeating.
        """
        url = parse_url(request.url)
        if url is None:
            raise TransportError(f"Cannot {request.what}: the service named an address that can't be read")
        url = url.copy_merge_params(dict(request.params)) if request.params else url
        for _hop in range(MAX_REDIRECTS + 1):
            if origin_of(url) not in request.origins:
                raise TransportError(f"Cannot {request.what}: {url.host} is not a host that this token may be sent to")
            answer = self._exchange(request, url)
            if answer.status not in _REDIRECTS:
                return answer
            url = self._next_hop(request, url, answer)
        raise TransportError(f"Cannot {request.what}: more than {MAX_REDIRECTS} redirects, the last to host {url.host}")

    @staticmethod
    def _next_hop(request: Request, url: httpx_types.URL, answer: Answer) -> httpx_types.URL:
        relative = parse_url(answer.headers.get("location", ""))
        target = None if relative is None else url.join(relative)
        host = target.host if target is not None else "(unreadable)"
        if request.method != "GET":
            # 307 and 308 mean "not done here"; after the others the write may have been done.
            kind = TransportError if answer.status in _NOT_PERFORMED else AnswerLostError
            raise kind(f"Cannot {request.what}: refused redirect of a write to host {host}", http_status=answer.status)
        if target is None or origin_of(target) not in request.origins:
            raise TransportError(
                f"Cannot {request.what}: refused redirect to host {host}; check the address", http_status=answer.status
            )
        return target

    def _exchange(self, request: Request, url: httpx_types.URL) -> Answer:
        headers = {}
        if request.credential is not None:
            headers[request.credential.header] = request.credential.value.reveal()
        failure: TransportError
        try:
            message = self._client.build_request(request.method, url, headers=headers, json=request.body)
            response = self._client.send(message, stream=True)
            try:
                content = _read(response)
            finally:
                response.close()
        except httpx.HTTPError as exc:
            failure = _failure(exc, request.what, url)
        else:
            return Answer(response.status_code, response.headers, _decode(content, response.status_code, request))
        raise failure  # outside of the handler: the chain of the library's exception holds URL and headers


def _read(response: httpx_types.Response) -> bytes | None:
    """The decompressed body, or None where it is larger than anything that the services send."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _decode(content: bytes | None, status: int, request: Request) -> object:
    """JSON, or None beside an error status (proxies answer in HTML)."""
    problem = f"the answer is larger than {MAX_BODY // 1048576} MiB"
    if content is not None:
        try:
            return json.loads(content)
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            problem = "the answer is not JSON (is the address right, or does a proxy answer?)"
    if status in _REDIRECTS or status >= 400:
        return None
    kind = ServiceError if request.method == "GET" else AnswerLostError
    failure = kind(f"Cannot {request.what}: {problem}", http_status=status)
    raise failure from None


def _failure(exc: httpx_types.HTTPError, what: str, url: httpx_types.URL) -> TransportError:
    """The one place that knows the library's exceptions. Its texts are never shown: some hold URL or header values."""
    host = url.host
    cause: BaseException | None = exc
    while cause is not None and not isinstance(cause, (ssl.SSLError, socket.gaierror, ConnectionError)):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TransportError(
            f"Cannot {what}: the certificate of host {host} does not verify ({cause.verify_message});"
            " if it was issued by your own authority, give its certificate as ca_path"
        )
    if isinstance(exc, httpx.ProxyError):
        return NotSentError(
            f"Cannot {what}: the proxy on the way to host {host} refused the connection; check its address and rights"
        )
    if isinstance(exc, httpx.ConnectTimeout):
        return NotSentError(f"Cannot {what}: no connection to host {host} in time; check network and proxy")
    if isinstance(exc, httpx.PoolTimeout):
        return NotSentError(f"Cannot {what}: no free connection to host {host} in time")
    if isinstance(exc, httpx.ConnectError):
        why = "no connection"
        if isinstance(cause, socket.gaierror):
            why = "the name can't be resolved; check the address"
        elif isinstance(cause, ConnectionRefusedError):
            why = "connection refused"
            why += (
                f" on port {url.port}; is the sandbox running?"
                if is_loopback(host)
                else "; check the address and proxy"
            )
        elif isinstance(cause, ssl.SSLError):
            why = "TLS could not be agreed on"
        return NotSentError(f"Cannot {what}: host {host}: {why}")
    if isinstance(exc, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return TransportError(f"Cannot {what}: the request to host {host} can't be sent in this form")
    if isinstance(exc, httpx.TimeoutException):
        return AnswerLostError(f"Cannot {what}: host {host} did not answer in time")
    if isinstance(exc, httpx.RemoteProtocolError):
        return AnswerLostError(f"Cannot {what}: host {host} broke the connection off, or does not speak HTTP")
    return AnswerLostError(f"Cannot {what}: the connection to host {host} broke")
