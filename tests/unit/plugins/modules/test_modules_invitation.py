# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_invitation and its info over the school of the sandbox, with a mail server: who is mailed, and when."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.mailing import statuses, whole

NO_STATE = "state_dir is missing: without it nobody knows who was mailed. Set that of the other tasks."
# Not in the text of the tests, whose lines stand in tracebacks.
WHO = "".join(["za", "phod"])


def test_check_run_check_run(mailing):
    people = mailing.people(5)
    mailing.register(people)
    writes = mailing.writes()
    runs = [mailing.invite(people, check=check) for check in (True, False, True, False)]
    first, second, *later = (run.data for run in runs)
    assert not any(run.failed for run in runs)
    assert [run.data["changed"] for run in runs] == [True, True, False, False]
    assert (first["plan"], first["diff"]) == (second["plan"], second["diff"])
    assert all(one["plan"]["operations"] == [] and one["diff"] == {"before": {}, "after": {}} for one in later)
    assert mailing.server.connections == 1
    assert mailing.arrived() == {f"p{number}": 1 for number in range(5)}
    assert second["summary"]["mailed"] == second["summary"]["to_mail"] == 5
    assert statuses(runs[1]) == statuses(runs[3]) == {"invited": 5}
    assert mailing.writes() == writes


def test_the_mail_has_the_link_and_the_name(mailing):
    people = mailing.people(1)
    mailing.register(people)
    mailing.invite(people)
    (mail,) = mailing.server.arrived
    (code,) = mailing.codes()
    assert mailing.links("p0") == [code]
    body = mail.message.get_body(("plain",)).get_content()
    assert "Person 0" in body
    assert "Kowhai Valley College North Campus" in body
    assert mail.sender == "apps@fernhill.example"


def test_a_check_before_people_are_registered(mailing):
    people = mailing.people(3)
    run = mailing.invite(people, check=True)
    assert not run.failed
    assert statuses(run) == {"unknown": 3}
    assert run.data["summary"]["expected"] == 3
    assert not run.data["changed"]
    assert "3 people are to be registered first, by vpp_user; a run after that sends the mails." in str(
        run.data["warnings"]
    )
    assert not (mailing.folder / "state").exists()
    run = mailing.invite(people)
    assert "3 people of the list are not registered at Apple" in str(run.data["warnings"])
    assert mailing.server.connections == 0


def test_reminders_until_they_accept(mailing):
    people = mailing.people(3)
    mailing.register(people)
    options = {"remind_after_days": 7, "max_reminders": 2}
    mailing.invite(people, **options)
    mailing.accept("p0")
    mailing.wait(6)
    assert not mailing.invite(people, **options).data["changed"]
    mailing.wait(0.9)  # a nightly run, a little early
    second = mailing.invite(people, **options)
    assert second.data["summary"]["to_remind"] == second.data["summary"]["mailed"] == 2
    assert not mailing.invite(people, **options).data["changed"]
    (again,) = {mail.message["Subject"] for mail in mailing.server.arrived[3:]}
    assert again != mailing.server.arrived[0].message["Subject"]
    assert "6 days ago" in mailing.server.arrived[-1].message.get_body(("plain",)).get_content()
    mailing.accept("p1")
    for _week in range(3):
        mailing.wait(7)
        last = mailing.invite(people, **options)
    assert mailing.arrived() == {"p0": 1, "p1": 2, "p2": 3}
    assert mailing.links("p2") == [mailing.links("p2")[0]] * 3
    assert last.data["summary"]["waiting"] == 1
    assert last.data["summary"]["accepted"] == 2
    assert last.data["summary"]["oldest_waiting_days"] == 27
    told = {one["client_user_id"]: one for one in last.data["invitations"]}[mailing.id_of("p2")]
    assert (told["status"], told["reminders"], told["days_waiting"]) == ("invited", 2, 27)


def test_another_products_people_are_mailed_only_when_named(mailing):
    mailing.control("POST", "users", {"add": [{"email": "p0@fernhill.example", "clientUserId": "mdm-0"}]})
    people = mailing.people(2)
    mailing.register(people)
    run = mailing.invite(people)
    assert mailing.arrived() == {"p1": 1}
    assert statuses(run) == {"invited": 1, "invitation unknown": 1}
    assert "1 person is registered, and state_dir doesn't tell by whom" in str(run.data["warnings"])
    named = {"mail_again": {"emails": ["P0@fernhill.example"]}}
    for run in (mailing.invite(people, check=True, **named), mailing.invite(people, **named)):
        assert run.data["summary"]["to_mail_again"] == 1
    assert mailing.arrived() == {"p0": 1, "p1": 1}
    assert not mailing.invite(people, **named).data["changed"]
    assert mailing.arrived() == {"p0": 1, "p1": 1}
    assert statuses(mailing.info()) == {"invited": 2}


def test_a_lost_mail_is_sent_again_with_the_same_link(mailing):
    mailing.register(mailing.people(2))
    mailing.invite(mailing.people(2))
    key = mailing.id_of("p1")
    soon = mailing.invite(mail_again={"client_user_ids": [key]})
    assert "1 person of mail_again was mailed, or maybe mailed, less than 24 hours ago" in str(soon.data["warnings"])
    assert not soon.data["changed"]
    mailing.wait(2)
    run = mailing.invite(mail_again={"client_user_ids": [key], "emails": ["p0@fernhill.example"]})
    assert not run.failed
    assert run.data["summary"]["mailed"] == 2
    assert mailing.links("p1")[0] == mailing.links("p1")[1]
    ids = [mail.message["Message-ID"] for mail in mailing.server.arrived]
    assert len(set(ids)) == 4
    mailing.accept("p1")
    mailing.wait(2)
    told = mailing.invite(mail_again={"client_user_ids": [key]})
    assert "1 person of mail_again has accepted by now" in str(told.data["warnings"])
    assert mailing.arrived() == {"p0": 2, "p1": 2}


def test_an_answer_that_is_lost(mailing):
    people = mailing.people(3)
    mailing.register(people)
    mailing.server.script = lambda command, _rest, count: "close" if (command, count) == ("END", 2) else ""
    run = mailing.invite(people)
    assert not run.failed
    assert statuses(run) == {"invited": 2, "uncertain": 1}
    assert run.data["invitations"][0]["status"] == "uncertain"
    again = mailing.invite(people)
    assert not again.data["changed"]
    assert "1 person may or may not have been mailed" in str(again.data["warnings"])
    assert statuses(mailing.info()) == {"invited": 2, "uncertain": 1}
    resent = mailing.invite(people, uncertain="resend")
    assert statuses(resent) == {"invited": 3}
    assert mailing.arrived() == {"p0": 1, "p1": 2, "p2": 1}
    ids = [mail.message["Message-ID"] for mail in mailing.server.arrived if mail.recipient.startswith("p1@")]
    assert ids[0] == ids[1]
    assert not mailing.invite(people, uncertain="resend").data["changed"]


def test_half_of_them_are_refused(mailing):
    people = mailing.people(12)
    mailing.register(people)
    codes = {"p1": "550 5.1.1 no such user", "p3": "452 4.2.2 full"}

    def script(command, rest, _count):
        name = rest.partition("<")[2].partition("@")[0]
        return codes.get(name, "550 5.1.1 no") if command == "RCPT" and int(name[1:]) % 2 else ""

    mailing.server.script = script
    src = mailing.file("p.csv", "Email,Name,Notes\n" + "".join(f"{one['email']},{one['name']},\n" for one in people))
    run = mailing.invite(src=src)
    assert run.failed
    assert run.data["changed"]
    assert run.data["msg"] == (
        "6 mails were refused: line 3 (550 5.1.1), line 5 (452 4.2.2), line 7 (550 5.1.1), line 9 (550 5.1.1), line 11 "
        "(550 5.1.1), and 1 more, listed under 'refused'. The others are as planned; mend these and run the task again."
    )
    assert run.data["summary"]["mailed"] == 6
    assert run.data["summary"]["refused"] == {"452 4.2.2": 1, "550 5.1.1": 5}
    assert run.data["refused"][0] == {
        "line": 3, "client_user_id": mailing.id_of("p1"), "reason": "", "smtp_code": 550, "smtp_status": "5.1.1",
    }  # fmt: skip
    assert statuses(run) == {"invited": 6, "failed": 6}
    mailing.server.script = lambda *_anything: ""
    assert statuses(mailing.invite(src=src)) == {"invited": 12}
    assert set(mailing.arrived().values()) == {1}


def test_bad_rows_and_people_without_an_address(mailing):
    mailing.register([*mailing.people(1), {"client_user_id": "u-1"}])
    src = mailing.file(
        "bad.csv",
        '\ufeffemail,client_user_id,name\np0@fernhill.example,,"Bea ""B"", Dr."\nnobody,,x\n,u-1,\n,,y\n',
    )
    checked = mailing.invite(src=src, check=True)
    assert checked.data["msg"].endswith(". The others are planned; mend these and run the task again.")
    run = mailing.invite(src=src)
    assert run.failed
    assert run.data["msg"] == (
        "1 person has no e-mail address, neither in the list nor at Apple: line 4; 2 of the 4 people of bad.csv can't "
        "be used: line 3 has an e-mail address that can't be one; line 5 has no e-mail address. The others are as "
        "planned; mend these and run the task again."
    )
    assert run.data["summary"]["refused"] == {"no_address": 1}
    assert mailing.arrived() == {"p0": 1}


def test_max_mails(mailing):
    people = mailing.people(5)
    mailing.register(people)
    check = mailing.invite(people, max_mails=2, check=True)
    assert check.data["summary"]["held_back"] == 3
    assert statuses(check) == {"new": 3, "invited": 2}
    found = [mailing.invite(people, max_mails=2).data["summary"] for _run in range(4)]
    assert [one["mailed"] for one in found] == [2, 2, 1, 0]
    assert [one["held_back"] for one in found] == [3, 1, 0, 0]
    assert not mailing.invite(mailing.people(9), max_mails=0, check=True).data["changed"]


def test_a_trial(mailing):
    people = mailing.people(3)
    mailing.register(people)
    runs = [mailing.invite(people, redirect_all_to="me@b.example", check=check) for check in (True, False, False)]
    for run in runs:
        assert not run.failed
        assert not run.data["changed"]
        assert run.data["diff"] == {"before": {}, "after": {}}
        assert "This is a trial" in str(run.data["warnings"])
        assert statuses(run) == {"new": 3}
    assert [run.data["summary"]["trial_mails"] for run in runs] == [0, 3, 3]
    assert mailing.arrived() == {"me": 6}
    assert not any(code in mail.data.decode() for mail in mailing.server.arrived for code in mailing.codes())
    assert statuses(mailing.invite(people)) == {"invited": 3}


def test_without_a_state_directory(mailing):
    mailing.control("POST", "users", {"add": [{"email": "p0@fernhill.example"}]})
    report, people = str(mailing.folder / "report.json"), mailing.people(3)
    options = {"state_dir": None, "created_file": report}
    mailing.register(people, state_dir=None, report_path=report, check=True)
    run = mailing.invite(people, check=True, **options)
    assert statuses(run) == {"invitation unknown": 1, "unknown": 2}
    mailing.register(people, state_dir=None, report_path=report)
    assert mailing.invite(people, check=True, **options).data["summary"]["to_mail"] == 2
    run = mailing.invite(people, **options)
    assert not run.failed, run.data["msg"]
    assert mailing.arrived() == {"p1": 1, "p2": 1}
    assert statuses(run) == {"invited": 2, "invitation unknown": 1}
    mailing.register(people, state_dir=None, report_path=report)
    assert not mailing.invite(people, **options).data["changed"]
    os.utime(report, (time.time() - 3700,) * 2)
    old = mailing.invite(people, **options)
    assert old.data["msg"] == (
        f"created_file: {report} is older than an hour, so it may have been used before; run vpp_user in the same run "
        "as this task, or set state_dir."
    )
    for text in ("{}", "[]", '{"openmdm.vpp report": true, "created": 7}', '{"created": []}'):
        wrong = mailing.file("wrong.json", text)
        assert "created_file: " in mailing.invite(people, state_dir=None, created_file=wrong).data["msg"]
    document = json.loads(Path(report).read_text(encoding="utf-8"))
    other = mailing.file("other.json", json.dumps({**document, "location": {"uid": "1"}}))
    assert "created_file is about another location" in mailing.invite(people, created_file=other).data["msg"]


def test_a_person_whose_code_changes_gets_the_new_link(mailing):
    mailing.box.control("PUT", "/_sandbox/switches", {"invite_code": "new"})
    mailing.register([{"client_user_id": "u-1", "email": "p0@fernhill.example"}])
    mailing.invite([{"client_user_id": "u-1"}])
    mailing.register([{"client_user_id": "u-1", "email": "p1@fernhill.example"}])
    run = mailing.invite([{"client_user_id": "u-1"}])
    assert run.data["summary"]["to_mail"] == 1
    assert mailing.links("p0") != mailing.links("p1") == list(mailing.codes())


def test_who_comes_back_under_an_id_that_we_retired(mailing):
    """Retired by us, and registered by another product since: the link may have come from there."""
    people = [{"client_user_id": "u-1", "email": "p0@fernhill.example"}]
    mailing.register(people)
    mailing.register(people, state="absent", max_removals="1")
    mailing.control("POST", "users", {"add": [{"email": "p0@fernhill.example", "clientUserId": "u-1"}]})
    assert statuses(mailing.invite(people)) == {"invitation unknown": 1}
    mailing.register(people, state="absent", max_removals="1")
    assert statuses(mailing.invite(people)) == {"retired": 1}
    mailing.register(people)
    assert statuses(mailing.invite(people)) == {"invited": 1}


def test_another_address_in_the_list(mailing):
    mailing.register([{"client_user_id": "u-1", "email": "p0@fernhill.example"}])
    run = mailing.invite([{"client_user_id": "u-1", "email": "p9@fernhill.example"}])
    assert mailing.arrived() == {"p0": 1}
    assert run.data["summary"]["other_address"] == 1
    assert "1 person has another address at Apple than in the list" in str(run.data["warnings"])


def test_a_list_whose_addresses_are_shifted(mailing):
    """Nobody gets the link of another: each address is somebody else's by now."""
    people = [{"client_user_id": f"id{number}", "email": f"p{number}@fernhill.example"} for number in range(4)]
    mailing.register(people)
    mailing.invite(people)
    before = {f"p{number}": mailing.links(f"p{number}") for number in range(4)}
    shifted = [{**one, "email": people[number - 1]["email"]} for number, one in enumerate(people)]
    found = mailing.register(shifted)
    assert (found.failed, found.data["changed"], found.data["summary"]["bad_rows"]) == (True, False, 4)
    assert "has the client_user_id of one user and the address of another" in found.data["msg"]
    mailing.wait(8)
    assert mailing.invite(shifted, remind_after_days=7).data["summary"]["mailed"] == 4
    assert {name: set(mailing.links(name)) for name in before} == {name: set(links) for name, links in before.items()}
    # Who gives an address up for one that is nobody's makes room for another.
    given_up = [{**people[0], "email": "p1@fernhill.example"}, {**people[1], "email": "new@fernhill.example"}]
    assert mailing.register(given_up).data["summary"]["updated"] == 2


def test_nobody_is_named_and_no_link_is_shown(mailing):
    people = [{"email": f"{WHO}@fernhill.example", "name": WHO}, {"email": "p1@fernhill.example", "name": WHO}]
    mailing.register(people)
    codes = mailing.codes()
    report = str(mailing.folder / "report.json")
    mailing.server.script = lambda command, rest, _count: "550 5.1.1 no " + rest if command == "RCPT" else ""
    named = {"emails": [f"{WHO}@fernhill.example"]}
    shared = {"loud": True, "report_path": report}
    runs = [
        mailing.invite(people, **shared),
        mailing.invite(people, mail_again=named, check=True, **shared),
        mailing.invite(mail_again=named, smtp_port=1, **shared),
        mailing.invite(people, mail_again=named, smtp_host="bad host", loud=True),
        mailing.invite(people, mail_again={"emails": [f"{WHO}@nowhere.example"]}, loud=True),
        mailing.info(users=people, report_path=report),
    ]
    texts = [whole(*runs), Path(report).read_text(encoding="utf-8")]
    assert not any(WHO in text.lower() for text in texts)
    shown = [mailing.invite(people, show_people=True, **shared), mailing.info(show_people=True, users=people)]
    assert all(run.data["invitations"][0]["name"] == WHO for run in shown)
    files = [path for path in (mailing.folder / "state").iterdir() if path.suffix == ".sqlite3"]
    texts += [whole(*shown), *(path.read_bytes().decode("latin-1") for path in files)]
    assert len(files) == 1
    assert len(codes) == 2
    assert not any(code in text or "inviteCode=" in text for text in texts for code in codes)
    assert WHO not in texts[-1].lower()


def test_a_template_that_fails_is_known_in_check_mode(mailing):
    mailing.register(mailing.people(2))
    text = mailing.file("t.j2", "Hello {{ nobody }}, {{ link }}")
    run = mailing.invite(mailing.people(2), templates={"text": text}, check=True)
    assert run.data["msg"].startswith(f"templates.text: {text}, line 1: nobody is unknown")
    assert mailing.server.connections == 0


def test_a_mail_server_that_is_down(mailing):
    people = mailing.people(2)
    mailing.register(people)
    run = mailing.invite(people, smtp_port=1)
    assert run.failed
    assert not run.data["changed"]
    assert run.data["msg"].startswith("The task stopped, and nothing was changed. The mail server 127.0.0.1, port 1, ")
    assert statuses(mailing.invite(people)) == {"invited": 2}


def test_an_mdm_that_claims_the_location(mailing):
    mailing.register(mailing.people(1))
    claim = {"mdmInfo": {"id": "x", "name": "Another MDM", "metadata": "y"}}
    mailing.control("POST", "client-config", claim)
    run = mailing.invite(mailing.people(1))
    assert "is claimed by 'Another MDM'" in run.data["msg"]
    assert not mailing.arrived()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "There is nobody: users and src are not given; give one of them."),
        ({"users": [], "src": "x"}, "users and src are both given; give one of them."),
        ({"users": [], "state_dir": None},
         ("state_dir is missing: without it nobody knows who was mailed before. Set it, or give the report_path that "
          "vpp_user has just written as created_file to mail whom that run has registered.")),
        ({"users": [], "state_dir": None, "created_file": "x", "remind_after_days": 7},
         "remind_after_days needs state_dir, where it is remembered what was done before."),
        ({"users": [], "state_dir": None, "created_file": "x", "reissue": True},
         "reissue needs state_dir, where it is remembered what was done before."),
        ({"users": [], "reissue": True},
         ("reissue: true needs max_removals: say how many people it may retire at most, as a number or as a percentage "
          "of those who have accepted, such as 5%.")),
        ({"users": [], "reissue": True, "max_removals": "1", "wait": False},
         "reissue needs wait: true, since nobody is registered anew before the retirement is done."),
        ({"users": [], "reissue": True, "max_removals": "1", "redirect_all_to": "me@b.example"},
         "reissue doesn't go with redirect_all_to: a trial retires nobody. Leave one of them out."),
        ({"users": [], "mail_again": {}},
         "mail_again names nobody; give client_user_ids or emails, or leave it out."),
        ({"mail_again": {"emails": ["a@b.example"]}, "groups": ["x"]},
         "groups and columns go with users or src, and neither is given."),
        ({"users": [], "remind_after_days": 0},
         "remind_after_days: 0 is no number of days from 1 to 3650; correct it."),
        ({"users": [], "max_reminders": -1}, "max_reminders: -1 is no number of mails; give 0 or more."),
        ({"users": [], "again_after_hours": -1},
         "again_after_hours: -1 is no number of hours from 0 to 8760; correct it."),
        ({"users": [], "smtp_host": ""},
         "smtp_host is missing; set the name of the mail server that is to send the mails."),
    ],
)  # fmt: skip
def test_bad_options(mailing, options, sentence):
    run = mailing.invite(**{"users": None, **options})
    assert run.failed
    assert run.data["msg"] == sentence
    assert not run.data["changed"]
    assert not mailing.box.requests


def test_info(mailing):
    people = mailing.people(4)
    mailing.register(people)
    mailing.invite(people[:3])
    mailing.accept("p2")
    mailing.wait(3)
    mailing.invite(people[:1], remind_after_days=2)
    told = mailing.info().data
    assert told["summary"] == {
        "people": 4,
        "by_status": {"new": 1, "invited": 2, "associated": 1, "retired": 0, "invitation unknown": 0, "uncertain": 0,
                      "failed": 0, "unknown": 0},
        "uncertain": 0, "accepted": 1, "waiting": 2, "oldest_waiting_days": 3, "reminded": 1, "still_to_grant": 0,
        "bad_rows": 0,
    }  # fmt: skip
    report = str(mailing.folder / "info.json")
    waiting = mailing.info(status=["invited"], limit=1, report_path=report).data
    assert (waiting["total"], waiting["truncated"], len(waiting["invitations"])) == (2, True, 1)
    assert len(json.loads(Path(report).read_text(encoding="utf-8"))["invitations"]) == 2
    listed = mailing.info(users=[*people[:1], {"email": "p8@fernhill.example"}, {"email": "bad"}]).data
    assert [one["status"] for one in listed["invitations"]] == ["invited", "unknown"]
    assert listed["invitations"][0]["reminders"] == 1
    assert listed["bad_rows"] == [{"line": 3, "why": "has an e-mail address that can't be one"}]
    for options, sentence in (
        ({"state_dir": None}, NO_STATE),
        ({"groups": ["x"]}, "groups and columns go with users or src, and neither is given."),
        ({"users": [], "src": "x"}, "users and src are both given; give one of them."),
    ):  # fmt: skip
        assert mailing.info(**options).data["msg"] == sentence
