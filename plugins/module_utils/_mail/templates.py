# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From templates to words. A template may come from anybody, and what stands in it goes to people: it runs in Jinja's
sandbox, and whatever is wrong with it is one sentence with file and line, before anything is sent.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .._core.errors import InputError
from .._core.mail_ports import CODE, INVITATION, REMINDER
from .code_words import CODE_TEMPLATES
from .defaults import TEMPLATES
from .dep import jinja2, meta, nodes, require_jinja2, sandbox

_COMMON = frozenset({"account_name", "name", "link", "sender_name", "contact"})
VARIABLES = _COMMON | {"days"}
CODE_VARIABLES = _COMMON | {"code", "product_name"}
PREFIXES = {INVITATION: "", REMINDER: "reminder_", CODE: "code_"}
PARTS = ("subject", "text", "html")
MOST = 512 * 1024
"""Characters of one rendered part."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of the user's template, and the file that it came from."""

    text: str = field(repr=False)
    path: str


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in words. `text` and `html` end with a line break."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


class Templates:
    """All of them, compiled. `sources` by the names of TEMPLATES and CODE_TEMPLATES; ours where one is missing.
    Raises InputError."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        require_jinja2()
        self._templates = {
            name: _Template(name, sources.get(name) or Source(text, f"(default {name})"))
            for name, text in {**TEMPLATES, **CODE_TEMPLATES}.items()
        }

    def render(self, kind: str, values: Mapping[str, Any]) -> Words:
        """`values` of all VARIABLES, or CODE_VARIABLES. Raises InputError, which shows none of them."""
        subject, text, page = (self._templates[PREFIXES[kind] + part] for part in PARTS)
        what = "code" if kind == CODE else "link"
        wanted, secrets = str(values[what]), [str(values[key]) for key in ("link", "code") if values.get(key)]
        words = Words(subject.render(values).strip(), *(f"{part.render(values).strip()}\n" for part in (text, page)))
        if not words.subject or not words.subject.isprintable():
            raise subject.wrong("the subject must be one line of text; correct the template")
        if any(secret in words.subject for secret in secrets):
            raise subject.wrong(f"the {what} is a secret, and mail servers log subjects; take it out of the template")
        if wanted not in words.text:
            raise text.wrong(f"the mail would lack its {what}; put {{{{ {what} }}}} into the template")
        if escape(wanted) not in words.html:
            raise page.wrong(f"the mail would lack its {what}; put {{{{ {what} }}}} into the template")
        return words


class _Template:
    def __init__(self, name: str, source: Source) -> None:
        self._name, self._path = name, source.path
        problem, line = "", 0
        try:
            environment = _environment(html=name.endswith("html"))
            tree = environment.parse(source.text)
            variables = CODE_VARIABLES if name in CODE_TEMPLATES else VARIABLES
            if unknown := sorted(meta.find_undeclared_variables(tree) - variables):
                line = min(found.lineno for found in tree.find_all(nodes.Name) if found.name == unknown[0])
                problem = f"{unknown[0]} is unknown; the variables are {', '.join(sorted(variables))}"
            else:
                code = environment.compile(source.text, name, source.path)
                self._template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
        except jinja2.TemplateSyntaxError as error:  # TemplateAssertionError (an unknown filter) is one
            problem, line = f"{(error.message or 'a mistake').rstrip('.')}; correct the template", error.lineno
        except (RecursionError, MemoryError, OverflowError):
            problem = "it is nested too deeply; correct the template"
        if problem:
            raise self.wrong(problem, line)

    def wrong(self, problem: str, line: int = 0) -> InputError:
        where = f", line {line}" if line else ""
        return InputError(f"templates.{self._name}: {self._path}{where}: {problem}; nothing was sent.")

    def render(self, values: Mapping[str, Any]) -> str:
        # What an exception says may quote the link, so none of it is shown or kept.
        problem, line = "", 0
        try:
            parts: list[str] = []
            size = 0
            for part in self._template.generate(dict(values)):
                size += len(part)
                if size > MOST:
                    break
                parts.append(part)
            else:
                return "".join(parts)
            problem = f"it gives more than {MOST // 1024} Ki characters; correct the template"
        except Exception as error:
            line = self._line(error)
            problem = _PROBLEMS.get(type(error).__name__, "it fails there for one of the people")
            problem += "; correct the template"
        raise self.wrong(problem, line)

    def _line(self, error: Exception) -> int:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self._path]
        return (lines[-1] or 0) if lines else 0


_PROBLEMS = {
    "UndefinedError": "it uses something that isn't there",
    "SecurityError": "it does something that a template of a mail may not do",
    "TypeError": "it fails there (includes and imports of other files are not supported)",
}


def _environment(*, html: bool) -> Any:
    class Environment(sandbox.ImmutableSandboxedEnvironment):
        """Jinja's sandbox, without the operators by which a short template fills the memory."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            small = all(isinstance(side, int) and abs(side) < 1_000_000 for side in (left, right))
            if operator == "**" or not small:
                raise jinja2.exceptions.SecurityError(operator)
            return super().call_binop(context, operator, left, right)

    return Environment(
        autoescape=html, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
