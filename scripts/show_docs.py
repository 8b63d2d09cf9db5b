"""Shows the documentation of everything that the installed collection NAME holds, as a user would."""

import json
import subprocess
import sys

name = sys.argv[1]


def ansible_doc(*arguments: str) -> str:
    return subprocess.run(["ansible-doc", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


for kind in ("module", "lookup", "inventory", "filter", "role"):
    found = json.loads(ansible_doc("--type", kind, "--list", "--json", name))
    for plugin in sorted(found):
        ansible_doc("--type", kind, plugin)
        print(f"{kind} {plugin}")
