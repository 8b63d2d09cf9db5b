# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays that run each module, well and badly, with secrets that come in one of three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.openmdm.vpp.tests.faults.stage import PEOPLE, SMTP_USER, Stage

FILE, ENVIRONMENT, TEXT = WAYS = ("file", "environment", "text")
PAGES, SERIALS = "361309726", ["TESTA00003", "TESTA00004"]

Task = tuple[str, dict[str, Any]]

ENV_NAMES = {
    "content_token": "OPENMDM_VPP_CONTENT_TOKEN",
    "meraki_api_key": "OPENMDM_MERAKI_API_KEY",
    "smtp_password": "OPENMDM_VPP_SMTP_PASSWORD",
}
OPTIONS = {"content_token": "token", "meraki_api_key": "key", "smtp_password": "smtp_password"}
"""Options that hold a secret, and the files of the stage that hold it."""


def secret(stage: Stage, way: str, option: str, name: str) -> dict[str, Any]:
    """An option with a secret, given in one of the ways."""
    path = stage.files[name]
    if way == FILE:
        return {f"{option}_file": path}
    return {option: f"{{{{ lookup('ansible.builtin.file', '{path}') }}}}"} if way == TEXT else {}


def environment(stage: Stage) -> dict[str, str]:
    """For ENVIRONMENT."""
    return {ENV_NAMES[option]: Path(stage.files[name]).read_text().strip("\n") for option, name in OPTIONS.items()}


class Plays:
    """`out`: where the tasks of a play leave their reports and their memory."""

    def __init__(self, stage: Stage, out: Path, way: str = FILE) -> None:
        self.stage, self.out, self.way = stage, out, way

    def secret(self, option: str, name: str = "") -> dict[str, Any]:
        """`name`: of another one than the right one, which the environment does not have."""
        way = FILE if name and self.way == ENVIRONMENT else self.way
        return secret(self.stage, way, option, name or OPTIONS[option])

    @property
    def defaults(self) -> dict[str, Any]:
        apple = {
            **self.secret("content_token"),
            "apps_books_url": f"{self.stage.origin}/mdm/v2",
            "itunes_url": f"{self.stage.origin}/itunes",
            "owner_name": "Harbour Street School",
        }
        systems = {"meraki_base_url": f"{self.stage.origin}/api/v1", "meraki_requests_per_second": 10}
        return {"group/openmdm.vpp.vpp": apple, "group/openmdm.vpp.mdm": systems}

    @property
    def mail(self) -> dict[str, Any]:
        return {
            **self.secret("smtp_password"),
            "smtp_host": "127.0.0.1",
            "smtp_port": self.stage.mail.port,
            "smtp_security": "none",
            "smtp_username": SMTP_USER,
            "mail_from": "apps@harbour.example",
            "mails_per_minute": 6000,
        }

    @property
    def systems(self) -> dict[str, Any]:
        return {"connector": "meraki", **self.secret("meraki_api_key")}

    def report(self, name: str) -> dict[str, Any]:
        return {"report_path": str(self.out / f"{name}.json"), "progress_path": str(self.out / f"{name}.progress")}

    def everything(self) -> list[Task]:
        """Each module once, as it is meant to be used."""
        memory = {"state_dir": str(self.out / "state")}
        people = {"users": PEOPLE, **memory}
        codes = {"src": self.stage.files["codes"], "product": {"name": "Procreate"}, **people}
        apps = {"apps": [{"adam_id": PAGES, "tag": "app-pages"}], "devices": {"serial_numbers": SERIALS}}
        notify = {"notification_url": self.stage.files["receiver"], "notification_types": ["ASSET_COUNT"]}
        return [
            ("vpp_account", {"claim": True, **notify, **self.secret("notification_auth_token", "notification_token")}),
            ("vpp_license", {"assets": [{"adam_id": PAGES}], "devices": apps["devices"], "poll_interval": 0.1}),
            ("vpp_license_info", {"assignments": True}),
            ("vpp_user", {**people, "poll_interval": 0.1}),
            ("vpp_user_info", {"show_people": True}),
            ("vpp_invitation", {**people, **self.mail, "poll_interval": 0.1}),
            ("vpp_invitation_info", {**people, "show_people": True}),
            ("vpp_code", {**codes, **self.mail, "mail_sender_name": "Harbour Street School"}),
            ("vpp_code_info", {**memory, "users": PEOPLE, "product": {"name": "Procreate"}}),
            ("vpp_account_info", {**self.systems, **self.token_of_systems}),
            ("vpp_reclaim", {**self.systems, "reasons": ["unknown_device"], "max_removals": "100%", "max_shrink": 100}),
            ("vpp_reclaim_info", self.systems),
            ("vpp_report", {**self.systems, "html_path": str(self.out / "report.html"), "csv_dir": str(self.out)}),
            ("mdm_device_info", self.systems),
            ("mdm_app", {**apps, **self.systems, "licensing": "mdm", **self.token_of_systems}),
            ("mdm_app_info", {"apps": apps["apps"], **self.systems}),
            ("vpp_diagnose", self.diagnosis),
        ]

    @property
    def diagnosis(self) -> dict[str, Any]:
        """Of devices and people, with all that it can read."""
        named = {"devices": {"serial_numbers": SERIALS}, "users": {"emails": [one["email"] for one in PEOPLE]}}
        asset = {"adam_id": PAGES, "tag": "app-pages"}
        return {"assets": [asset], **named, **self.systems, "state_dir": str(self.out / "state")}

    @property
    def token_of_systems(self) -> dict[str, Any]:
        return {"content_token_from": "meraki", **dict.fromkeys(self.secret("content_token"), "")}

    def mistakes(self) -> list[Task]:
        """Each module at least once in a way that is refused, by itself, by a service, or by the mail server."""
        well = dict(self.everything())
        lost = self.secret("content_token", "cut_token")
        foreign = self.secret("content_token", "foreign_token")
        no_key = self.secret("meraki_api_key", "wrong_key")
        no_login = self.secret("smtp_password", "wrong_smtp_password")
        again = {"mail_again": {"emails": [one["email"] for one in PEOPLE]}, "again_after_hours": 0}
        broken = {"templates": {"text": self.stage.files["smtp_password"]}, **again}
        no_token = {**well["mdm_app"], "content_token_from": None, **foreign}
        return [
            ("vpp_account", {**well["vpp_account"], "notification_url": f"{self.stage.files['receiver']}/nobody"}),
            ("vpp_license", {**well["vpp_license"], **lost}),
            ("vpp_license_info", foreign),
            ("vpp_reclaim", {**well["vpp_reclaim"], **no_key}),
            ("vpp_reclaim_info", {**well["vpp_reclaim_info"], **foreign}),
            ("vpp_report", {"html_path": self.stage.files["token"], "merge": [self.stage.files["smtp_password"]]}),
            ("vpp_user", {**well["vpp_user"], "poll_interval": "often"}),
            ("vpp_user_info", {"location": {"uid": "1"}}),
            ("vpp_invitation", {**well["vpp_invitation"], **broken}),
            ("vpp_invitation_info", {**well["vpp_invitation_info"], "src": self.stage.files["codes"]}),
            ("vpp_code", {**well["vpp_code"], **no_login, "product": {"name": "Numbers"}}),
            ("vpp_code", {**well["vpp_code"], "src": self.stage.files["smtp_password"]}),
            ("vpp_code_info", {**well["vpp_code_info"], "state_dir": self.stage.files["token"]}),
            ("vpp_account_info", {**self.systems, **no_key}),
            ("mdm_device_info", {**self.systems, "meraki_api_key_file": self.stage.files["codes"]}),
            ("mdm_app", no_token),
            ("mdm_app_info", {**well["mdm_app_info"], "no_such_option": 1}),
            ("vpp_diagnose", {**well["vpp_diagnose"], **no_key, "devices": {"scope": [{"match": "all"}]}}),
        ]

    def pasted(self) -> list[Task]:
        """A secret in the place of its path: for TEXT, since Ansible itself then keeps it in its payload. Only options
        that a module has: Ansible shows all of a task that names another one."""
        said = "{{{{ lookup('ansible.builtin.file', '{}') }}}}".format
        return [
            (module, {**options, f"{option}_file": said(self.stage.files[OPTIONS[option]])})
            for module, options in self.everything()
            for option in OPTIONS
            if option in options
            or (option == "content_token" and module.startswith("vpp_") and not module.startswith("vpp_code"))
        ]

    def play(self, tasks: Iterable[Task], *, hosts: str = "localhost", **more: Any) -> list[dict[str, Any]]:
        """Each result is registered, shown, kept as a fact, and told in a line of a file for the test."""
        listed: list[dict[str, Any]] = []
        for number, (module, options) in enumerate(tasks):
            reports = {} if module == "vpp_account" else self.report(f"{module}_{number}")
            told = {**reports, **options}
            listed.append(
                {
                    "name": f"Run {module}",
                    f"openmdm.vpp.{module}": {name: value for name, value in told.items() if value is not None},
                    "register": f"result_{number}",
                    "ignore_errors": True,
                    "ignore_unreachable": True,
                }
            )
        names = [task["register"] for task in listed]
        whole = f"{{{{ [{', '.join(names)}] }}}}"
        outcomes = ", ".join(f"[{name}.failed | default(true), {name}.msg | default('')]" for name in names)
        listed += [
            {"name": "Show all", "ansible.builtin.debug": {"msg": whole}},
            {
                "name": "Keep all",
                "ansible.builtin.set_fact": {"kept": whole, "cacheable": True},
            },
            {
                "name": "Tell the test",
                "ansible.builtin.copy": {
                    "content": f"{{{{ [{outcomes}] | to_json }}}}",
                    "dest": str(self.out / "outcomes.json"),
                    "mode": "0600",
                },
                "delegate_to": "localhost",
            },
        ]
        return [{"hosts": hosts, "gather_facts": False, "module_defaults": self.defaults, "tasks": listed, **more}]

    def role(self, name: str, **inputs: Any) -> list[dict[str, Any]]:
        """A role with the connection of the defaults, its secrets as its own inputs."""
        given: Mapping[str, Any] = {**self.secret("content_token"), **self.systems, **inputs}
        variables = {f"{name}_{option}": value for option, value in given.items()}
        listed = [
            {"name": "Run the role", "ansible.builtin.include_role": {"name": f"openmdm.vpp.{name}"}, "vars": variables}
        ]
        return [{"hosts": "localhost", "gather_facts": False, "module_defaults": self.defaults, "tasks": listed}]
