# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three paged lists: assets, assignments, users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .call import PRICING_PARAMS, Call
from .location import Location
from .model import Asset
from .paging import Query, check_index, page_fields
from .people import listed
from .store import USER_COLUMNS

ACTIVE_SQL = "status IN ('Registered','Associated')"


def get_assets(call: Call) -> dict[str, Any]:
    """GET /assets; unlimited assets in three modes [D get-assets-4ski1, unlimitedresponseasset]."""
    location = call.location
    unlimited = call.flag("unlimited")
    wanted = _asset_filter(call)
    index, size = call.page_index(), int(call.context.switches["page_size"])
    rows = [row for asset in location.store.assets.values() if wanted(row := _asset_row(call, asset))]
    if unlimited is False:
        rows = [row for row in rows if not row["unlimited"]]
    total = -(-len(rows) // size)
    check_index(index, total)
    page = rows[index * size : (index + 1) * size]
    scope = call.request.query if call.context.switches["version_scope"] == "per_filter" else ""
    version = location.versions.name("assets", location.store.counters["assets"], _without_page(scope))
    separate = [row for row in page if row["unlimited"]] if unlimited else []
    answer: dict[str, Any] = {"assets": [_shown(row) for row in page if not (unlimited and row["unlimited"])]}
    if unlimited:
        hidden = ("unlimited", "availableCount", "totalCount", "retiredCount")
        answer["unlimitedAssets"] = [{k: v for k, v in row.items() if k not in hidden} for row in separate]
    return {**answer, **page_fields(index, total, page, version, int(call.context.switches["empty_total_pages"]))}


def _without_page(query: str) -> str:
    return "&".join(sorted(part for part in query.split("&") if not part.startswith("pageIndex=")))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "unlimited"}


def _asset_row(call: Call, asset: Asset) -> dict[str, Any]:
    assigned, retired, total = counts(call, asset)
    freeing = call.location.being_freed(asset.id, call.context.clock.now())
    return {
        "adamId": asset.adam_id,
        "pricingParam": asset.pricing_param,
        "productType": asset.product_type,
        "deviceAssignable": asset.device_assignable,
        "revocable": asset.revocable,
        "supportedPlatforms": list(asset.platforms),
        "assignedCount": assigned,
        "availableCount": max(total - assigned - freeing, 0),
        "retiredCount": retired,
        "totalCount": total,
        "unlimited": asset.unlimited,
    }


def counts(call: Call, asset: Asset) -> tuple[int, int, int]:
    """Assigned, retired and total as told; total = assigned + available, retired not included [D responseasset]."""
    location, mode = call.location, call.context.switches["counts"]
    if mode == "lagging" and call.context.clock.now() < location.counts_lag_until:
        return location.shown_counts.get(asset.id, (asset.assigned, asset.retired, asset.total))
    if mode == "without_retired":
        sql = "SELECT count(*) FROM assignments a JOIN users u ON u.id=a.user WHERE a.asset=? AND u.status='Retired'"
        gone = int(location.store.db.execute(sql, (asset.id,)).fetchone()[0])
        total = asset.total if asset.unlimited else asset.total - gone
        return asset.assigned - gone, asset.retired + gone, total
    return asset.assigned, asset.retired, asset.total


def _asset_filter(call: Call) -> Callable[[dict[str, Any]], bool]:
    equal: dict[str, Any] = {
        "adamId": call.word("adamId"),
        "productType": call.word("productType", ("App", "Book")),
        "pricingParam": call.word("pricingParam", PRICING_PARAMS),
        "deviceAssignable": call.flag("deviceAssignable"),
        "revocable": call.flag("revocable"),
    }
    least = {"availableCount": call.number("minAvailableCount"), "assignedCount": call.number("minAssignedCount")}
    most = {"availableCount": call.number("maxAvailableCount"), "assignedCount": call.number("maxAssignedCount")}

    def wanted(row: dict[str, Any]) -> bool:
        return (
            all(value is None or row[name] == value for name, value in equal.items())
            and all(value is None or row[name] >= value for name, value in least.items())
            and all(value is None or row[name] <= value for name, value in most.items())
        )

    return wanted


def get_assignments(call: Call) -> dict[str, Any]:
    """GET /assignments [D get-assignments-9wv1e]."""
    location = call.location
    clauses, values = ["1=1"], list[Any]()
    adam_id, pricing = call.word("adamId"), call.word("pricingParam", PRICING_PARAMS)
    if adam_id or pricing:
        numbers = [
            str(asset.id)
            for asset in location.store.assets.values()
            if adam_id in (None, asset.adam_id) and pricing in (None, asset.pricing_param)
        ]
        clauses.append(f"a.asset IN ({','.join(numbers)})")
    if serial := call.word("serialNumber"):
        clauses.append("a.serial=?")
        values.append(serial)
    if client_user_id := call.word("clientUserId"):
        clauses.append("a.user IN (SELECT id FROM users WHERE client_user_id=?)")
        values.append(client_user_id)
    if call.flag("excludeInactiveUsers"):
        clauses.append(f"(a.user IS NULL OR a.user IN (SELECT id FROM users WHERE {ACTIVE_SQL}))")
    with_state = bool(call.flag("includeUserState"))
    columns = "a.asset,a.serial,a.user"
    rows, fields = _page(call, "assignments", columns, clauses, values)
    return {"assignments": _assignment_rows(location, rows, with_state), **fields}


def _assignment_rows(location: Location, rows: list[Any], with_state: bool) -> list[dict[str, str]]:
    keys = {asset.id: asset.key for asset in location.store.assets.values()}
    holders = {row[2] for row in rows if row[2] is not None}
    people = {}
    if holders:
        marks = ",".join(str(number) for number in holders)
        people = {user["id"]: user for user in location.store.users(f"id IN ({marks})")}
    shown_rows = []
    for asset, serial, user_id in rows:
        adam_id, pricing = keys[asset]
        row = {"adamId": adam_id, "pricingParam": pricing}
        if user_id is None:
            row["serialNumber"] = serial
        else:
            user = people[user_id]
            row["clientUserId"] = user["client_user_id"]
            if with_state:
                row["userStatus"] = user["status"]
                if user["id_hash"]:
                    row["idHash"] = user["id_hash"]
        shown_rows.append(row)
    return shown_rows


def get_users(call: Call) -> dict[str, Any]:
    """GET /users; one clientUserId may be listed more than once [D get-users-4mwln]."""
    clauses, values = ["1=1"], list[Any]()
    if call.flag("activeOnly"):
        clauses.append(ACTIVE_SQL)
    if call.flag("retiredOnly"):
        clauses.append(f"NOT {ACTIVE_SQL}")
    if client_user_id := call.word("clientUserId"):
        clauses.append("a.client_user_id=?")
        values.append(client_user_id)
    columns = ",".join(f"a.{name}" for name in USER_COLUMNS)
    rows, fields = _page(call, "users", columns, clauses, values)
    people = (dict(zip(USER_COLUMNS, row, strict=True)) for row in rows)
    return {"users": [listed(person, call.context.switches) for person in people], **fields}


WITH_REMOVED = "(SELECT * FROM assignments UNION ALL SELECT * FROM removed)"


def _page(
    call: Call, dataset: str, columns: str, clauses: list[str], values: list[Any]
) -> tuple[list[Any], dict[str, Any]]:
    location, switches = call.location, call.context.switches
    store = location.store
    counter = store.counters[dataset]
    source = f"{dataset} a"
    scope = _scope(call, dataset, clauses, values) if switches["version_scope"] == "per_filter" else (counter, "")
    if since := call.word("sinceVersionId"):
        clauses = [*clauses, "a.change>?"]
        values = [*values, location.versions.counter(dataset, since)]
        if dataset == "assignments" and switches["delta_removed"] == "shown":
            source = f"{WITH_REMOVED} a"
    query = Query(source, " AND ".join(clauses), tuple(values))
    index = call.page_index()
    total, rows = location.pager.rows(query, columns, counter, int(switches["page_size"]), index)
    version = location.versions.name(dataset, *scope)
    return rows, page_fields(index, total, rows, version, int(switches["empty_total_pages"]))


def _scope(call: Call, dataset: str, clauses: list[str], values: list[Any]) -> tuple[int, str]:
    """The newest change among the rows of this filter, and a name of the filter."""
    where = " AND ".join(clauses)
    newest = 1
    for source in ("assignments a", "removed a") if dataset == "assignments" else ("users a",):
        sql = f"SELECT max(a.change) FROM {source} WHERE {where}"
        newest = max(newest, call.location.store.db.execute(sql, values).fetchone()[0] or 1)
    return newest, f"{where}:{values}"
