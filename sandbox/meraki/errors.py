# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A refusal of Systems Manager."""

from __future__ import annotations


class Refused(Exception):
    """``{"errors": [text]}`` with a status [X]."""

    def __init__(self, status: int, *texts: str) -> None:
        super().__init__(*texts)
        self.status = status
        self.texts = list(texts)


def not_found() -> Refused:
    """Unknown, or not to be seen with this key: the service makes no difference [X]."""
    return Refused(404, "Not found")
