"""What the role user_assignment tells in the end: for a nightly log, so nothing that is no news."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
import yaml

ROLE = Path(__file__).resolve().parents[2] / "roles/user_assignment"
PEOPLE = {
    "people": 1,
    "created": 0,
    "to_create": 0,
    "to_update": 0,
    "to_retire": 0,
    "spared": {},
    "bad_rows": 0,
    "associated": 0,
}
MAILS = {
    "to_mail": 0,
    "to_remind": 0,
    "to_mail_again": 0,
    "mailed": 0,
    "expected": 0,
    "trial_mails": 0,
    "held_back": 0,
    "refused": {},
    "not_sent": 0,
    "accepted": 0,
    "people": 2,
    "waiting": 0,
    "oldest_waiting_days": None,
    "uncertain": 0,
    "by_status": {"invitation unknown": 0},
    "granted": 0,
    "still_to_grant": 0,
}


@pytest.fixture(name="report", scope="module")
def fixture_report():
    """The lines of a report, by the parts of the result that matter."""
    tasks = yaml.safe_load((ROLE / "tasks/report.yml").read_text(encoding="utf-8"))
    own = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))
    text = next(task["vars"]["__user_assignment_lines"] for task in tasks if "vars" in task)
    # As Ansible has it.
    template = jinja2.Environment(trim_blocks=True, undefined=jinja2.ChainableUndefined).from_string(text)

    def report(mails=None, days=300, check=False, **told):
        result = {
            "changed": False,
            "location": {"location_name": "North", "token_days_left": days},
            "summary": {"people": PEOPLE, "invitations": {**MAILS, **(mails or {})}},
            **{key: [] for key in ("held", "waiting", "licenses", "left_out", "devices_left_out", "apps")},
            **{key: [] for key in ("bad_rows", "refused", "manual_steps")},
            **told,
        }
        words = {
            "ansible_check_mode": check,
            "user_assignment_result": result,
            "__user_assignment_words": own["__user_assignment_words"],
            "__user_assignment_labels": {},
        }
        return [line for line in template.render(words).splitlines() if line]

    return report


def waits(days, reminders=0, who="u-1"):
    return {"client_user_id": who, "email": None, "days_waiting": days, "reminders": reminders}


def about(lines, word):
    return [line for line in lines if line.startswith(word)]


def test_whoever_was_mailed_today_is_only_counted(report):
    lines = report({"waiting": 2, "oldest_waiting_days": 0}, waiting=[waits(0), waits(0)])
    assert lines[-1] == "Accepted: 0 of 2; still to accept: 2"
    assert not about(lines, "Still")


def test_who_waits_longer_is_listed(report):
    waiting = [waits(23, 3), waits(1, 1), waits(0)]
    lines = report({"waiting": 12, "oldest_waiting_days": 23}, waiting=waiting)
    assert "Accepted: 0 of 2; still to accept: 12, the first of them for 23 days" in lines
    assert about(lines, "Still") == [
        "Still to accept: u-1, invited 23 days ago, reminded 3 times",
        "Still to accept: u-1, invited 1 day ago, reminded 1 time; and 10 more",
    ]


def test_who_was_reminded_or_is_uncertain_is_listed_whatever_the_days(report):
    waiting = [waits(0, 1, "u-2"), waits(None, 0, "u-3")]
    lines = report({"waiting": 2, "uncertain": 1, "oldest_waiting_days": 0}, waiting=waiting)
    assert about(lines, "Still") == [
        "Still to accept: u-3, maybe invited",
        "Still to accept: u-2, invited today, reminded 1 time",
    ]
    assert about(lines, "Uncertain") == [
        "Uncertain: 1 was mailed or not, nobody knows; look at user_assignment_uncertain"
    ]


@pytest.mark.parametrize(
    ("count", "sent", "without"),
    [
        (1, "Mails: 1 invitation, 1 reminder; 1 sent", "Without licences: 1 has not accepted yet"),
        (2, "Mails: 2 invitations, 2 reminders; 2 sent", "Without licences: 2 have not accepted yet"),
    ],
)
def test_one_and_more(report, count, sent, without):
    mails = {"to_mail": count, "to_remind": count, "mailed": count}
    lines = report(mails, days=count, left_out=[{"reason": "not_associated", "count": count}])
    assert f"North: token good for {count} day{'s' if count > 1 else ''}" in lines
    assert sent in lines
    assert without in lines


def test_before_anybody_is_registered(report):
    assert (
        "Mails: 0 invitations, 0 reminders would be sent, and 1 invitation to somebody yet to be registered"
        in report({"expected": 1}, check=True)
    )


def test_a_reason_that_has_no_words_is_told_as_it_is(report):
    assert "Without licences: 3 over_device_limit" in report(left_out=[{"reason": "over_device_limit", "count": 3}])
