# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_code and vpp_code_info over a mail server on a socket and a state directory on the disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openmdm.vpp.plugins.modules import vpp_code, vpp_code_info
from ansible_collections.openmdm.vpp.tests.unit.harness import Result, run_main
from ansible_collections.openmdm.vpp.tests.unit.smtp_server import MailServer

CODE = re.compile(r"^CODE[0-9A-F]{8}$", re.MULTILINE)


def code(number: int) -> str:
    return f"CODE{number * 2654435761 % 2**32:08X}"


class Desk:
    """A list of codes, a list of people, a mail server and a memory."""

    def __init__(self, folder: Path, server: MailServer) -> None:
        self.folder, self.server = folder, server
        self.options: dict[str, Any] = {
            "state_dir": str(folder / "state"),
            "product": {"name": "Procreate", "adam_id": "425073498"},
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "mail_from": "apps@fernhill.example",
            "mail_sender_name": "Fernhill School",
            "mails_per_minute": 6000,
            "request_timeout": 5,
        }

    def write(self, name: str, text: str, mode: int = 0o600) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return str(path)

    def codes(self, count: int, start: int = 1, name: str = "codes.csv", status: dict[int, str] | None = None) -> str:
        rows = [
            f"{code(number)},https://apps.example/redeem?code={code(number)},{(status or {}).get(number, '')}"
            for number in range(start, start + count)
        ]
        return self.write(name, "\n".join(["Code,Link,Status", *rows, ""]))

    def people(self, count: int, start: int = 1, name: str = "people.csv") -> str:
        rows = [
            f"p{number},p{number}@fernhill.example,Ana Diaz {number},{'staff' if number % 2 else ''}"
            for number in range(start, start + count)
        ]
        return self.write(name, "\n".join(["client_user_id,email,name,groups", *rows, ""]))

    def run(self, *, check: bool = False, loud: bool = False, **options: Any) -> Result:
        return run_main(vpp_code.main, {**self.options, **options}, check=check, loud=loud)

    def info(self, **options: Any) -> Result:
        return run_main(vpp_code_info.main, {"state_dir": self.options["state_dir"], **options})

    def given(self) -> dict[str, list[str]]:
        """Codes by the name before the @ of the recipient."""
        found: dict[str, list[str]] = {}
        for mail in self.server.arrived:
            text = mail.message.get_body(("plain",))
            assert text is not None
            found.setdefault(mail.recipient.partition("@")[0], []).extend(CODE.findall(text.get_content()))
        return found


@pytest.fixture
def desk_with(monkeypatch, tmp_path) -> Iterator[Callable[..., Desk]]:
    for name in ("STATE_DIR", "SMTP_HOST", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE"):
        monkeypatch.delenv(f"OPENMDM_VPP_{name}", raising=False)
    with ExitStack() as stack:
        yield lambda **fields: Desk(tmp_path, stack.enter_context(MailServer(**fields).running()))


@pytest.fixture
def desk(desk_with) -> Desk:
    found = desk_with()
    assert isinstance(found, Desk)
    return found


def test_check_run_check_run(desk):
    lists = {"src": desk.codes(9), "people_file": desk.people(7)}
    first = desk.run(check=True, **lists)
    assert (desk.server.connections, (desk.folder / "state").exists()) == (0, False)
    second = desk.run(**lists)
    later = [desk.run(check=check, **lists) for check in (True, False)]
    assert [one.data["changed"] for one in (first, second, *later)] == [True, True, False, False]
    assert [one.failed for one in (first, second, *later)] == [False] * 4
    assert first.data["plan"] == second.data["plan"]
    assert first.data["diff"] == second.data["diff"]
    assert first.data["diff"] == {"before": {"handed_out": 0, "left": 9}, "after": {"handed_out": 7, "left": 2}}
    assert [one.data["plan"]["operations"] for one in later] == [[], []]
    given = desk.given()
    assert given == {f"p{number}": [code(number)] for number in range(1, 8)}
    assert desk.server.connections == 1
    told = {key: second.data["summary"][key] for key in ("people", "given", "mailed", "handed_out", "left")}
    assert told == {"people": 7, "given": 7, "mailed": 7, "handed_out": 7, "left": 2}
    assert all("deprecated" in str(one.data["warnings"]) for one in (first, second, *later))


def test_a_hundred_people_and_ninety_codes(desk):
    lists = {"src": desk.codes(90), "people_file": desk.people(100)}
    runs = [desk.run(check=check, **lists) for check in (True, False, True, False)]
    assert [(one.failed, one.data["changed"]) for one in runs] == [(True, True)] * 2 + [(True, False)] * 2
    given = desk.given()
    assert Counter(found for codes in given.values() for found in codes) == {code(number): 1 for number in range(1, 91)}
    left = [f"p{number}" for number in range(91, 101)]
    for run in runs:
        assert [one["client_user_id"] for one in run.data["without"]] == left
        assert run.data["summary"]["without"] == {"no_code": 10}
    assert runs[1].data["msg"] == (
        "10 people are left without a code, since the list holds no more that are free (p91, p92, p93, p94, p95 and 5 "
        "more). The others are as planned; mend these and run the task again."
    )
    # More codes are bought.
    more = desk.run(src=desk.codes(30, start=80, name="more.csv"), people_file=lists["people_file"])
    assert not more.failed
    assert {who: desk.given()[who] for who in left} == {f"p{n}": [code(n)] for n in range(91, 101)}


def test_the_code_is_nowhere_but_in_the_mail(desk):
    people = desk.people(3)
    report = str(desk.folder / "report.json")
    runs = [
        desk.run(src=desk.codes(3), people_file=people, loud=True, check=True, report_path=report),
        desk.run(src=desk.codes(3), people_file=people, loud=True, report_path=report, show_people=True),
        desk.run(src=desk.codes(3), users=[{"email": code(1)}], loud=True),
        desk.run(src=desk.write("t.csv", f"Code,{code(1)}\n{code(1)},x\n{code(1)},y\n"), people_file=people, loud=True),
        desk.run(src=desk.write("u.txt", f"{code(1)}\n{code(2)},{code(3)}\n{code(4)}"), people_file=people, loud=True),
        desk.info(product=desk.options["product"], src=desk.codes(3), people_file=people, report_path=report),
    ]
    whole = "".join(run.text for run in runs) + Path(report).read_text(encoding="utf-8")
    for file in (desk.folder / "state").iterdir():
        whole += file.read_bytes().decode("latin-1")
    assert "fernhill.example" in runs[1].text
    assert not [number for number in range(1, 5) if code(number) in whole]
    assert len(desk.server.arrived) == 3


def test_nobody_is_named(desk):
    who = "".join(["za", "phod"])
    users = [{"email": f"{who}@fernhill.example", "name": who}, {"email": who}, {"client_user_id": "x"}]
    report = desk.folder / "report.json"
    run = desk.run(src=desk.codes(1), users=users, loud=True, report_path=str(report))
    assert run.failed
    assert who not in run.text.lower()
    assert who not in report.read_text(encoding="utf-8").lower()
    assert run.data["summary"]["mailed"] == 1
    assert run.data["msg"] == (
        "1 person has no e-mail address (x); 1 of the 3 people of users can't be used: item 2 has an e-mail address "
        "that can't be one. The others are as planned; mend these and run the task again."
    )
    assert desk.run(src=desk.codes(1), users=users[:1], show_people=True).data["codes"][0]["name"] == who


def test_who_is_refused_keeps_the_code(desk_with):
    refusing = {"p2", "p4"}
    desk = desk_with(
        script=lambda command, rest, _count: (
            "550 5.1.1 nobody" if command == "RCPT" and rest[4:].partition("@")[0] in refusing else ""
        )
    )
    lists = {"src": desk.codes(4), "people_file": desk.people(4)}
    first = desk.run(**lists)
    assert (first.failed, first.data["changed"]) == (True, True)
    assert first.data["summary"]["refused"] == {"550 5.1.1": 2}
    assert first.data["summary"]["left"] == 0
    assert first.data["msg"] == (
        "2 mails were refused (550 5.1.1: 2; p2, p4), and each code stays with its person. The others are as planned; "
        "mend these and run the task again."
    )
    refusing.clear()
    # Another order, and somebody new in front.
    fifth = desk.people(1, start=5, name="fifth.csv")
    assert desk.run(src=lists["src"], people_file=fifth).data["summary"]["without"] == {"no_code": 1}
    second = desk.run(**lists)
    assert (second.failed, second.data["plan"]["again"]) == (False, 2)
    assert desk.given() == {f"p{number}": [code(number)] for number in range(1, 5)}


def test_what_nobody_knows_is_told_and_sent_again_when_asked_for(desk_with):
    lost = {"p2@fernhill.example"}
    desk = desk_with(script=lambda command, rest, _count: "close" if command == "END" and rest in lost else "")
    lists = {"src": desk.codes(3), "people_file": desk.people(3)}
    first = desk.run(**lists)
    assert (first.data["summary"]["uncertain"], first.data["changed"]) == (1, True)
    lost.clear()
    second = desk.run(**lists)
    assert (second.data["changed"], second.data["summary"]["uncertain"]) == (False, 1)
    assert "1 person may or may not have been mailed" in str(second.data["warnings"])
    assert desk.info(status=["uncertain"]).data["codes"][0]["client_user_id"] == "p2"
    runs = [desk.run(check=check, uncertain="resend", **lists) for check in (True, False, True, False)]
    assert [run.data["changed"] for run in runs] == [True, True, False, False]
    assert desk.given() == {"p1": [code(1)], "p2": [code(2)] * 2, "p3": [code(3)]}
    keys = [mail.message["Message-ID"] for mail in desk.server.arrived if mail.recipient.startswith("p2@")]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_max_mails(desk):
    lists = {"src": desk.codes(5), "people_file": desk.people(5), "max_mails": 2}
    counts = [desk.run(**lists).data["summary"] for _run in range(4)]
    assert [(one["mailed"], one["held_back"]) for one in counts] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert all(len(codes) == 1 for codes in desk.given().values())
    assert desk.run(src=desk.codes(9), people_file=desk.people(9), max_mails=0).data["changed"] is False


def test_a_trial_remembers_nothing(desk):
    lists = {"src": desk.codes(2), "people_file": desk.people(2)}
    assert desk.run(redirect_all_to="it@fernhill.example", check=True, **lists).data["changed"] is False
    trial = desk.run(redirect_all_to="it@fernhill.example", **lists)
    assert (trial.failed, trial.data["changed"]) == (False, False)
    assert trial.data["summary"]["trial"]
    assert {mail.recipient for mail in desk.server.arrived} == {"it@fernhill.example"}
    assert desk.given() == {"it": []}
    assert "TRIAL-NO-CODE" in desk.server.arrived[0].data.decode()
    assert trial.data["diff"]["before"] == trial.data["diff"]["after"]
    assert desk.run(**lists).data["summary"]["mailed"] == 2


def test_a_person_is_known_by_id_and_by_address(desk):
    src = desk.codes(5)
    desk.run(src=src, users=[{"email": "A@fernhill.example"}])
    users = [
        {"client_user_id": "a", "email": "a@fernhill.example"},
        {"client_user_id": "b", "email": "b@fernhill.example"},
    ]
    assert desk.run(src=src, users=users).data["summary"]["mailed"] == 1
    moved = [{"client_user_id": "a", "email": "a.new@fernhill.example"}]
    assert desk.run(src=src, users=moved).data["changed"] is False
    other = desk.run(src=src, users=[{"client_user_id": "c", "email": "B@fernhill.example"}])
    assert other.data["without"] == [{"client_user_id": "c", "line": 1, "reason": "same_address"}]
    assert "has an address to which another person's code went (c)" in other.data["msg"]
    assert {who: len(codes) for who, codes in desk.given().items()} == {"A": 1, "b": 1}


def test_used_codes_are_nobodys(desk):
    lists = {"src": desk.codes(4, status={1: "Redeemed", 3: "unused"}), "people_file": desk.people(2)}
    first = desk.run(**lists)
    assert desk.given() == {"p1": [code(2)], "p2": [code(3)]}
    assert (first.data["summary"]["codes_used"], first.data["summary"]["left"]) == (1, 1)
    later = desk.info(
        product=desk.options["product"],
        src=desk.codes(4, status={1: "Redeemed", 2: "Redeemed"}),
        people_file=desk.people(3),
    )
    told = {key: later.data["summary"][key] for key in ("given", "codes", "codes_used", "redeemed", "left", "without")}
    assert told == {"given": 2, "codes": 4, "codes_used": 2, "redeemed": 1, "left": 1, "without": 1}
    assert [one["client_user_id"] for one in later.data["people"]] == ["p3", "p1", "p2"]


def test_each_product_has_its_own_codes(desk):
    people = desk.people(2)
    desk.run(src=desk.codes(2), people_file=people)
    wrong = desk.run(src=desk.codes(9), people_file=people, product={"name": "Keynote"})
    assert wrong.data["msg"] == (
        "src: 2 of its codes (line 2, line 3) were handed out for 'Procreate' before, and not for 'Keynote'; nothing "
        "was handed out. Name the list of this product, or correct 'product'."
    )
    right = desk.run(src=desk.codes(2, start=20, name="k.csv"), people_file=people, product={"name": "Keynote"})
    assert right.data["summary"]["mailed"] == 2
    assert [one["name"] for one in desk.info().data["products"]] == ["Procreate", "Keynote"]
    same = desk.run(
        src=desk.codes(2), people_file=people, product={"name": "Procreate for iPad", "adam_id": "425073498"}
    )
    assert same.data["changed"] is False
    two = desk.run(src=desk.codes(2), people_file=people, product={"name": "procreate", "adam_id": "1"})
    assert "with the adam_id 425073498 before" in two.data["msg"]


def test_a_code_that_left_the_list(desk_with):
    refusing = ["550 5.1.1 nobody"]
    desk = desk_with(script=lambda command, _rest, _count: refusing[0] if command == "RCPT" and refusing else "")
    people = desk.people(1)
    desk.run(src=desk.codes(1), people_file=people)
    refusing.clear()
    for src in (desk.codes(1, start=7, name="o.csv"), desk.codes(1, status={1: "used"}, name="s.csv")):
        run = desk.run(src=src, people_file=people)
        assert run.data["without"] == [{"client_user_id": "p1", "line": 2, "reason": "code_unavailable"}]
    assert desk.given() == {}


def test_a_mail_server_that_is_down_changes_nothing(desk):
    run = desk.run(src=desk.codes(1), people_file=desk.people(1), smtp_port=1)
    assert (run.failed, run.data["changed"]) == (True, False)
    assert run.data["msg"].startswith("The task stopped, and nothing was changed. The mail server 127.0.0.1, port 1")
    assert desk.info().data["codes"] == []


def test_the_mail(desk):
    desk.run(src=desk.codes(1), people_file=desk.people(1))
    message = desk.server.arrived[0].message
    assert message["Subject"] == "Your code for Procreate from Fernhill School"
    assert message["From"] == "Fernhill School <apps@fernhill.example>"
    text = message.get_body(("plain",)).get_content()
    assert "Hello Ana Diaz 1,\n\nFernhill School gives you Procreate. This is your code:\n\n" in text
    assert f"https://apps.example/redeem?code={code(1)}\n" in text
    bare = desk.write("bare.txt", f"# bought in May\n{code(8)}\n{code(9)}\n")
    desk.run(src=bare, people_file=desk.people(1, start=9))
    text = desk.server.arrived[1].message.get_body(("plain",)).get_content()
    assert "http" not in text
    assert "To use it, on your iPhone, iPad or Mac:\n\n1. Open" in text
    words = desk.write("subject.j2", "{{ product_name }} for {{ name }}")
    told = desk.write("text.j2", "{{ code }} only")
    desk.run(
        src=bare,
        people_file=desk.people(1, start=10),
        templates={"code_subject": words, "code_text": told},
    )
    assert desk.server.arrived[2].message["Subject"] == "Procreate for Ana Diaz 10"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"src": "/nowhere"}, "src: cannot read /nowhere: No such file"),
        (
            {"state_dir": None},
            "state_dir is missing; name the folder where it is remembered whose each code is: without",
        ),
        ({"state_dir": "state"}, "state_dir: it is no full path"),
        ({"mail_sender_name": " "}, "mail_sender_name is missing; set the name of the school or company"),
        ({"smtp_host": None}, "smtp_host is missing"),
        ({"product": {"name": " "}}, "product.name: it is empty"),
        ({"product": {"name": "x", "adam_id": "id1"}}, "product.adam_id: 'id1' isn't an adam id"),
        ({"people_file": None}, "There is nobody: users and people_file are not given"),
        ({"people_columns": {"name": "Full"}}, "has no column 'Full', which 'columns' names"),
        ({"groups": ["stuff"]}, "groups: nobody in the list is in stuff (it has staff)"),
        ({"columns": {"code": "Gift"}}, "has no column 'Gift' in its first line; tell its name in 'columns'"),
        ({"templates": {"code_text": "/nowhere"}}, "templates.code_text: cannot read /nowhere"),
        ({"report_path": "/nowhere/at/all"}, "report_path"),
    ],
)
def test_is_refused_before_anything_is_sent(desk, options, words):
    run = desk.run(**{"src": desk.codes(2), "people_file": desk.people(2), **options})
    assert run.failed
    assert words in run.data["msg"]
    assert run.data["changed"] is False
    assert desk.server.connections == 0


def test_a_list_that_others_can_read_is_warned_of(desk):
    run = desk.run(src=desk.write("c.txt", f"{code(1)}\n", 0o644), people_file=desk.people(1))
    assert "c.txt can be read by others on this machine, and a code is money" in str(run.data["warnings"])


def test_a_spreadsheet(desk):
    path = desk.folder / "codes.xlsx"
    path.write_bytes(b"PK\x03\x04 and more")
    run = desk.run(src=str(path), people_file=desk.people(1))
    assert run.data["msg"] == f"src: {path} is a spreadsheet; save it as CSV in UTF-8 and name that file."


def test_info_refuses_lists_without_a_product(desk):
    assert desk.info(src="/x").data["msg"] == "src needs product: say of which product the codes are."
    assert "users needs product" in desk.info(users=[]).data["msg"]
    assert "go with users or people_file" in desk.info(groups=["staff"]).data["msg"]
    assert desk.info().data["summary"]["given"] == 0


def test_links_of_other_lines(desk):
    """As after one column was sorted without the other: two people would have the same code."""
    link = "https://apps.example/redeem?code="
    crossed = [f"{code(1)},{link}{code(2)}", f"{code(2)},{link}{code(1)}", f"{code(3)},{link}{code(3)}"]
    twice = [f"{code(1)},{link}OTHER", f"{code(2)},{link}OTHER", f"{code(3)},{link}{code(3)}"]
    for rows in (crossed, twice):
        found = desk.run(src=desk.write("codes.csv", "\n".join(["Code,Link", *rows, ""])), people_file=desk.people(3))
        assert (found.failed, found.data["changed"], desk.server.connections) == (True, False, 0)
        assert "the links of 2 lines (line 2, line 3) are those of other lines" in found.data["msg"]
        assert code(1) not in found.text
    page = [f"{code(number)},https://apps.example/redeem" for number in (1, 2)]
    src = desk.write("codes.csv", "\n".join(["Code,Link", *page, ""]))
    assert desk.run(src=src, people_file=desk.people(2)).data["summary"]["mailed"] == 2
