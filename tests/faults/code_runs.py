# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vpp_code over a mail server that may fail: whose mailbox got which code, how often, and who must have one in
the end.

Of a run that was killed, or that the mail server disturbed, nobody knows whom it mailed; so those people may be told as
uncertain, and only `uncertain: resend` mails them again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible import code
from ansible_collections.openmdm.vpp.plugins.modules import vpp_code
from ansible_collections.openmdm.vpp.tests.faults.mail_runs import Mailing
from ansible_collections.openmdm.vpp.tests.faults.storm import CALM, Storm
from ansible_collections.openmdm.vpp.tests.faults.town import ASSETS, PEOPLE, Plot
from ansible_collections.openmdm.vpp.tests.unit.harness import BoxClock, Result
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

CODE = re.compile(r"CODE[A-Z]{2}[0-9]{6}")
CODES = {
    "Procreate": tuple(f"CODEPR{number * 7919:06}" for number in range(1, 8)),
    "Keynote": tuple(f"CODEKE{number * 7919:06}" for number in range(1, 6)),
}
"""One for each person, and two too few."""
NOBODY = Plot((), {}, dict.fromkeys(ASSETS, 0), {})
Given = frozenset[tuple[str, str]]
"""Codes, and the people whose mailboxes got them."""


@dataclass(frozen=True)
class CodeTask:
    """`codes`: the list, in its order, of which some are used. `addresses` by person; `named`: those of whom the list
    gives an id as well."""

    product: str
    codes: tuple[str, ...]
    used: frozenset[str]
    addresses: Mapping[str, str]
    named: frozenset[str]
    resend: bool = False
    most: int | None = None


@dataclass(frozen=True)
class CodeVerdict:
    """`served`: who must have a code of the product. `refused`: the codes don't suffice, and all of them must be out,
    each at one of the people."""

    task: CodeTask
    served: frozenset[str]
    refused: bool = False
    tries: bool = False
    why: str = "too few codes"

    def fits(self, found: Given) -> bool:
        return not self.differs(found)

    def differs(self, found: Given) -> dict[str, list[str]]:
        codes = CODES[self.task.product]
        out = {code: person for code, person in found if code in codes}
        unlike = {"without": sorted(self.served - set(out.values()))}
        if self.refused:
            unlike["still here"] = sorted(set(codes) - set(out))
        return {words: names for words, names in unlike.items() if names}


class CodeWorld(Mailing):
    """Lists of codes and of people, a memory, and a mail server. Nothing is asked of Apple."""

    main = staticmethod(vpp_code.main)

    def __init__(self, server: MailServer) -> None:
        super().__init__(NOBODY, server)
        self._patch.setattr(code, "SystemClock", partial(BoxClock, self.box))
        self._read, self._found, self._doubt = 0, list[tuple[str, str]](), set[str]()

    def whole(self, task: CodeTask) -> CodeTask:
        """Everybody, and all that was bought of the same product."""
        addresses = {name: task.addresses.get(name, f"{name}@fernhill.example") for name in PEOPLE}
        return CodeTask(task.product, CODES[task.product], frozenset(), addresses, task.named, resend=True)

    def state(self) -> Given:
        return frozenset(self._mails())

    def _mails(self) -> list[tuple[str, str]]:
        """In the order in which they arrived; each is read once, for that takes long."""
        for mail in self._server.arrived[self._read :]:
            text = mail.message.get_body(("plain",))
            assert text is not None
            person = mail.recipient.partition("@")[0].removeprefix("new.")
            self._found += [(code, person) for code in dict.fromkeys(CODE.findall(text.get_content()))]
            self._read += 1
        return self._found

    def judge(self, task: CodeTask) -> CodeVerdict:
        people = frozenset(task.addresses)
        if task == self.whole(task):
            short = len(CODES[task.product]) < len(PEOPLE)
            return CodeVerdict(task, frozenset() if short else people, refused=short)
        return CodeVerdict(task, frozenset() if task.most is not None else people - self._doubt)

    def run_options(self, task: CodeTask, storm: Storm) -> dict[str, Any]:
        link = "https://apps.example/redeem?code="
        rows = [f"{one},{link}{one},{'used' if one in task.used else ''}" for one in task.codes]
        path = self.folder / "codes.csv"
        path.write_text("\n".join(["Code,Link,Status", *rows, ""]), encoding="utf-8")
        path.chmod(0o600)
        people = [
            {"email": address, **({"client_user_id": name} if name in task.named else {})}
            for name, address in task.addresses.items()
        ]
        return {
            **self.mail,
            "src": str(path),
            "product": {"name": task.product},
            "users": people,
            "uncertain": "resend" if task.resend else "list",
            "max_mails": task.most,
            "mail_sender_name": "Fernhill School",
            "state_dir": str(self.folder / "state"),
        }

    def run(self, task: CodeTask, storm: Storm = CALM) -> Result | None:
        before, connections = len(self._mails()), self._server.connections
        had = {person for code, person in self._found if code in CODES[task.product]}
        result = super().run(task, storm)
        new = self._mails()[before:]
        self._hold(task, new, had)
        if storm.check:
            assert (new, self._server.connections) == ([], connections), "a check asked the mail server"
        if result is not None:
            assert not CODE.search(result.text), "a code is in the text"
        if (result is None or self.trouble is not None) and not storm.check:
            self._doubt |= task.addresses.keys()
        return result

    def _hold(self, task: CodeTask, new: list[tuple[str, str]], had: set[str]) -> None:
        """The mails of one run, and all codes that are out."""
        owners: dict[str, set[str]] = {}
        theirs: dict[tuple[str, str], set[str]] = {}
        for given, person in self._mails():
            product = next(name for name, codes in CODES.items() if given in codes)
            owners.setdefault(given, set()).add(person)
            theirs.setdefault((person, product), set()).add(given)
        assert all(len(people) == 1 for people in owners.values()), f"a code went to two people: {owners}"
        assert all(len(codes) == 1 for codes in theirs.values()), f"somebody has two codes: {theirs}"
        assert len(set(new)) == len(new), f"somebody was mailed twice: {new}"
        assert {person for _code, person in new} <= task.addresses.keys(), "somebody is mailed who is not listed"
        assert {given for given, _person in new} <= set(task.codes) - task.used, "a code that is not there to give"
        again = {person for _code, person in new} & had
        assert not again or (task.resend and again <= self._doubt), f"mailed again: {again}"
        assert task.most is None or len(new) <= task.most, f"{len(new)} mails, and max_mails {task.most}"

    def _is_true(self, result: Result, before: Given, expected: CodeVerdict, calm: bool) -> None:
        super()._is_true(result, before, expected, calm and self.trouble is None)

    def look_again(self) -> None:
        """Nothing is asked of Apple."""
