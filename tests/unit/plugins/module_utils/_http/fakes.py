# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time that passes only when slept, transports that break on demand, and small servers on loopback."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

TOKEN = "eyJ0b2tlbiI6ImludmVudGVkLXNlY3JldC10b2tlbi1vZi1hLXNjaG9vbCJ9"
START = datetime(2027, 3, 1, 8, 0, tzinfo=timezone.utc)

Handler = Callable[[httpx.Request], httpx.Response]


class FakeClock:
    """`late` is added to every sleep: the jitter of a loaded machine."""

    def __init__(self, late: Callable[[], float] = lambda: 0.0) -> None:
        self._time = 0.0
        self._late = late
        self._lock = threading.Lock()
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self._time)

    def monotonic(self) -> float:
        return self._time

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self._time += max(0.0, seconds) + self._late()

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._time += seconds


class Recorder:
    """A transport that answers by a function and keeps what it was sent."""

    def __init__(self, handler: Handler) -> None:
        self.requests: list[httpx.Request] = []
        self._handler = handler
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._handler(request)


def text_of(error: BaseException) -> str:
    """Everything that any log or traceback could show of an exception: texts, reprs, fields, and the whole chain."""
    seen: list[str] = []
    todo: list[BaseException | None] = [error]
    done: set[int] = set()
    while todo:
        item = todo.pop()
        if item is None or id(item) in done:
            continue
        done.add(id(item))
        seen += [str(item), repr(item), repr(item.args), repr(vars(item))]
        todo += [item.__cause__, item.__context__]
    return "\n".join(seen)


class Seen(list[tuple[str, str, dict[str, str]]]):
    """(method, path, headers) of each request that reached a server."""


@contextlib.contextmanager
def server(
    answer: Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Seen]]:
    """A server on loopback: its origin and what reached it."""
    seen = Seen()

    class Quiet(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Silent."""

        def do_GET(self) -> None:
            seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        do_POST = do_GET

    class Silent(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """Silent: a refused certificate is the client's to tell."""

    listener = Silent(("127.0.0.1", 0), Quiet)
    if tls is not None:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.server_address[1]}", seen
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"{}", **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A forward proxy: its address and the first line of each request. CONNECT makes a tunnel; http is passed on."""
    lines: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve(client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            first, _rest, rest = head.partition(b"\r\n")
            lines.append(first.decode())
            method, target, _version = first.decode().split()
            where = target if method == "CONNECT" else urlsplit(target).netloc
            host, _rest, port = where.partition(":")
            with socket.create_connection((host, int(port))) as upstream:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    path = urlsplit(target).path or "/"
                    upstream.sendall(f"{method} {path} HTTP/1.1\r\n".encode() + rest)
                pipe(client, upstream)

    def pipe(left: socket.socket, right: socket.socket) -> None:
        ways = {left: right, right: left}
        while not stop.is_set():
            for ready in select.select(list(ways), [], [], 0.05)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                ways[ready].sendall(data)

    def accept() -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(client,), daemon=True))
            threads[-1].start()

    threads = [threading.Thread(target=accept, daemon=True)]
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lines
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join()
