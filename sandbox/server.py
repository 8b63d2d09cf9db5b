# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app on a socket: threads, HTTP/1.1 with keep-alive, and connections that break when told to."""

from __future__ import annotations

import io
import socket
import ssl
import struct
import sys
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .faults import TransportFault

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Server(ThreadingHTTPServer):
    """One thread a connection."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], app: WSGIApp, tls: ssl.SSLContext | None = None) -> None:
        self.app = app
        self.tls = tls
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

    @property
    def origin(self) -> str:
        """The address that clients use."""
        host = str(self.server_address[0])
        host = f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls else 'http'}://{host}:{self.server_address[1]}"

    def server_bind(self) -> None:
        # The standard one asks the resolver for the machine's name, which may take seconds without a network.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = self.socket.accept()
        if self.tls:
            # The handshake is left to the connection's own thread: a silent client must not stop the others.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in one segment and at once; otherwise delayed acknowledgements cost 40 ms an answer.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def __getattr__(self, name: str) -> Any:
        # Every method is answered, so that a wrong one gets Apple's 405 and not the library's 501.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library names it so)
        """Silent: requests.jsonl has it all, without secrets."""

    def _answer(self) -> None:
        head: list[Any] = []
        try:
            parts = self.server.app(self._environ(), lambda status, headers: head.extend((status, headers)))
            code, _space, phrase = str(head[0]).partition(" ")
            self.send_response(int(code), phrase)
            for name, value in head[1]:
                self.send_header(name, value)
            self.end_headers()
            for part in parts:
                self.wfile.write(part)
            self.wfile.flush()
        except TransportFault as fault:
            self._break(fault)

    def _break(self, fault: TransportFault) -> None:
        self.close_connection = True
        if fault.kind == "truncated":
            self.wfile.flush()
        elif fault.kind == "reset":
            # Lingering for zero seconds makes the close a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.connection.shutdown(socket.SHUT_RDWR)

    def _environ(self) -> dict[str, Any]:
        path, _mark, query = self.path.partition("?")
        body = self._body()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if self.server.tls else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))
