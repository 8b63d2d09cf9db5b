# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share; each spec here has its documentation fragment of the same name."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

from .._core.scope import MATCHES
from .argspec import ArgumentSpec

APPLE_URL = "https://vpp.itunes.apple.com/mdm/v2"
TOKEN_ENV = "OPENMDM_VPP_CONTENT_TOKEN"
TOKEN_FILE_ENV = "OPENMDM_VPP_CONTENT_TOKEN_FILE"
MERAKI_URL = "https://api.meraki.com/api/v1"
MERAKI_KEY_ENV = "OPENMDM_MERAKI_API_KEY"
MERAKI_KEY_FILE_ENV = "OPENMDM_MERAKI_API_KEY_FILE"
SMTP_PASSWORD_ENV = "OPENMDM_VPP_SMTP_PASSWORD"
SMTP_PASSWORD_FILE_ENV = "OPENMDM_VPP_SMTP_PASSWORD_FILE"


def _env(name: str, **option: Any) -> dict[str, Any]:
    return {**option, "fallback": (env_fallback, [name])}


APPS_BOOKS = ArgumentSpec(
    {
        "content_token": _env(TOKEN_ENV, type="str", no_log=True),
        # A path is no secret, although its name looks like one.
        "content_token_file": _env(TOKEN_FILE_ENV, type="path", no_log=False),
        "content_token_from": {"type": "str", "choices": ["meraki"], "no_log": False},
        "location": {"type": "dict", "options": {"uid": {"type": "str"}, "name": {"type": "str"}}},
        "owner_id": {"type": "str"},
        "owner_name": {"type": "str"},
        "apps_books_url": _env("OPENMDM_VPP_APPS_BOOKS_URL", type="str", default=APPLE_URL),
        "itunes_url": _env("OPENMDM_VPP_ITUNES_URL", type="str"),
        "requests_per_second": {"type": "float"},
    }
)

NETWORK = ArgumentSpec(
    {
        "ca_path": _env("OPENMDM_VPP_CA_PATH", type="path"),
        # May carry a user and a password.
        "proxy": {"type": "str", "no_log": True},
        "request_timeout": {"type": "float", "default": 60.0},
    }
)

MDM = ArgumentSpec(
    {
        "connector": {"type": "str", "choices": ["meraki"]},
        "meraki_api_key": _env(MERAKI_KEY_ENV, type="str", no_log=True),
        # A path is no secret, although its name looks like one.
        "meraki_api_key_file": _env(MERAKI_KEY_FILE_ENV, type="path", no_log=False),
        "meraki_base_url": _env("OPENMDM_MERAKI_BASE_URL", type="str", default=MERAKI_URL),
        "meraki_organization_id": _env("OPENMDM_MERAKI_ORGANIZATION_ID", type="str"),
        "meraki_network_ids": {"type": "list", "elements": "str"},
        "meraki_requests_per_second": {"type": "float", "default": 3.0},
    }
)

CONNECTED = APPS_BOOKS.merge(MDM, NETWORK)
"""Of a module that works with Apple, and with an MDM where `connector` is set: both action groups."""

WAIT = ArgumentSpec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": 900.0},
        "poll_interval": {"type": "float", "default": 30.0},
    }
)

STATE = ArgumentSpec(
    {"state_dir": _env("OPENMDM_VPP_STATE_DIR", type="path"), "lock_timeout": {"type": "float", "default": 60.0}}
)

MAIL = ArgumentSpec(
    {
        "smtp_host": _env("OPENMDM_VPP_SMTP_HOST", type="str"),
        "smtp_port": {"type": "int"},
        "smtp_security": {"type": "str", "choices": ["starttls", "tls", "none"], "default": "starttls"},
        "smtp_allow_clear_text": {"type": "bool", "default": False},
        "smtp_username": {"type": "str"},
        "smtp_password": _env(SMTP_PASSWORD_ENV, type="str", no_log=True),
        # A path is no secret, although its name looks like one.
        "smtp_password_file": _env(SMTP_PASSWORD_FILE_ENV, type="path", no_log=False),
        "mail_from": {"type": "str"},
        "mail_reply_to": {"type": "str"},
        "mail_sender_name": {"type": "str"},
        "mails_per_minute": {"type": "float", "default": 60.0},
        "max_mails": {"type": "int"},
        "redirect_all_to": {"type": "str"},
        "templates": {
            "type": "dict",
            "options": {
                name: {"type": "path"}
                for name in ("subject", "text", "html", "reminder_subject", "reminder_text", "reminder_html")
            },
        },
    }
)
"""Beside NETWORK, whose `ca_path` and `request_timeout` count for the mail server, too."""

CODE_MAIL = ArgumentSpec(
    {
        **MAIL.options,
        "templates": {
            "type": "dict",
            "options": {name: {"type": "path"} for name in ("code_subject", "code_text", "code_html")},
        },
    }
)
"""The same for mails with redemption codes, whose templates are others."""

WRITE = ArgumentSpec({"takeover": {"type": "bool", "default": False}})

ASSETS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "adam_id": {"type": "str"},
        "bundle_id": {"type": "str"},
        "name": {"type": "str"},
        "pricing_param": {"type": "str", "choices": ["STDQ", "PLUS"]},
    },
    "required_one_of": [["adam_id", "bundle_id", "name"]],
    "mutually_exclusive": [["adam_id", "bundle_id", "name"]],
}

SERIALS: dict[str, Any] = {
    "serial_numbers": {"type": "list", "elements": "str"},
    "targets_file": {"type": "path"},
}

_SCOPE: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "match": {"type": "str", "required": True, "choices": list(MATCHES)},
        "tags": {"type": "list", "elements": "str"},
    },
}

SCOPED: dict[str, Any] = {**SERIALS, "scope": _SCOPE, "within": _SCOPE}
"""Devices by serial number, by file, or by the tags of an MDM."""

LICENSING: dict[str, Any] = {"type": "str", "choices": ["mdm", "collection"]}

REPORT = ArgumentSpec({"report_path": {"type": "path"}, "progress_path": {"type": "path"}})

INFO = ArgumentSpec({"limit": {"type": "int", "default": 100}}).merge(REPORT)
