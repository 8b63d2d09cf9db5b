# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange with a service: send, follow harmless redirects, decode JSON, and say in one way what went wrong."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import logging
import re
import time
from types import TracebackType
from typing import TYPE_CHECKING

from .._core.errors import InputError, ServiceError, TransportError
from .address import joined_url, origin_of, parse_url, shared_trust
from .dep import httpx, require_httpx
from .failure import AnswerLostError, NotSentError, failure_of
from .messages import Answer, Credential, Request

if TYPE_CHECKING:
    import httpx as httpx_types

__all__ = ["Answer", "AnswerLostError", "Credential", "HttpClient", "NotSentError", "Request"]

MAX_BODY = 16 * 1024 * 1024
"""Pages have some hundred thousand bytes; JSON in memory may be thirty times as large, and several come at once."""
MAX_REDIRECTS = 3
_PACKINGS = ("identity", "", "gzip")
_SLOWEST = 10.0
"""So many time-outs a body may take, however often some of it comes."""
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""What may be half of a character."""
CONNECT_TIMEOUT = 10.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_PERFORMED = frozenset({307, 308})


class HttpClient:
    """One connection pool for a run, HTTP/1.1, used by several threads. It neither waits nor repeats."""

    def __init__(
        self,
        *,
        ca_path: str = "",
        proxy: str = "",
        timeout: float = 60.0,
        user_agent: str = "openmdm.vpp",
        transport: httpx_types.BaseTransport | None = None,
    ) -> None:
        require_httpx()
        for name in ("httpx", "httpcore"):  # they log addresses at INFO and headers at DEBUG
            logging.getLogger(name).setLevel(logging.WARNING)
        context = shared_trust(ca_path)
        client: httpx_types.Client | None = None
        with contextlib.suppress(ValueError, ImportError, httpx.InvalidURL):
            client = httpx.Client(
                verify=context,
                proxy=proxy or None,
                timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout)),
                follow_redirects=False,
                headers={"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"},
                # A jar that takes nothing: no server's cookie goes to another host or beside our own.
                cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
                transport=transport,
            )
        if client is None:  # raised here, so that the chain doesn't show the proxy's password
            raise InputError(
                "proxy (the option, or HTTPS_PROXY and its like) is not a usable address http(s)://host:port"
            )
        self._client = client
        self._patience = timeout * _SLOWEST

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def send(self, request: Request) -> Answer:
        """One exchange. A GET follows up to three redirects inside `origins`; a write only if it `moves`, and only one
        that says "not done here".

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
        target = joined_url(url, answer.headers.get("location", ""))
        host = target.host if target is not None else "(unreadable)"
        if not request.reads and not (request.moves and answer.status in _NOT_PERFORMED):
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
                content = _read(response, self._patience)
            except httpx.HTTPError:
                if not _accepted(response.status_code, request):
                    raise
                content = b""
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            failure = failure_of(exc, request.what, url)
        else:
            return _answer(response, content, request)
        raise failure  # outside of the handler: the chain of the library's exception holds URL and headers


def _read(response: httpx_types.Response, patience: float) -> bytes | None:
    """The decompressed body, or None where it is larger than anything that the services send, or packed in a way that
    was not asked for: in several layers, a few bytes fill the memory at the first look."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in _PACKINGS:
        return None
    chunks: list[bytes] = []
    size = 0
    end = time.monotonic() + patience
    for chunk in response.iter_bytes():
        if time.monotonic() > end:
            raise httpx.ReadTimeout("")
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _answer(response: httpx_types.Response, content: bytes | None, request: Request) -> Answer:
    status, headers = response.status_code, response.headers
    links = {rel: link.get("url", "") for rel, link in response.links.items() if rel is not None}
    return Answer(status, headers, _decode(content, status, request), str(response.url), links)


def _accepted(status: int, request: Request) -> bool:
    """A write of which the status alone says that it was accepted."""
    return request.may_be_empty and not request.reads and 200 <= status < 300


def _decode(content: bytes | None, status: int, request: Request) -> object:
    """JSON, or None beside an error status (proxies answer in HTML)."""
    problem = f"the answer is larger than {MAX_BODY // 1048576} MiB, or packed in a way that was not asked for"
    if content is not None:
        try:
            text = content.decode("utf-8-sig")
            body = json.loads(text)
            if "\\u" in text and _HALF.search(
                text
            ):  # half a character alone can go neither into an address nor into a file
                json.dumps(body, ensure_ascii=False).encode()
            return body
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            problem = "the answer is not JSON (is the address right, or does a proxy answer?)"
    if status in _REDIRECTS or status >= 400 or _accepted(status, request):
        return None
    worth_a_try = request.may_be_empty if request.reads else True
    kind = AnswerLostError if worth_a_try else ServiceError
    failure = kind(f"Cannot {request.what}: {problem}", http_status=status)
    raise failure from None
