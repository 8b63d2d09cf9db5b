# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of assignments, and what of them changed since a versionId [D paging, get-assignments-9wv1e].

Inactive people are never left out: a row that vanished because its person was retired would look like one that was
taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from .._core.errors import VppError
from .._core.model import Row, Walk
from .._core.ports import AssignmentSink
from . import codec, pages
from .session import Session

_UNKNOWN_VERSION = 9721


class _TooManyPagesError(Exception):
    """More than are worth reading."""


def assignment_pages(session: Session, filters: Mapping[str, str]) -> Callable[[int], pages.Page[Row]]:
    """How to fetch a page of the assignments that fit the filters, which have their names of the wire."""

    def fetch(index: int) -> pages.Page[Row]:
        params = {**filters, "pageIndex": str(index)}
        body = session.get("getAssignments", params, f"read page {index} of the assignments")
        return pages.decode_page(index, body, codec.decode_assignments(body))

    return fetch


def read_version(session: Session) -> str:
    return assignment_pages(session, {})(0).version_id


def read_changes(session: Session, pool: Executor, since: str, sink: AssignmentSink, max_pages: int) -> Walk | None:
    whole = assignment_pages(session, {"sinceVersionId": since})

    def fetch(index: int) -> pages.Page[Row]:
        page = whole(index)
        if page.total_pages > max_pages:
            raise _TooManyPagesError
        if page.total_pages > pages.WIDTH:
            session.service_config()  # for the rate; few pages need none
        return page

    try:
        (walk,) = pages.walk_all([pages.Read(fetch, sink.begin, sink.page)], pool, session.meter)
    except _TooManyPagesError:
        return None
    except VppError as error:
        if error.error_number != _UNKNOWN_VERSION:
            raise
        return None
    return walk
