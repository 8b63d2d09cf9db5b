# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks over scripted pages: every trap of paging, without HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._apps_books.pages import (
    WINDOW,
    Page,
    Read,
    decode_page,
    walk_all,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import ServiceError, TokenError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Walk

GONE = ServiceError("no such page", error_number=9650)
Fetch = Callable[[int], Page[int]]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(5) as executor:
        yield executor


def page(index: int, total: int, version: str = "v", whole: bool = True) -> Page[int]:
    following = index + 1 if index + 1 < total else None
    return Page(index, [index * 10, index * 10 + 1], following, total, version, whole)


def run(fetch: Fetch, pool: ThreadPoolExecutor) -> tuple[Walk, list[int], int]:
    rows: list[int] = []
    begun = []

    def begin() -> None:
        begun.append(threading.get_ident())
        rows.clear()

    def consume(items: list[int]) -> None:
        assert threading.get_ident() == begun[0]
        rows.extend(items)

    (walk,) = walk_all([Read(fetch, begin, consume)], pool)
    return walk, rows, len(begun)


@pytest.mark.parametrize("total", [1, 2, 5, 6, 10, 11, 57])
def test_all_pages_in_order(pool: ThreadPoolExecutor, total: int) -> None:
    walk, rows, begun = run(lambda index: page(index, total), pool)
    assert rows == [index * 10 + place for index in range(total) for place in (0, 1)]
    assert walk == Walk("v", True, total, 2 * total)
    assert begun == 1


def test_nothing_at_all(pool: ThreadPoolExecutor) -> None:
    walk, rows, _begun = run(lambda _index: Page(0, [], None, 0, "v", True), pool)
    assert (walk, rows) == (Walk("v", True, 1, 0), [])


def test_at_most_five_at_once_and_few_ahead_of_the_reader(pool: ThreadPoolExecutor) -> None:
    lock, now, most = threading.Lock(), [0], [0]
    asked: list[int] = []
    taken = [0]

    def fetch(index: int) -> Page[int]:
        with lock:
            asked.append(index)
            assert index - taken[0] <= WINDOW
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.002)
        with lock:
            now[0] -= 1
        return page(index, 40)

    def consume(_items: list[int]) -> None:
        taken[0] += 1

    walk_all([Read(fetch, lambda: None, consume)], pool)
    assert most[0] == 5
    assert len(asked) == 40


def test_a_set_that_grows_under_the_same_version(pool: ThreadPoolExecutor) -> None:
    walk, rows, _begun = run(lambda index: page(index, 3 if index < 2 else 6), pool)
    assert (walk.pages, walk.stable, len(rows)) == (6, True, 12)


def test_a_set_without_total_pages_is_walked_by_next(pool: ThreadPoolExecutor) -> None:
    def fetch(index: int) -> Page[int]:
        more = {} if index == 4 else {"nextPageIndex": index + 1}
        return decode_page(index, {"versionId": "v", **more}, [index])

    walk, rows, _begun = run(fetch, pool)
    assert (walk, rows) == (Walk("v", True, 5, 5), [0, 1, 2, 3, 4])


def test_a_page_that_is_gone_restarts(pool: ThreadPoolExecutor) -> None:
    walks = [0]

    def fetch(index: int) -> Page[int]:
        if index == 0:
            walks[0] += 1
        if walks[0] == 1 and index == 7:
            raise GONE
        return page(index, 9 if walks[0] == 1 else 7)

    walk, _rows, begun = run(fetch, pool)
    assert (walk.pages, walk.stable, begun) == (7, True, 2)


def test_pages_that_are_always_gone_end_in_an_unstable_walk(pool: ThreadPoolExecutor) -> None:
    def fetch(index: int) -> Page[int]:
        if index > 3:
            raise GONE
        return page(index, 9)

    walk, rows, begun = run(fetch, pool)
    assert (walk.pages, walk.stable, begun, len(rows)) == (4, False, 3, 8)


def test_a_first_page_that_is_gone_is_an_error_not_an_empty_answer(pool: ThreadPoolExecutor) -> None:
    def fetch(_index: int) -> Page[int]:
        raise GONE

    with pytest.raises(ServiceError):
        run(fetch, pool)


@pytest.mark.parametrize("spoil", ["version", "size", "end"])
def test_pages_that_do_not_hold_together_are_read_to_the_end_but_unstable(pool: ThreadPoolExecutor, spoil: str) -> None:
    def fetch(index: int) -> Page[int]:
        given = page(index, 6, "w" if spoil == "version" and index == 3 else "v", spoil != "size" or index != 3)
        return Page(index, given.items, None, 6, "v", True) if spoil == "end" and index == 3 else given

    walk, rows, begun = run(fetch, pool)
    assert (walk.pages, walk.stable, begun, len(rows)) == (6, False, 3, 12)


def test_a_missing_version_is_not_called_stable(pool: ThreadPoolExecutor) -> None:
    walk, _rows, begun = run(lambda index: page(index, 3, ""), pool)
    assert (walk.stable, begun) == (False, 1)


def test_an_error_ends_all_walks_and_leaves_nothing_running(pool: ThreadPoolExecutor) -> None:
    asked = []

    def fetch(index: int) -> Page[int]:
        asked.append(index)
        if index == 4:
            raise TokenError("revoked")
        return page(index, 1000)

    with pytest.raises(TokenError):
        walk_all([Read(fetch, lambda: None, lambda _items: None) for _turn in range(30)], pool)
    before = len(asked)
    assert before < 200
    assert pool.submit(lambda: len(asked)).result() == before


def test_many_short_walks_share_the_width(pool: ThreadPoolExecutor) -> None:
    together = threading.Barrier(5)

    def fetch(index: int) -> Page[int]:
        together.wait(5)  # passes only if five are under way
        return page(index, 1)

    walks = walk_all([Read(fetch, lambda: None, lambda _items: None)] * 50, pool)
    assert walks == [Walk("v", True, 1, 2)] * 50


@pytest.mark.parametrize("body", [{"currentPageIndex": 3}, {"nextPageIndex": 0}, {"nextPageIndex": 2}, {"size": "x"}])
def test_a_page_that_contradicts_itself_is_an_error(body: dict[str, object]) -> None:
    with pytest.raises(ServiceError):
        decode_page(0, body, [])


def test_pages_without_end_are_stopped() -> None:
    with pytest.raises(ServiceError, match="without end"):
        decode_page(100_000, {"nextPageIndex": 100_001}, [])
