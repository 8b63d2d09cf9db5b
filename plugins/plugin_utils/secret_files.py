# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of secrets on the control node: encrypted ones, and secrets that were pasted in the place of their path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._ansible.secrets import SECRET_FILES
from ..module_utils._core.errors import InputError

_HEADER = b"$ANSIBLE_VAULT;"


def refuse_pasted(options: Mapping[str, Any], folders: Iterable[str]) -> None:
    """Raises InputError, which doesn't quote it, for a secret in the place of its path. Ansible made a full path of it,
    from one of these folders, before anybody could look."""
    for option, like in SECRET_FILES.items():
        path = options.get(option) or ""
        if any(like.fullmatch(os.path.relpath(path, folder)) for folder in folders if path) and not _is_there(path):
            raise InputError(
                f"{option} holds the secret itself; give the path of its file, or use {option.removesuffix('_file')}."
            )


def _is_there(path: str) -> bool:
    try:
        return os.path.exists(path)
    except ValueError:
        return False


def is_vaulted(path: str) -> bool:
    """Raises OSError for a file that can't be read."""
    with open(path, "rb") as stream:
        return stream.read(len(_HEADER)) == _HEADER


def decrypted(loader: Any, path: str) -> str:
    """The text of the file, by the vault's secrets of the run. Raises InputError."""
    try:
        data, _vaulted = loader._get_file_contents(path)
    except Exception:  # whose text could quote the file
        raise InputError(f"{path} can't be decrypted; give the vault's password, as for a playbook.") from None
    return str(data.decode("utf-8", "replace"))
