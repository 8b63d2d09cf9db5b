"""guide_files.py FOLDER GUIDE...: writes the files of guides into a folder, as their reader would: each block of YAML
that begins with a comment of nothing but a name. Prints the names.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

BLOCK = re.compile(r"^\.\. code-block:: yaml\n\n((?:  .*\n|\n)+)", re.MULTILINE)
NAME = re.compile(r"# ([\w.-]+)\n")


def files_of(guide: str) -> dict[str, str]:
    """By name, in order. ValueError for two of one name."""
    found: dict[str, str] = {}
    for block in BLOCK.findall(guide):
        text = textwrap.dedent(block).rstrip() + "\n"
        named = NAME.match(text)
        if not named:
            continue
        if named[1] in found:
            raise ValueError(f"two blocks are called {named[1]}")
        found[named[1]] = text
    return found


def main(folder: str, *guides: str) -> None:
    for guide in guides:
        for name, text in files_of(Path(guide).read_text(encoding="utf-8")).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
            print(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
