# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages and versions of the large data sets [D paging]."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ApiError
from .store import Store


@dataclass(frozen=True)
class Query:
    """Rows of one data set: everything but the columns wanted and the order."""

    source: str
    where: str
    values: tuple[Any, ...]


class Versions:
    """The version ids handed out for one location.

    They are salted by instance, so that what a client kept from an earlier sandbox is refused (9721) and not mistaken.
    """

    def __init__(self) -> None:
        self._salt = uuid.uuid4()
        self._issued: dict[str, tuple[str, int]] = {}

    def name(self, dataset: str, counter: int, scope: str = "") -> str:
        """The version id of a state of a data set."""
        version = str(uuid.uuid5(self._salt, f"{dataset}:{scope}:{counter}"))
        self._issued[version] = (dataset, counter)
        return version

    def counter(self, dataset: str, version: str) -> int:
        """The state that a version id names."""
        known = self._issued.get(version)
        if known is None or known[0] != dataset:
            raise ApiError(9721)
        return known[1]


class Pager:
    """Finds the rows of a page without counting past all rows before it.

    The first row ids of all pages are kept per query and state: the first page of a walk pays one index scan,
    each further page only its own rows.
    """

    def __init__(self, store: Store, keep: int = 64) -> None:
        self._store = store
        self._known: OrderedDict[tuple[Query, int, int], list[int]] = OrderedDict()
        self._keep = keep

    def starts(self, query: Query, counter: int, size: int) -> list[int]:
        """The first row id of every page."""
        key = (query, counter, size)
        found = self._known.get(key)
        if found is None:
            sql = (
                f"SELECT id FROM (SELECT a.id AS id, row_number() OVER (ORDER BY a.id) AS place FROM {query.source}"
                f" WHERE {query.where}) WHERE (place - 1) % {size} = 0 ORDER BY id"
            )
            found = [row[0] for row in self._store.db.execute(sql, query.values)]
            self._known[key] = found
            if len(self._known) > self._keep:
                self._known.popitem(last=False)
        return found

    def rows(self, query: Query, columns: str, counter: int, size: int, index: int) -> tuple[int, list[Any]]:
        """How many pages there are, and the rows of one."""
        starts = self.starts(query, counter, size)
        check_index(index, len(starts))
        if not starts:
            return 0, []
        end = starts[index + 1] if index + 1 < len(starts) else 1 << 62
        sql = f"SELECT {columns} FROM {query.source} WHERE {query.where} AND a.id >= ? AND a.id < ? ORDER BY a.id"
        return len(starts), self._store.db.execute(sql, (*query.values, starts[index], end)).fetchall()


def check_index(index: int, total: int) -> None:
    """Zero-based; beyond the last page is 9650, the first page of nothing is an empty page."""
    if not 0 <= index < max(total, 1):
        raise ApiError(9650)


def page_fields(index: int, total: int, rows: Sequence[object], version: str, empty_total: int) -> dict[str, Any]:
    """The fields of every paged answer; nextPageIndex is absent on the last page."""
    fields: dict[str, Any] = {
        "currentPageIndex": index,
        "size": len(rows),
        "totalPages": total or empty_total,
        "versionId": version,
    }
    if index + 1 < total:
        fields["nextPageIndex"] = index + 1
    return fields
