"""What the files of a role, its modules and the guides promise each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.app import APP_SPEC
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.license import LICENSE_SPEC
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import APPS_BOOKS, MAIL, MDM, NETWORK, STATE
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.user import USER_SPEC

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests/integration/targets/three_locations/files"


@dataclass(frozen=True)
class Role:
    """`options`: what the modules share, by the name of the list in vars/main.yml."""

    name: str
    options: dict[str, set[str]]

    @cached_property
    def folder(self):
        return ROOT / "roles" / self.name

    def load(self, path: str):
        return yaml.safe_load((self.folder / path).read_text(encoding="utf-8"))

    @cached_property
    def inputs(self):
        return self.load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]

    @cached_property
    def own(self):
        return self.load("vars/main.yml")

    @cached_property
    def tasks(self):
        return sorted((self.folder / "tasks").glob("*.yml"))

    @cached_property
    def text(self):
        return "".join(path.read_text(encoding="utf-8") for path in [*self.tasks, self.folder / "vars/main.yml"])

    @cached_property
    def shared(self):
        return {f"{self.name}_{option}" for options in self.options.values() for option in options}

    @cached_property
    def people(self):
        """Inputs that are read by a list of their names."""
        return {f"{self.name}_{option}" for option in self.own.get(f"__{self.name}_people_options", ())}


CONNECTION = {"apple_options": {*APPS_BOOKS.options}, "mdm_options": {*MDM.options, *NETWORK.options}}
DEVICES = Role("device_assignment", {**CONNECTION, "state_options": {*STATE.options}})
PEOPLE = Role("user_assignment", {**CONNECTION, "state_options": {*STATE.options}, "mail_options": {*MAIL.options}})
ROLES = pytest.mark.parametrize("role", [DEVICES, PEOPLE], ids=lambda role: role.name)
TASKS = [(role, path) for role in (DEVICES, PEOPLE) for path in role.tasks]
INPUTS = [(role, name) for role in (DEVICES, PEOPLE) for name in sorted(role.inputs)]


def tasks(entries):
    for entry in entries:
        yield entry
        for part in ("block", "rescue", "always"):
            yield from tasks(entry.get(part, []))


@ROLES
def test_connection_is_all_that_the_modules_know(role):
    for name, options in role.options.items():
        assert set(role.own[f"__{role.name}_{name}"]) == options


@ROLES
def test_every_connection_option_is_an_input(role):
    assert role.shared <= set(role.inputs)


@ROLES
def test_every_input_is_used_and_every_used_one_is_declared(role):
    used = set(re.findall(rf"(?<![_a-z]){role.name}_[a-z_]+", role.text)) - {f"{role.name}_result", f"{role.name}_"}
    assert used - set(role.inputs) == set()
    assert set(role.inputs) - used - role.shared - role.people == set()


@ROLES
def test_defaults_are_those_of_the_specs(role):
    declared = {name: spec["default"] for name, spec in role.inputs.items() if "default" in spec}
    assert role.load("defaults/main.yml") == declared


@ROLES
def test_internals_carry_the_prefix(role):
    assert all(name.startswith(f"__{role.name}_") for name in role.own)


@pytest.mark.parametrize(("role", "path"), TASKS, ids=lambda value: value.name)
def test_no_async_and_one_fact(role, path):
    for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
        assert "async" not in task
        facts = task.get("ansible.builtin.set_fact")
        assert facts is None or list(facts) == [f"{role.name}_result"]
        register = task.get("register")
        assert register is None or register.startswith(f"__{role.name}_")


def nested(spec):
    return {name: nested(option.get("options", {})) for name, option in spec.items()}


def of_module(option):
    return nested(option["options"])


def test_nested_inputs_about_devices_are_those_of_the_modules():
    inputs, modules = DEVICES.inputs, APP_SPEC.options
    assert of_module(inputs["device_assignment_apps"]) == {**of_module(modules["apps"]), "pricing_param": {}}
    for name in ("devices", "keep", "wait_installed"):
        assert of_module(inputs[f"device_assignment_{name}"]) == of_module(modules[name])
    assert inputs["device_assignment_shortage"]["choices"] == LICENSE_SPEC.options["shortage"]["choices"]


def test_nested_inputs_about_people_are_those_of_the_modules():
    inputs = PEOPLE.inputs
    assert of_module(inputs["user_assignment_apps"]) == {**of_module(APP_SPEC.options["apps"]), "pricing_param": {}}
    # Nothing is taken from devices, so there is no `within`.
    assert {**of_module(inputs["user_assignment_devices"]), "within": {"match": {}, "tags": {}}} == of_module(
        APP_SPEC.options["devices"]
    )
    for name, spec in (("users", USER_SPEC), ("columns", USER_SPEC), ("keep", USER_SPEC), ("templates", MAIL)):
        assert of_module(inputs[f"user_assignment_{name}"]) == of_module(spec.options[name])
    assert of_module(inputs["user_assignment_wait_installed"]) == of_module(APP_SPEC.options["wait_installed"])
    assert inputs["user_assignment_shortage"]["choices"] == LICENSE_SPEC.options["shortage"]["choices"]


@pytest.mark.parametrize(("role", "name"), INPUTS)
def test_readme_names_every_input(role, name):
    readme = (role.folder / "README.md").read_text(encoding="utf-8")
    assert name in readme or f"`_{name.removeprefix(role.name + '_')}`" in readme


@pytest.mark.parametrize(("role", "name"), [one for one in INPUTS if re.search(r"(token|key|proxy|password)$", one[1])])
def test_secret_is_no_log(role, name):
    assert role.inputs[name]["no_log"] is True
    assert role.inputs[name]["type"] == "str"


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
