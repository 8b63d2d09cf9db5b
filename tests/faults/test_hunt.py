# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hunt itself: what is planted is found in every form, and nothing else is."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import pprint
import sqlite3
import textwrap
import zipfile
from email.message import EmailMessage
from urllib.parse import quote, quote_plus, urlencode

import pytest
import yaml

from ansible_collections.openmdm.vpp.tests.faults.hunt import PIECE, Hunt

INNER = "QUJDLWludmVudGVkLWxvY2F0aW9uLXRva2Vu/+zz=="
TOKEN = base64.b64encode(json.dumps({"expDate": "2031", "token": INNER, "orgName": "Küste"}).encode()).decode()
SECRETS = {
    "token": TOKEN,
    "inner": INNER,
    "key": "6bec40cf957de430a6f1f2baa056b99a4fac9ea0",
    "password": "pässw/ö+rd \"&' %\\<x>",
    "code": "SPENDME00001",
}
NAMES = pytest.mark.parametrize("name", SECRETS)


def hunt(data: bytes | str) -> set[str]:
    return {hit.secret for hit in Hunt(SECRETS).text(data, "x")}


def _halves_of_percent(text: str) -> list[str]:
    parts = []
    for at, piece in enumerate(text.split("%")):
        parts += [piece] if not at else ["%" + piece[:2], piece[2:]]
    return parts


FORMS = {
    "plain": lambda text: f"said {text}, so",
    "json": lambda text: json.dumps({"a": [text]}),
    "json in json": lambda text: json.dumps(json.dumps({"a": text})),
    "json with solidus": lambda text: json.dumps(text).replace("/", "\\/"),
    "json as it is": lambda text: json.dumps(text, ensure_ascii=False),
    "repr": lambda text: repr({"a": text}),
    "repr of bytes": lambda text: repr(text.encode()),
    "yaml": lambda text: yaml.safe_dump({"a": {"b": text}}, width=4000),
    "html": lambda text: f"<p>{html.escape(text)}</p>",
    "url": lambda text: f"https://x.example/?a={quote(text, safe='')}&b=1",
    "url of a path": lambda text: f"https://x.example/{quote(text)}/b",
    "form": lambda text: urlencode({"a": text, "b": "1"}),
    "url in lower case": lambda text: "".join(
        part.lower() if at % 2 else part for at, part in enumerate(_halves_of_percent(quote_plus(text)))
    ),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "base64 0": lambda text: base64.b64encode(f"{text}:x".encode()).decode(),
    "base64 1": lambda text: base64.b64encode(f"u{text}:x".encode()).decode(),
    "base64 2": lambda text: base64.b64encode(f"\0u{text}:xy".encode()).decode(),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(f"four{text}".encode()).decode(),
    "wrapped": lambda text: textwrap.fill(text, 9, drop_whitespace=False),
    "wrapped in a repr": lambda text: pprint.pformat([text], width=12),
    "wrapped in JSON": lambda text: json.dumps(textwrap.fill(text, 70, drop_whitespace=False)),
}


@NAMES
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_each_form(name, form):
    assert name in hunt(FORMS[form](SECRETS[name]))


@NAMES
def test_a_secret_is_found_in_a_mail_an_archive_and_a_database(name, tmp_path):
    text = SECRETS[name]
    mail = EmailMessage()
    mail.set_content(f"Kia ora, hier ist {text} — für dich.\n" * 2, cte="base64")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("args.json", json.dumps({"a": text, "b": "b" * 4000}))
    with sqlite3.connect(tmp_path / "state.sqlite3") as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.execute("INSERT INTO t VALUES (?)", (f"x{text}",))
    database.close()
    assert name in hunt(gzip.compress(f"log {text}".encode()))
    assert name in hunt(archive.getvalue())
    assert name in hunt(f"ZIPDATA = '{base64.b64encode(archive.getvalue()).decode()}'")
    assert name in {hit.secret for hit in Hunt(SECRETS).tree(tmp_path)}
    assert name in hunt(mail.as_bytes()), "also where the mail wraps its base64"


@pytest.mark.parametrize("name", [name for name, text in SECRETS.items() if len(text) > PIECE])
def test_each_piece_of_a_long_secret_is_found(name):
    text = SECRETS[name]
    pieces = [text[start : start + PIECE] for start in range(len(text) - PIECE + 1)]
    assert all(name in hunt(f"...{piece}...") for piece in pieces)
    coded = base64.b64encode(text.encode()).decode()
    assert all(name in hunt(coded[start : start + PIECE + 6]) for start in range(len(coded) - PIECE - 6))


@NAMES
def test_less_than_a_piece_is_none(name):
    assert hunt(SECRETS[name][: PIECE - 1 if len(SECRETS[name]) > PIECE else 10] + "###") == set()


def test_names_of_files_are_searched(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"log-{SECRETS['key']}.txt").write_text("nothing")
    assert [hit.secret for hit in Hunt(SECRETS).tree(tmp_path)] == ["key"]
    assert Hunt(SECRETS).tree(tmp_path, exempt=[tmp_path / "out"]) == []


def test_a_hit_does_not_show_the_secret():
    (hit,) = Hunt(SECRETS).text(SECRETS["code"], "a log")
    assert str(hit) == "code as plain in a log"


def test_ordinary_text_holds_none(pytestconfig):
    hunter = Hunt(SECRETS)
    assert hunter.tree(pytestconfig.rootpath / "plugins" / "module_utils" / "_core") == []
    assert hunter.texts > 30


def test_a_short_secret_can_not_be_hunted():
    with pytest.raises(ValueError, match="too short"):
        Hunt({"pin": "1234"})
