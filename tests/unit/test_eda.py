# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What extensions/eda promises against the specs, the events and the playbooks that it speaks of."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.module_utils._core.notification import Notification
from ansible_collections.openmdm.vpp.plugins.plugin_utils.events import CHANGES_SPEC, NOTIFICATIONS_SPEC

ROOT = Path(__file__).resolve().parents[2]
EDA = ROOT / "extensions/eda"
RULEBOOK = (EDA / "rulebooks/notifications.yml").read_text(encoding="utf-8")
(RULES,) = yaml.safe_load(RULEBOOK)
FACTS = set(Notification("X", "1").facts())


def told(source: str, name: str):
    tree = ast.parse((EDA / f"plugins/event_source/{source}.py").read_text(encoding="utf-8"))
    (text,) = (node.value.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == name)
    return yaml.safe_load(text)


@pytest.mark.parametrize(
    ("source", "spec", "rest"),
    [("notifications", NOTIFICATIONS_SPEC, set()), ("changes", CHANGES_SPEC, {"*"})],
)
def test_the_options_of_a_source_are_those_of_its_spec(source, spec, rest):
    options = told(source, "DOCUMENTATION")["options"]
    assert rest <= set(options)
    for name, facts in options.items():
        if name not in rest:
            assert (facts["type"], facts.get("default")) == (
                spec.options[name]["type"],
                spec.options[name].get("default"),
            )
    if not rest:
        assert set(options) == set(spec.options)


@pytest.mark.parametrize(("source", "spec"), [("notifications", NOTIFICATIONS_SPEC), ("changes", CHANGES_SPEC)])
def test_its_example_is_one(source, spec):
    (example,) = told(source, "EXAMPLES")
    ((name, args),) = example.items()
    assert name == f"openmdm.vpp.{source}"
    assert set(args) <= set(spec.options)


def test_the_rulebook_gives_the_source_what_it_takes():
    (source,) = RULES["sources"]
    assert set(source["openmdm.vpp.notifications"]) <= set(NOTIFICATIONS_SPEC.options)


def test_every_condition_speaks_of_a_key_of_the_events():
    keys = set(re.findall(r"\bevent\.(\w+)", RULEBOOK))
    assert {"type", "users", "count_delta"} <= keys <= FACTS


@pytest.mark.parametrize("rule", RULES["rules"], ids=lambda rule: rule["name"])
def test_the_playbook_of_a_rule_reads_every_variable_that_it_is_given(rule):
    run = rule["action"]["run_playbook"]
    playbook = ROOT / f"playbooks/{run['name'].removeprefix('openmdm.vpp.')}.yml"
    lines = [line.partition("#")[0] for line in playbook.read_text(encoding="utf-8").splitlines()]
    assert set(run["extra_vars"]) <= set(re.findall(r"\w+", "\n".join(lines)))


def test_every_variable_of_the_rulebook_is_told_in_its_first_lines():
    head, _dashes, body = RULEBOOK.partition("- name: What Apple notifies of")
    used = set(re.findall(r"\{\{ (\w+) \}\}", body))
    assert used
    assert used <= set(re.findall(r"^#   (\w+):", head, re.MULTILINE))
