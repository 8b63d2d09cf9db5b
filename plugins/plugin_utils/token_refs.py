# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where content tokens lie: files, vaulted files, variables of the environment. A reference, never the token."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..module_utils._ansible.secrets import TOKEN_LIKE
from ..module_utils._core.errors import InputError
from ..module_utils._core.identity import samples
from .secret_files import is_vaulted

FILE = "file"
VAULT = "vault"
ENV = "env"

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_PATH = 4096
_LONGEST_NAME = 255
"""Of a file or a folder. Python's `glob` takes a second for a pattern of some thousand brackets."""
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class TokenRef:
    """`host`: the name that the location gets in the inventory. `place`: a full path, or the variable's name."""

    host: str
    kind: str
    place: str

    def __str__(self) -> str:
        return f"${self.place}" if self.kind == ENV else self.place


def find_tokens(
    patterns: Iterable[str], variables: Iterable[str], folder: str, environment: Mapping[str, str]
) -> list[TokenRef]:
    """The references that `token_files` and `token_envs` name, by host. Relative paths count from `folder`. Raises
    InputError for what names nothing, and for two that would be one host."""
    found: dict[str, TokenRef] = {}
    for ref in (*_files(patterns, folder), *_variables(variables, environment)):
        other = found.setdefault(ref.host, ref)
        if other != ref:
            raise InputError(
                f"{other} and {ref} would both be the host '{ref.host}'; rename one of them, since a location's host "
                "is called like its file or its variable."
            )
    return [found[host] for host in sorted(found)]


def _files(patterns: Iterable[str], folder: str) -> Iterable[TokenRef]:
    for pattern in patterns:
        if TOKEN_LIKE.fullmatch(pattern):
            raise InputError("token_files holds a content token itself; give the path of its file.")
        if len(pattern) > _LONGEST_PATH:
            raise InputError(f"token_files: no path has {len(pattern)} characters; correct it.")
        longest = max(map(len, pattern.split("/")))
        if longest > _LONGEST_NAME:
            raise InputError(f"token_files: no file or folder has a name of {longest} characters; correct the path.")
        # A real path, so that a file that two patterns name is one file.
        paths = sorted(
            {os.path.realpath(path) for path in glob.glob(os.path.join(folder, os.path.expanduser(pattern)))}
        )
        if not paths:
            raise InputError(f"token_files: there is no file {os.path.join(folder, pattern)}; correct the path.")
        for path in paths:
            yield TokenRef(_host(os.path.splitext(os.path.basename(path))[0]), VAULT if _vaulted(path) else FILE, path)


def _vaulted(path: str) -> bool:
    try:
        return is_vaulted(path)
    except OSError as error:
        raise InputError(f"token_files: cannot read {path}: {error.strerror}. Check the path and its rights.") from None


def _variables(names: Iterable[str], environment: Mapping[str, str]) -> Iterable[TokenRef]:
    names = list(names)
    if any(not _ENV_NAME.fullmatch(name) for name in names):
        raise InputError(
            "token_envs: give names of variables of the environment, such as NORTH_TOKEN, not their content."
        )
    unset = [name for name in names if not environment.get(name)]
    if unset:
        raise InputError(f"token_envs: {samples(unset)} is not set in the environment; set it, or take it out.")
    for name in names:
        yield TokenRef(_host(name.lower()), ENV, name)


def _host(text: str) -> str:
    """As a host may be called: Ansible would take `[`, `:` or `,` for a pattern."""
    return _NOT_OF_A_NAME.sub("_", text).strip("_") or "location"
