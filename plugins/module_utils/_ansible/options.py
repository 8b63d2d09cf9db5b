# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share; each spec here has its documentation fragment of the same name."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

from .argspec import ArgumentSpec

APPLE_URL = "https://vpp.itunes.apple.com/mdm/v2"
TOKEN_ENV = "OPENMDM_VPP_CONTENT_TOKEN"
TOKEN_FILE_ENV = "OPENMDM_VPP_CONTENT_TOKEN_FILE"


def _env(name: str, **option: Any) -> dict[str, Any]:
    return {**option, "fallback": (env_fallback, [name])}


APPS_BOOKS = ArgumentSpec(
    {
        "content_token": _env(TOKEN_ENV, type="str", no_log=True),
        # A path is no secret, although its name looks like one.
        "content_token_file": _env(TOKEN_FILE_ENV, type="path", no_log=False),
        "location": {"type": "dict", "options": {"uid": {"type": "str"}, "name": {"type": "str"}}},
        "owner_id": {"type": "str"},
        "owner_name": {"type": "str"},
        "apps_books_url": _env("OPENMDM_VPP_APPS_BOOKS_URL", type="str", default=APPLE_URL),
        "itunes_url": _env("OPENMDM_VPP_ITUNES_URL", type="str"),
        "ca_path": _env("OPENMDM_VPP_CA_PATH", type="path"),
        # May carry a user and a password.
        "proxy": {"type": "str", "no_log": True},
        "request_timeout": {"type": "float", "default": 60.0},
        "requests_per_second": {"type": "float"},
    }
)

WAIT = ArgumentSpec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": 900.0},
        "poll_interval": {"type": "float", "default": 30.0},
    }
)

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

REPORT = ArgumentSpec({"report_path": {"type": "path"}})

INFO = ArgumentSpec({"limit": {"type": "int", "default": 100}}).merge(REPORT)
