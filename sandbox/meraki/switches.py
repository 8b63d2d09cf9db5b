# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches of Systems Manager's half: what its documents leave open. Marks as in the docstrings of this package."""

from __future__ import annotations

from ..switch import DOCUMENTED, GUESS, STAND_IN, Switch, words

SWITCHES: dict[str, Switch] = {
    # The transport
    "sm_enforce_rate": Switch(True, "10 requests a second and 10 more at once, 429 beyond", DOCUMENTED, kind="bool"),
    "sm_retry_after": Switch(1.0, "Retry-After of Systems Manager's 429 (null: none)", DOCUMENTED, kind="optional"),
    "sm_redirect": words("every request is sent on to the shard", DOCUMENTED, "never", "302", "307", "308"),
    "sm_link_style": words("urls of the Link header", STAND_IN, "absolute", "relative", "below_base"),
    "sm_not_found": words("body of a 404", GUESS, "json", "empty", "html"),
    "sm_unauthorized": words("text of a 401", GUESS, "missing_key", "no_method"),
    "sm_bare_arrays": words("a query array without its brackets", GUESS, "ignored", "refused"),
    "sm_latency_ms": Switch(0.0, "time added to every answer of Systems Manager", STAND_IN, kind="seconds"),
    # VPP accounts
    "sm_token_in_list": words("the token in the list of VPP accounts", GUESS, "present", "absent"),
    "sm_token_text": words("the token as a VPP account shows it", GUESS, "whole", "masked"),
    "sm_network_id_admins": words("between several ids in networkIdAdmins", GUESS, "comma", "space"),
    "sm_sync_seconds": Switch(86400.0, "time between two syncs of a VPP account (null: never)", GUESS, kind="optional"),
    "sm_claims_location": words("what a sync writes as Apple's mdmInfo", GUESS, "nothing", "mdm_info"),
    # Scopes and tags
    "sm_without_words": words("which of withoutAny, withoutAll is which", GUESS, "natural", "swapped"),
    "sm_scope_tags": words("tags that scope[] looks at", GUESS, "all_kinds", "manual"),
    "sm_selectors": words("several selectors in one body", GUESS, "or", "and"),
    "sm_list_limit": Switch(None, "longest list in a body, 400 beyond (null: none)", GUESS, kind="optional"),
    "sm_target_group_answer": words("form of a target group", GUESS, "plain", "legacy"),
    "sm_target_group_details": words("names that withDetails adds", GUESS, "deviceIds", "devices"),
    "sm_unknown_devices": words("ids, serials, wifiMacs in a body that nothing has", GUESS, "ignored", "refused"),
    # Apps and licences
    "sm_licence_taken": words("when a device gets its licence", GUESS, "in_scope", "at_checkin", "auto_grant_only"),
    "sm_scope_exit": words("the app of a device that left its scope", GUESS, "stays", "removed"),
    "sm_uninstall_licence": words("the licence after an uninstall", GUESS, "kept", "freed"),
    "sm_unenrol_licence": words("the licences of an unenrolled device", GUESS, "kept", "freed"),
    "sm_uninstalled_in_scope": words("an uninstalled app still in scope", GUESS, "stays_away", "comes_back"),
    "sm_install_out_of_scope": words("installApps for an app out of scope", GUESS, "accepted", "refused"),
    "sm_action_body": words("body of installApps, uninstallApps, refreshDetails", GUESS, "empty", "json"),
    "sm_status_words": words("status of software not installed", GUESS, "apple", "null"),
    "sm_unmanaged_app_id": words("appId of software a person installed", GUESS, "null", "filled"),
    "sm_mac_push": words("apps pushed to Macs", GUESS, "pushed", "licensed_only"),
    # Devices
    "sm_no_serial": words("serial and uuid of a device that its user enrolled", GUESS, "null", "empty", "absent"),
    "sm_dates": words("lastConnected and createdAt", GUESS, "number", "text"),
    "sm_commands_run": words("when a device carries out a command", GUESS, "at_checkin", "at_once"),
    "sm_checkin_seconds": Switch(0.0, "time from a checkin call to the device's answer", STAND_IN, kind="seconds"),
    "sm_checkin_every": Switch(None, "devices check in by themselves (null: never)", GUESS, kind="optional"),
}
