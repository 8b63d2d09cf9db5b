# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of ours as Ansible's: one sentence, and no text of anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible.errors import AnsibleError

from ..module_utils._core.errors import VppError, sentence


@contextmanager
def told(kind: type[AnsibleError]) -> Iterator[None]:
    """Turns a VppError into one of this kind."""
    try:
        yield
    except VppError as error:
        raise kind(sentence(error.message)) from None
