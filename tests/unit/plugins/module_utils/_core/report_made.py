# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a report for tests: a small location, changed as a test wants."""

from __future__ import annotations

from typing import Any

PAGES, PROCREATE = "361309726", "425073498"


def asset(adam_id: str = PAGES, name: str = "Pages", *, owned: int | None = 10, assigned: int = 4, **facts: Any) -> Any:
    """`owned` None = without a limit."""
    return {
        "adam_id": adam_id,
        "pricing_param": "STDQ",
        "name": name,
        "bundle_id": f"example.{adam_id}",
        "product_type": "App",
        "device_assignable": True,
        "revocable": True,
        "supported_platforms": ["iOS"],
        "unlimited": owned is None,
        "total_count": owned,
        "assigned_count": assigned,
        "available_count": None if owned is None else owned - assigned,
        "retired_count": None if owned is None else 0,
        "devices": assigned,
        "people": 0,
        "units": {"N_1": assigned},
        "tags": {"year-7": assigned},
        **facts,
    }


def location(**facts: Any) -> dict[str, Any]:
    """Of one app, four of whose licences are held by devices of year 7."""
    serials = [f"DM{number:06d}" for number in range(4)]
    return {
        "uid": "7700000000000042",
        "name": "Harbour Street School",
        "country": "NZ",
        "organization": "Harbour Trust",
        "read_at": "2030-05-06T07:08:09+00:00",
        "stable": True,
        "people_shown": False,
        "token": {"state": "alive", "expires": "2031-03-02T09:15:00+00:00", "days_left": 300},
        "owner": {"state": "ours", "name": "openmdm"},
        "mdm": "Systems Manager",
        "unseen_days": 14,
        "units": [{"id": "N_1", "name": "North", "devices": 8, "licensed": 4}],
        "tags": [{"name": "year-7", "devices": 5, "licensed": 4}],
        "licenses": [asset()],
        "assignments": [
            {"adam_id": PAGES, "pricing_param": "STDQ", "serial_numbers": serials, "client_user_ids": ["u-1"]}
        ],
        "people": {
            "counts": {"new": 0, "associated": 1, "retired": 0},
            "users": [{"client_user_id": "u-1", "status": "associated", "email": None, "licenses": 1}],
        },
        "wasted": [],
        "rollouts": [],
        "runs": [],
        "manual_steps": [],
        **facts,
    }


def dead(**facts: Any) -> dict[str, Any]:
    """One whose token expired."""
    nothing: dict[str, Any] = {key: [] for key in ("units", "tags", "licenses", "assignments")}
    token = {"state": "expired", "expires": "2030-05-01T00:00:00+00:00", "days_left": -5}
    return location(**nothing, token=token, mdm="", people={"counts": {}, "users": []}, **facts)


def idle(reason: str = "unknown_device", targets: tuple[str, ...] = ("DM000000",)) -> dict[str, Any]:
    assets = [{"adam_id": PAGES, "pricing_param": "STDQ", "targets": list(targets)}]
    kind = "serial_numbers" if reason.endswith("device") else "client_user_ids"
    return {"reason": reason, "kind": kind, "holders": len(targets), "licenses": len(targets), "assets": assets}


def rollout(missing: int = 1, available: int | None = 6, **facts: Any) -> dict[str, Any]:
    return {
        "adam_id": PAGES,
        "pricing_param": "STDQ",
        "name": "Pages",
        "scope": "with_any year-7",
        "devices": 4 + missing,
        "licensed": 4,
        "missing": missing,
        "available": available,
        "left_out": {},
        "serial_numbers": [f"DM1{number:05d}" for number in range(missing)],
        **facts,
    }


def step(state: str = "to_do", **facts: str) -> dict[str, str]:
    names = ("about", "what", "where", "why", "verified_by")
    return {"step": "add_app", **{name: f"{name} of it" for name in names}, "state": state, **facts}


def run(**facts: Any) -> dict[str, Any]:
    changes = [{"what": "licences given", "planned": 3, "done": 3}]
    told = {"file": "licenses.json", "kind": "vpp_license", "written_at": "2030-05-06T01:00:00+00:00"}
    return {**told, "changes": changes, "failures": [], **facts}
