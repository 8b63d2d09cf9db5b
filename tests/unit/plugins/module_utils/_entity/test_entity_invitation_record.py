# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of mails when the sending ended in their middle, and what stands in for a ledger."""

from __future__ import annotations

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import TransportError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import (
    ACCEPTED,
    INVITATION,
    NOT_SENT,
    REFUSED,
    UNCERTAIN,
    Mail,
    MailResult,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT
from ansible_collections.openmdm.vpp.plugins.module_utils._entity.invitation_record import InvitationRecord, NoLedger
from ansible_collections.openmdm.vpp.tests.unit.fakes import START, FakeClock

ERROR = TransportError("The mail server is gone.")
MAILS = [Mail(name, INVITATION, "School", Secret("link"), f"{name}@fernhill.example") for name in "abcd"]


def record() -> InvitationRecord:
    return InvitationRecord(NoLedger(FakeClock()), {mail.client_user_id: Secret("code") for mail in MAILS})


def test_what_became_of_each_mail():
    found = record()
    first, second, third, _never = MAILS
    keys = [found.intend(mail) for mail in (first, second, third)]
    found.settle(MailResult(first, ACCEPTED))
    found.settle(MailResult(second, REFUSED, 550))
    assert len(set(keys)) == 3
    assert [one.outcome for one in found.results(MAILS, ERROR)] == [ACCEPTED, REFUSED, UNCERTAIN, NOT_SENT]
    assert [one.error for one in found.results(MAILS, ERROR)] == [None, None, None, ERROR]


def test_a_mail_that_is_tried_again_is_open_again():
    found = record()
    found.intend(MAILS[0])
    found.settle(MailResult(MAILS[0], REFUSED, 451))
    found.intend(MAILS[0])
    assert found.results(MAILS[:1], ERROR)[0].outcome == UNCERTAIN


def test_without_a_ledger():
    found = record()
    for mail in MAILS[:3]:
        found.intend(mail)
    found.settle(MailResult(MAILS[0], ACCEPTED))
    found.settle(MailResult(MAILS[1], REFUSED, 550))
    sent, refused, open_ = (found.invitations[mail.client_user_id] for mail in MAILS[:3])
    assert (sent.state, sent.sent, sent.first_sent, sent.last_sent) == (SENT, 1, START, START)
    assert (refused.state, refused.sent, refused.failures, refused.smtp_code) == (FAILED, 0, 1, 550)
    assert (open_.state, open_.sent, open_.last_sent) == (INTENDED, 0, None)
