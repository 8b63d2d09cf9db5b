# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the page and the tables of a report: each in one step, readable by its owner only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .._core.csv_cells import csv_lines, header_line
from .._core.errors import InputError
from .._core.report_files import TABLES
from .._core.report_page import BEGINNING, render_page
from .._core.report_sums import Estate
from .files import check_report_path, write_pieces


def check_targets(params: Mapping[str, Any]) -> None:
    """What can't be written is better known before the reads. Raises InputError."""
    page, folder = params["html_path"], params["csv_dir"]
    if page is not None:
        if params["report_path"] is not None and os.path.realpath(page) == os.path.realpath(params["report_path"]):
            raise InputError("html_path and report_path name one file; give each its own.")
        check_report_path("html_path", page, BEGINNING.encode())
    if folder is not None:
        if not os.path.isdir(folder):
            raise InputError(f"csv_dir: {os.path.abspath(folder)} is no folder. Name one that exists.")
        for table in TABLES:
            check_report_path("csv_dir", os.path.join(folder, table.file), header_line(table.header).encode())


def write_files(params: Mapping[str, Any], estate: Estate, title: str, made_at: str) -> dict[str, Any]:
    """Writes what is asked for; the paths, as the result tells them. Raises InputError."""
    page, folder = params["html_path"], params["csv_dir"]
    files = []
    if folder is not None:
        for table in TABLES:
            path = os.path.join(folder, table.file)
            write_pieces("csv_dir", path, csv_lines(table.header, table.rows(estate.locations)))
            files.append(path)
    if page is not None:
        write_pieces("html_path", page, [render_page(estate, title, made_at)])
    return {"html_path": page, "csv_files": files}
