# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticated calls: addresses and limits from service config, errors as exceptions, the guard on every answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import MappingProxyType

from .._core.errors import OutcomeUnknownError, ServiceError, TokenError, VppError
from .._core.model import Secret, ServiceConfig
from .._core.ports import Clock
from .._http.address import checked_url, origin_of, parse_url
from .._http.caller import Caller
from .._http.client import Answer, Credential, Request
from .._http.pace import Pacer
from .._http.retry import Outcome, retry_after
from .codec import decode_service_config
from .errors import LIMITS_CHANGED, PASSING, error_of, error_of_public
from .guard import Guard
from .wire import Json, answer

APPLE_URL = "https://vpp.itunes.apple.com/mdm/v2"
APPLE_ORIGIN = "https://vpp.itunes.apple.com:443"
STORE_ORIGIN = "https://uclient-api.itunes.apple.com:443"
CONFIG_AGE = 300.0
"""Seconds for which limits and addresses may be kept [D service-config]."""

FAULT_TRIES = 6
"""9603: after more than five tries it is a matter of minutes [D interpreting-error-codes]."""

PATHS = MappingProxyType(
    {
        "clientConfig": "/client/config",
        "getAssets": "/assets",
        "getAssignments": "/assignments",
        "getUsers": "/users",
        "createUsers": "/users/create",
        "updateUsers": "/users/update",
        "retireUsers": "/users/retire",
        "associateAssets": "/assets/associate",
        "disassociateAssets": "/assets/disassociate",
        "eventStatus": "/status",
    }
)
"""Names in `urls` of service config, and the path below the base address where they stand by default."""

_FEW = frozenset({"clientConfig", "getAssets", "getAssignments"})
"""What a `lean` session reads at the documented addresses [D, the page of each endpoint]."""

PUBLIC_TRIES = 7
"""Waits of 1, 2, ... 32 s: the public look-up counts by the minute [C several wrappers]."""

_FAULT = 9603
_GONE = 9634
LOOKUP_PATH = "/WebObjects/MZStorePlatform.woa/wa/lookup"


def is_apple(base_url: str) -> bool:
    url = parse_url(base_url)
    return url is not None and origin_of(url) == APPLE_ORIGIN


class Session:
    """One token at one address. Used by several threads.

    `lean`: for a task that may have but three requests to send. Service config, which costs one more, is then asked
    when something is written, when many pages are read, or when an address is gone, and not before.
    """

    def __init__(
        self,
        caller: Caller,
        pacer: Pacer,
        clock: Clock,
        base_url: str,
        token: Secret,
        own_rate: float | None,
        *,
        lean: bool = False,
    ) -> None:
        self.guard = Guard()
        self.meter = caller.meter
        self._caller = caller
        self._pacer = pacer
        self._clock = clock
        self._base_url = base_url
        self._own_rate = own_rate
        self._bearer = Credential.bearer(token)
        self._cookie = Credential.cookie("itvt", token)
        base = checked_url(base_url)
        self._base_origin = str(base.join("/")).rstrip("/")
        self._origins = frozenset({origin_of(base)} | ({STORE_ORIGIN} if is_apple(base_url) else set()))
        self._lock = threading.Lock()
        self._config: ServiceConfig | None = None
        self._config_until = 0.0
        self._lean = lean

    def service_config(self) -> ServiceConfig:
        """Limits and addresses, not older than five minutes. The pacer follows the rate that they state."""
        with self._lock:
            if self._config is None or self._clock.monotonic() >= self._config_until:
                url = self._base_url + "/service/config"
                # It works without the token [D service-config], and a token that is refused should travel once only.
                request = Request("read the service configuration", "GET", url, self._origins)
                body = answer(self._caller.call(request, self._judge).body)
                self.guard.check(body)
                self._config = decode_service_config(body)
                self._config_until = self._clock.monotonic() + CONFIG_AGE
                rate = float(self._config.limits.max_request_per_second)
                self._pacer.set_rate(rate if self._own_rate is None else min(rate, self._own_rate))
            return self._config

    def is_own(self, origin: str) -> bool:
        """Whether it is one of those that the token may go to."""
        return origin in self._origins

    def get(self, name: str, params: Mapping[str, str], what: str, budget: float | None = None) -> Json:
        """The guarded body of a GET; `name` is a key of `PATHS`."""
        body = self._exchange("GET", name, what, params=params, budget=budget)
        self.guard.check(body, is_client_config=name == "clientConfig")
        return body

    def post(self, name: str, body: Mapping[str, object], what: str) -> Json:
        """The body of a POST. Not yet guarded: what it says was accepted must be kept even if the guard objects."""
        return self._exchange("POST", name, what, body=body)

    def lookup(self, params: Mapping[str, str], what: str) -> Json:
        """contentMetadataLookup: the token travels as a cookie; the answer tells nothing of location or owner."""
        request = Request(what, "GET", self._lookup_url(), self._origins, params, credential=self._cookie)
        return answer(self._caller.call(request, self._judge).body)

    def public(self, url: str, params: Mapping[str, str], what: str, caller: Caller) -> Json:
        """A GET without any credential, to the host of `url` only."""
        request = Request(what, "GET", url, frozenset({origin_of(checked_url(url))}), params)
        return answer(caller.call(request, self._judge_public).body)

    def _exchange(
        self,
        method: str,
        name: str,
        what: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        budget: float | None = None,
    ) -> Json:
        for last in (False, True):
            request = Request(what, method, self._url(name), self._origins, params or {}, body, self._bearer)
            try:
                reply = self._caller.call(request, self._judge, budget)
            except VppError as exc:
                gone = exc.error_number == _GONE or exc.http_status == 410
                if gone or exc.error_number in LIMITS_CHANGED:
                    self._forget_config()
                # "Gone" means not processed, so a write may follow to the new address, once.
                if last or not gone:
                    raise
                continue
            try:
                return answer(reply.body)
            except ServiceError as exc:
                if method == "GET":
                    raise
                raise OutcomeUnknownError(f"{exc.message}, so it is not known whether it was done") from None
        raise AssertionError("unreachable")

    def _forget_config(self) -> None:
        with self._lock:
            self._config = None
            self._lean = False

    def _url(self, name: str) -> str:
        """Apple's address if the token may go there, else ours: a stand-in that repeats Apple's addresses works."""
        if self._lean and self._config is None and name in _FEW:
            return self._base_url + PATHS[name]
        given = parse_url(self.service_config().urls.get(name, ""))
        if given is not None and origin_of(given) in self._origins:
            return str(given)
        return self._base_url + PATHS[name]

    def _lookup_url(self) -> str:
        given = parse_url(self.service_config().urls.get("contentMetadataLookup", ""))
        if given is not None and origin_of(given) in self._origins:
            return str(given)
        return (STORE_ORIGIN if STORE_ORIGIN in self._origins else self._base_origin) + LOOKUP_PATH

    def _judge(self, request: Request, reply: Answer) -> Outcome | None:
        """What an answer means for sending again.

        Untouched (a write may follow): any error status with Apple's number ("a synchronous error means nothing at all
        is processed" [D errors]), a plain 429 (refused at the door), a 503 that names a time to return. A 5xx without
        either may come from a gateway that had passed the request on. What a number beside a success means for a write
        is documented nowhere, unless it is about the token.
        """
        error = error_of(request.what, reply.status, reply.body)
        if error is None:
            return None
        asked = retry_after(reply.headers, self._clock.now())
        number, status = error.error_number, reply.status
        if status < 400 and not (request.reads or isinstance(error, TokenError)):
            return Outcome(error, transient=True, untouched=False)
        transient = number in PASSING or (number is None and (status == 429 or status >= 500))
        untouched = number is not None or status == 429 or (status == 503 and asked is not None)
        if number == _FAULT or (number is None and status not in (429, 503)):
            return Outcome(error, transient, untouched, asked=asked, tries=FAULT_TRIES)
        return Outcome(error, transient, untouched, shared=transient, asked=asked)

    def _judge_public(self, request: Request, reply: Answer) -> Outcome | None:
        """As `_judge`, for a service that knows no token. It refuses with 403 who asks too often, and a proxy who may
        not ask at all: that is worth the waits of a minute, and no more."""
        error = error_of_public(request.what, reply.status)
        if error is None:
            return self._judge(request, reply)
        asked = retry_after(reply.headers, self._clock.now())
        busy = reply.status == 403
        return Outcome(error, transient=busy, untouched=True, shared=busy, asked=asked, tries=PUBLIC_TRIES)
