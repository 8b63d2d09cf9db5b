# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spoils valid documents: at the level of bytes, and of JSON. The same seed gives the same inputs."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

HOSTILE_TEXTS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "a\udfffb@x.example",
    "\ufeff",
    "\u202egpj.exe",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "{{ 7 * 7 }}{% for i in range(9) %}{{ lookup('pipe', 'id') }}{% endfor %}",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;",
    "x\r\nBcc: victim@evil.example\r\n\r\nbody",
    "=cmd|' /C calc'!A0",
    "9" * 6000,
    "-1",
    "1e999",
    "nan",
    "a" * 20000,
    "@" * 300,
    "a@" * 200,
    "\u0661\u0662\u0663",
    "\u00b2",
    "9999-12-31T23:59:59+0000",
    "0001-01-01T00:00:00+1400",
    "2031-02-30T25:61:61+9999",
    "Fri, 31 Dec 99999999999 23:59:59 GMT",
    "https://evil.example/",
    "https://[::1",
    "//[",
    "http://\u2100.example/",
    "[" * 3000,
    '["a", 1, null, {}]',
    "../../../etc/passwd",
    "All",
    "PENDING",
    "N_600077000001",
)
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    -(2**63),
    2**63,
    10**19,
    10**400,
    -(10**4000),
    1.5,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [None],
    [[[]]],
    {"": {}},
    *HOSTILE_TEXTS,
)
PIECES: tuple[bytes, ...] = (
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\r",
    b"\n",
    b"\r\n",
    b"\x0b",
    b"\x85",
    b"\xe2\x80\xa8",
    b'"',
    b'""',
    b"'",
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b",",
    b";",
    b"\t",
    b"#",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
    b"[" * 2000,
    b'{"a":' * 2000,
    b"9" * 5000,
    b"-",
    b"1e999",
    b"NaN",
    b"-Infinity",
    b"null",
    b"true",
    b"=",
    b"==",
    b" " * 300,
    b"a" * 3000,
    b"," * 3000,
    b"\n" * 3000,
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
)


class Mutator:
    """One stream of spoiled inputs. `texts` are words that belong to the field, beside those that belong nowhere."""

    def __init__(self, seed: int, texts: Sequence[str] = ()) -> None:
        self.rng = random.Random(seed)
        self.pieces = (*PIECES, *(text.encode("utf-8", "surrogatepass") for text in (*HOSTILE_TEXTS, *texts)))
        self.values = (*HOSTILE, *texts)

    def inputs(self, seeds: Sequence[bytes], count: int) -> Iterator[bytes]:
        """`count` inputs. Of seeds that are JSON half are spoiled as documents, which a parser lets through to what
        stands behind it."""
        documents = [_document(seed) for seed in seeds]
        for _number in range(count):
            place = self.rng.randrange(len(seeds))
            document = documents[place]
            if document is not None and self.rng.random() < 0.6:
                yield self.json(document)
            else:
                yield self.raw(seeds[place], seeds)

    def json(self, document: Any) -> bytes:
        for _time in range(self.rng.choice((1, 1, 1, 2, 3, 6))):
            document = self.value(document)
        return json.dumps(document, ensure_ascii=self.rng.random() < 0.5).encode("utf-8", "surrogatepass")

    def value(self, value: Any) -> Any:
        """A copy with one change at some depth."""
        rng = self.rng
        if isinstance(value, dict) and value and rng.random() < 0.93:
            key = rng.choice(list(value))
            chance = rng.random()
            if chance < 0.1:
                return {name: kept for name, kept in value.items() if name != key}
            if chance < 0.15:
                return {**value, rng.choice(HOSTILE_TEXTS): rng.choice(self.values)}
            return {**value, key: self.value(value[key])}
        if isinstance(value, list) and value and rng.random() < 0.93:
            place = rng.randrange(len(value))
            chance = rng.random()
            if chance < 0.08:
                return value[:place] + value[place + 1 :]
            if chance < 0.16:
                return [*value, value[place]]
            return [*value[:place], self.value(value[place]), *value[place + 1 :]]
        if isinstance(value, str) and rng.random() < 0.4:
            return self.raw(value.encode("utf-8", "surrogatepass"), ()).decode("utf-8", "replace")
        return self._wrapped(value) if rng.random() < 0.05 else rng.choice(self.values)

    def _wrapped(self, value: Any) -> Any:
        for _time in range(self.rng.choice((1, 5, 80))):
            value = [value] if self.rng.random() < 0.5 else {"a": value}
        return value

    def raw(self, data: bytes, others: Sequence[bytes]) -> bytes:
        """One to eight changes to bytes."""
        rng = self.rng
        spoiled = bytearray(data)
        for _time in range(rng.choice((1, 1, 2, 4, 8))):
            place = rng.randrange(len(spoiled) + 1)
            end = min(len(spoiled), place + rng.choice((1, 2, 4, 16, 64)))
            change = rng.randrange(8)
            if change == 0 and spoiled:
                spoiled[place - 1] ^= 1 << rng.randrange(8)
            elif change == 1:
                spoiled[place:end] = rng.randbytes(end - place)
            elif change == 2:
                del spoiled[place:end]
            elif change == 3:
                del spoiled[place:]
            elif change == 4:
                spoiled[place:end] = rng.choice(self.pieces)
            elif change == 5:
                spoiled[place:place] = spoiled[place:end] * rng.choice((1, 3, 50))
            elif change == 6 and others:
                other = rng.choice(others)
                spoiled[place:] = other[rng.randrange(len(other) + 1) :]
            else:
                spoiled[place:place] = rng.choice(self.pieces)
        return bytes(spoiled)


def _document(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
