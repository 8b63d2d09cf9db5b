"""Reads mails as Python's email package does, which is not the code that wrote them, and says what is wrong.

    python scripts/mails.py FOLDER
    python scripts/mails.py --show MAIL.eml

It prints, as JSON: mails, recipients, message_ids, connections (all as counts), subjects (each with its count), and
problems. It ends with 1 where there are any. With --show it prints one mail for people to read, without its code.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted")
LINK = re.compile(r"^https?://\S+$", re.MULTILINE)
LONGEST = 998
"""Bytes of a line without its end [RFC 5322, 2.1.1]."""
ON_TOP = re.compile(rb"(?:(?:Return-Path|Delivered-To|X-Connection): .*\r\n)+")
"""What the mail server wrote there."""


@dataclass(frozen=True)
class ReadMail:
    path: Path
    raw: bytes
    message: EmailMessage

    @cached_property
    def text(self) -> str:
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        return self._part("html")

    @property
    def recipient(self) -> str:
        return str(self.message["Delivered-To"])

    @property
    def link(self) -> str:
        """The one link of the plain text, which is a secret. Raises ValueError."""
        found = LINK.findall(self.text)
        if len(found) != 1:
            raise ValueError(f"{self.path.name} holds {len(found)} links in place of one.")
        return str(found[0])

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            raise ValueError(f"{self.path.name} has no part text/{kind}.")
        return str(part.get_content()).replace("\r\n", "\n")


def read_mail(path: Path) -> ReadMail:
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise ValueError(f"{path.name} is no mail.")
    return ReadMail(path, raw, message)


def read_mails(folder: Path) -> list[ReadMail]:
    """In the order in which they came."""
    return [read_mail(path) for path in sorted(folder.glob("*.eml"))]


def problems_of(mail: ReadMail) -> Iterator[str]:
    """One sentence each, without an address and without a link."""
    message = mail.message
    for name in ONCE:
        found = message.get_all(name, [])
        if len(found) != 1:
            yield f"has {len(found)} headers {name}"
        elif found[0].defects:
            yield f"header {name}: {found[0].defects[0]}"
    if any(part.defects for part in message.walk()):
        yield "is not well formed"
    yield from _addresses(mail)
    sent = message["Date"].datetime if message["Date"] else None
    if not isinstance(sent, datetime) or abs(datetime.now(timezone.utc) - sent) > timedelta(hours=1):
        yield "has a date that is not of now"
    if message["Auto-Submitted"] != "auto-generated":
        yield "does not say that a program wrote it"
    parts = [part.get_content_type() for part in message.walk()]
    if parts != ["multipart/alternative", "text/plain", "text/html"]:
        yield f"has the parts {', '.join(parts)}"
        return
    yield from _words(mail)
    content = ON_TOP.sub(b"", mail.raw, count=1)
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", content) or not content.isascii():
        yield "holds bytes that mail does not carry"
    if any(len(line) > LONGEST for line in content.split(b"\r\n")):
        yield f"has a line of more than {LONGEST} bytes"


def _addresses(mail: ReadMail) -> Iterator[str]:
    for name, envelope in (("To", "Delivered-To"), ("From", "Return-Path")):
        addresses = mail.message[name].addresses if mail.message[name] else ()
        if [one.addr_spec for one in addresses] != [str(mail.message[envelope]).strip("<>")]:
            yield f"{name} names another than the envelope"


def _words(mail: ReadMail) -> Iterator[str]:
    found = LINK.findall(mail.text)
    if len(found) != 1:
        yield f"holds {len(found)} links in its plain text"
    elif found[0].replace("&", "&amp;") not in mail.html:
        yield "has another link in its HTML"
    if re.search(r"<(img|script|link|iframe)\b|url\(", mail.html):
        yield "loads something"
    if "{{" in mail.text + mail.html or "{%" in mail.text + mail.html:
        yield "shows its template"
    if any(len(line) > 78 for line in mail.text.splitlines() if "://" not in line):
        yield "has a long line in its plain text"


def summary(mails: list[ReadMail]) -> dict[str, object]:
    problems = Counter(problem for mail in mails for problem in problems_of(mail))
    ids = Counter(str(mail.message["Message-ID"]) for mail in mails)
    links = Counter(mail.link for mail in mails if not list(_words(mail)))
    if len(links) != len({mail.recipient for mail in mails}):
        problems["have a link that is not their own"] = len(mails)
    if len(ids) != len(mails):
        problems["have a Message-ID that another has"] = len(mails) - len(ids)
    return {
        "mails": len(mails),
        "recipients": len({mail.recipient for mail in mails}),
        "message_ids": len(ids),
        "connections": len({str(mail.message["X-Connection"]) for mail in mails}),
        "subjects": dict(Counter(str(mail.message["Subject"]) for mail in mails)),
        "problems": [f"{count} of {len(mails)}: {problem}" for problem, count in sorted(problems.items())],
    }


def shown(mail: ReadMail) -> str:
    heads = [f"{name}: {mail.message[name]}" for name in ("From", "To", "Subject", "Date")]
    return "\n".join([*heads, "", re.sub(r"(inviteCode=)[^&\s]+", r"\1...", mail.text)])


def main(*words: str) -> int:
    if len(words) == 2 and words[0] == "--show":
        print(shown(read_mail(Path(words[1]))))
        return 0
    (folder,) = words
    told = summary(read_mails(Path(folder)))
    print(json.dumps(told, indent=2))
    return 1 if told["problems"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
