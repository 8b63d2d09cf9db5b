"""What Apple and the mail server got since the last time this was asked; it fails where that is not as expected.

    python scripts/counted.py SANDBOX MAIL creates=9 mails=900 'reads<=40'

SANDBOX and MAIL are the folders of the sandbox and of scripts/mail_server.py. What can be named is below; what is not
named is told and not checked.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

WRITES = {
    "/users/create": "creates",
    "/users/update": "updates",
    "/users/retire": "retires",
    "/assets/associate": "associates",
    "/assets/disassociate": "disassociates",
    "/assets/revoke": "revokes",
}
NAMES = ("writes", *WRITES.values(), "polls", "reads", "requests", "mails")
"""`polls`: whether an event is done. `reads`: all others that are no writes. Of Apple's half alone."""
MARK = "counted.json"


def count(lines: list[str]) -> Counter[str]:
    """Of lines of the sandbox's log. A path that this doesn't know is a write, too."""
    found: Counter[str] = Counter()
    for request in map(json.loads, lines):
        if request["service"] != "apple":
            continue
        path = request["path"].partition("?")[0]
        found["requests"] += 1
        if request["method"] == "GET":
            found["polls" if path.endswith("/status") else "reads"] += 1
            continue
        found["writes"] += 1
        found.update(name for end, name in WRITES.items() if path.endswith(end))
    return found


def since_mark(sandbox: Path, mail: Path) -> Counter[str]:
    lines = (sandbox / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    mails = len(list((mail / "mails").glob("*.eml")))
    mark = sandbox / MARK
    before = json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else {"lines": 0, "mails": 0}
    mark.write_text(json.dumps({"lines": len(lines), "mails": mails}), encoding="utf-8")
    found = count(lines[before["lines"] :])
    found["mails"] = mails - before["mails"]
    return found


def wrong(found: Counter[str], wanted: str) -> str:
    """Empty if it is as wanted. Raises ValueError."""
    matched = re.fullmatch(r"(\w+)(=|<=)(\d+)", wanted)
    if not matched or matched[1] not in NAMES:
        raise ValueError(f"{wanted!r} is not of the form NAME=NUMBER or NAME<=NUMBER; names are {', '.join(NAMES)}.")
    name, sign, number = matched[1], matched[2], int(matched[3])
    if found[name] == number or (sign == "<=" and found[name] < number):
        return ""
    return f"{name}: {found[name]}, expected {'at most ' if sign == '<=' else ''}{number}"


def named(number: int, name: str) -> str:
    return f"{number} {name[:-1] if number == 1 else name}"


def main(sandbox: str, mail: str, *expected: str) -> int:
    found = since_mark(Path(sandbox), Path(mail))
    told = [named(found[name], name) for name in NAMES if found[name] or name in ("writes", "mails")]
    print(f"Counted: {', '.join(told)}.")
    problems = list(filter(None, (wrong(found, wanted) for wanted in expected)))
    for problem in problems:
        print(f"That is wrong: {problem}.", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, TypeError, ValueError) as error:
        sys.exit(str(error))
