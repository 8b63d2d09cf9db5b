"""Who holds an asset at Apple, compared with a list: they must be the same people, no more and no less.

    python scripts/holders.py SANDBOX LOCATION ADAM_ID FILE

SANDBOX is the folder of a running sandbox, FILE has an e-mail address a line.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(sandbox: Path, path: str) -> Any:
    ready = json.loads((sandbox / "ready.json").read_text(encoding="utf-8"))
    with DIRECT.open(f"{ready['urls']['control']}/{path}", timeout=60) as answer:
        return json.load(answer)


def main(sandbox: str, location: str, adam_id: str, file: str) -> int:
    users = control(Path(sandbox), f"locations/{location}/users")["users"]
    emails = {user["clientUserId"]: user["email"].lower() for user in users if user["status"] == "Associated"}
    found = control(Path(sandbox), f"locations/{location}/assignments?adamId={adam_id}")["assignments"]
    # A licence of somebody who is not associated would be that of a stranger here, too.
    holders = {emails.get(one["clientUserId"], one["clientUserId"]) for one in found if one.get("clientUserId")}
    wanted = set(Path(file).read_text(encoding="utf-8").lower().split())
    if holders == wanted:
        print(f"Holders of {adam_id} at Apple: {len(holders)}, exactly those of the list.")
        return 0
    lacking, strange = len(wanted - holders), len(holders - wanted)
    print(
        f"Holders of {adam_id}: {len(holders)}; {lacking} of the list are not, {strange} others are.", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
