# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options to a mailer: every bad value is one sentence, before anything is asked of the mail server."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml

from ansible_collections.openmdm.vpp.plugins.doc_fragments.mail import ModuleDocFragment
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.mail import open_mailer
from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.options import MAIL, NETWORK
from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.ports import NoMeter
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.defaults import TEMPLATES
from ansible_collections.openmdm.vpp.tests.unit.fakes import FakeClock
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import FakeRecord, mails
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

LEAST = {"smtp_host": "mail.school.example", "mail_from": "apps@school.example"}
PASSWORD = "päss word/42."


class FakeHost:
    def __init__(self, **options: Any) -> None:
        spec = MAIL.merge(NETWORK).options
        self.params = {**{name: option.get("default") for name, option in spec.items()}, **LEAST, **options}
        self.meter = NoMeter()
        self.told: list[str] = []
        self.hidden: list[str] = []

    def warn(self, message: str) -> None:
        self.told.append(message)

    def hide(self, secret: str) -> None:
        self.hidden.append(secret)


def opened(**options: Any):
    host = FakeHost(**options)
    with open_mailer(host, FakeClock()) as mailer:
        return mailer, host


def refused(**options: Any) -> str:
    with pytest.raises(InputError) as caught:
        opened(**options)
    message = caught.value.message
    assert "\n" not in message
    return message


class TestFine:
    @pytest.mark.parametrize(
        ("options", "port"),
        [
            ({}, 587),
            ({"smtp_security": "tls"}, 465),
            ({"smtp_port": 2525}, 2525),
            ({"smtp_security": "none", "smtp_host": "localhost"}, 25),
            ({"smtp_security": "none", "smtp_host": "[::1]"}, 25),
            ({"smtp_security": "none", "smtp_allow_clear_text": True}, 25),
        ],
    )
    def test_ports(self, options, port):
        mailer, _host = opened(**options)
        assert mailer._smtp.port == port
        assert (mailer._smtp.tls is None) == (options.get("smtp_security") == "none")

    def test_what_is_asked_for(self):
        mailer, _host = opened(
            mail_reply_to="help@school.example",
            mail_sender_name=" IT  team\n",
            mails_per_minute=5,
            max_mails=0,
            redirect_all_to="it@school.example",
        )
        settings = mailer._settings
        assert (settings.sender_name, settings.mails_per_minute) == ("IT team", 5)
        assert (mailer.trial, mailer.allowance) == (True, 0)
        assert settings.reply_to.spec == "help@school.example"

    def test_by_default_no_trial_and_no_limit(self):
        mailer, host = opened()
        assert (mailer.trial, mailer.allowance, host.told) == (False, None, [])

    @pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
    def test_a_password_in_a_file(self, tmp_path, ending):
        path = tmp_path / "password"
        path.write_bytes(f"{PASSWORD}{ending}".encode())
        path.chmod(0o600)
        mailer, host = opened(smtp_username="apps", smtp_password_file=str(path))
        assert mailer._smtp.password.reveal() == PASSWORD
        assert PASSWORD in host.hidden
        assert host.told == []
        path.chmod(0o644)
        assert "can be read by others" in opened(smtp_username="apps", smtp_password_file=str(path))[1].told[0]

    def test_a_password_of_the_environment_needs_no_user(self, monkeypatch):
        monkeypatch.setenv("OPENMDM_VPP_SMTP_PASSWORD", "secret42")
        mailer, _host = opened(smtp_password="secret42")
        assert (mailer._smtp.username, mailer._smtp.password.reveal()) == ("", "")

    def test_templates_of_the_user(self, tmp_path):
        path = tmp_path / "text.j2"
        path.write_bytes("\ufeffGrüezi {{ name }}\r\n{{ link }}".encode())
        server = MailServer()
        with server.running():
            host = FakeHost(
                smtp_host="127.0.0.1",
                smtp_security="none",
                smtp_port=server.port,
                templates={**dict.fromkeys(TEMPLATES), "text": str(path)},
            )
            with open_mailer(host, FakeClock()) as mailer:
                mailer.send(mails(1), FakeRecord())
        (arrived,) = server.arrived
        assert arrived.message.get_body(("plain",)).get_content().startswith("Grüezi Ana Diaz\nhttps://")


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"smtp_host": None}, "smtp_host is missing; set the name of the mail server that is to send the mails."),
            ({"smtp_host": "mail.example:25"}, "smtp_host is no name of a host; give the name alone, and the port as"),
            ({"smtp_host": "smtp://mail.example"}, "smtp_host is no name of a host"),
            ({"smtp_host": "a b"}, "smtp_host is no name of a host"),
            ({"smtp_port": 0}, "smtp_port: 0 is no port; give a number from 1 to 65535."),
            ({"smtp_port": 65536}, "smtp_port: 65536 is no port"),
            (
                {"smtp_security": "none"},
                "smtp_security: none sends every mail over the network in the clear; use",
            ),
            (
                {"smtp_security": "none", "smtp_allow_clear_text": True, "smtp_username": "a", "smtp_password": "b"},
                "smtp_username doesn't go with smtp_security: none",
            ),
            ({"request_timeout": 0}, "request_timeout: 0 is no number of seconds above 0"),
            ({"request_timeout": float("nan")}, "request_timeout: nan is no number"),
            ({"smtp_username": "a"}, "smtp_username needs a password: set smtp_password_file to the path of a file"),
            ({"smtp_username": " ", "smtp_password": "b"}, "smtp_username is empty"),
            ({"smtp_password": "b"}, "smtp_password is given without smtp_username"),
            ({"smtp_password_file": "/x"}, "smtp_password_file is given without smtp_username"),
            ({"smtp_username": "a", "smtp_password": " "}, "smtp_password must hold the password and nothing else"),
            ({"smtp_username": "a", "smtp_password": "b\nc"}, "smtp_password must hold the password and nothing else"),
            (
                {"smtp_username": "a", "smtp_password_file": "hunter2hunter2"},
                "smtp_password_file holds the secret itself; give the path of its file, or use smtp_password.",
            ),
            ({"smtp_username": "a", "smtp_password_file": "/no/such"}, "smtp_password_file: cannot read /no/such:"),
            ({"mail_from": None}, "mail_from is missing; set the address that the mails are to come from."),
            (
                {"mail_from": "apps"},
                "mail_from is no e-mail address; give one address of the form name@school.example.",
            ),
            ({"mail_from": "Us <a@b.example>"}, "mail_from is no e-mail address; give one address of the form"),
            ({"mail_from": "a@b.example\nBcc: c@d.example"}, "mail_from is no e-mail address"),
            (
                {"mail_from": "zoë@b.example"},
                "mail_from holds letters before the @ that many mail servers can't handle",
            ),
            ({"mail_reply_to": "a, b"}, "mail_reply_to is no e-mail address"),
            ({"redirect_all_to": ""}, "redirect_all_to is no e-mail address"),
            ({"mail_sender_name": " "}, "mail_sender_name is empty"),
            ({"mails_per_minute": 0}, "mails_per_minute: 0 is no pace; give a number from 0.1 to 6000."),
            ({"mails_per_minute": float("nan")}, "mails_per_minute: nan is no pace"),
            ({"max_mails": -1}, "max_mails: -1 is no number of mails; give 0 or more, or leave it out."),
            ({"ca_path": "/no/such"}, "ca_path: /no/such can't be read"),
            ({"templates": {"text": "/no/such"}}, "templates.text: cannot read /no/such:"),
        ],
    )
    def test_in_one_sentence(self, options, said):
        assert refused(**options).startswith(said)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", " is empty; write the template, or leave the option out."),
            (b"one\ntwo \xff", ", line 2: it is not UTF-8; save the file in that encoding."),
            (b"one\n{{ nmae }}", ", line 2: nmae is unknown; the variables are"),
            (b"x" * (256 * 1024 + 1), " is larger than 256 KiB"),
        ],
    )
    def test_a_template(self, tmp_path, content, said):
        path = tmp_path / "html.j2"
        path.write_bytes(content)
        assert f"templates.html: {path}{said}" in refused(templates={"html": os.fspath(path)})

    def test_a_bad_password_file_is_hidden(self):
        host = FakeHost(smtp_username="a", smtp_password_file="hunter2hunter2")
        with pytest.raises(InputError) as caught, open_mailer(host, FakeClock()):
            pass
        assert "hunter2" not in caught.value.message
        assert host.hidden == ["hunter2hunter2"]


class TestDocumentation:
    """Whole, although no module may take the fragment yet."""

    told = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]

    def test_names_every_option(self):
        assert set(self.told) == set(MAIL.options)

    @pytest.mark.parametrize("name", sorted(MAIL.options))
    def test_says_the_same(self, name):
        told, taken = self.told[name], MAIL.options[name]
        for key in ("type", "choices", "default"):
            assert told.get(key) == taken.get(key)
        if "fallback" in taken:
            assert f"E({taken['fallback'][1][0]})" in str(told["description"])
        if "options" in taken:
            assert {option: facts["type"] for option, facts in told["suboptions"].items()} == dict.fromkeys(
                TEMPLATES, "path"
            )
            assert set(taken["options"]) == set(TEMPLATES)
