# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does in Meraki's dashboard: no public API sets up accounts or apps [S section 12]."""

from __future__ import annotations

from collections.abc import Mapping

from .._core import manual_steps as keys
from .._core.manual_steps import StepText

_ACCOUNTS = "Meraki dashboard: Organization > MDM > Apple VPP Accounts"
_APPS = "Meraki dashboard: Systems Manager > Manage > Apps"


def step_texts(facts: Mapping[str, str]) -> Mapping[str, StepText]:
    """The words by the keys of manual_steps.py, filled from `facts` where there is one."""
    return {**_of_account(facts), **_of_app(facts)}


def _of_account(facts: Mapping[str, str]) -> dict[str, StepText]:
    location = facts.get("location") or "the location"
    name = facts.get("name") or "a name of your choice"
    email = facts.get("email") or "the address of whoever looks after the licences"
    units = facts.get("units") or "the networks whose devices are to take its licences"
    by_reading = "the list of VPP accounts that the API shows"
    return {
        keys.LINK_ACCOUNT: StepText(
            what=f"Choose Add new, enter a name ({name}) and an e-mail address ({email}), and upload the content token "
            f"of {location}. Rename the file first if its name holds special characters or something like (1).",
            where=_ACCOUNTS,
            why="Systems Manager takes licences only from locations that are linked to it, and its API can only read "
            "them.",
            verified_by=f"{by_reading} (location)",
        ),
        keys.ACCOUNT_NAME: StepText(
            what=f"Change the name of the account of {location} to {name}.",
            where=_ACCOUNTS,
            why="The account has another name than the task says.",
            verified_by=f"{by_reading} (name)",
        ),
        keys.ACCOUNT_EMAIL: StepText(
            what=f"Change the e-mail address of the account of {location} to {email}.",
            where=_ACCOUNTS,
            why="The account has another e-mail address than the task says.",
            verified_by=f"{by_reading} (email)",
        ),
        keys.ACCOUNT_UNITS: StepText(
            what=f"Make the account of {location} assignable to {units}.",
            where=f"{_ACCOUNTS} (assignable networks)",
            why="Apps of a network take licences only from accounts that are assignable to it.",
            verified_by=f"{by_reading} (assignable networks)",
        ),
        keys.ALLOWED_ADMINS: StepText(
            what=f"Check which administrators may manage the account of {location}.",
            where=f"{_ACCOUNTS} (allowed administrators)",
            why="Whoever manages the account can replace its content token.",
            verified_by=f"{by_reading} (allowed administrators, as a word only)",
        ),
        keys.RENEW_TOKEN: StepText(
            what=f"Upload to the account the content token of {location} that this collection uses. Only if that is "
            "over as well, download a new one from Apple School Manager or Apple Business Manager for both.",
            where=_ACCOUNTS,
            why="A content token lasts one year, and a new download may revoke the older ones; with a dead one Systems "
            "Manager takes no licences any more.",
            verified_by=f"{by_reading} (its token, and the end of it)",
        ),
        keys.SYNC_ACCOUNT: StepText(
            what=f"Force a sync of the account of {location}.",
            where=_ACCOUNTS,
            why="Systems Manager has not read its licences from Apple for long; its API can't ask for it.",
            verified_by=f"{by_reading} (last sync)",
        ),
        keys.REMOVE_ACCOUNT: StepText(
            what=f"Remove the account of {location} with the X in its row, after its apps were moved to another one.",
            where=_ACCOUNTS,
            why="A location must be linked to one MDM only.",
            verified_by=f"{by_reading} (location)",
        ),
    }


def _of_app(facts: Mapping[str, str]) -> dict[str, StepText]:
    app = facts.get("app") or "the app"
    tag = facts.get("tag") or "the app's tag"
    page = f"{_APPS}, the page of {app}"
    by_licences = "the licences that devices hold at Apple after they came into scope"
    return {
        **(_method_of_people if facts.get("assignment") == "user" else _method_of_devices)(page),
        keys.ADD_APP: StepText(
            what=f"Choose Add new, then iOS app or macOS app, find {app} in the App Store and save it.",
            where=_APPS,
            why="The API can't add apps; it tells an app's id only after the app has reached a device.",
            verified_by="the apps of devices in scope, once one has it",
        ),
        keys.APP_SCOPE: StepText(
            what=f'Set the scope to "With ANY of the following tags" and enter the tag {tag}.',
            where=f"{page} (scope)",
            why="From then on the tag decides which devices get the app; the API can give and take tags.",
            verified_by="the apps of devices that have the tag",
        ),
        keys.AUTO_LICENSING_OFF: StepText(
            what="If the page offers to grant and revoke licences automatically by scope, switch both off.",
            where=page,
            why="The collection grants the licences (licensing: collection), and Systems Manager would undo its work. "
            "How the page words these switches is not documented where we could read it.",
            verified_by="nothing that can be read; licences that come back or vanish after a run are a sign",
        ),
        keys.AUTO_LICENSING_ON: StepText(
            what="If the page offers to grant and revoke licences automatically by scope, switch on what you want.",
            where=page,
            why="Systems Manager grants the licences (licensing: mdm). How the page words these switches, and when "
            "they act, is not documented where we could read it.",
            verified_by=by_licences,
        ),
    }


def _method_of_devices(page: str) -> dict[str, StepText]:
    free = 'tick "Use VPP device license"'
    paid = 'choose the Purchase method "VPP Device Assignment"'
    by_licences = "the licences that devices hold at Apple after they came into scope"
    return {
        keys.PURCHASE_METHOD_FREE: StepText(
            what=f"A free app: {free}.",
            where=page,
            why="Otherwise installing asks the person for an Apple Account.",
            verified_by=by_licences,
        ),
        keys.PURCHASE_METHOD_PAID: StepText(
            what=f"A paid app: {paid}.",
            where=page,
            why="With another method the devices take no licences of their own.",
            verified_by=by_licences,
        ),
        keys.PURCHASE_METHOD: StepText(
            what=f"A free app: {free}. A paid app: {paid}.",
            where=page,
            why="Otherwise the devices take no licences of their own, and installing may ask for an Apple Account.",
            verified_by=by_licences,
        ),
    }


def _method_of_people(page: str) -> dict[str, StepText]:
    """Where we could read it, the method is called by its purpose, or "VPP app assignment"."""
    method = 'choose the Purchase method "VPP User Assignment" (some texts call it "VPP app assignment")'
    unticked = 'leave "Use VPP device license" unticked'
    why = "Otherwise the app does not use the licence of the person who owns the device."
    by_licences = "the licences of owners at Apple, where a device has the app and holds no licence of its own"
    return {
        keys.PURCHASE_METHOD_FREE: StepText(
            what=f"A free app: {unticked}, and if the page offers it, {method}.",
            where=page,
            why=why,
            verified_by=by_licences,
        ),
        keys.PURCHASE_METHOD_PAID: StepText(
            what=f"A paid app: {method}.", where=page, why=why, verified_by=by_licences
        ),
        keys.PURCHASE_METHOD: StepText(
            what=f"A free app: {unticked}. Free or paid, where the page offers it, {method}.",
            where=page,
            why=why,
            verified_by=by_licences,
        ),
    }
