# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of others: what is wrong with one is said with file and line, before anything is sent."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.errors import InputError
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mail_ports import INVITATION, REMINDER
from ansible_collections.openmdm.vpp.plugins.module_utils._mail import dep
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.defaults import TEMPLATES
from ansible_collections.openmdm.vpp.plugins.module_utils._mail.templates import Source, Templates
from ansible_collections.openmdm.vpp.tests.unit.plugins.module_utils._mail.post import FakeRecord, mail, mailer

VALUES = {
    "account_name": "North & Sons",
    "name": "<Ana>",
    "link": "https://buy.itunes.apple.com/accept?inviteCode=SECRET&mt=8",
    "sender_name": "IT",
    "days": 3,
    "contact": "it@school.example",
}


def words(kind: str = INVITATION, values=None, **sources: str):
    return Templates({name: Source(text, f"/t/{name}.j2") for name, text in sources.items()}).render(
        kind, {**VALUES, **(values or {})}
    )


def refused(**sources: str) -> str:
    with pytest.raises(InputError) as caught:
        words(**sources)
    error = caught.value
    assert "SECRET" not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    return error.message


def test_each_can_be_replaced_alone():
    found = words(subject="From {{ sender_name }}\n", text="{{ name }}: {{ link }} {{ contact }}")
    assert (found.subject, found.text) == ("From IT", f"<Ana>: {VALUES['link']} it@school.example\n")
    assert "<h1>" not in found.html
    assert "&lt;Ana&gt;" in found.html
    other = words(REMINDER, subject="From {{ sender_name }}")
    assert other.subject.startswith("Reminder: ")


def test_variables_are_escaped_in_html_alone():
    found = words(html='<p title="{{ name }}">{{ account_name }} {{ link }}</p>')
    assert found.html == (
        '<p title="&lt;Ana&gt;">North &amp; Sons https://buy.itunes.apple.com/accept?inviteCode=SECRET&amp;mt=8</p>\n'
    )


LINK = "{{ link }}"


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith("reminder")])
@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (
            "one\n{{ nmae }}",
            2,
            "nmae is unknown; the variables are account_name, contact, days, link, name, sender_name",
        ),
        ("one\n\n{% if name %}", 3, "Unexpected end of template"),
        ("one\n{{ name", 2, "unexpected end of template"),
        ("{% for x in %}{% endfor %}", 1, "Expected an expression"),
        ("{{ name|nonsense }}", 1, "No filter named 'nonsense'"),
        ("\n{{ name.nothing }}", 2, "it uses something that isn't there"),
        ("\n\n{{ {}[link] }}", 3, "it uses something that isn't there"),
        ("{{ name + days }}", 1, "it fails there"),
        ("{{ days // 0 }}", 1, "it fails there for one of the people"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", 1, "may not do"),
        ("{{ name.__init__.__globals__ }}", 1, "may not do"),
        ("{% include '/etc/passwd' %}", 1, "includes and imports"),
        ("{{ 'x' * 100000000 }}", 1, "may not do"),
        ("{{ 9 ** 9 ** 9 }}", 1, "may not do"),
        ("{{ '%999999999d' % 1 }}", 1, "may not do"),
        ("{% for x in range(99999999) %}x{% endfor %}", 1, "it fails there"),
        ("{% for x in range(99999) %}" + "x" * 99 + "{% endfor %}", 0, "more than 512 Ki characters"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(name, text, line, why):
    said = refused(**{name: text})
    where = f", line {line}" if line else ""
    assert said.startswith(f"templates.{name}: /t/{name}.j2{where}: ")
    assert why in said
    assert said.endswith("; nothing was sent.")
    assert "\n" not in said


def test_a_mistake_in_a_branch_that_nobody_takes_is_one():
    assert "nmae is unknown" in refused(text="{{ link }}{% if days > 99 %}{{ nmae }}{% endif %}")


@pytest.mark.parametrize(
    ("sources", "why"),
    [
        ({"subject": "two\nlines"}, "must be one line"),
        ({"subject": "  "}, "must be one line"),
        ({"subject": "a\x07b"}, "must be one line"),
        ({"subject": "Go to {{ link }}"}, "mail servers log subjects"),
        ({"text": "Hello"}, "would lack its link"),
        ({"html": "<p>Hello</p>"}, "would lack its link"),
        ({"html": "<p>{{ link|urlencode }}</p>"}, "would lack its link"),
    ],
)
def test_what_makes_no_mail(sources, why):
    assert why in refused(**sources)


def test_variables_of_its_own_are_fine():
    found = words(text="{% set x = 3 %}{% for y in range(x * 2) %}{{ y }}{% endfor %} {{ link }}")
    assert found.text.startswith("012345 https")


def test_one_that_fails_for_the_last_person_sends_nothing(serve):
    server, record = serve(), FakeRecord()
    with mailer(server, sources={"text": "{{ name.split()[1] }} {{ link }}"}) as post:
        people = [mail(f"p{number}", name="Ana Diaz" if number < 9 else "Zoë") for number in range(10)]
        with pytest.raises(InputError, match="templates.text: /t/text.j2, line 1: it uses something that isn't there"):
            post.send(people, record)
    assert (server.connections, record.calls) == (0, [])


@pytest.mark.parametrize("version", [None, "2.11.3"])
def test_without_the_library(monkeypatch, version):
    class Old:
        __version__ = version

    monkeypatch.setattr(dep, "jinja2", Old() if version else None)
    with pytest.raises(InputError, match="Jinja2 (is missing|2.11.3 is too old) for .*; install it with"):
        Templates({})
