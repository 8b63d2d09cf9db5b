# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of mails, as a result shows it."""

from __future__ import annotations

from datetime import datetime

from .._core.mail_ports import REFUSED, REFUSED_FOR_NOW, MailResult


def is_refused(result: MailResult) -> bool:
    return result.outcome in (REFUSED, REFUSED_FOR_NOW)


def reason_of(result: MailResult) -> str:
    """Of a refusal: ours, or the mail server's numbers."""
    return result.reason or " ".join(filter(None, (str(result.smtp_code or ""), result.status)))


def moment_text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def max_mails_told(sends: int, held_back: int) -> str:
    """Not how many are held back: a mail that is refused leaves its place to another."""
    return f"max_mails allows {sends} of {sends + held_back} mails; the next run sends the others."
