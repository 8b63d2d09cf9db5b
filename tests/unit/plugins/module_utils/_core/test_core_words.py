# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that playbooks compare with, and that plans and state directories of earlier versions hold: none is renamed."""

from __future__ import annotations

from importlib import import_module

import pytest

CORE = "ansible_collections.openmdm.vpp.plugins.module_utils._core"
WORDS = {
    "app_model": """
        UNLICENSED=unlicensed UNSUPPORTED_PLATFORM=unsupported_platform NO_OWNER=no_owner
        OWNER_UNKNOWN=owner_unknown NOT_ASSOCIATED=not_associated AMBIGUOUS=ambiguous NOT_PUSHED=not_pushed
        NOT_SEEN=not_seen
    """,
    "app_state": """
        UNREAD=unread
    """,
    "code_plan": """
        GIVEN=given TO_GIVE=to_give RESERVED=reserved UNCERTAIN=uncertain WITHOUT=without FIRST=mail AGAIN=again
        RESEND=resend NO_CODE=no_code NO_ADDRESS=no_address SAME_ADDRESS=same_address
        UNAVAILABLE=code_unavailable
    """,
    "eligibility": """
        NO_SERIAL_NUMBER=no_serial_number NOT_APPLE=not_apple UNSUPERVISED=unsupervised OLD_OS=old_os
        UNSEEN=unseen SAME_SERIAL_NUMBER=same_serial_number
    """,
    "invitation_model": """
        NEW=new INVITED=invited ACCEPTED=associated RETIRED=retired UNCERTAIN=uncertain FAILED=failed
        UNKNOWN=unknown MAIL=mail REMIND=remind AGAIN=again REISSUE=reissue GRANT=grant LIST=list RESEND=resend
    """,
    "license_model": """
        PRESENT=present ABSENT=absent NOT_DEVICE_ASSIGNABLE=not_device_assignable
        UNSUPPORTED_PLATFORM=unsupported_platform NO_LICENCE=no_licence IRREVOCABLE=irrevocable KEPT=kept
        ORPHAN=orphan UNSTABLE=unstable ELSEWHERE=elsewhere BAD_ROWS=bad_rows
    """,
    "mail_ports": """
        INVITATION=invitation REMINDER=reminder CODE=code ACCEPTED=accepted REFUSED=refused
        REFUSED_FOR_NOW=refused_for_now UNCERTAIN=uncertain HELD_BACK=held_back NOT_SENT=not_sent
        BAD_ADDRESS=bad_address FOREIGN_ADDRESS=foreign_address
    """,
    "manual_steps": """
        DONE=done TO_DO=to_do UNVERIFIABLE=unverifiable LINK_ACCOUNT=link_account ACCOUNT_NAME=account_name
        ACCOUNT_EMAIL=account_email ACCOUNT_UNITS=account_units ALLOWED_ADMINS=allowed_admins
        RENEW_TOKEN=renew_token SYNC_ACCOUNT=sync_account REMOVE_ACCOUNT=remove_account ADD_APP=add_app
        APP_SCOPE=app_scope PURCHASE_METHOD_FREE=purchase_method_free PURCHASE_METHOD_PAID=purchase_method_paid
        PURCHASE_METHOD=purchase_method AUTO_LICENSING_OFF=auto_licensing_off
        AUTO_LICENSING_ON=auto_licensing_on
    """,
    "mdm": """
        PENDING=pending INSTALLING=installing INSTALLED=installed UNMANAGED=unmanaged REJECTED=rejected
        FAILED=failed REMOVED=removed ABSENT=absent
    """,
    "mdm_account": """
        OURS=ours OTHER=other HIDDEN=hidden
    """,
    "model": """
        DEFAULT_PRICING=STDQ ASSOCIATE=associate DISASSOCIATE=disassociate PENDING=PENDING COMPLETE=COMPLETE
        FAILED=FAILED UNKNOWN=UNKNOWN
    """,
    "plan_account": """
        UNCLAIMED=unclaimed OURS=ours FOREIGN=foreign RELEASED=released CLAIM_METADATA=openmdm.vpp
    """,
    "resolve_people": """
        NOT_ASSOCIATED=not_associated UNKNOWN=unknown GONE=retired AMBIGUOUS=ambiguous NO_OWNER=no_owner
        OWNER_UNKNOWN=owner_unknown
    """,
    "scope": """
        NONE=none ALL=all WITH_ANY=with_any WITH_ALL=with_all WITHOUT_ANY=without_any WITHOUT_ALL=without_all
    """,
    "state_ports": """
        INTENDED=intended SENT=sent FAILED=failed
    """,
    "targets": """
        DEVICES=serial_numbers USERS=client_user_ids
    """,
    "user_model": """
        REGISTERED=Registered ASSOCIATED=Associated RETIRED=Retired DELETED=Deleted CREATE=create UPDATE=update
        RETIRE=retire
    """,
    "user_plan": """
        KEPT=kept LISTED_ELSEWHERE=listed_elsewhere BAD_ROWS=bad_rows
    """,
}


@pytest.mark.parametrize("module", WORDS)
def test_words(module: str) -> None:
    words = dict(pair.split("=") for pair in WORDS[module].split())
    found = import_module(f"{CORE}.{module}")
    assert {name: getattr(found, name) for name in words} == words


def test_a_released_claim_is_known_by_its_words() -> None:
    found = import_module(f"{CORE}.plan_account")
    assert found.RELEASED_METADATA == "openmdm.vpp released"


def test_apples_numbers_and_limits_where_it_tells_none() -> None:
    model = import_module(f"{CORE}.model")
    limits = model.Limits()
    assert model.UNLIMITED == 2147483647
    assert {name: getattr(limits, name) for name in limits.__dataclass_fields__ if name.startswith("max_")} == {
        "max_assets": 25,
        "max_client_user_ids": 1000,
        "max_serial_numbers": 1000,
        "max_revoke_client_user_ids": 100,
        "max_revoke_serial_numbers": 100,
        "max_users": 100,
        "max_notification_length": 512,
        "max_mdm_id_length": 100,
        "max_mdm_name_length": 100,
        "max_mdm_metadata_length": 255,
        "max_request_per_second": 15,
    }


def test_a_sentence_is_cut_where_nobody_reads_on() -> None:
    sentence = import_module(f"{CORE}.errors").sentence
    assert sentence("x" * 2000) == "x" * 2000
    assert sentence("x" * 2001) == "x" * 2000 + "..."
