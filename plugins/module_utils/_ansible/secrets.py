# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret that comes as a value or in a file: masked in all output from here on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from .._core.errors import InputError
from .files import read_file

if TYPE_CHECKING:
    from .runner import Host

MAX_SECRET_BYTES = 65536

KEY_LIKE = re.compile(r"\s*[A-Za-z0-9_-]{32,}\s*")
"""An API key: Meraki's has 40 hexadecimal digits. A path to one has a slash, or a dot and an ending."""

TOKEN_LIKE = re.compile(r"[A-Za-z0-9+/=\s]{80,}")
"""A content token: Base64 and nothing else. A path to one has the dot of its ending."""

_PASSWORD_LIKE = re.compile(r"[^/.]+")
"""Neither folder nor ending."""

SECRET_FILES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "content_token_file": TOKEN_LIKE,
        "meraki_api_key_file": KEY_LIKE,
        "notification_auth_token_file": KEY_LIKE,
        "smtp_password_file": _PASSWORD_LIKE,
    }
)
"""The options that name the file of a secret, and what is rather the secret itself than a path to it, unless there is
such a file."""

Option = tuple[str, str]
"""An option and its environment variable."""


def read_secret(host: Host, value_option: Option, file_option: Option, *, missing: str) -> tuple[str, str]:
    """The text and the option that it came from. What the task itself says wins over the environment, and a file over
    a value. Raises InputError; `missing` begins its sentence where there is neither."""
    (value_name, value_env), (file_name, file_env) = value_option, file_option
    value, path = host.params[value_name], host.params[file_name]
    if path and value:
        told_value = value != os.environ.get(value_env)
        told_path = not is_path_of(path, file_env)
        if told_value and told_path:
            raise InputError(f"{value_name} and {file_name} are both given; give one of them.")
        if told_value:
            path = None
    if path and _is_pasted(file_name, path):
        host.hide(path)  # that of a plugin was not asked beforehand
        raise InputError(f"{file_name} holds the secret itself; give the path of its file, or use {value_name}.")
    if path:
        text, source = read_file(file_name, path, MAX_SECRET_BYTES).decode("utf-8", "replace"), file_name
        if os.stat(path).st_mode & 0o077:
            host.warn(f"{file_name}: {path} can be read by others on this machine; set its mode to 0600.")
    elif value:
        text, source = value, value_name
    else:
        raise InputError(f"{missing} (or the environment variable {file_env}).")
    host.hide(text.strip())
    return text, source


def hide_pasted(host: Host) -> None:
    """Masks a secret in the place of its path, which would stand in the echo of the parameters, whatever the task fails
    of."""
    for option in SECRET_FILES:
        path = host.params.get(option)
        if path and _is_pasted(option, path):
            host.hide(path)


def _is_pasted(option: str, path: str) -> bool:
    return SECRET_FILES[option].fullmatch(path) is not None and not _exists(path)


def is_path_of(path: str, variable: str) -> bool:
    """Whether a path is the one that a variable of the environment names: the task itself says nothing then."""
    told = os.path.expanduser(os.path.expandvars(os.environ.get(variable, "")))
    # In a plugin on the control node Ansible has made a full path of it.
    return bool(told) and path in (told, os.path.abspath(told))


def _exists(path: str) -> bool:
    """A file, or at least its folder: then it is a path, whatever it looks like."""
    return os.path.isfile(path) or os.path.isdir(os.path.dirname(path))
