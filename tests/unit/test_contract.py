# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of a module promises against what its spec takes and what its run returns."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.argspec import ArgumentSpec
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import APPS_BOOKS, MDM, NETWORK
from ansible_collections.openmdm.vpp.tests.unit.documents import DOCUMENTS, blocks
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main, use_box, use_systems
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer
from sandbox.app import Sandbox, create_app
from sandbox.clock import ManualClock

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = "ansible_collections.openmdm.vpp.plugins."
NAMES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
LOOKUPS = sorted(path.stem for path in (ROOT / "plugins/lookup").glob("*.py"))
ANSWERS = ("vpp_diagnose", "vpp_report")
"""Readers of no noun, or of more than one."""
READERS = [name for name in NAMES if name.endswith("_info") or name in ANSWERS]
WRITERS = [name for name in NAMES if name not in READERS]
STATELESS = ("vpp_invitation", "vpp_code", "vpp_reclaim")
"""What was mailed can't be made absent, and what was taken back for want of use can't be made present."""
SECRET = re.compile(r"token|secret|pass(word|phrase)|(^|_)key($|_)|credential", re.IGNORECASE)


def load(name: str) -> ModuleType:
    return importlib.import_module(f"{PLUGINS}modules.{name}")


def spec_of(name: str) -> ArgumentSpec:
    (spec,) = {id(value): value for value in vars(load(name)).values() if isinstance(value, ArgumentSpec)}.values()
    return spec


def fragment(name: str) -> dict[str, Any]:
    """`openmdm.vpp.attributes.writer` = the text WRITER of doc_fragments/attributes.py."""
    _namespace, _collection, file, *part = name.split(".")
    module = importlib.import_module(f"{PLUGINS}doc_fragments.{file}")
    document = yaml.safe_load(getattr(module.ModuleDocFragment, (part or ["documentation"])[0].upper()))
    assert isinstance(document, dict)
    return document


def documentation(name: str) -> dict[str, Any]:
    """The module's documentation with its fragments, of which the module's own words win."""
    document = yaml.safe_load(load(name).DOCUMENTATION)
    for used in document.get("extends_documentation_fragment", []):
        extra = fragment(used)
        for key in ("options", "attributes"):
            mine = document.setdefault(key, {})
            for item, facts in extra.get(key, {}).items():
                mine[item] = {**facts, **mine.get(item, {})}
    return dict(document)


def documented(options: Mapping[str, Any]) -> dict[str, Any]:
    """Documented options in the words of a spec; one form for both."""
    return {
        name: _option(facts, facts.get("suboptions")) for name, facts in options.items() if not facts.get("removed")
    }


def specified(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _option(facts, facts.get("options")) for name, facts in options.items()}


def _option(facts: Mapping[str, Any], inner: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "type": facts.get("type", "str"),
        "elements": facts.get("elements"),
        "required": facts.get("required", False),
        "default": facts.get("default"),
        "choices": facts.get("choices"),
        "options": None if inner is None else (documented if "suboptions" in facts else specified)(inner),
    }


def every_option(options: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, facts in options.items():
        yield f"{path}{name}", facts
        yield from every_option(facts.get("options") or {}, f"{path}{name}.")


@pytest.mark.parametrize("name", NAMES)
class TestDocumentation:
    def test_is_that_of_the_module(self, name):
        assert documentation(name)["module"] == name

    def test_options_are_those_of_the_spec(self, name):
        told, taken = documented(documentation(name)["options"]), specified(spec_of(name).options)
        assert set(told) == set(taken)
        for option, facts in taken.items():
            assert told[option] == facts, option

    def test_every_list_says_of_what(self, name):
        for option, facts in every_option(spec_of(name).options):
            assert facts.get("type") != "list" or facts.get("elements"), option

    def test_every_option_says_its_type(self, name):
        for option, facts in every_option(spec_of(name).options):
            assert facts.get("type"), option

    def test_every_variable_of_the_environment_is_told(self, name):
        told = documentation(name)["options"]
        for option, facts in spec_of(name).options.items():
            for variable in facts["fallback"][1] if "fallback" in facts else ():
                assert f"E({variable})" in str(told[option]["description"])
                assert variable.startswith("OPENMDM_")

    def test_what_looks_like_a_secret_says_whether_it_is_one(self, name):
        for option, facts in every_option(spec_of(name).options):
            last = option.rpartition(".")[2]
            if SECRET.search(last):
                secret = not last.endswith(("_file", "_path", "_from"))
                assert facts.get("no_log") is secret, option

    def test_a_secret_has_no_default(self, name):
        for option, facts in every_option(spec_of(name).options):
            assert not (facts.get("no_log") and facts.get("default")), option

    def test_check_mode_is_supported(self, name):
        assert documentation(name)["attributes"]["check_mode"]["support"] == "full"

    def test_every_attribute_says_its_support_and_meaning(self, name):
        attributes = documentation(name)["attributes"]
        assert {"check_mode", "diff_mode", "idempotent", "action_group"} <= set(attributes)
        for attribute, facts in attributes.items():
            assert facts["support"] in ("full", "partial", "none", "N/A"), attribute
            assert facts["description"], attribute

    def test_state_is_present_or_absent(self, name):
        state = spec_of(name).options.get("state")
        assert state is None or (state["choices"], state["default"]) == (["present", "absent"], "present")
        assert (state is None) == (name in (*READERS, *STATELESS))

    def test_see_also_names_modules_that_exist(self, name):
        for entry in documentation(name).get("seealso", []):
            assert entry["module"].removeprefix("openmdm.vpp.") in NAMES


def test_every_writer_has_a_reader_of_the_same_noun():
    devices = "mdm_device_info"  # they are the MDM's to write
    assert {f"{name}_info" for name in WRITERS} == set(READERS) - {devices, *ANSWERS}


def test_no_fragment_requires_anything():
    for path in (ROOT / "plugins/doc_fragments").glob("*.py"):
        module = importlib.import_module(f"{PLUGINS}doc_fragments.{path.stem}")
        for part in (name for name in vars(module.ModuleDocFragment) if name.isupper()):
            for option, facts in fragment(f"openmdm.vpp.{path.stem}.{part}").get("options", {}).items():
                assert not facts.get("required"), option


def test_no_part_of_a_fragment_has_the_name_of_a_file():
    """Ansible would take the file, and leave the part out without a word."""
    files = {path.stem for path in (ROOT / "plugins/doc_fragments").glob("*.py")}
    for file in files:
        module = importlib.import_module(f"{PLUGINS}doc_fragments.{file}")
        assert not {name.lower() for name in vars(module.ModuleDocFragment) if name.isupper()} & files


class TestActionGroup:
    """Every module that takes the fragment of a group is its member, says so, and takes every option of the group."""

    GROUPS = (("vpp", "openmdm.vpp.apps_books", APPS_BOOKS), ("mdm", "openmdm.vpp.mdm", MDM))

    def members(self, group: str) -> list[str]:
        runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
        return list(runtime["action_groups"][group])

    def test_is_complete(self):
        for group, fragment, _spec in self.GROUPS:
            using = [
                name for name in NAMES if fragment in documentation(name).get("extends_documentation_fragment", [])
            ]
            assert sorted(self.members(group)) == using

    def test_every_member_takes_every_shared_option(self):
        for group, _fragment, spec in self.GROUPS:
            shared = specified(spec.merge(NETWORK).options)
            for name in self.members(group):
                taken = specified(spec_of(name).options)
                assert {option: taken.get(option) for option in shared} == shared, name

    def test_every_module_says_in_which_it_is(self):
        for name in NAMES:
            groups = [f"openmdm.vpp.{group}" for group, _fragment, _spec in self.GROUPS if name in self.members(group)]
            assert documentation(name)["attributes"]["action_group"]["membership"] == groups


def tasks_in(node: object) -> Iterator[dict[str, Any]]:
    """Every task of an example or a playbook, in blocks and plays too."""
    if isinstance(node, list):
        for item in node:
            yield from tasks_in(item)
    elif isinstance(node, dict):
        if any("." in str(key) and not str(key).startswith("group/") for key in node):
            yield node
        for key in ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"):
            yield from tasks_in(node.get(key))


EXAMPLES = [
    pytest.param(task, id=f"{where}-{task.get('name', place)}")
    for where, text in (
        *((name, load(name).EXAMPLES) for name in NAMES),
        *((name, importlib.import_module(f"{PLUGINS}lookup.{name}").EXAMPLES) for name in LOOKUPS),
        *((path.name, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "playbooks").glob("*.yml"))),
        *((path.name, text) for path in DOCUMENTS for text in blocks(path, "yaml")),
    )
    for place, task in enumerate(tasks_in(yaml.safe_load(text)))
]


@pytest.mark.parametrize("task", EXAMPLES)
class TestExamples:
    def test_has_a_name(self, task):
        assert task["name"]

    def test_uses_a_module_that_exists_by_its_full_name(self, task):
        (module,) = (key for key in task if "." in key)
        assert module.startswith("ansible.builtin.") or module.removeprefix("openmdm.vpp.") in NAMES

    def test_options_are_those_of_the_module(self, task):
        (module,) = (key for key in task if "." in key)
        if module.startswith("ansible.builtin."):
            return
        options = task[module] or {}
        spec = spec_of(module.removeprefix("openmdm.vpp.")).module_arguments()
        for name in options:  # what a template gives is given, though not known here
            if _whole_template(options[name]):
                spec["argument_spec"][name].pop("required", None)
                spec["required_one_of"] = [rule for rule in spec["required_one_of"] if name not in rule]
        errors = ArgumentSpecValidator(**spec).validate(_rendered(options)).error_messages
        assert errors == []

    def test_a_secret_stands_in_a_variable(self, task):
        (module,) = (key for key in task if "." in key)
        if isinstance(task[module], dict) and module.startswith("openmdm."):
            for option, facts in spec_of(module.removeprefix("openmdm.vpp.")).options.items():
                if facts.get("no_log") and option in task[module]:
                    assert "{{" in str(task[module][option])


def _rendered(value: object) -> Any:
    """Templates stand for whatever fits: they are left out where a list or a number is wanted."""
    if isinstance(value, dict):
        return {key: _rendered(item) for key, item in value.items() if not _whole_template(item)}
    if isinstance(value, list):
        return [_rendered(item) for item in value if not _whole_template(item)]
    return value


def _whole_template(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{{") and value.endswith("}}")


# What runs return

PAGES, PROCREATE = "361309726", "425073498"
OTHERS = {"changed", "diff", "msg", "error_number", "http_status"}
"""Keys that every module may return, or that Ansible itself explains."""


@dataclass
class Run:
    """One run of a module: `after_plan` = it came so far that it had a plan."""

    result: Result
    after_plan: bool


def devices(*numbers: int) -> dict[str, list[str]]:
    return {"serial_numbers": [f"TESTA{number:05d}" for number in numbers]}


LICENSE = {"assets": [{"adam_id": PAGES}], "poll_interval": 1}
APP = {"apps": [{"adam_id": PAGES, "tag": "app-pages"}], "licensing": "mdm"}
SCOPED: dict[str, Any] = {
    "connector": "meraki",
    "devices": {"scope": [{"match": "with_any", "tags": ["staff"]}]},
}
SCOPED_REPORT: dict[str, Any] = {
    "connector": "meraki",
    "rollouts": [{"adam_id": PAGES, "scope": SCOPED["devices"]["scope"]}],
}
RECLAIM: dict[str, Any] = {"connector": "meraki", "max_removals": "99", "max_shrink": 100, "poll_interval": 1}
DIAGNOSE: dict[str, Any] = {"assets": [{"adam_id": PAGES, "tag": "app-pages"}, {"adam_id": "1"}]}
USERS: dict[str, Any] = {
    "users": [
        {"client_user_id": "u-1", "email": "lea@fernhill.example", "name": "Lea"},
        {"email": "omar@fernhill.example", "managed_apple_account": "omar@id.fernhill.example", "groups": ["staff"]},
    ],
    "poll_interval": 1,
}
WORLDS: dict[str, list[tuple[dict[str, Any], bool]]] = {
    "vpp_account": [
        ({}, True),
        ({"claim": True, "owner_name": "Us"}, True),
        ({"state": "absent", "owner_name": "Us"}, True),
        ({"location": {"uid": "1"}}, False),
        ({"connector": "meraki", "account_name": "Another", "linked": True}, True),
        ({"connector": "meraki", "state": "absent"}, True),
        ({"connector": "meraki", "linked": False}, False),
    ],
    "vpp_account_info": [
        ({}, True),
        ({"connector": "meraki"}, True),
        ({"location": {"uid": "1"}}, False),
    ],
    "vpp_license": [
        ({**LICENSE, "devices": devices(3, 4)}, True),
        ({**LICENSE, "devices": devices(3), "exclusive": True, "max_removals": "99", "max_shrink": 100}, True),
        ({**LICENSE, "devices": devices(1, 3), "state": "absent", "max_removals": "99"}, True),
        ({**LICENSE, "devices": devices(5), "location": {"uid": "1"}}, False),
        ({**LICENSE, "assets": [{"adam_id": "1"}], "devices": devices(5)}, False),
        ({**LICENSE, **SCOPED, "licensing": "collection", "settle": 60, "max_removals": "9"}, True),
        ({**LICENSE, **SCOPED, "licensing": "mdm"}, True),
        ({**LICENSE, **SCOPED}, False),
    ],
    "mdm_device_info": [
        ({}, True),
        ({"scope": SCOPED["devices"]["scope"], "show_people": True, "serial_numbers": ["UNKNOWN001"]}, True),
        ({"scope": []}, False),
    ],
    "mdm_app": [
        ({**APP, "devices": {"serial_numbers": ["TESTA00003", "UNKNOWN001"]}}, True),
        ({**APP, "devices": devices(1), "exclusive": True, "max_removals": "99", "max_shrink": 100}, True),
        ({**APP, "devices": devices(1), "licensing": "collection", "install": True}, True),
        ({**APP, "devices": devices(1), "state": "absent", "max_removals": "9", "uninstall": True}, True),
        ({**APP, "devices": devices(1), "state": "absent"}, False),
    ],
    "mdm_app_info": [
        ({"apps": APP["apps"]}, True),
        ({"apps": APP["apps"], "devices": devices(1, 99)}, True),
        ({"apps": []}, False),
    ],
    "vpp_user": [
        (USERS, True),
        ({**USERS, "users": [{"client_user_id": "u-1", "email": "new@fernhill.example"}], "show_people": True}, True),
        ({**USERS, "users": [{"client_user_id": "u-1"}], "state": "absent", "max_removals": "9"}, True),
        ({**USERS, "users": [{"email": "nobody"}, *USERS["users"]]}, True),
        ({**USERS, "state": "absent"}, False),
    ],
    "vpp_user_info": [
        ({}, True),
        ({"show_people": True, "status": ["new"], "client_user_ids": ["nobody"], "emails": ["a@b.example"]}, True),
        ({"location": {"uid": "1"}}, False),
    ],
    "vpp_invitation": [
        ({"users": USERS["users"], "remind_after_days": 7}, True),
        ({"mail_again": {"client_user_ids": ["u-1"]}, "again_after_hours": 0, "show_people": True}, True),
        ({"users": [{"client_user_id": "u-1"}], "reissue": True, "max_removals": "1"}, True),
        ({"users": [{"client_user_id": "u-1"}, {"email": "nobody"}], "redirect_all_to": "me@b.example"}, True),
        ({"users": [], "reissue": True}, False),
    ],
    "vpp_invitation_info": [
        ({}, True),
        ({"users": USERS["users"], "status": ["invited", "unknown"], "show_people": True}, True),
        ({"groups": ["staff"]}, False),
    ],
    "vpp_code": [
        ({"users": [{"client_user_id": "a", "email": "a@fernhill.example"}]}, True),
        (
            {"users": [{"client_user_id": "b", "email": "b@fernhill.example"}, {"email": "x"}], "show_people": True},
            True,
        ),
        ({"users": [{"client_user_id": "c", "email": "c@fernhill.example"}, {"client_user_id": "d"}]}, True),
        ({"users": None}, False),
    ],
    "vpp_code_info": [
        ({}, True),
        ({"product": {"name": "Procreate"}, "users": [{"email": "a@fernhill.example"}], "show_people": True}, True),
        ({"users": []}, False),
    ],
    "vpp_report": [
        ({}, True),
        ({**SCOPED_REPORT, "show_people": True}, True),
        ({"merge": []}, False),
    ],
    "vpp_diagnose": [
        ({**DIAGNOSE, "devices": devices(1, 3, 99)}, True),
        ({**DIAGNOSE, **SCOPED, "assignment": "user"}, True),
        ({**DIAGNOSE, "users": {"client_user_ids": ["u-0001", "u-0009"]}, "show_people": True}, True),
        ({**DIAGNOSE, "devices": devices(1), "location": {"uid": "1"}}, True),
        ({"assets": [], "devices": devices(1)}, False),
    ],
    "vpp_license_info": [({"assignments": True, "metadata": True}, True), ({"assets": [{"adam_id": "1"}]}, False)],
    "vpp_reclaim": [
        ({**RECLAIM, "reasons": ["doubly_licensed", "unseen_device", "retired_person"], "unseen_days": 1}, True),
        ({**RECLAIM, "reasons": ["doubly_licensed"], "take_from": "devices"}, True),
        ({**RECLAIM, "reasons": ["retired_person"], "location": {"uid": "1"}}, False),
        ({**RECLAIM, "reasons": ["gone_person"]}, False),
    ],
    "vpp_reclaim_info": [
        ({"connector": "meraki", "unseen_days": 1, "forecast": {"scope": SCOPED["devices"]["scope"]}}, True),
        ({"forecast": {"planned": 100, "per_month": 1}, "limit": 1}, True),
        ({"reasons": ["unknown_device"]}, False),
    ],
}


def with_codes(folder: Path, server: MailServer, name: str) -> dict[str, Any]:
    """Options of a module for codes, beside a list of two of them."""
    src = folder / "codes.csv"
    src.write_text("Code\nSPENDME00001\nSPENDME00002\nno code\n", encoding="utf-8")
    mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "mail_from": "a@b.example"}
    shared = {"state_dir": str(folder / "state"), "src": str(src), "product": {"name": "Procreate"}}
    writer = {**shared, **mail, "mail_sender_name": "Fernhill School", "mails_per_minute": 6000}
    if name == "vpp_code":
        return writer
    run_main(load("vpp_code").main, {**writer, "users": [{"email": "a@fernhill.example"}]})
    return {"state_dir": shared["state_dir"]}


def with_people(folder: Path, server: MailServer, name: str, apple: dict[str, Any]) -> dict[str, Any]:
    """Options of a module for invitations, beside people whom we have registered."""
    shared = {**apple, "state_dir": str(folder / "state")}
    run_main(load("vpp_user").main, {**shared, **USERS})
    if name == "vpp_invitation_info":
        return shared
    mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "mail_from": "a@b.example"}
    return {**shared, **mail, "mails_per_minute": 6000, "poll_interval": 1}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Run]]]:
    """Runs of a module over one small world: each check, run; the last of vpp_license fails half-way."""
    found: dict[str, list[Run]] = {}
    boxes: list[Sandbox] = []
    servers = ExitStack()

    def of(name: str) -> list[Run]:
        if name not in found:
            box = create_app("small", {"enforce_rate": "false"}, clock=ManualClock())
            boxes.append(box)
            with pytest.MonkeyPatch.context() as patch:
                shared = use_box(patch, box)
                systems = use_systems(patch, box)
                if not name.startswith("mdm_"):
                    del systems["connector"]  # a world that wants the MDM says so
                shared = systems if name == "mdm_device_info" else {**shared, **systems}
                if name.startswith("vpp_code"):
                    server = servers.enter_context(MailServer().running())
                    shared = with_codes(tmp_path_factory.mktemp("codes"), server, name)
                if name.startswith("vpp_invitation"):
                    server = servers.enter_context(MailServer().running())
                    shared = with_people(tmp_path_factory.mktemp("people"), server, name, shared)
                found[name] = [
                    Run(run_main(load(name).main, {**shared, **options}, check=check), planned)
                    for options, planned in WORLDS[name]
                    for check in (True, False)
                ]
                if name == "vpp_license":
                    box.faults.add({"kind": "event_fail", "count": 1, "error_number": 9609})
                    options = {**shared, **LICENSE, "devices": devices(7, 8)}
                    found[name].append(Run(run_main(load(name).main, options), True))
        return found[name]

    with servers:
        yield of
    for box in boxes:
        box.close()


@pytest.fixture(scope="class")
def made(name: str, runs: Callable[[str], list[Run]]) -> None:
    """All tests of a module look at the same runs."""
    runs(name)


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("name", NAMES, scope="class")
class TestReturn:
    def told(self, name: str) -> dict[str, Any]:
        return dict(yaml.safe_load(load(name).RETURN))

    def test_the_runs_show_both_ends(self, name, runs):
        ends = {run.result.failed for run in runs(name)}
        assert ends == {True, False}

    def test_no_run_ends_in_a_defect_of_ours(self, name, runs):
        assert not [run.result.data["msg"] for run in runs(name) if "unexpected" in run.result.data.get("msg", "")]

    def test_a_check_changes_nothing(self, name, runs):
        checks = [run.result.data for run in runs(name)][: 2 * len(WORLDS[name]) : 2]
        assert all(not data["events"] for data in checks if "events" in data)

    def test_everything_returned_is_told(self, name, runs):
        for run in runs(name):
            facts = run.result.own_keys - OTHERS - set(self.told(name))
            assert not facts or run.result.failed, facts

    def test_everything_told_is_returned_by_a_success(self, name, runs):
        for run in runs(name):
            if not run.result.failed:
                assert set(self.told(name)) <= run.result.own_keys

    def test_what_is_always_returned_is(self, name, runs):
        always = {key for key, facts in self.told(name).items() if facts["returned"] == "always"}
        for run in runs(name):
            assert always <= run.result.own_keys

    def test_what_a_failure_after_the_plan_returns(self, name, runs):
        late = {key for key, facts in self.told(name).items() if "after the plan" in facts["returned"]}
        for run in runs(name):
            if run.after_plan:
                assert late <= run.result.own_keys

    def test_inner_keys_and_types_are_those_told(self, name, runs):
        for run in runs(name):
            for key, facts in self.told(name).items():
                if key in run.result.data:
                    agree(key, facts, run.result.data[key], run.after_plan)

    def test_every_inner_key_says_its_type(self, name):
        def look(entries: Mapping[str, Any], path: str) -> None:
            for key, facts in entries.items():
                assert facts.get("type"), f"{path}{key}"
                assert facts["type"] != "list" or facts.get("elements"), f"{path}{key}"
                look(facts.get("contains", {}), f"{path}{key}.")

        look(self.told(name), "")


PYTHON = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "float": float}


def agree(path: str, facts: Mapping[str, Any], value: object, whole: bool) -> None:
    """A value against its entry in RETURN; null is fine where the words say so."""
    if value is None:
        assert "null" in str(facts["description"]), f"{path} is null"
        return
    assert isinstance(value, PYTHON[facts["type"]]), path
    items = value if isinstance(value, list) else [value]
    if "elements" in facts:
        assert all(isinstance(item, PYTHON[facts["elements"]]) for item in items), path
    if "contains" in facts:
        for item in items:
            if whole:
                assert set(item) == set(facts["contains"]), path
            for key in item:
                agree(f"{path}.{key}", facts["contains"][key], item[key], whole)
