# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words for what a person does in the dashboard: complete, filled, and no claim beyond what was read."""

from __future__ import annotations

import dataclasses
import re

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core import manual_steps as keys
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm import meraki
from ansible_collections.openmdm.vpp.plugins.module_utils._mdm.meraki_steps import step_texts

STATES = {keys.DONE, keys.TO_DO, keys.UNVERIFIABLE}
ALL_KEYS = {value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)} - STATES
FACTS = {
    "tag": "app-pages",
    "app": "Pages (361309726)",
    "location": "North Campus",
    "units": "North devices (N_1)",
    "name": "North apps",
    "email": "apps@school.example",
}


@pytest.mark.parametrize("facts", [{}, FACTS, {**FACTS, "assignment": "user"}, dict.fromkeys(FACTS, "")])
def test_every_step_has_words(facts: dict[str, str]) -> None:
    texts = step_texts(facts)
    assert set(texts) == ALL_KEYS
    for text in texts.values():
        assert all(dataclasses.asdict(text).values())
        assert text.what.endswith(".")
        assert text.why.endswith(".")
        assert "  " not in " ".join(dataclasses.asdict(text).values())
        assert "Meraki dashboard: " in text.where


def test_the_facts_are_in_the_words() -> None:
    whole = " ".join(" ".join(dataclasses.asdict(text).values()) for text in step_texts(FACTS).values())
    assert all(fact in whole for fact in FACTS.values())


def test_the_controls_are_named_as_the_dashboard_names_them() -> None:
    texts = step_texts(FACTS)
    assert '"Use VPP device license"' in texts[keys.PURCHASE_METHOD_FREE].what
    assert '"VPP Device Assignment"' in texts[keys.PURCHASE_METHOD_PAID].what
    both = texts[keys.PURCHASE_METHOD].what
    assert '"Use VPP device license"' in both
    assert '"VPP Device Assignment"' in both
    assert '"With ANY of the following tags"' in texts[keys.APP_SCOPE].what
    assert "Organization > MDM" in texts[keys.LINK_ACCOUNT].where


def test_licences_of_people_want_another_method() -> None:
    devices, people = (step_texts({**FACTS, "assignment": word}) for word in ("device", "user"))
    changed = {key for key in ALL_KEYS if devices[key] != people[key]}
    assert changed == {keys.PURCHASE_METHOD, keys.PURCHASE_METHOD_FREE, keys.PURCHASE_METHOD_PAID}
    for key in changed:
        assert '"VPP User Assignment"' in people[key].what
        assert "Device Assignment" not in people[key].what
        assert "no licence of its own" in people[key].verified_by
    assert '"Use VPP device license" unticked' in people[keys.PURCHASE_METHOD_FREE].what
    assert devices == step_texts(FACTS)


@pytest.mark.parametrize("key", [keys.AUTO_LICENSING_OFF, keys.AUTO_LICENSING_ON])
def test_switches_that_we_could_not_read_about_are_no_claimed_fact(key: str) -> None:
    text = step_texts(FACTS)[key]
    assert text.what.startswith("If the page offers")
    assert "is not documented where we could read it" in text.why


def test_the_user_agent_is_of_the_form_that_the_service_asks_for() -> None:
    grammar = r"^[A-Za-z0-9]+(?:/[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*(-[a-z]+)?)? [A-Za-z-0-9]+$"
    assert re.fullmatch(grammar, meraki.USER_AGENT)
    assert not re.search("meraki|cisco", meraki.USER_AGENT, re.IGNORECASE)
