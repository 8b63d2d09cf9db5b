# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No value of ours shows a secret when it is printed, as a debugger, a log or an assertion would."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import Secret
from ansible_collections.openmdm.vpp.tests.faults.hunt import Hunt
from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

PLUGINS = "ansible_collections.openmdm.vpp.plugins"
MODULES = sorted(
    str(path.relative_to(Path(ROOT) / "plugins").with_suffix("")).replace("/", ".")
    for folder in ("module_utils", "plugin_utils")
    for path in (Path(ROOT) / "plugins" / folder).rglob("*.py")
)
SECRET_LIKE = re.compile(r"secret|token|password|api_key|invite|(^|_)(code|link|body|headers|proxy|text|texts)(s|$)?$")
HARMLESS = {
    ("RemovalLimit", "text"): "the limit as the option says it",
    ("Linked", "token"): "whether it is the same one, in a word",
    ("Invitation", "invite"): "a mark",
    ("Finding", "text"): "a sentence of a report, without people",
    ("Answer", "links"): "addresses of the next pages of a dashboard that has its key in a header",
}
TEXT = "QUJDLWludmVudGVkLWxvY2F0aW9uLXRva2Vu"


def classes() -> list[type]:
    found: dict[str, type] = {}
    for name in MODULES:
        module = importlib.import_module(f"{PLUGINS}.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return list(found.values())


def shown(kind: type) -> list[str]:
    """Fields that a repr shows, that may hold a text, and whose names are those of secrets."""
    return [
        one.name
        for one in dataclasses.fields(kind)
        if one.repr and SECRET_LIKE.search(one.name) and re.search(r"\b(str|bytes|object|Any|Mapping)\b", str(one.type))
    ]


def test_there_are_classes_to_look_at():
    assert len(classes()) > 80
    assert {one.__name__ for one in classes()} >= {"ContentToken", "SmtpSettings", "Request", "Mail", "User"}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: f"{kind.__module__[len(PLUGINS) + 1 :]}.{kind.__name__}")
def test_no_field_that_may_hold_a_secret_is_shown(kind):
    assert [name for name in shown(kind) if (kind.__name__, name) not in HARMLESS] == []


def test_each_exception_is_still_one():
    assert {(kind.__name__, name) for kind in classes() for name in shown(kind)} == set(HARMLESS)


def test_a_field_that_holds_one_is_found():
    @dataclasses.dataclass
    class Planted:
        invite_code: str
        name: str
        token: Secret
        body: str = dataclasses.field(repr=False)

    assert shown(Planted) == ["invite_code"]


@pytest.mark.parametrize(
    "form", [repr, str, "{}".format, "{0!r}".format, "%s".__mod__, lambda one: repr([{"a": (one,)}])]
)
def test_a_secret_has_one_form_in_print(form):
    secret: Any = Secret(TEXT)
    assert form(secret) in ("Secret(...)", "[{'a': (Secret(...),)}]")
    assert Hunt({"it": TEXT}).text(form(secret), "a repr") == []


def test_a_secret_has_no_dict_and_no_pickle_by_chance():
    assert not hasattr(Secret(TEXT), "__dict__")
