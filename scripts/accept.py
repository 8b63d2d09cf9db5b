"""People read their mail, open its link, sign in and accept the terms on the page: by its forms, and some in Chromium.

    python scripts/accept.py MAILS --count 300 --in-chromium 3 --accepted FILE

MAILS is the folder of a mail server. Of its mails every so many-th is taken until `--count` people have accepted;
their addresses go to FILE, one a line. Each signs in with an Apple Account of their own at home.example. Where there is
no Chromium, it says so and they all use the forms.
"""

from __future__ import annotations

import argparse
import re
import sys
import urllib.request
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

from chromium import Browser, BrowserError, find_chromium
from mails import ReadMail, read_mails

DONE = " is now linked to "
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotAcceptedError(Exception):
    """Without the link, which is a secret."""


def account_of(mail: ReadMail) -> str:
    return f"{mail.recipient.partition('@')[0]}@home.example"


def by_forms(mail: ReadMail) -> str:
    """What a browser without scripts does: opens the page, and sends its two forms. The sentence on the last page."""
    _fetch(mail.link)
    account = {"account": account_of(mail)}
    terms = _fetch(mail.link, account)
    if 'value="accept"' not in terms:
        raise NotAcceptedError("The page showed no terms.")
    found = re.search(r'<p id="result"[^>]*>(.*?)</p>', _fetch(mail.link, {**account, "answer": "accept"}), re.DOTALL)
    return unescape(found[1]) if found else ""


def _fetch(link: str, form: dict[str, str] | None = None) -> str:
    try:
        with DIRECT.open(link, urlencode(form).encode() if form else None, timeout=60) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        raise NotAcceptedError(f"The page answered {error.code}.") from None


def in_chromium(browser: Browser) -> Callable[[ReadMail], str]:
    """What a person does there: clicks, types, clicks."""

    def accept(mail: ReadMail) -> str:
        page = browser.open(mail.link)
        page.fill("#account", account_of(mail))
        page.submit("#sign-in button")
        page.submit("#terms button[value=accept]")
        return page.text("#result")

    return accept


def accept_all(mails: list[ReadMail], accept: Callable[[ReadMail], str]) -> None:
    for mail in mails:
        said = accept(mail)
        if DONE not in said:
            raise NotAcceptedError(f"The page did not end as it should, but with: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description="People accept their invitations.")
    parser.add_argument("mails", type=Path)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--in-chromium", type=int, default=0, metavar="COUNT", help="of these, so many")
    parser.add_argument("--accepted", type=Path, required=True, metavar="FILE")
    wanted = parser.parse_args()
    mails = read_mails(wanted.mails)
    if not 0 <= wanted.in_chromium <= wanted.count <= len(mails):
        parser.error(f"{len(mails)} mails are there.")
    chosen = mails[:: len(mails) // wanted.count][: wanted.count] if wanted.count else []
    browsing = wanted.in_chromium if find_chromium() else 0
    accept_all(chosen[browsing:], by_forms)
    if browsing:
        with Browser() as browser:
            accept_all(chosen[:browsing], in_chromium(browser))
    wanted.accepted.write_text("".join(f"{mail.recipient}\n" for mail in chosen), encoding="utf-8")
    missing = "" if browsing == wanted.in_chromium else "; Chromium is not installed, so nobody in it"
    print(f"Accepted: {len(chosen)}, by the page's forms {len(chosen) - browsing}, in Chromium {browsing}{missing}.")


if __name__ == "__main__":
    try:
        main()
    except (NotAcceptedError, BrowserError, OSError, ValueError) as problem:
        sys.exit(f"Somebody could not accept: {problem}")
