"""What a report looks like, and how fast it opens: pictures of a page of vpp_report as people see it.

    python scripts/report_picture.py REPORT.html FOLDER

FOLDER gets wide.png, phone.png, dark.png, print.png and plain.png (without script). It prints how long the page takes
to open, and fails if it wants anything from elsewhere, breaks its own policy, or takes longer than --seconds. It needs
Chromium.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chromium import Browser, BrowserError, Page

VIEWS = {"wide": (1280, 900), "phone": (390, 844), "dark": (1280, 900), "print": (794, 1123)}
TALLEST = 12000
"""Pixels of a picture; Chromium draws no more than 16384."""
TURNS = 3
LOADED = """(() => {
  const found = performance.getEntriesByType('navigation')[0];
  const painted = performance.getEntriesByName('first-contentful-paint')[0];
  return [found.loadEventEnd, painted ? painted.startTime : 0];
})()"""
WRONG = """(() => {
  const ids = Array.from(document.querySelectorAll('[id]'), one => one.id);
  const wrong = [];
  if (performance.getEntriesByType('resource').length) wrong.push('it loads something');
  if (new Set(ids).size !== ids.length) wrong.push('an id stands twice');
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.hash.slice(1))) wrong.push('a link leads nowhere: ' + link.hash);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('it is wider than the window: ' + innerWidth);
  if (document.querySelector('table.sort') && !document.querySelector('th button')) wrong.push('no script ran');
  if (getComputedStyle(document.body).marginTop !== '0px') wrong.push('its style does not count');
  return wrong;
})()"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of a report.")
    parser.add_argument("page", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0, help="the longest that it may take to open")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    address = wanted.page.resolve().as_uri()
    wrong: list[str] = []
    with Browser() as browser:
        times = []
        for _turn in range(TURNS):
            page = browser.open(address, *VIEWS["wide"])
            times.append(page.evaluate(LOADED))
        for name, (width, height) in VIEWS.items():
            page.resize(width, height)
            media = "print" if name == "print" else "screen"
            scheme = {"name": "prefers-color-scheme", "value": "dark" if name == "dark" else "light"}
            page.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
            wrong += [f"{name}: {one}" for one in page.evaluate(WRONG)]
            draw(page, width, wanted.folder / f"{name}.png")
    with Browser(["--blink-settings=scriptEnabled=false"]) as browser:
        draw(browser.open(address, *VIEWS["wide"]), VIEWS["wide"][0], wanted.folder / "plain.png")
    slowest, painted = max(total for total, _first in times) / 1000, max(first for _total, first in times) / 1000
    size = wanted.page.stat().st_size / 1024
    print(f"{wanted.page.name}: {size:,.0f} KiB, painted after {painted:.2f} s, open after {slowest:.2f} s at most.")
    if slowest > wanted.seconds:
        wrong.append(f"it takes {slowest:.2f} s to open")
    print("\n".join(wrong) or f"{', '.join(VIEWS)} and plain are in {wanted.folder}.")
    return 1 if wrong else 0


def draw(page: Page, width: int, path: Path) -> None:
    """The whole page, or as much of it as a picture can hold."""
    metrics = page.ask("Page.getLayoutMetrics")["cssContentSize"]
    page.resize(width, min(TALLEST, int(metrics["height"]) + 1))
    page.picture(path)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrowserError, OSError, ValueError) as error:
        sys.exit(str(error))
