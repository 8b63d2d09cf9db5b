# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that meet the faults: each with its beginning, its goal, and what it may change on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.openmdm.vpp.plugins.modules import (
    mdm_app,
    mdm_app_info,
    mdm_device_info,
    vpp_account,
    vpp_account_info,
    vpp_code,
    vpp_code_info,
    vpp_diagnose,
    vpp_invitation,
    vpp_invitation_info,
    vpp_license,
    vpp_license_info,
    vpp_reclaim,
    vpp_reclaim_info,
    vpp_report,
    vpp_user,
    vpp_user_info,
)
from ansible_collections.openmdm.vpp.tests.faults.matrix_stage import PEOPLE, Key, Stage

PAGES, WORD = "361309726", "586447913"
NEW = ["p-1", "p-2", "p-3"]
MAILED = [f"{name}@harbour.example" for name in NEW]
CODES = [f"CODE{number:08d}" for number in range(1, 5)]
WAIT: dict[str, Any] = {"poll_interval": 30, "wait_timeout": 300}
TAKING: dict[str, Any] = {"max_removals": "100%", "max_shrink": 100}


def _nothing(_key: Key) -> bool:
    return False


@dataclass(frozen=True)
class Job:
    """`owns`: what it may change."""

    module: Any
    options: Callable[[Stage], dict[str, Any]]
    goal: Callable[[Stage], bool] = lambda _stage: True
    owns: Callable[[Key], bool] = _nothing
    prepare: Callable[[Stage], None] = lambda _stage: None

    @property
    def looks(self) -> bool:
        """It only looks, so that what it shows is its goal."""
        return self.owns is _nothing


def _scope(tag: str) -> dict[str, Any]:
    return {"scope": [{"match": "with_any", "tags": [tag]}]}


def _person(name: str) -> dict[str, str]:
    return {"client_user_id": name, "email": f"{name}@harbour.example"}


def _licence(adam_id: str) -> Callable[[Key], bool]:
    return lambda key: key[:2] == ("licence", adam_id)


def _people(*names: str) -> Callable[[Key], bool]:
    return lambda key: key[0] == "person" and key[1] in names


def _register(stage: Stage) -> None:
    done = stage.run(vpp_user, {**stage.apple, **stage.state, **WAIT, "users": [_person(name) for name in NEW]})
    assert not done.failed, done.data["msg"]
    stage.keep_secrets()


def _invite(stage: Stage) -> dict[str, Any]:
    users = [_person(name) for name in NEW]
    return {**stage.apple, **stage.state, **stage.mail, **WAIT, "users": users}


def _brother(stage: Stage) -> None:
    """Two of three were invited, and somebody else's account has accepted; both hold an app."""
    _register(stage)
    done = stage.run(vpp_invitation, _invite(stage))
    assert not done.failed, done.data["msg"]
    for name in NEW[:2]:
        stage.control("POST", "locations/main/accept", {"clientUserId": name, "account": f"{name}@id.example"})
    rows = [{"adamId": PAGES, "clientUserId": name} for name in NEW[:2]]
    stage.control("POST", "locations/main/assignments", {"add": rows})
    stage.server.arrived.clear()
    stage.server.counts.clear()
    stage.server.connections = 0


def _reissue(stage: Stage) -> dict[str, Any]:
    options = {**_invite(stage), "users": [_person(name) for name in NEW[:2]]}
    return {**options, "reissue": True, "max_removals": "2"}


def _mailed(stage: Stage, people: list[str]) -> bool:
    seen = stage.seen()
    return all(seen.get(("mail", name)) == 1 for name in people)


def _commands_needed(stage: Stage) -> None:
    """Pages is installed by command only, and all of year 7 hold it."""
    (app,) = [one for one in stage.control("GET", "meraki/apps", {"network": "main"})["apps"] if _is_pages(one)]
    stage.control("PUT", f"meraki/apps/{app['app_id']}", {"prevent_auto_install": True})
    stage.control("PUT", "switches", {"sm_checkin_seconds": 60, "sm_checkin_every": 600})
    stage.assign(PAGES, *stage.serials(1, 6))


def _is_pages(app: dict[str, Any]) -> bool:
    return bool(app["itunes_id"] == PAGES)


def _apps(stage: Stage) -> dict[str, Any]:
    app = {"adam_id": PAGES, "name": "Pages", "tag": "app-pages", "paid": False}
    return {**stage.apple, **stage.mdm, "apps": [app], "devices": _scope("year-7"), "licensing": "collection"}


def _deploy(stage: Stage) -> dict[str, Any]:
    wait = {"percent": 100, "timeout": 300, "poll_interval": 30}
    return {**_apps(stage), "install": True, "wait_installed": wait}


def _deployed(stage: Stage) -> bool:
    seen = stage.seen()
    return stage.tagged("app-pages") == set(stage.serials(1, 6)) and all(
        seen.get(("app", serial, PAGES)) for serial in stage.serials(1, 6)
    )


def _retire_app(stage: Stage) -> dict[str, Any]:
    return {**_apps(stage), "state": "absent", "uninstall": True, "max_removals": "100%"}


def _taken(stage: Stage) -> bool:
    """Devices carry the last command out when they report."""
    stage.box.advance(120)
    seen = stage.seen()
    return not stage.tagged("app-pages") and not any(seen.get(("app", one, PAGES)) for one in stage.serials(1, 10))


def _app_of_pages(key: Key) -> bool:
    return (key[0] == "tag" and key[2] == "app-pages") or (key[0] == "app" and key[2] == PAGES)


def _codes(stage: Stage) -> dict[str, Any]:
    src = stage.file("codes.csv", "\n".join(["Code", *CODES, ""]))
    mail = {**stage.mail, "mail_sender_name": "Harbour Street School"}
    product = {"name": "Procreate", "adam_id": "425073498"}
    return {**stage.state, **mail, "src": src, "product": product, "users": [_person(name) for name in NEW]}


def _given(stage: Stage) -> None:
    done = stage.run(vpp_code, _codes(stage))
    assert not done.failed, done.data["msg"]


LOST = [f"LOSTD0000{number}" for number in range(1, 5)]
"""Devices that no network knows."""


def _unused(stage: Stage) -> dict[str, Any]:
    return {**stage.apple, **stage.mdm, "reasons": ["unknown_device"]}


def _some_hold_pages(stage: Stage) -> None:
    stage.assign(PAGES, *stage.serials(3, 9))


def _why(stage: Stage) -> dict[str, Any]:
    asked = {"devices": {"serial_numbers": stage.serials(1, 6)}, "users": {"client_user_ids": PEOPLE}}
    return {**stage.apple, **stage.mdm, "assets": [{"adam_id": PAGES, "tag": "app-pages"}], **asked}


def _reported(stage: Stage) -> dict[str, Any]:
    rollouts = [{"adam_id": PAGES, **_scope("year-7")}]
    return {**stage.apple, **stage.mdm, "rollouts": rollouts, "report_path": str(stage.folder / "report.json")}


JOBS: dict[str, Job] = {
    "vpp_account, claims": Job(
        vpp_account,
        lambda stage: {**stage.apple, "claim": True, "owner_name": "Us"},
        lambda stage: stage.seen()["claim",] == "Us",
        lambda key: key == ("claim",),
    ),
    "vpp_account, beside the MDM": Job(vpp_account, lambda stage: {**stage.apple, **stage.mdm, "linked": True}),
    "vpp_account_info": Job(vpp_account_info, lambda stage: {**stage.apple, **stage.mdm}),
    "vpp_user, registers": Job(
        vpp_user,
        lambda stage: {
            **stage.apple,
            **WAIT,
            "users": [*map(_person, NEW), {"client_user_id": "u-0002", "email": "tama.reid@harbour.example"}],
        },
        lambda stage: (
            all(stage.status_of(name) == "Registered" for name in NEW)
            and stage.seen()["person", "u-0002"] == ["Registered tama.reid@harbour.example"]
        ),
        _people(*NEW, "u-0002"),
    ),
    "vpp_user, retires": Job(
        vpp_user,
        lambda stage: {
            **stage.apple,
            **WAIT,
            "users": [{"client_user_id": name} for name in PEOPLE[:3]],
            "state": "absent",
            "max_removals": "3",
        },
        lambda stage: all(stage.status_of(name) == "Retired" for name in PEOPLE[:3]),
        _people(*PEOPLE[:3]),
    ),
    "vpp_user_info": Job(vpp_user_info, lambda stage: stage.apple),
    "vpp_license, gives and takes": Job(
        vpp_license,
        lambda stage: {
            **stage.apple,
            **WAIT,
            **TAKING,
            "assets": [{"adam_id": PAGES}, {"adam_id": WORD}],
            "devices": {"serial_numbers": stage.serials(2, 6), "known_file": stage.file("known.txt", _lines(stage))},
            "exclusive": True,
        },
        lambda stage: {*stage.serials(2, 6)} == _devices(stage, PAGES) == _devices(stage, WORD),
        lambda key: key[:2] in (("licence", PAGES), ("licence", WORD)) and key[3].startswith("TESTA"),
    ),
    "vpp_license, takes": Job(
        vpp_license,
        lambda stage: {
            **stage.apple,
            **WAIT,
            "assets": [{"adam_id": PAGES}],
            "devices": {"serial_numbers": stage.serials(1, 5)},
            "state": "absent",
            "max_removals": "5",
        },
        lambda stage: _devices(stage, PAGES) == {*stage.serials(6, 7)},
        lambda key: key[:2] == ("licence", PAGES) and key[3] in {f"TESTA0000{number}" for number in range(1, 6)},
        lambda stage: stage.assign(PAGES, *stage.serials(3, 7)),
    ),
    "vpp_license, people": Job(
        vpp_license,
        lambda stage: {
            **stage.apple,
            **WAIT,
            "assets": [{"adam_id": WORD}],
            "users": {"client_user_ids": PEOPLE[:3]},
        },
        lambda stage: stage.holders(WORD) == {*PEOPLE[:3]},
        lambda key: key[:2] == ("licence", WORD) and key[3] in PEOPLE[:3],
    ),
    "vpp_license, by scope": Job(
        vpp_license,
        lambda stage: {
            **stage.apple,
            **stage.mdm,
            **WAIT,
            **TAKING,
            "assets": [{"adam_id": PAGES}],
            "devices": _scope("year-7"),
            "licensing": "collection",
            "exclusive": True,
        },
        lambda stage: _devices(stage, PAGES) == {*stage.serials(1, 6)},
        lambda key: key[:2] == ("licence", PAGES) and key[3].startswith("TESTA"),
        lambda stage: stage.assign(PAGES, *stage.serials(8, 9)),
    ),
    "vpp_license_info": Job(
        vpp_license_info,
        lambda stage: {**stage.apple, "assignments": True},
        prepare=_some_hold_pages,
    ),
    "vpp_reclaim, takes": Job(
        vpp_reclaim,
        lambda stage: {**_unused(stage), **WAIT, **TAKING},
        lambda stage: not _devices(stage, PAGES, "LOSTD") and _devices(stage, PAGES) == {*stage.serials(1, 3)},
        lambda key: key[:2] == ("licence", PAGES) and key[3] in LOST,
        lambda stage: stage.assign(PAGES, *LOST, *stage.serials(1, 3)),
    ),
    "vpp_reclaim_info": Job(vpp_reclaim_info, _unused, prepare=lambda stage: stage.assign(PAGES, *LOST)),
    "vpp_invitation, mails": Job(
        vpp_invitation,
        _invite,
        lambda stage: _mailed(stage, MAILED),
        lambda key: key[0] == "mail" and key[1] in MAILED,
        _register,
    ),
    "vpp_invitation, reissues": Job(
        vpp_invitation,
        _reissue,
        lambda stage: _mailed(stage, MAILED[:2]) and [stage.status_of(one) for one in NEW[:2]] == ["Registered"] * 2,
        lambda key: (
            (key[0] == "mail" and key[1] in MAILED[:2])
            or _people(*NEW[:2])(key)
            or (key[:2] == ("licence", PAGES) and key[3] in NEW[:2])
        ),
        _brother,
    ),
    "vpp_invitation_info": Job(vpp_invitation_info, lambda stage: {**stage.apple, **stage.state}, prepare=_register),
    "vpp_code, mails": Job(
        vpp_code,
        _codes,
        lambda stage: _mailed(stage, MAILED),
        lambda key: key[0] == "mail" and key[1] in MAILED,
    ),
    "vpp_code_info": Job(
        vpp_code_info,
        lambda stage: {**stage.state, "product": {"name": "Procreate", "adam_id": "425073498"}},
        prepare=_given,
    ),
    "mdm_app, deploys": Job(mdm_app, _deploy, _deployed, _app_of_pages, _commands_needed),
    "mdm_app, takes": Job(mdm_app, _retire_app, _taken, _app_of_pages, _commands_needed),
    "mdm_app_info": Job(
        mdm_app_info,
        lambda stage: {name: value for name, value in _apps(stage).items() if name != "licensing"},
        prepare=_commands_needed,
    ),
    "mdm_device_info": Job(mdm_device_info, lambda stage: {**stage.mdm}),
    "vpp_diagnose": Job(vpp_diagnose, _why, prepare=_some_hold_pages),
    "vpp_report": Job(vpp_report, _reported, prepare=_some_hold_pages),
}


def _lines(stage: Stage) -> str:
    return "\n".join([*stage.serials(1, 10), ""])


def _devices(stage: Stage, adam_id: str, prefix: str = "TESTA") -> set[str]:
    return {one for one in stage.holders(adam_id) if one.startswith(prefix)}
