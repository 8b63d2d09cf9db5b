# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that an option names: read whole and bounded, written so that nobody else can read them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping

from .._core.errors import InputError

MAX_BYTES = 256 * 1024 * 1024


def read_file(option: str, path: str) -> bytes:
    """The bytes of the file that `option` names."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{option}: cannot read {path}: {error.strerror}. Check the path and its rights.") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{option}: {path} is larger than {MAX_BYTES // 1024 // 1024} MiB. Name the right file.")
    return data


def read_json(option: str, path: str) -> object:
    """The JSON value in the file that `option` names."""
    try:
        return json.loads(read_file(option, path))
    except (ValueError, RecursionError):
        raise InputError(
            f"{option}: {path} holds no JSON; it may be cut off. Write it again with report_path."
        ) from None


def write_report(option: str, path: str, document: Mapping[str, object]) -> None:
    """Replaces `path` by the document in one step, readable by its owner only (it may name devices and people)."""
    folder = os.path.dirname(os.path.abspath(path))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".openmdm-", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(document, stream, indent=1, sort_keys=True)
            stream.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise InputError(
            f"{option}: cannot write {path}: {error.strerror}. Name a folder that exists and is writable."
        ) from None
