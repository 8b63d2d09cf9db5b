# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hunt for secrets in whatever a run leaves behind, in every form that programs give to a text."""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import hashlib
import html
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import yaml

PIECE = 24
"""So many characters of a longer secret count as the secret."""
SHORTEST = 11
_WINDOW = (SHORTEST + 1) // 2
"""Of any SHORTEST characters, one window that starts at a multiple of this is whole: so few places are looked at."""

_WRAPPING = re.compile(rb"(?:=\r?\n|\\+[rnt]|[\s'\"])+")
"""What stands between the lines of a text that was wrapped, be it by a mail, a YAML dump or a repr."""
_PACKED = re.compile(rb"UEsDB[A-Za-z0-9+/]{200,}={0,2}")


@dataclass(frozen=True)
class Hit:
    """Never the secret itself."""

    secret: str
    form: str
    where: str

    def __str__(self) -> str:
        return f"{self.secret} as {self.form} in {self.where}"


def forms(secret: str) -> dict[str, bytes]:
    """The secret as programs write it; forms that are alike are told once."""
    raw = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    found = {
        "plain": raw,
        "JSON": escaped.encode(),
        "JSON as it is": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "YAML": yaml.safe_dump(secret, width=4000, default_style='"').strip()[1:-1].encode(),
        "JSON in JSON": json.dumps(escaped)[1:-1].encode(),
        "JSON with solidus": escaped.replace("/", "\\/").encode(),
        "repr": repr(secret)[1:-1].encode(),
        "repr of bytes": repr(raw)[2:-1].encode(),
        "HTML": html.escape(secret).encode(),
        "URL": quote(secret, safe="").encode(),
        "URL with solidus": quote(secret).encode(),
        "URL of a form": quote_plus(secret).encode(),
        "URL in lower case": re.sub("%..", lambda match: match[0].lower(), quote(secret, safe="")).encode(),
        "hex": binascii.hexlify(raw),
        "HEX": binascii.hexlify(raw).upper(),
    }
    for before in range(3):
        # What stands before and after in the larger text has a share in the first and in the last characters.
        coded = base64.b64encode(b"\0" * before + raw)
        inner = coded[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
        found[f"base64 {before}"] = inner
        found[f"base64 of URLs {before}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    for name, form in list(found.items()):
        found[f"{name}, wrapped"] = _WRAPPING.sub(b"", form)
    seen: dict[bytes, str] = {}
    for name, form in found.items():
        seen.setdefault(form, name)
    return {name: form for form, name in seen.items()}


@dataclass
class Hunt:
    """Names of secrets and the secrets; counts what it has searched."""

    secrets: Mapping[str, str] = field(repr=False)
    texts: int = 0
    size: int = 0
    _seen: set[bytes] = field(default_factory=set, repr=False)
    _table: dict[bytes, list[tuple[str, str, bytes, int]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, secret in self.secrets.items():
            if len(secret) < SHORTEST:
                raise ValueError(f"{name} is too short to be hunted")
            for form, text in forms(secret).items():
                for start in range(len(text) - _WINDOW + 1):
                    self._table.setdefault(text[start : start + _WINDOW], []).append((name, form, text, start))

    def text(self, data: bytes | str, where: str) -> list[Hit]:
        """Also where line ends or quotes were put into the middle of a secret, and within zip archives."""
        data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        self.texts += 1
        self.size += len(data)
        hits = dict.fromkeys(self._scan(data, where))
        hits.update(dict.fromkeys(self._scan(_WRAPPING.sub(b"", data), where)))
        for inner, place in _unpacked(data):
            digest = hashlib.sha256(inner).digest()
            if digest not in self._seen:  # each payload holds the collection's own files anew
                hits.update(found := dict.fromkeys(self._scan(inner, f"{where}!{place}")))
                self._seen.update([] if found else [digest])
        return list(hits)

    def tree(self, *places: Path, exempt: Iterable[Path] = ()) -> list[Hit]:
        """All files below these places, and the names of all."""
        spared, hits = [path.resolve() for path in exempt], []
        for place in places:
            for path in sorted([place, *place.rglob("*")]):
                if any(path.resolve().is_relative_to(one) for one in spared):
                    continue
                hits += dict.fromkeys(self._scan(path.name.encode(), f"a name in {path.parent.name}"))
                if path.is_symlink() or not stat.S_ISREG(path.lstat().st_mode):
                    continue
                hits += self.text(path.read_bytes(), str(path))
        return hits

    def _scan(self, data: bytes, where: str) -> Iterator[Hit]:
        table = self._table
        for at in range(0, len(data) - _WINDOW + 1, _WINDOW):
            found = table.get(data[at : at + _WINDOW])
            if found is not None:
                for name, form, text, start in found:
                    if _agreeing(data, at, text, start) >= min(PIECE, len(text)):
                        yield Hit(name, form, where)


def _agreeing(data: bytes, at: int, text: bytes, start: int) -> int:
    """How many characters around a window that is alike are alike, too."""
    end, stop = at + _WINDOW, start + _WINDOW
    while at and start and data[at - 1] == text[start - 1]:
        at, start = at - 1, start - 1
    while end < len(data) and stop < len(text) and data[end] == text[stop]:
        end, stop = end + 1, stop + 1
    return end - at


def _unpacked(data: bytes) -> Iterator[tuple[bytes, str]]:
    """What is in an archive, or in one that a text holds as base64, as Ansible's payload does."""
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data), "gzip"
    archives = [data] if data.startswith(b"PK\x03\x04") else []
    archives += [base64.b64decode(match[0] + b"=" * (-len(match[0]) % 4)) for match in _PACKED.finditer(data)]
    for archive in archives:
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for name in opened.namelist():
                yield opened.read(name), name
