"""A changed source without a change on the disk: each change lives in a process of its own, which is given the changed
text when it imports that file, and runs tests over it. What takes long to import is imported once, before the forks.
"""

from __future__ import annotations

import gc
import importlib.machinery
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from swap import name_in_clone

ROOT = Path(__file__).resolve().parents[1]
CAUGHT = 1
"""Of pytest's exit codes: a test failed. With the others the tests did not run."""
BROKEN = 99
_MOST_MEMORY = 3 << 30


def prepare() -> None:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    slow = ("ansible.module_utils.basic", "httpx", "sandbox.app", "_hypothesis_pytestplugin", "pytest_mock")
    for name in (*slow, "hypothesis.strategies", "hypothesis.internal.conjecture.providers", "json", "sqlite3"):
        importlib.import_module(name)
    # An example that fails is enough: nobody reads the smallest one.
    settings.register_profile(
        "forked",
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=30,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],  # by the clock, and the machine may be busy
    )
    os.environ["HYPOTHESIS_PROFILE"] = "forked"
    gc.freeze()  # what is never looked at again is never copied


def start(work: Callable[[], int], seconds: float, log: Path) -> int:
    """`work` in a process of its own, which is killed when its time is over."""
    child = os.fork()
    if child == 0:
        try:
            said = os.open(log, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            for stream in (0, 1, 2):
                os.dup2(said, stream)
            resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
            signal.alarm(int(seconds) + 1)
            os._exit(work())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(BROKEN)
    return child


def end() -> tuple[int, int]:
    """A child that ended, and its status; below zero: the signal that killed it."""
    child, status = os.wait()
    return child, os.waitstatus_to_exitcode(status)


def give(name: str, text: bytes) -> None:
    """From now on the import of this file gives this text."""
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        return compile(text, path, "exec", dont_inherit=True) if name_in_clone(path) == name else plain(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code


def run_tests(*arguments: str, plugins: Sequence[object] = ()) -> int:
    """Pytest's exit code. Its warning of what was imported before the fork would be an error."""
    quiet = ["--quiet", "--exitfirst", "--no-header", "--tb=line", "-p", "no:xdist", "-p", "no:anyio"]
    warning = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    return int(pytest.main([*quiet, "-W", warning, *arguments], plugins=list(plugins)))
