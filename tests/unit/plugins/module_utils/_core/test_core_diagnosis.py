# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which link explains why an app is not there, and what each link says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openmdm.vpp.plugins.module_utils._core import diagnosis as words
from ansible_collections.openmdm.vpp.plugins.module_utils._core.diagnose_device import (
    AppRules,
    DeviceView,
    OwnerView,
    app_steps,
    device_steps,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.diagnose_location import (
    asset_steps,
    dead_token_step,
    linked_step,
    location_steps,
    token_step,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.diagnose_person import (
    NO_STATE,
    OpenRequests,
    PersonView,
    event_step,
    person_steps,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.diagnosis import (
    BROKEN,
    DEVICE,
    FOR_LICENSE,
    INSTALLED,
    LICENSE,
    MANAGED,
    OK,
    PERSON,
    SOFT,
    STATUSES,
    STEPS,
    UNKNOWN,
    Step,
    Unread,
    judge,
    tell,
    tell_end,
    whole,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.mdm import (
    APP_STATES,
    AppRecord,
    MdmDevice,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.model import (
    UNLIMITED,
    Asset,
    AssetKey,
    ClientConfig,
    MdmInfo,
    Metadata,
)
from ansible_collections.openmdm.vpp.plugins.module_utils._core.scope import Scope
from ansible_collections.openmdm.vpp.plugins.module_utils._core.state_ports import FAILED, INTENDED, SENT, Invitation
from ansible_collections.openmdm.vpp.plugins.module_utils._core.user_model import ASSOCIATED, REGISTERED, User

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
RULES = AppRules(NOW, "Systems Manager")
PAGES = Asset(AssetKey("361309726"), "App", True, True, 3, 7, 0, 10, ("iOS",))
FACTS = Metadata("361309726", "Pages", "com.apple.Pages", minimum_os_version="16.0")
TAG = (Scope("with_any", ("app-pages",)),)
IPAD = MdmDevice(
    "101", "N_1", "DMPX00000001", "iPad of Lea", "iOS", "iPadOS", "17.5", "iPad", True, NOW - timedelta(hours=1)
)
VIEW = DeviceView("DMPX00000001", "DMPX00000001", IPAD, "North")
THERE = AppRecord("installed", managed=True, wanted=True)

steps = st.lists(st.sampled_from(STEPS), unique=True).flatmap(
    lambda names: st.tuples(*(st.builds(Step, st.just(one), st.sampled_from(STATUSES)) for one in names))
)


class TestJudge:
    @given(steps, st.randoms())
    def test_the_order_of_the_links_does_not_matter(self, found, chance):
        shuffled = list(found)
        chance.shuffle(shuffled)
        assert judge(shuffled) == judge(found)

    @given(steps)
    def test_a_verdict_names_a_link_of_its_status_or_none(self, found):
        verdict = judge(found)
        assert (verdict.step is None) == (verdict.status == OK)
        assert verdict.step is None or (verdict.step in found and verdict.step.status == verdict.status)

    @given(steps)
    def test_what_is_there_and_managed_is_fine(self, found):
        others = [one for one in found if one.name not in (INSTALLED, MANAGED)]
        assert judge([*others, Step(INSTALLED, OK), Step(MANAGED, OK)]).status == OK

    @given(steps)
    def test_a_licence_that_is_there_is_not_missed(self, found):
        others = [one for one in found if one.name != LICENSE]
        verdict = judge([*others, Step(LICENSE, OK)])
        assert verdict.step is None or verdict.step.name not in FOR_LICENSE

    @given(steps)
    def test_what_hinders_sometimes_explains_only_where_nothing_else_does(self, found):
        verdict = judge(found)
        if verdict.status == BROKEN and verdict.step.name in SOFT:
            licensed = any(one.name == LICENSE and one.status == OK for one in found)
            hard = {one.name for one in found if one.status == BROKEN} - SOFT
            assert not (hard - FOR_LICENSE if licensed else hard)

    @given(steps)
    def test_the_first_that_counts_explains(self, found):
        verdict = judge(found)
        if verdict.status == BROKEN and verdict.step.name not in SOFT:
            licensed = any(one.name == LICENSE and one.status == OK for one in found)
            before = STEPS[: STEPS.index(verdict.step.name)]
            broken = {one.name for one in found if one.status == BROKEN and one.name in before}
            assert broken <= (SOFT | FOR_LICENSE if licensed else SOFT)

    @given(steps)
    def test_unknown_only_where_nothing_is_broken_that_counts(self, found):
        if judge(found).status == UNKNOWN:
            licensed = any(one.name == LICENSE and one.status == OK for one in found)
            broken = {one.name for one in found if one.status == BROKEN}
            assert not (broken - FOR_LICENSE if licensed else broken)


class TestSentence:
    def test_of_what_is_broken(self):
        verdict = judge([words.broken("scope", "it isn't in scope", "give it the tag")])
        told = tell(DEVICE, "DMPX00000001", "Pages", verdict)
        assert told == "DMPX00000001 doesn't get Pages because it isn't in scope: give it the tag."

    def test_of_what_is_not_known(self):
        told = tell(DEVICE, "X", "Pages", judge([words.unknown("os_version", "the store was not read")]))
        assert told == (
            "X and Pages: nothing is seen to be broken, but the step 'os version' could not be checked, since the "
            "store was not read."
        )

    def test_of_what_is_well(self):
        assert tell(DEVICE, "X", "Pages", judge([])) == "X has Pages: it is installed there, and managed."
        assert tell(PERSON, "u-1", "Pages", judge([])).startswith("u-1 lacks nothing for Pages: ")

    def test_of_the_end_of_all(self):
        told = tell_end(dead_token_step("expired", "A school", NOW, None))
        assert told.startswith(
            "Nobody gets anything from this location because the content token of 'A school' expired"
        )

    @given(st.text())
    def test_no_sign_of_others_ends_the_line(self, text):
        verdict = judge([words.broken("claim", f"it is claimed by '{text}'", "ask")])
        assert tell(DEVICE, text, text, verdict).isprintable()

    def test_clauses_become_sentences(self):
        assert [whole(one) for one in ("", "it is off", "Is it?")] == ["", "It is off.", "Is it?"]


class TestLocation:
    CONFIG = ClientConfig("77", "Harbour Street School")
    CLAIMED = replace(CONFIG, mdm_info=MdmInfo("1", "Other", "x"))

    @pytest.mark.parametrize(
        ("config", "owner_id", "status"),
        [(CONFIG, "", OK), (CONFIG, "9", OK), (CLAIMED, "1", OK), (CLAIMED, "", UNKNOWN), (CLAIMED, "9", BROKEN)],
    )
    def test_whose_it_is(self, config, owner_id, status):
        assert [step.status for step in location_steps(config, owner_id)] == [OK, status]

    def test_the_token_counts_down(self):
        step = token_step("A school", NOW + timedelta(days=9), NOW, self.CONFIG)
        assert (step.status, step.evidence["days_left"]) == (OK, 9)
        told = replace(self.CONFIG, token_expiration_date=NOW + timedelta(days=3))
        assert token_step("A school", NOW + timedelta(days=9), NOW, told).evidence["days_left"] == 3

    @pytest.mark.parametrize(
        ("asset", "statuses"),
        [
            (None, [BROKEN]),
            (PAGES, [OK, OK, OK]),
            (replace(PAGES, assigned_count=10, available_count=0), [OK, BROKEN, OK]),
            (replace(PAGES, total_count=UNLIMITED, available_count=0), [OK, OK, OK]),
            (replace(PAGES, device_assignable=False), [OK, OK, BROKEN]),
        ],
    )
    def test_what_is_owned(self, asset, statuses):
        found = asset_steps("Pages", asset, "it isn't owned", for_devices=True)
        assert [step.status for step in found] == statuses
        people = asset_steps("Pages", asset, "it isn't owned", for_devices=False)
        assert [step.name for step in people] == [step.name for step in found if step.name != "device_assignable"]


def chain(view: DeviceView = VIEW, **facts: Any) -> dict[str, Step]:
    told: dict[str, Any] = {
        "asset": PAGES,
        "facts": FACTS,
        "scopes": TAG,
        "in_scope": True,
        "licensed": True,
        "requests": OpenRequests(),
        "owner": None,
        **facts,
    }
    return {step.name: step for step in device_steps(view, "Pages", rules=RULES, **told)}


def ipad(**facts: Any) -> DeviceView:
    return replace(VIEW, device=replace(IPAD, **facts))


class TestDevice:
    def test_all_is_well(self):
        assert {step.status for step in chain().values()} == {OK}

    @pytest.mark.parametrize(
        ("view", "facts", "name", "status"),
        [
            (replace(VIEW, device=None), {}, "known", BROKEN),
            (replace(VIEW, device=None), {}, "scope", UNKNOWN),
            (replace(VIEW, device=None, outside="N_2"), {}, "enrolled", BROKEN),
            (replace(VIEW, device=Unread("no connector")), {}, "known", UNKNOWN),
            (replace(VIEW, serial_number=""), {}, "known", BROKEN),
            (replace(VIEW, serial_number=""), {}, "license", UNKNOWN),
            (ipad(platform="", os="Android"), {}, "platform", BROKEN),
            (ipad(platform="macOS"), {}, "platform", BROKEN),
            (VIEW, {"asset": replace(PAGES, supported_platforms=())}, "platform", UNKNOWN),
            (VIEW, {"asset": None}, "platform", UNKNOWN),
            (ipad(os_version="15.8"), {}, "os_version", BROKEN),
            (ipad(os_version="9.3.5"), {}, "os_version", BROKEN),
            (ipad(os_version="16"), {}, "os_version", OK),
            (ipad(os_version="16.0.1"), {}, "os_version", OK),
            (ipad(os_version="100.0"), {}, "os_version", OK),
            (ipad(os_version=""), {}, "os_version", UNKNOWN),
            (VIEW, {"facts": None}, "os_version", UNKNOWN),
            (VIEW, {"facts": Unread("the store was not read")}, "os_version", UNKNOWN),
            (VIEW, {"facts": replace(FACTS, minimum_os_version="")}, "os_version", UNKNOWN),
            # What the store tells of an app for both is the iPad's.
            (
                ipad(platform="macOS", os_version="12.1"),
                {"asset": replace(PAGES, supported_platforms=("iOS", "macOS"))},
                "os_version",
                UNKNOWN,
            ),
            (
                ipad(platform="macOS", os_version="12.1"),
                {"asset": replace(PAGES, supported_platforms=("macOS",))},
                "os_version",
                BROKEN,
            ),
            (ipad(supervised=False), {}, "supervised", BROKEN),
            (ipad(supervised=None), {}, "supervised", UNKNOWN),
            (VIEW, {"in_scope": False}, "scope", BROKEN),
            (VIEW, {"in_scope": Unread("no tag")}, "scope", UNKNOWN),
            (VIEW, {"licensed": False}, "license", BROKEN),
            (VIEW, {"licensed": Unread("it kept changing")}, "license", UNKNOWN),
            (VIEW, {"requests": Unread("no state_dir")}, "event", UNKNOWN),
        ],
    )
    def test_each_link(self, view, facts, name, status):
        assert chain(view, **facts)[name].status == status

    @pytest.mark.parametrize(
        ("scope", "because", "remedy"),
        [
            (Scope("with_any", ("a", "b")), "with any of the tags a, b", "give it one of the tags a, b"),
            (Scope("with_all", ("a", "b")), "with all of the tags a, b", "give it the tags a, b"),
            (Scope("without_any", ("a",)), "without any of tag a", "take the tag a from it"),
            (Scope("without_all", ("a", "b")), "without all of the tags a, b", "take one of the tags a, b from it"),
            (Scope("none"), "of no device", "change the scope of the app"),
            (Scope("all"), "of all devices", "run the task again, since all devices are in it"),
        ],
    )
    def test_the_scope_in_words(self, scope, because, remedy):
        step = chain(scopes=(scope,), in_scope=False)["scope"]
        assert (step.because, step.remedy) == (f"it isn't in the scope {because}", remedy)

    @pytest.mark.parametrize(
        ("closed", "expired", "accounts", "status"),
        [(False, "", 1, OK), (True, "", 1, BROKEN), (False, "2030-01-01", 1, BROKEN), (None, "", 0, UNKNOWN)],
    )
    def test_the_account_in_the_mdm(self, closed, expired, accounts, status):
        assert linked_step("Systems Manager", "North", closed, expired, accounts).status == status
        assert linked_step("Systems Manager", "North", True, "", 0).because.endswith("has no account of this location")

    @given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from([None, True, False]))
    def test_each_link_once_and_in_order(self, known, in_scope, licensed, supervised):
        view = ipad(supervised=supervised) if known else replace(VIEW, device=None)
        names = list(chain(view, in_scope=in_scope, licensed=licensed))
        assert names == sorted(names, key=STEPS.index)


class TestApp:
    @pytest.mark.parametrize("state", APP_STATES)
    @pytest.mark.parametrize("wanted", [True, False])
    def test_every_state_has_words(self, state, wanted):
        found = app_steps(IPAD, "Pages", AppRecord(state, wanted=wanted, managed=state == "installed"), RULES)
        broken = [step for step in found if step.status == BROKEN]
        assert (state == "installed") == (not broken)
        assert all(step.because and step.remedy and "{" not in step.because + step.remedy for step in broken)

    def test_of_a_device_that_is_not_supervised_somebody_must_agree(self):
        found = app_steps(replace(IPAD, supervised=False), "Pages", AppRecord("pending", wanted=True), RULES)
        assert "whoever holds it must agree" in found[2].because

    @pytest.mark.parametrize(("days", "status"), [(0, OK), (13, OK), (14, BROKEN), (None, UNKNOWN)])
    def test_when_it_reported(self, days, status):
        seen = None if days is None else NOW - timedelta(days=days)
        assert app_steps(replace(IPAD, last_seen=seen), "Pages", THERE, RULES)[1].status == status

    def test_what_was_not_asked_is_not_known(self):
        found = app_steps(IPAD, "Pages", Unread("enough"), RULES)
        assert [step.status for step in found] == [UNKNOWN, OK, UNKNOWN, UNKNOWN]

    def test_what_is_about_to_go_is_broken(self):
        found = app_steps(IPAD, "Pages", replace(THERE, unwanted=True), RULES)
        assert found[0].status == BROKEN


def mailed(**facts: Any) -> Invitation:
    usual = {"state": SENT, "sent": 1, "first_sent": NOW - timedelta(days=12), "last_sent": NOW - timedelta(days=2)}
    return Invitation("u-1", "mark", "mark", message_key="0" * 32, attempted=NOW, **{**usual, **facts})


def person(status: str = REGISTERED, **facts: Any) -> PersonView:
    user = User("u-1", status, "lea@fernhill.example")
    return PersonView("u-1", "u-1", "lea@fernhill.example", **{"user": user, "devices": 1, **facts})


def links(
    view: PersonView | Unread, licensed: bool | Unread = True, most: int = 10, **requests: Any
) -> dict[str, Step]:
    found = person_steps(
        view, "Pages", licensed, OpenRequests(**requests), now=NOW, mdm="Systems Manager", most_devices=most
    )
    return {step.name: step for step in found}


class TestPerson:
    def test_all_is_well(self):
        assert {step.status for step in links(person(ASSOCIATED)).values()} == {OK}

    @pytest.mark.parametrize(
        ("view", "name", "status", "because"),
        [
            (person(user=None), "registered", BROKEN, "Apple does not know the person"),
            (person(user=None, former=True), "registered", BROKEN, "the person is retired at Apple"),
            (
                person(user=None, several=2),
                "registered",
                BROKEN,
                "2 people at Apple have this address, and nobody can tell who is meant",
            ),
            (person(), "invitation", UNKNOWN, NO_STATE.why),
            (person(mailed=None), "invitation", BROKEN, "the person was never mailed the invitation"),
            (person(mailed=mailed()), "invitation", OK, ""),
            (
                person(mailed=mailed(state=FAILED, sent=0, smtp_code=550, failures=1)),
                "invitation",
                BROKEN,
                "the mail server refused the only mail with the invitation (SMTP 550)",
            ),
            (
                person(mailed=mailed(state=INTENDED, sent=0)),
                "invitation",
                UNKNOWN,
                "a run was broken off while it mailed the invitation, which may have gone out",
            ),
            (person(), "account", BROKEN, "the invitation is not accepted, so no Apple Account is linked"),
            (
                person(mailed=mailed()),
                "account",
                BROKEN,
                "the invitation, first mailed 12 days ago, is not accepted",
            ),
            (
                person(ASSOCIATED, devices=0),
                "owner",
                BROKEN,
                "no device in Systems Manager is theirs, so there is nowhere to install it",
            ),
            (person(ASSOCIATED, devices=Unread("no connector")), "owner", UNKNOWN, "no connector"),
            (
                person(ASSOCIATED, devices=11),
                "device_limit",
                BROKEN,
                "11 devices share one Apple Account, and its licence is said to serve no more than 10",
            ),
            (person(ASSOCIATED, devices=10), "device_limit", OK, ""),
            (Unread("it was not read"), "registered", UNKNOWN, "it was not read"),
        ],
    )
    def test_each_link(self, view, name, status, because):
        step = links(view)[name]
        assert (step.status, step.because) == (status, because)

    def test_nobody_counts_devices(self):
        assert "device_limit" not in links(person(ASSOCIATED, devices=99), most=0)

    @pytest.mark.parametrize(
        ("requests", "because"),
        [
            ({"pending": 1, "minutes": 3}, "Apple has not finished a request of an earlier run, sent 3 minutes ago"),
            ({"lost": 2}, "nobody knows whether Apple took 2 requests of an earlier run"),
            (
                {"refused": {"u-1": "there are not enough licences (9709)"}, "pending": 4},
                "Apple refused it in an earlier run: there are not enough licences (9709)",
            ),
        ],
    )
    def test_earlier_requests(self, requests, because):
        assert event_step("u-1", OpenRequests(**requests)).because == because
        assert event_step("u-2", OpenRequests(refused={"u-1": "x"})).status == OK


class TestOwner:
    def test_its_licence_counts_in_place_of_the_devices(self):
        owner = OwnerView(person(ASSOCIATED), True)
        assert {step.status for step in chain(licensed=False, owner=owner).values()} == {OK}

    def test_a_hidden_serial_number_does_not_matter(self):
        view = replace(VIEW, label="id 101", serial_number="")
        assert chain(view, owner=OwnerView(person(ASSOCIATED), True))["known"].status == OK

    def test_nobody_owns_it(self):
        assert chain(owner=OwnerView(None, False))["owner"].status == BROKEN

    def test_the_words_are_those_of_a_device(self):
        found = chain(owner=OwnerView(person(ASSOCIATED), False))
        assert found["license"].because == "no licence of Pages is assigned to its owner at Apple"
        waiting = chain(owner=OwnerView(person(user=None, former=True), False))
        assert waiting["registered"].because == "its owner is retired at Apple"

    def test_many_devices_share_it(self):
        assert chain(owner=OwnerView(person(ASSOCIATED, devices=11), True))["device_limit"].status == BROKEN
