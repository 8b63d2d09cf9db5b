"""What the files of a role, its modules and the guides promise each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.app import APP_SPEC
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license import LICENSE_SPEC
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import APPS_BOOKS, MDM, NETWORK

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles/device_assignment"
EXAMPLE = ROOT / "tests/integration/targets/three_locations/files"


def load(path: str):
    return yaml.safe_load((ROLE / path).read_text(encoding="utf-8"))


INPUTS = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
OWN = load("vars/main.yml")
TASKS = sorted((ROLE / "tasks").glob("*.yml"))
SOURCES = [*TASKS, ROLE / "vars/main.yml"]


def tasks(entries):
    for entry in entries:
        yield entry
        yield from tasks(entry.get("block", []))


def test_connection_is_all_that_the_modules_know():
    assert set(OWN["__device_assignment_apple_options"]) == set(APPS_BOOKS.options)
    assert set(OWN["__device_assignment_mdm_options"]) == {*MDM.options, *NETWORK.options}


def test_every_connection_option_is_an_input():
    options = OWN["__device_assignment_apple_options"] + OWN["__device_assignment_mdm_options"]
    assert {f"device_assignment_{name}" for name in options} <= set(INPUTS)


def test_every_input_is_used_and_every_used_one_is_declared():
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    used = set(re.findall(r"(?<![_a-z])device_assignment_[a-z_]+", text)) - {
        "device_assignment_result",
        "device_assignment_",
    }
    generic = {f"device_assignment_{name}" for name in (*APPS_BOOKS.options, *MDM.options, *NETWORK.options)}
    assert used - set(INPUTS) == set()
    assert set(INPUTS) - used - generic == set()


def test_defaults_are_those_of_the_specs():
    declared = {name: spec["default"] for name, spec in INPUTS.items() if "default" in spec}
    assert load("defaults/main.yml") == declared


@pytest.mark.parametrize("name", sorted(set(OWN) | {"__device_assignment_x"}))
def test_internals_carry_the_prefix(name):
    assert name.startswith("__device_assignment_")


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.name)
def test_no_async_and_one_fact(path):
    for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
        assert "async" not in task
        facts = task.get("ansible.builtin.set_fact")
        assert facts is None or list(facts) == ["device_assignment_result"]
        register = task.get("register")
        assert register is None or register.startswith("__device_assignment_")


def nested(spec):
    return {name: nested(option.get("options", {})) for name, option in spec.items()}


def test_nested_inputs_are_those_of_the_modules():
    apps = nested(APP_SPEC.options["apps"]["options"])
    assert nested(INPUTS["device_assignment_apps"]["options"]) == {**apps, "pricing_param": {}}
    assert nested(INPUTS["device_assignment_devices"]["options"]) == nested(APP_SPEC.options["devices"]["options"])
    assert nested(INPUTS["device_assignment_keep"]["options"]) == nested(APP_SPEC.options["keep"]["options"])
    assert nested(INPUTS["device_assignment_wait_installed"]["options"]) == nested(
        APP_SPEC.options["wait_installed"]["options"]
    )
    assert INPUTS["device_assignment_shortage"]["choices"] == LICENSE_SPEC.options["shortage"]["choices"]


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_readme_names_every_input(name):
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    assert name in readme or f"`_{name.removeprefix('device_assignment_')}`" in readme


@pytest.mark.parametrize("name", [name for name in INPUTS if re.search(r"token$|key$|proxy$", name)])
def test_secret_is_no_log(name):
    assert INPUTS[name]["no_log"] is True
    assert INPUTS[name]["type"] == "str"


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("*.yml")), ids=lambda path: path.name)
def test_guide_shows_what_is_tested(path):
    guide = (ROOT / "docs/docsite/rst/guide_three_locations.rst").read_text(encoding="utf-8")
    shown = re.sub(r"^  ", "", guide, flags=re.MULTILINE)
    assert path.read_text(encoding="utf-8") in shown


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda path: path.name)
def test_guide_names_every_variable_of_a_playbook(path):
    text = path.read_text(encoding="utf-8")
    guide = (ROOT / "docs/docsite/rst/guide_playbooks.rst").read_text(encoding="utf-8")
    head = re.sub(r"\n#( |(?=\n))", " ", text.split("\n- name:")[0])
    variables = re.sub(r"\([^)]*\)|\b(?:or|and)\b", "", head.split("Variables:")[1].split(".")[0])
    for name in re.findall(r"[a-z_]+", variables):
        assert f"``{name}``" in guide, name
        assert text.count(name) > 1, name
