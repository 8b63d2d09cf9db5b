# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that takes long, as people see it: in a terminal, and in a job of ansible-runner, which runs the
jobs of AWX. At least one line, and at most one each ten seconds."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .box import ROOT, Box, open_box
from .measure import Measure
from .play import LOG, licences, program, surroundings, write_play
from .sizes import Sizes

QUESTION = "Progress"
EVERY = 10
LINE = re.compile(r"^here: (.+ requests in [0-9]+ s.*?)\r*$", re.MULTILINE)


def run(sizes: Sizes, folder: Path) -> list[Measure]:
    with open_box(folder / "box", apps=1, devices=2, drift=1, people=0) as box, ThreadPoolExecutor(2) as pool:
        box.switch(event_seconds=sizes.long)
        first, second = box.serial_numbers()
        terminal = pool.submit(_measure, _terminal, folder / "terminal", box, first)
        job = pool.submit(_measure, _job, folder / "job", box, second)
        return [*terminal.result(), *job.result()]


def _measure(show: Callable[[Path, list[str]], str], folder: Path, box: Box, serial: str) -> list[Measure]:
    LOG.info("%s", "/".join(folder.parts[-3:]))
    play = write_play(folder, [licences(box, folder, 1, [serial], poll_interval=1)])
    begun = time.monotonic()
    text = show(folder, play)
    seconds = time.monotonic() - begun
    lines = LINE.findall(text)
    case = f"in {'a terminal' if show is _terminal else 'a job of ansible-runner'}"
    note = f"the last: {lines[-1]}" if lines else ""
    return [
        Measure(QUESTION, case, "lines", len(lines), 1, least=True, note=note),
        Measure(
            QUESTION, case, f"lines / {EVERY} s of the play", len(lines) / seconds * EVERY, 1, note=f"{seconds:.0f} s"
        ),
    ]


def _terminal(_folder: Path, play: list[str]) -> str:
    """What ansible-playbook writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [program("ansible-playbook"), *play]
    with subprocess.Popen(command, cwd=ROOT, env=surroundings(), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = bytearray()
        # Linux ends a terminal whose other end is closed with an error.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                written += part
        os.close(ours)
    return _checked(process.returncode, written.decode(errors="replace"))


def _job(folder: Path, play: list[str]) -> str:
    """What a job's events hold as output; AWX shows that."""
    _flag, inventory, playbook = play
    where = ["--inventory", inventory, "--playbook", playbook, "--ident", "job"]
    command = [program("ansible-runner"), "run", str(folder), *where]
    ended = subprocess.run(
        command, cwd=ROOT, env=surroundings(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    files = folder.glob("artifacts/job/job_events/[0-9]*-*.json")
    events = sorted((json.loads(file.read_text(encoding="utf-8")) for file in files), key=lambda one: one["counter"])
    return _checked(ended.returncode, "\n".join(event["stdout"] for event in events))


def _checked(status: int, text: str) -> str:
    if status:
        raise RuntimeError(f"A play failed: {text[-1500:]}")
    return text
