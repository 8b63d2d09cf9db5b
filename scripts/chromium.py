"""Chromium without a window, led over its DevTools protocol: two pipes and JSON, so that no further library is needed.

with Browser() as browser:
    page = browser.open("http://127.0.0.1:8000/")
    page.fill("#account", "kiri@home.example")
    page.submit("#sign-in button")
    print(page.text("#result"))
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_A_MAC = "/Applications/{name}.app/Contents/MacOS/{name}"
SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # root has none, and it opens no page but those of our own sandbox and mails
    "--no-proxy-server",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
SECONDS = 60.0
"""For each answer. A busy machine may need many for the first."""


IN_THEIR_PLACES = """
import os, sys
for end, place in zip(map(int, sys.argv[1:3]), (3, 4)):
    os.dup2(end, place)
    os.close(end)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads from 3 and writes to 4."""


class BrowserError(Exception):
    """What it did not do."""


def find_chromium() -> str | None:
    """The program, if this machine has one; the environment variable CHROMIUM names another."""
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else []
    macs = [ON_A_MAC.format(name=name) for name in ("Google Chrome", "Chromium")]
    return next((path for path in map(shutil.which, [*named, *NAMES, *macs]) if path), None)


class Browser:
    """One process. A context manager."""

    def __init__(self, switches: Sequence[str] = ()) -> None:
        program = find_chromium()
        if program is None:
            raise BrowserError("There is no Chromium on this machine.")
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._out = _pipe()
        self._in, theirs_out = _pipe()
        self._buffer = b""
        self._events: deque[dict[str, Any]] = deque()
        self._number = 0
        command = [program, *SWITCHES, f"--user-data-dir={self._profile.name}", *switches, "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", IN_THEIR_PLACES, str(theirs_in), str(theirs_out), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs_in, theirs_out),
        )
        os.close(theirs_in)
        os.close(theirs_out)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self.ask("Browser.close")
            self._process.wait(20)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def open(self, url: str, width: int = 800, height: int = 600) -> Page:
        """A new page of its own, without the cookies of others."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        page = Page(self, self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        page.ask("Page.enable")
        page.resize(width, height)
        page.go(url)
        return page

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """A command and its answer. Events that come before it are kept. Raises BrowserError."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps({**message, "sessionId": session} if session else message).encode() + b"\0")
        deadline = time.monotonic() + SECONDS
        while True:
            found = self._receive(deadline, method)
            if found.get("id") == self._number:
                break
            self._events.append(found)
        if "error" in found:
            raise BrowserError(f"{method}: {found['error'].get('message')}")
        result: dict[str, Any] = found["result"]
        return result

    def forget(self) -> None:
        """The events that were told so far."""
        self._events.clear()

    def await_event(self, method: str, session: str) -> None:
        """Until it happens on that page, or has happened since `forget`."""
        deadline = time.monotonic() + SECONDS
        while True:
            found = self._events.popleft() if self._events else self._receive(deadline, method)
            if found.get("method") == method and found.get("sessionId") == session:
                return

    def _receive(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _writable, _exceptional = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._in, 1 << 20) if ready else b""
            if not chunk:
                raise BrowserError(f"Chromium {'went away' if ready else 'did not answer in time'} ({what}).")
            self._buffer += chunk
        first, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(first)
        return message


class Page:
    """One page. Elements are named by selectors of CSS."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.ask(method, self._session, **params)

    def resize(self, width: int, height: int) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, **features: str) -> None:
        """What the person likes, such as prefers_color_scheme="dark"."""
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.ask("Emulation.setEmulatedMedia", features=told)

    def go(self, url: str) -> None:
        """Raises BrowserError where the page is not there."""
        self._browser.forget()
        problem = self.ask("Page.navigate", url=url).get("errorText")
        if problem:
            raise BrowserError(f"The page was not loaded: {problem}")  # no address: it may hold an invite code
        self._browser.await_event("Page.loadEventFired", self._session)

    def evaluate(self, script: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            details = found["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details["text"])
        return found["result"].get("value")

    def text(self, selector: str) -> str:
        """As a person sees it."""
        return str(self._of(selector, "element.innerText"))

    def fill(self, selector: str, text: str) -> None:
        """In the place of what is there."""
        self._of(selector, "(element.focus(), element.select())")
        self.ask("Input.insertText", text=text)

    def submit(self, selector: str) -> None:
        """Clicks in the middle of the element, and waits for the page that comes."""
        place = "(element.scrollIntoView({block: 'center'}), element.getBoundingClientRect())"
        x, y = self._of(selector, f"(found => [found.x + found.width / 2, found.y + found.height / 2])({place})")
        self._browser.forget()
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self._browser.await_event("Page.loadEventFired", self._session)

    def _of(self, selector: str, script: str) -> Any:
        """The value of `script` for the first element. Raises BrowserError where there is none."""
        named = json.dumps(selector)
        found = self.evaluate(f"(element => element ? [{script}] : null)(document.querySelector({named}))")
        if found is None:
            raise BrowserError(f"The page '{self.evaluate('document.title')}' has no {selector}.")
        return found[0]

    def picture(self, path: Path) -> None:
        """The whole page, as PNG."""
        data = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))


def _pipe() -> tuple[int, int]:
    """To read from, to write to: numbers from 10 on, so that 3 and 4 are free."""
    ends = os.pipe()
    moved = [fcntl(end, F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
