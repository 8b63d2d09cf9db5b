# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of a plugin on the control node: what a module gets of Ansible, without a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values

from ..module_utils._ansible.argspec import ArgumentSpec
from ..module_utils._ansible.runner import SHORTEST_SECRET, Host
from ..module_utils._core.errors import InputError, sentence
from ..module_utils._core.ports import NoMeter


class PluginHost(Host):
    """Looks on and never writes: always in check mode."""

    def __init__(self, spec: ArgumentSpec, params: Mapping[str, Any], warn: Callable[[str], None]) -> None:
        """`params` without those that are not set; the spec's defaults and variables of the environment fill them.
        Raises InputError."""
        arguments = spec.module_arguments()
        result = ArgumentSpecValidator(arguments.pop("argument_spec"), **arguments).validate(dict(params))
        self._secrets: set[str] = set(result._no_log_values)
        self._warn = warn
        if result.error_messages:
            raise InputError(self.masked(result.error_messages[0]))
        self.params: Mapping[str, Any] = result.validated_parameters
        self.check = True
        self.meter = NoMeter()

    def warn(self, message: str) -> None:
        self._warn(sentence(self.masked(message)))

    def hide(self, secret: str) -> None:
        if len(secret) >= SHORTEST_SECRET:
            self._secrets.add(secret)

    def show_instead(self, option: str, value: object) -> None:
        """Nobody shows a plugin's options."""

    def masked(self, text: str) -> str:
        """The text without what is to be hidden."""
        return str(remove_values(text, self._secrets))
