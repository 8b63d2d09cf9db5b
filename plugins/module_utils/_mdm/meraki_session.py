# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticated calls to the dashboard API: where it is, all pages of a list, and errors as exceptions."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from .._core.errors import InputError, ServiceError, TransportError
from .._core.model import Secret
from .._core.ports import Clock
from .._http.address import checked_url, joined_url, origin_of, parse_url
from .._http.caller import Caller, Judge
from .._http.client import Answer, Credential, Request
from .._http.retry import Outcome
from .meraki_errors import outcome_of
from .meraki_hosts import MerakiOrigins
from .meraki_wire import Json, objects

MAX_PAGES = 10_000


class MerakiSession:
    """One API key at one address. Used by several threads."""

    def __init__(self, caller: Caller, clock: Clock, base_url: str, key: Secret) -> None:
        self._caller = caller
        self._clock = clock
        self._origins = MerakiOrigins(base_url)
        try:
            self._bearer = Credential.bearer(key)
        except InputError:
            raise InputError(
                "The API key is empty or holds characters that no key has (spaces, line ends); check meraki_api_key or "
                "the file of meraki_api_key_file."
            ) from None
        self._base = base_url
        self._lock = threading.Lock()

    def row(self, path: str, what: str, *, missing: str = "") -> Json:
        """One object."""
        body = self._get(path, what, {}, missing).body
        if not isinstance(body, dict):
            raise ServiceError(f"Cannot {what}: the answer of the service is not understood (an object was expected)")
        return body

    def rows(
        self, path: str, what: str, params: Mapping[str, str | Sequence[str]] | None = None, *, missing: str = ""
    ) -> list[Json]:
        """All rows of a list, in one page or many (a list that has one may get more [S 1.5]). Only the service's own
        links lead on; it is complete or an error."""
        answer = self._get(path, what, params or {}, missing)
        found = objects(answer.body, what)
        seen = {answer.url}
        while link := answer.links.get("next", ""):
            url = self._resolved(answer, link, what)
            if url in seen or len(seen) >= MAX_PAGES:
                raise ServiceError(f"Cannot {what}: the pages of the service lead in a circle, so the list has no end")
            seen.add(url)
            request = Request(what, "GET", url, self._origins, credential=self._bearer, may_be_empty=True)
            answer = self._caller.call(request, self._judge(missing))
            found += objects(answer.body, what)
        return found

    def post(
        self, path: str, body: Mapping[str, object], what: str, *, missing: str = "", repeatable: bool = False
    ) -> object:
        """The body of the answer, None where there is none. `repeatable`: to be done twice does no harm."""
        request = Request(
            what,
            "POST",
            self._base_url() + path,
            self._origins,
            body=body,
            credential=self._bearer,
            may_be_empty=True,
            moves=True,
            repeatable=repeatable,
        )
        return self._caller.call(request, self._judge(missing)).body

    def _get(self, path: str, what: str, params: Mapping[str, str | Sequence[str]], missing: str) -> Answer:
        base = self._base_url()
        request = Request(what, "GET", base + path, self._origins, params, credential=self._bearer, may_be_empty=True)
        answer = self._caller.call(request, self._judge(missing))
        self._remember(base, path, answer)
        return answer

    def _judge(self, missing: str) -> Judge:
        def judge(request: Request, answer: Answer) -> Outcome | None:
            return outcome_of(request.what, answer, self._clock.now(), missing)

        return judge

    def _base_url(self) -> str:
        with self._lock:
            return self._base

    def _remember(self, base: str, path: str, answer: Answer) -> None:
        """The shard to which a read was redirected: what follows goes there at once, and a write needs no redirect."""
        where = answer.url.partition("?")[0]
        if where.endswith(path):
            shard = where[: -len(path)].rstrip("/")
            if shard != base:
                with self._lock:
                    self._base = shard

    def _resolved(self, answer: Answer, link: str, what: str) -> str:
        """An absolute link as it is, one without a host by the address of the answer. One whose path is not below the
        API's is meant from there."""
        url, relative = parse_url(answer.url), parse_url(link)
        target = None if url is None else joined_url(url, link)
        if target is None or relative is None:
            raise TransportError(f"Cannot {what}: the service named a next page that can't be read")
        root = checked_url(self._base_url()).raw_path.rstrip(b"/")
        if relative.is_relative_url and link.startswith("/") and not target.raw_path.startswith(root + b"/"):
            target = target.copy_with(raw_path=root + relative.raw_path)
        if origin_of(target) not in self._origins:
            raise TransportError(
                f"Cannot {what}: the service named a next page at host {target.host}, which was refused"
            )
        return str(target)
