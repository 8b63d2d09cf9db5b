"""Shows the documentation of everything that the installed collection NAME holds, as a user would.

One call a kind, since most of a call is the start of ansible-doc; what it leaves out fails.
"""

import json
import os
import re
import subprocess
import sys

name = sys.argv[1]
HEADING = re.compile(r"^> (?:\w+:? +)?\*?([\w.]+)", re.MULTILINE)


def ansible_doc(*arguments: str) -> str:
    plain = {**os.environ, "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(["ansible-doc", *arguments], check=True, stdout=subprocess.PIPE, text=True, env=plain).stdout


for kind in ("module", "lookup", "inventory", "filter", "role"):
    found = sorted(json.loads(ansible_doc("--type", kind, "--list", "--json", name)))
    if not found:
        continue
    shown = {heading.lower() for heading in HEADING.findall(ansible_doc("--type", kind, *found))}
    if missing := [plugin for plugin in found if plugin not in shown]:
        sys.exit(f"ansible-doc shows nothing of: {', '.join(missing)}.")
    print(*(f"{kind} {plugin}" for plugin in found), sep="\n")
