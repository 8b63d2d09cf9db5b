"""Reports to look at: of the school of the sandbox, and of an estate of any size that is made of numbers.

    python scripts/report_estate.py FOLDER [--locations 50] [--assignments 1000000]

FOLDER gets school-north.html (one location), school.html (its three), estate.html, and beside each a folder of tables.
Run it with a Python that has ansible-core and httpx, from a clone where scripts/link.sh was run; then look at the pages
with scripts/report_picture.py.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MODULE = "ansible_collections.openmdm.vpp.plugins.modules.{}"
SEED = 8
APPS = 25
PAGES, PROCREATE, NUMBERS = "361309726", "425073498", "361304891"


class RunError(Exception):
    """A module that failed."""


def run(module: str, **options: Any) -> dict[str, Any]:
    """A module in a process of its own, as a target runs it; its result."""
    arguments = {"ANSIBLE_MODULE_ARGS": {"_ansible_remote_tmp": "/tmp", **options}}
    paths = os.pathsep.join([str(ROOT / ".cache/link"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", MODULE.format(module)],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise RunError(done.stdout + done.stderr) from None
    if result.get("failed"):
        raise RunError(f"{module}: {result['msg']}")
    return result


@contextmanager
def school(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What the sandbox says of itself in ready.json."""
    command = [sys.executable, "-m", "sandbox", "serve", "--seed", "school", "--state", str(folder)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    ready = folder / "ready.json"
    try:
        for _turn in range(300):
            if ready.exists() or server.poll() is not None:
                break
            time.sleep(0.1)
        yield json.loads(ready.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait()


def write_school(folder: Path) -> list[Path]:
    """The school after a rollout that went well and one for which licences are short."""
    with school(folder / "sandbox") as box:
        systems = {
            "connector": "meraki",
            "meraki_base_url": box["urls"]["meraki"],
            "meraki_api_key_file": box["files"]["meraki_api_key"],
            "meraki_organization_id": box["meraki"]["organization_id"],
            "meraki_requests_per_second": 10,
        }
        kept = []
        for key in ("north", "south", "west"):
            apple = {
                "content_token_file": box["files"]["tokens"][key],
                "apps_books_url": box["urls"]["apps_books"],
                "itunes_url": box["urls"]["itunes"],
            }
            network = {**systems, "meraki_network_ids": [box["meraki"]["networks"][key]]}
            options = {**apple, **network, **_wishes(folder, key, {**apple, **network})}
            kept.append(str(folder / f"{key}.json"))
            if key == "north":
                options |= {"html_path": str(folder / "school-north.html"), "csv_dir": _made(folder / "school-north")}
                options |= {"show_people": True}
            run("vpp_report", **options, report_path=kept[-1])
    page = folder / "school.html"
    title = "Kowhai Valley College: apps and books"
    run("vpp_report", merge=kept, html_path=str(page), csv_dir=_made(folder / "school"), title=title)
    return [folder / "school-north.html", page]


def _wishes(folder: Path, key: str, options: dict[str, Any]) -> dict[str, Any]:
    """Rollouts to be judged, and the report of one that was done."""
    years = {"match": "with_any", "tags": ["year-7", "year-8"]}
    report = str(folder / f"{key}-licenses.json")
    task = {"assets": [{"adam_id": NUMBERS}], "devices": {"scope": [years]}, "licensing": "collection"}
    run("vpp_license", **options, **task, poll_interval=0.5, report_path=report)
    apps = str(folder / f"{key}-apps.json")
    scoped = {"apps": [{"adam_id": NUMBERS, "tag": "app-numbers"}], "devices": {"scope": [years]}}
    mdm = {name: value for name, value in options.items() if name != "itunes_url"}
    run("mdm_app", **mdm, **scoped, licensing="collection", report_path=apps)
    rollouts = [
        {"adam_id": PAGES, "scope": [years]},
        {"adam_id": NUMBERS, "scope": [years]},
        {"adam_id": PROCREATE, "scope": [years]},
    ]
    return {"rollouts": rollouts, "run_reports": [report, apps]}


def _made(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def write_estate(folder: Path, locations: int, assignments: int) -> Path:
    """So many locations with so many assignments among them; no service could be that large here, so the files that the
    module would have written are made."""
    chance = random.Random(SEED)
    with (ROOT / "sandbox/seeds/app-catalog.csv").open(encoding="utf-8") as file:
        catalogue = list(csv.DictReader(file))[:APPS]
    devices = max(1, assignments // (locations * APPS))
    kept = []
    for number in range(locations):
        path = folder / f"school-{number + 1:02d}.json"
        entry = _location(number, devices, catalogue, chance)
        document = {"format": "openmdm.vpp locations", "version": 1, "locations": [entry], "unread": []}
        path.write_text(json.dumps(document), encoding="utf-8")
        kept.append(str(path))
    page = folder / "estate.html"
    begun = time.monotonic()
    run(
        "vpp_report",
        merge=[*kept, str(folder / "harbour-view.json")],
        html_path=str(page),
        csv_dir=_made(folder / "estate"),
        title="Measured Learning Trust",
    )
    print(f"{locations} locations with {locations * devices * APPS:,} assignments: {time.monotonic() - begun:.1f} s")
    return page


def _location(number: int, devices: int, catalogue: list[dict[str, str]], chance: random.Random) -> dict[str, Any]:
    """One school, every device of which holds every app."""
    serials = [f"DM{number:03d}{one:07d}" for one in range(devices)]
    years = [f"year-{year}" for year in range(7, 14)]
    now = datetime.now(timezone.utc)
    days = chance.choice([12, *range(25, 360)])
    dead = number == 7
    licenses, held = [], []
    for place, app in enumerate(catalogue):
        holding = serials if place < 20 else serials[: int(devices * chance.random())] + serials[-200:]
        holding = sorted(set(holding))
        total = len(holding) + chance.choice([0, 5, 40, 200])
        fixed = place % 3 == 0
        licenses.append(
            {
                "adam_id": app["adam_id"],
                "pricing_param": "STDQ",
                "name": app["name"],
                "bundle_id": app["bundle_id"],
                "product_type": app["product_type"],
                "device_assignable": app["device_assignable"] == "yes",
                "revocable": True,
                "supported_platforms": app["platforms"].split("|"),
                "unlimited": not fixed,
                "total_count": total if fixed else None,
                "assigned_count": len(holding),
                "available_count": total - len(holding) if fixed else None,
                "retired_count": 0 if fixed else None,
                "devices": len(holding),
                "people": 0,
                "units": {"N_1": len(holding)},
                "tags": {year: int(len(holding) / 7) for year in years},
            }
        )
        held.append(
            {"adam_id": app["adam_id"], "pricing_param": "STDQ", "serial_numbers": holding, "client_user_ids": []}
        )
    idle = serials[: chance.randrange(0, 12)]
    counts = {"new": chance.randrange(0, 30), "associated": chance.randrange(200, 900), "retired": chance.randrange(20)}
    by_asset = [{"adam_id": one["adam_id"], "pricing_param": "STDQ", "targets": idle} for one in licenses[:20]]
    wasted = {
        "reason": "unseen_device",
        "kind": "serial_numbers",
        "holders": len(idle),
        "licenses": 20 * len(idle),
        "assets": by_asset,
    }
    return {
        "uid": f"78{number:014d}",
        "name": f"{NAMES[number % len(NAMES)]} School {number // len(NAMES) + 1}",
        "country": "NZ",
        "organization": "Measured Learning Trust",
        "read_at": (now - timedelta(minutes=number)).isoformat(timespec="seconds"),
        "stable": True,
        "people_shown": False,
        "token": {
            "state": "expired" if dead else "alive",
            "expires": (now + timedelta(days=-3 if dead else days)).isoformat(timespec="seconds"),
            "days_left": -3 if dead else days,
        },
        "owner": {"state": "ours", "name": "openmdm.vpp"},
        "mdm": "" if dead else "Systems Manager",
        "unseen_days": 14,
        "units": [] if dead else [{"id": "N_1", "name": "iPads", "devices": devices, "licensed": devices}],
        "tags": [] if dead else [{"name": year, "devices": devices // 7, "licensed": devices // 7} for year in years],
        "licenses": [] if dead else licenses,
        "assignments": [] if dead else held,
        "people": {"counts": {} if dead else counts, "users": []},
        "wasted": [] if dead or not idle else [wasted],
        "rollouts": [],
        "runs": [],
        "manual_steps": [],
    }


NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fernhill", "Harbour", "Kauri", "Larch", "Maple", "Rimu")


def main() -> int:
    parser = argparse.ArgumentParser(description="Reports to look at.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--locations", type=int, default=50)
    parser.add_argument("--assignments", type=int, default=1_000_000)
    wanted = parser.parse_args()
    folder = wanted.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    pages = [*write_school(folder), write_estate(folder, wanted.locations, wanted.assignments)]
    for page in pages:
        print(f"{page}: {page.stat().st_size / 1024:,.0f} KiB")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RunError, OSError) as error:
        sys.exit(str(error))
