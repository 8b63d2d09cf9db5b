# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpp_invitation with reissue: a link that the wrong Apple Account used, and the licences of the person."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.tests.unit.plugins.modules.mailing import Mailing, statuses, whole

APP, BOOK = "361309726", "900000001"


@pytest.fixture
def brother(mailing) -> Mailing:
    """p0 was invited, and somebody else's account has accepted and holds an app and a book. So does p1, rightly."""
    people = mailing.people(3)
    mailing.register(people)
    mailing.invite(people)
    mailing.accept("p0", account="brother@id.example")
    mailing.accept("p1")
    rows = [{"adamId": asset, "clientUserId": mailing.id_of(name)} for asset in (APP, BOOK) for name in ("p0", "p1")]
    mailing.control("POST", "assignments", {"add": rows})
    return mailing


def test_check_run_check_run_and_what_was_lost_comes_back(brother):
    people, key = brother.people(1), brother.id_of("p0")
    options = {"reissue": True, "max_removals": "1"}
    runs = [brother.invite(people, check=check, **options) for check in (True, False, True, False)]
    first, second, third, fourth = (run.data for run in runs)
    assert not any(run.failed for run in runs), second["msg"]
    assert (first["plan"], first["diff"], first["lost"]) == (second["plan"], second["diff"], second["lost"])
    assert [one["changed"] for one in (first, second, third, fourth)] == [True, True, False, False]
    assert second["lost"] == [{"client_user_id": key, "assets": [APP], "count": 1, "staying": 1}]
    assert second["diff"]["after"] == {key: {"status": "invited", "mails": 1}}
    assert (second["summary"]["reissued"], second["summary"]["mailed"]) == (1, 1)
    assert first["summary"]["still_to_grant"] == second["summary"]["still_to_grant"] == 1
    assert [event["event_type"] for event in second["events"]] == ["RETIRE", "CREATE"]
    assert "Who is invited anew here loses 1 licence; 1 more, such as of books" in str(runs[0].data["warnings"])
    assert brother.holders(APP) == {brother.id_of("p1")}
    old, new = brother.links("p0")
    assert old != new
    # The person accepts, and any later run gives the app again; the book moved along.
    brother.accept("p0", account="p0@id.example")
    assert brother.info(users=people).data["summary"]["still_to_grant"] == 1
    runs = [brother.invite(brother.people(3), check=check) for check in (True, False, True, False)]
    assert not any(run.failed for run in runs), runs[1].data["msg"]
    assert [run.data["changed"] for run in runs] == [True, True, False, False]
    assert runs[0].data["plan"] == runs[1].data["plan"]
    assert runs[0].data["diff"] == runs[1].data["diff"]
    assert runs[1].data["summary"]["granted"] == runs[1].data["summary"]["to_grant"] == 1
    assert brother.holders(APP) == brother.holders(BOOK) == {key, brother.id_of("p1")}
    assert [run.data["summary"]["still_to_grant"] for run in runs] == [0, 0, 0, 0]
    assert brother.arrived() == {"p0": 2, "p1": 1, "p2": 1}
    assert not any(code in run.text for run in runs for code in brother.codes())


def test_the_same_account_once_more(brother):
    people, options = brother.people(1), {"reissue": True, "max_removals": "1"}
    brother.invite(people, **options)
    brother.accept("p0", account="brother@id.example")
    run = brother.invite(people, **options)
    assert not run.data["changed"]
    assert "1 person was invited anew, and accepted with the same Apple Account as before" in whole(run)
    assert brother.holders(APP) == {brother.id_of("p1")}
    assert statuses(run) == {"associated": 1}


def test_too_many(brother):
    run = brother.invite(brother.people(3), reissue=True, max_removals="1")
    assert run.data["msg"] == (
        "The plan retires 2 of the 2 people of the list who have accepted, to invite them anew, 1 more than "
        "max_removals 1 allows; check the list, or raise max_removals."
    )
    assert not run.data["changed"]
    assert brother.arrived() == {"p0": 1, "p1": 1, "p2": 1}


def test_without_a_mail_server_nobody_is_retired(brother):
    before = brother.users()
    run = brother.invite(brother.people(1), reissue=True, max_removals="1", smtp_port=1)
    assert run.failed
    assert not run.data["changed"]
    assert brother.users() == before


def test_a_template_that_fails_retires_nobody(brother):
    before = brother.users()
    html = brother.file("t.j2", "{{ link }} {{ name.nothing.at.all }}")
    run = brother.invite(brother.people(1), reissue=True, max_removals="1", templates={"html": html})
    assert run.data["msg"].startswith(f"templates.html: {html}, line 1: ")
    assert brother.users() == before


def test_licences_that_are_not_free_come_later(brother):
    people = brother.people(1)
    brother.invite(people, reissue=True, max_removals="1")
    brother.accept("p0", account="p0@id.example")
    brother.box.faults.add({"kind": "event_fail", "count": 1, "error_number": 9709})
    run = brother.invite(people)
    assert run.failed
    assert run.data["msg"].startswith("0 of 1 licences were given again (")
    assert run.data["failures"][0]["error_number"] == 9709
    assert run.data["summary"]["still_to_grant"] == 1
    again = brother.invite(people)
    assert not again.failed
    assert again.data["summary"]["granted"] == 1


def test_a_list_that_registers_in_between(brother):
    """vpp_user of the same night registers whom a killed run left retired; the rest goes on from there."""
    key = brother.id_of("p0")
    brother.box.faults.add({"kind": "status", "status": 400, "match": {"path": "*/users/create"}, "times": 1})
    run = brother.invite(brother.people(1), reissue=True, max_removals="1")
    assert run.failed
    assert run.data["changed"]
    assert statuses(run) == {"retired": 1}
    assert "0 of 1 people were registered anew, and 1 of the others are retired, whom the next run" in whole(run)
    brother.register(brother.people(3))
    assert statuses(brother.invite(brother.people(3))) == {"invited": 2, "associated": 1}
    brother.accept("p0", account="p0@id.example")
    assert brother.invite(brother.people(3)).data["summary"]["granted"] == 1
    assert brother.holders(APP) >= {key}


def test_a_retirement_of_which_nobody_knows(brother):
    """Its answer is lost, and then the people can't be read."""
    brother.box.faults.add({"kind": "lost_answer", "match": {"path": "*/users/retire"}})
    brother.box.faults.add(
        {"kind": "status", "status": 502, "times": None, "match": {"method": "GET", "path": "/users", "after": 1}}
    )
    options = {"reissue": True, "max_removals": "1"}
    run = brother.invite(brother.people(1), **options)
    assert (run.failed, run.data["changed"]) == (True, True)
    assert run.data["msg"].startswith(
        "The task stopped half-way: 0 of 1 people were registered anew, of 1 it is not known yet whether they were, "
    )
    brother.box.faults.clear()
    assert not brother.invite(brother.people(1), **options).failed
    assert brother.arrived()["p0"] == 2


def test_a_retirement_whose_answer_was_lost_and_which_comes_late(brother):
    """It would end the new registration, of which the person was mailed already."""
    lost = {"match": {"path": "*/users/retire"}}
    brother.box.faults.add({"kind": "event_slow", "seconds": 700, **lost})
    brother.box.faults.add({"kind": "lost_answer", **lost})
    options = {"reissue": True, "max_removals": "1"}
    run = brother.invite(brother.people(1), **options)
    assert (run.failed, run.data["changed"], brother.arrived()["p0"]) == (True, True, 1)
    assert run.data["msg"].startswith(
        "0 of 1 people were registered anew, and 1 of the others are retired, whom the next run registers; wait ten "
        "minutes, since the answer to a retirement was lost, which may take effect once more"
    )
    brother.wait(1)
    assert not brother.invite(brother.people(1), **options).failed
    brother.wait(1)
    assert statuses(brother.info(users=brother.people(1))) == {"invited": 1}
    assert brother.arrived()["p0"] == 2


def test_who_leaves_is_given_nothing_again(brother):
    """Retired as a leaver after the reissue, and back later: what was owed was handed back with everything else."""
    people = brother.people(1)
    brother.invite(people, reissue=True, max_removals="1")
    assert brother.register(people, state="absent", max_removals="1").data["summary"]["retired"] == 1
    brother.wait(100)
    brother.register(people)
    brother.invite(people)
    brother.accept("p0", account="p0@id.example")
    run = brother.invite(people)
    assert (run.failed, run.data["changed"], run.data["summary"]["still_to_grant"]) == (False, False, 0)
    assert brother.holders(APP) == {brother.id_of("p1")}
