# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terms of a lookup that name assets, and the answer to them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ..module_utils._ansible.argspec import ArgumentSpec
from ..module_utils._ansible.runner import Host
from ..module_utils._core.errors import InputError, VppError
from .host import PluginHost
from .secret_files import refuse_pasted

AnswerT = TypeVar("AnswerT")


def selectors_of(terms: Sequence[Any], by: str) -> list[dict[str, Any]]:
    """Terms in the form of the option `assets`: a text or a number is an asset's `by`. Raises InputError."""
    found = []
    for place, term in enumerate(terms, 1):
        if isinstance(term, Mapping):
            found.append(dict(term))
        elif isinstance(term, (str, int)) and not isinstance(term, bool):
            found.append({by: str(term)})
        else:
            raise InputError(
                f"Term {place} is no asset: give its {by}, or a dictionary such as {{bundle_id: com.apple.Pages}}."
            )
    return found


def read(
    options: Mapping[str, Any],
    spec: ArgumentSpec,
    run: Callable[[Host], list[AnswerT]],
    warn: Callable[[str], None],
) -> list[AnswerT]:
    """Raises InputError, without a secret."""
    given = {name: value for name, value in options.items() if value is not None}
    refuse_pasted(given, [os.getcwd()])
    host = PluginHost(spec, given, warn)
    try:
        return run(host)
    except VppError as error:
        raise InputError(host.masked(error.message)) from None
