"""Proves that `reuse lint` with our REUSE.toml notices a shipped file without a licence, and one with another's."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# REUSE-IgnoreStart
OURS = "# Copyright (c) 2026 openmdm.vpp contributors\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
CASES = (  # what the file says, and whether that is right
    ("plugins/module_utils/planted.py", OURS, True),
    ("plugins/module_utils/planted.py", "", False),
    ("plugins/module_utils/planted.py", OURS.replace("GPL-3.0-or-later", "GPL-2.0-only"), False),
    ("sandbox/planted.py", "# Copyright (c) 2026 openmdm.vpp contributors\n", False),
    ("roles/planted/tasks/main.yml", "", True),
    ("roles/planted/tasks/main.yml", OURS.replace("GPL-3.0-or-later", "Apache-2.0"), False),
    ("roles/planted/files/planted.bin", "", False),
)
# REUSE-IgnoreEnd


def passes(name: str, header: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "LICENSES").mkdir()
        shutil.copy("LICENSE", root / "LICENSES/GPL-3.0-or-later.txt")
        shutil.copy("REUSE.toml", root)
        file = root / name
        file.parent.mkdir(parents=True)
        file.write_text(f"{header}planted = 1\n", encoding="utf-8")
        command = ["reuse", "--root", folder, "--no-multiprocessing", "lint", "--quiet"]
        return subprocess.run(command, check=False).returncode == 0


wrong = [(name, header) for name, header, right in CASES if passes(name, header) != right]
for name, header in wrong:
    print(f"reuse judged {name} wrongly when it said {header!r}.")
print(f"{len(CASES) - len(wrong)} of {len(CASES)} planted files judged rightly")
sys.exit(1 if wrong else 0)
