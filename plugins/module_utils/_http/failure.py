# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong between us and a service, in words and classes of our own."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from .._core.errors import TransportError
from .address import is_loopback
from .dep import httpx

if TYPE_CHECKING:
    import httpx as httpx_types


class NotSentError(TransportError):
    """The request did not leave: it may be sent again, a write too."""


class AnswerLostError(TransportError):
    """The request left, no usable answer came: a write may have been done."""


def failure_of(exc: httpx_types.HTTPError | httpx_types.InvalidURL, what: str, url: httpx_types.URL) -> TransportError:
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
    if isinstance(exc, httpx.InvalidURL):  # the library reads every redirect, also those that it doesn't follow
        return AnswerLostError(f"Cannot {what}: host {host} redirects to an address that can't be read")
    if isinstance(exc, httpx.TimeoutException):
        return AnswerLostError(f"Cannot {what}: host {host} did not answer in time")
    if isinstance(exc, httpx.RemoteProtocolError):
        return AnswerLostError(f"Cannot {what}: host {host} broke the connection off, or does not speak HTTP")
    return AnswerLostError(f"Cannot {what}: the connection to host {host} broke")
