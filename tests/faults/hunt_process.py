# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible as people run it, as loud as it can, keeping all that it can keep."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.openmdm.vpp.tests.unit.conftest import ROOT

LONGEST = 1800.0


@dataclass
class Run:
    """`out` holds all that the run wrote, `said` what it printed, `shown` what other users of the machine could see."""

    out: Path
    code: int = 0
    said: str = ""
    shown: set[str] = field(default_factory=set)

    @property
    def outcomes(self) -> list[tuple[bool, str]]:
        return [(bool(failed), str(msg)) for failed, msg in json.loads((self.out / "outcomes.json").read_text())]


def surroundings(out: Path) -> dict[str, str]:
    """The environment of a run that leaves as much as possible behind, all of it below `out`."""
    kept = ("LANG", "LC_ALL", "PYTHONUTF8")
    for name in ("home", "tmp", "retry"):
        (out / name).mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "HOME": str(out / "home"),
        "TMPDIR": str(out / "tmp"),
        "ANSIBLE_HOME": str(out / "home/ansible"),
        "ANSIBLE_CONFIG": str(out / "home/none.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(Path(ROOT).resolve() / ".cache/link"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_LOCAL_TEMP": str(out / "local_tmp"),
        "ANSIBLE_REMOTE_TEMP": str(out / "remote_tmp"),
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_LOG_PATH": str(out / "ansible.log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(out / "facts"),
        "ANSIBLE_CALLBACKS_ENABLED": "junit,tree,everything,kept_archives",
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).resolve().parent / "callbacks"),
        "ANSIBLE_CALLBACK_TREE_DIR": str(out / "tree"),
        "JUNIT_OUTPUT_DIR": str(out / "junit"),
        "JUNIT_HIDE_TASK_ARGUMENTS": "false",
        "ANSIBLE_RETRY_FILES_ENABLED": "1",
        "ANSIBLE_RETRY_FILES_SAVE_PATH": str(out / "retry"),
        "ANSIBLE_DISPLAY_TRACEBACK": "always",
        "ANSIBLE_INJECT_INVOCATION": "true",
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true",
        "PYTHONFAULTHANDLER": "1",
        "HUNTED": str(out),
        "KEPT_ARCHIVES": _archives(),
    }


@functools.cache
def _archives() -> str:
    """One folder for the whole session, since no source of a module changes in it."""
    folder = tempfile.mkdtemp(prefix="archives-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """Ansible has a socket in its temporary folder, and the path of one can't be long."""
    with tempfile.TemporaryDirectory(prefix="hunt-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "out").mkdir()
        yield Path(folder).resolve() / "out"


def ansible(
    out: Path,
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    meanwhile: Callable[[Run, subprocess.Popen[str]], None] | None = None,
) -> Run:
    """One command of ansible-core's or of ansible-runner's, by its name."""
    out.mkdir(parents=True, exist_ok=True)
    program = str(Path(sys.executable).parent / command[0])
    run = Run(out)
    with (out / "said").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [program, *command[1:]],
            env={**surroundings(out), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with _watched(run):
            try:
                if meanwhile is not None:
                    meanwhile(run, process)
                run.code = process.wait(LONGEST)
            finally:
                for left in [process.pid, *map(int, _ours(out))]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(left, signal.SIGKILL)
                process.wait()
    run.said = (out / "said").read_text(encoding="utf-8", errors="replace")
    return run


def playbook(out: Path, stage: Path, play: Any, *arguments: str, **more: Any) -> Run:
    """`stage`: where the playbook itself lies, which is not searched."""
    out.mkdir(parents=True, exist_ok=True)
    path = stage / f"{out.name}.yml"
    path.write_text(yaml.safe_dump(play, sort_keys=False), encoding="utf-8")
    return ansible(out, ["ansible-playbook", "-vvvv", "--diff", *arguments, str(path)], **more)


@contextlib.contextmanager
def _watched(run: Run) -> Iterator[None]:
    """What `ps` shows of the run's processes to everybody."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            run.shown.update(_ours(run.out).values())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _ours(out: Path) -> dict[str, str]:
    """Arguments of the processes that a run started, by number; they carry its mark in their environment."""
    mark, found = f"HUNTED={out}\0".encode(), {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (path / "environ").read_bytes():
                found[path.name] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    return found


def modules_of(out: Path) -> list[int]:
    """Processes that run a module right now."""
    return [int(number) for number, line in _ours(out).items() if "AnsiballZ_" in line and "/bin/sh" not in line]


def until(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.05)
