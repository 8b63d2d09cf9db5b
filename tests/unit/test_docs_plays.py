# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What examples say outside of tasks: defaults of modules, inputs of roles, inventories, lookups, sources of events."""

from __future__ import annotations

import importlib
from copy import deepcopy

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2 import Environment, nodes

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import APPS_BOOKS, MDM, NETWORK
from ansible_collections.openmdm.vpp.plugins.plugin_utils.events import CHANGES_SPEC, NOTIFICATIONS_SPEC
from ansible_collections.openmdm.vpp.tests.unit.documents import DOCUMENTS, ROOT, blocks
from ansible_collections.openmdm.vpp.tests.unit.test_contract import (
    LOOKUPS,
    PLUGINS,
    _rendered,
    _whole_template,
    fragment,
    spec_of,
)

GROUPS = {"group/openmdm.vpp.vpp": APPS_BOOKS.merge(NETWORK), "group/openmdm.vpp.mdm": MDM.merge(NETWORK)}
SOURCES = {"changes": CHANGES_SPEC, "notifications": NOTIFICATIONS_SPEC}
INVENTORIES = sorted(path.stem for path in (ROOT / "plugins/inventory").glob("*.py"))
ROLES = {
    path.parents[1].name: yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")
}


def plugin(kind, name):
    return importlib.import_module(f"{PLUGINS}{kind}.{name}")


def documents_of(kind, name):
    """The YAML of a plugin's EXAMPLES: each paragraph, also one that is commented out below its title."""
    for paragraph in plugin(kind, name).EXAMPLES.strip().split("\n\n"):
        lines = paragraph.splitlines()
        if all(line.startswith("#") for line in lines):
            lines = [line[2:] for line in lines[1:]]
        yield yaml.safe_load("\n".join(lines))


def parts(node):
    """Every mapping and text within."""
    if isinstance(node, (dict, str)):
        yield node
    if isinstance(node, (dict, list)):
        for item in node.values() if isinstance(node, dict) else node:
            yield from parts(item)


SHOWN = [
    (where, part)
    for where, documents in (
        *((path.name, map(yaml.safe_load, blocks(path, "yaml"))) for path in DOCUMENTS),
        *((name, documents_of("lookup", name)) for name in LOOKUPS),
        *((name, documents_of("inventory", name)) for name in INVENTORIES),
    )
    for document in documents
    for part in parts(document)
]
MAPPINGS = [(where, part) for where, part in SHOWN if isinstance(part, dict)]
DEFAULTS = [
    pytest.param(name, options, id=f"{where}-{name}")
    for where, mapping in MAPPINGS
    if any(str(name).startswith("group/") for name in mapping)
    for name, options in mapping.items()
]
STARTS = [
    pytest.param(mapping["role"].rpartition(".")[2], mapping["vars"], id=where)
    for where, mapping in MAPPINGS
    if "role" in mapping
]
INPUTS = [
    pytest.param(role, mapping, id=f"{where}-{role}")
    for where, mapping in MAPPINGS
    for role in ROLES
    if mapping and all(str(name).startswith(f"{role}_") for name in mapping)
]
CONFIGS = [pytest.param(mapping, id=where) for where, mapping in MAPPINGS if "plugin" in mapping]
FEEDS = [
    pytest.param(name, mapping[f"openmdm.vpp.{name}"], id=f"{where}-{name}")
    for where, mapping in MAPPINGS
    for name in SOURCES
    if f"openmdm.vpp.{name}" in mapping
]


def errors(options, values):
    """What Ansible itself would say; of a template nobody knows yet whether it fits."""
    spec = deepcopy(dict(options))
    for name, value in values.items():
        if _whole_template(value) and name in spec:
            spec[name].pop("required", None)
    unknown = [name for name in values if name not in spec]
    return unknown or ArgumentSpecValidator(spec).validate(_rendered(values)).error_messages


def optional(options):
    return {name: {**facts, "required": False} for name, facts in options.items()}


@pytest.mark.parametrize(("name", "values"), DEFAULTS)
def test_defaults_are_options_of_the_module_or_of_all_of_the_group(name, values):
    spec = GROUPS[name] if name in GROUPS else spec_of(name.rpartition(".")[2])
    assert errors(optional(spec.options), values) == []


@pytest.mark.parametrize(("role", "values"), INPUTS)
def test_inputs_are_those_of_the_role(role, values):
    assert errors(optional(ROLES[role]), values) == []


@pytest.mark.parametrize(("role", "values"), STARTS)
def test_a_role_gets_what_it_requires(role, values):
    assert {name for name, facts in ROLES[role].items() if facts.get("required")} <= set(values)


@pytest.mark.parametrize(("name", "values"), FEEDS)
def test_a_source_gets_what_it_takes(name, values):
    assert errors(SOURCES[name].options, values) == []


def options_of(kind, name):
    document = yaml.safe_load(plugin(kind, name).DOCUMENTATION)
    names = set(document["options"])
    for used in document["extends_documentation_fragment"]:
        if "." in used:
            names |= set(fragment(used)["options"])
        else:
            theirs = importlib.import_module(f"ansible.plugins.doc_fragments.{used}").ModuleDocFragment
            names |= set(yaml.safe_load(theirs.DOCUMENTATION)["options"])
    return names


@pytest.mark.parametrize("config", CONFIGS)
def test_an_inventory_gets_what_it_takes(config):
    assert set(config) <= options_of("inventory", config["plugin"].rpartition(".")[2])


def test_lookups_get_what_they_take():
    found = 0
    for where, text in SHOWN:
        if isinstance(text, str) and "openmdm.vpp." in text and "{{" in text:
            for call in Environment().parse(text).find_all(nodes.Call):
                first = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else ""
                if str(first).startswith("openmdm.vpp."):
                    given = {keyword.key for keyword in call.kwargs}
                    assert given <= options_of("lookup", first.rpartition(".")[2]), where
                    found += 1
    assert found > 4


def test_all_kinds_were_found():
    assert min(len(DEFAULTS) // 10, len(STARTS) // 4, len(INPUTS) // 5, len(CONFIGS) // 4, len(FEEDS)) >= 1
