# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that an option names: read whole and bounded, written so that nobody else can read them."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from .._core.errors import InputError
from .._core.table_file import MAX_BYTES

_WHERE = "Name a file in a folder that exists and is writable."


_MARK = "openmdm.vpp report"
_BEGINNING = f'{{\n "{_MARK}": true,'.encode()
"""How every report begins, by which it is known when it is to be replaced."""


def read_file(option: str, path: str, max_bytes: int = MAX_BYTES, *, remedy: str = "Name the right file.") -> bytes:
    """The bytes of the file that `option` names. Raises InputError; `remedy` ends the one about its size."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{option}: cannot read {_shown(path)}: {_reason(error)}. Check the path and its rights."
        ) from None
    if len(data) > max_bytes:
        size = f"{max_bytes >> 20} MiB" if max_bytes >> 20 else f"{max_bytes >> 10} KiB"
        raise InputError(f"{option}: {_shown(path)} is larger than {size}. {remedy}")
    return data


def read_object(option: str, path: str) -> dict[str, object]:
    """The JSON object in the file that `option` names."""
    document: object = None
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(read_file(option, path, remedy="Name a report of this collection, or split the task."))
    if isinstance(document, dict):
        return document
    raise InputError(
        f"{option}: {_shown(path)} holds no JSON object; it may be cut off. Write it again with report_path."
    )


def check_report_path(option: str, path: str, beginning: bytes = _BEGINNING) -> None:
    """A report that can't be written is better known before the work than after it. `beginning`: how the files begin
    that may be replaced."""
    usable = bool(path) and "\0" not in path
    if usable:
        folder = os.path.dirname(os.path.abspath(path))
        # What is there must be a file: replacing /dev/null, or a folder, by a report would do harm.
        usable = (
            os.path.isdir(folder) and os.access(folder, os.W_OK) and (os.path.isfile(path) or not os.path.exists(path))
        )
    if not usable:
        raise InputError(f"{option}: {_shown(path)} can't be written. {_WHERE}")
    if os.path.isfile(path) and not _is_report(path, beginning):
        raise InputError(f"{option}: {_shown(path)} exists and is no report, so it is not replaced. Name another file.")


def _is_report(path: str, beginning: bytes) -> bool:
    """Whether the file may be replaced: an empty one, or one that we left. A token or a list of devices
    that stands there by mistake would be lost."""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(beginning)) in (b"", beginning)
    except OSError:
        return False


def write_report(option: str, path: str, document: Mapping[str, object]) -> None:
    """Replaces `path` by the document in one step, readable by its owner only (it may name devices and people)."""

    def write(stream: TextIO) -> None:
        json.dump({_MARK: True, **document}, stream, indent=1)
        stream.write("\n")

    _replace(option, path, write)


def write_pieces(option: str, path: str, pieces: Iterable[str]) -> None:
    """The same for any text."""
    _replace(option, path, lambda stream: stream.writelines(pieces))


def _replace(option: str, path: str, write: Callable[[TextIO], None]) -> None:
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".openmdm-", dir=os.path.dirname(os.path.abspath(path)))
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            write(stream)
        os.replace(temporary, path)
        temporary = ""
    except (OSError, ValueError) as error:
        raise InputError(f"{option}: cannot write {_shown(path)}: {_reason(error)}. {_WHERE}") from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _shown(path: str) -> str:
    """Absolute, since nobody sees from where a relative path counts."""
    return os.path.abspath(path.replace("\0", "?")) if path else "''"


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or "the system refuses" if isinstance(error, OSError) else "it is no valid path"
