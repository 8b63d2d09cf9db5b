# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paged reads: page 0, then the rest several at once, in order, and again if the data changed meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._core.errors import ServiceError
from .._core.model import Walk
from .._core.ports import PAGES, Meter, NoMeter
from .wire import Json, number, number_or_none, text

WIDTH = 5
"""Pages asked for at once [D paging: at most 5]."""

WINDOW = 10
"""Pages asked for and not yet consumed, so that few decoded pages are alive."""

_MAX_PAGES = 100_000
_OUT_OF_RANGE = 9650

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next_index` None = the last page. `whole` = as many items as the page says it has."""

    index: int
    items: list[Item]
    next_index: int | None
    total_pages: int
    version_id: str
    whole: bool


def decode_page(index: int, body: Json, items: list[Item]) -> Page[Item]:
    """The paging fields of an answer to `pageIndex` = index. The last page is the one without `nextPageIndex`
    (one of Apple's pages compares with `totalPages` instead, which a zero-based index never reaches)."""
    current = number(body, "current_page_index", index)
    following = number_or_none(body, "next_page_index")
    if current != index or (following is not None and following != index + 1):
        raise ServiceError(
            f"The answer of the service is not understood: page {index} says it is page {current}, next {following}"
        )
    if index >= _MAX_PAGES:
        raise ServiceError(f"The service sends pages without end (more than {_MAX_PAGES}); stopped")
    size = number(body, "size", len(items))
    total = number(body, "total_pages", index + 1)
    return Page(index, items, following, total, text(body, "version_id"), size == len(items))


@dataclass(frozen=True, slots=True)
class Read(Generic[Item]):
    """One data set to be read. `fetch` is called in several threads; `begin` and `consume` in the caller's only."""

    fetch: Callable[[int], Page[Item]]
    begin: Callable[[], None]
    consume: Callable[[list[Item]], None]


_NOBODY: Meter = NoMeter()


class _ChangedError(Exception):
    """The data changed under the walk."""


_Steps = Generator["Future[Page[Item]]", None, Walk]
"""A walk that yields the page it waits for and is resumed once that page is there."""


def walk_all(reads: Sequence[Read[Item]], pool: Executor, meter: Meter = _NOBODY) -> list[Walk]:
    """Reads all pages of all data sets, as many at once as `pool` has threads; each data set's pages in order."""
    done: dict[int, Walk] = {}
    active: dict[Future[Page[Item]], tuple[int, _Steps[Item]]] = {}
    waiting = deque(enumerate(reads))

    def ahead() -> int:
        """How many pages one walk may ask for beforehand; many short walks fill the window by their number."""
        return max(1, WINDOW // max(1, len(active)))

    def advance(place: int, steps: _Steps[Item]) -> None:
        try:
            active[next(steps)] = (place, steps)
        except StopIteration as end:
            done[place] = end.value

    try:
        while waiting or active:
            while waiting and len(active) < WINDOW:
                place, read = waiting.popleft()
                advance(place, _walk(read, pool, ahead, meter))
            for future in wait(active, return_when=FIRST_COMPLETED).done:
                advance(*active.pop(future))
    finally:
        for _place, steps in active.values():
            steps.close()
    return [done[place] for place in range(len(reads))]


def _walk(read: Read[Item], pool: Executor, ahead: Callable[[], int], meter: Meter) -> _Steps[Item]:
    """A changed versionId, a page that is gone (9650) or not whole restarts the walk; the third walk goes to its end
    whatever changes, and says so by `stable` = False."""
    for last_try in (False, False, True):
        read.begin()
        try:
            return (yield from _walk_once(read, pool, ahead, meter, tolerant=last_try))
        except _ChangedError:
            continue
    raise AssertionError("unreachable: the last walk is tolerant")


def _walk_once(
    read: Read[Item], pool: Executor, ahead: Callable[[], int], meter: Meter, *, tolerant: bool
) -> _Steps[Item]:
    pending = deque([pool.submit(read.fetch, 0)])
    asked = 1
    known = 0
    version: str | None = None
    stable = True
    pages = rows = 0
    try:
        while True:
            yield pending[0]
            try:
                page = pending.popleft().result()
            except ServiceError as exc:
                if exc.error_number != _OUT_OF_RANGE or not pages:
                    raise
                if not tolerant:
                    raise _ChangedError from None
                return Walk(version or "", False, pages, rows)
            version = page.version_id if version is None else version
            # The end that a page tells must be the end that it counts.
            cut_off = page.next_index is None and page.index + 1 < page.total_pages
            if cut_off or not page.whole or page.version_id != version:
                stable = False
                if not tolerant:
                    raise _ChangedError
            pages += 1
            rows += len(page.items)
            read.consume(page.items)
            ended = page.next_index is None and not cut_off
            # The set may have grown: the page itself says that there is one more.
            total = pages if ended else max(page.total_pages, page.index + 2)
            meter.count(PAGES, done=1, known=total - known)
            known = total
            if ended:
                return Walk(version, stable and bool(version), pages, rows)
            while asked < total and (not pending or len(pending) < ahead()):
                pending.append(pool.submit(read.fetch, asked))
                asked += 1
    finally:
        meter.count(PAGES, known=pages - known)  # what a walk that is given up leaves unread
        for future in pending:
            future.cancel()
        for future in pending:  # so that a restarted walk does not ask for more than 5 pages at once
            if not future.cancelled():
                future.exception()
