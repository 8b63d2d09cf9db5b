# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs that are too large, deep, wide or long, for a process that has little memory. Run as a module it reads them
all and prints a line of JSON for each."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping

from ansible_collections.openmdm.vpp.plugins.module_utils._http.client import MAX_BODY
from ansible_collections.openmdm.vpp.tests.faults import readers, readers_files, readers_mail, readers_services
from ansible_collections.openmdm.vpp.tests.faults.readers import Reader

MEMORY = 2 << 30
"""Bytes of address space; the process itself takes some 200 MiB of it."""

_READERS: Mapping[str, Reader] = {
    reader.name: reader
    for module in (readers, readers_files, readers_mail, readers_services)
    for reader in module.READERS
}
_LISTS = ("targets file", "people file", "code file")
_HEAD = {"targets file": b"serial,x", "people file": b"email,x", "code file": b"code,x"}


def _cases(size: int) -> Mapping[str, tuple[str, Callable[[], bytes]]]:
    """`size`: bytes of the largest."""
    found: dict[str, tuple[str, Callable[[], bytes]]] = {}
    deep = 1_000_000
    most = MAX_BODY // 4
    for name in _LISTS:
        head = _HEAD[name]
        found[f"{name}: a line"] = (name, lambda: b"x" * size)
        found[f"{name}: a field"] = (name, lambda head=head: head + b"\n" + b"x" * size + b",\n")
        found[f"{name}: an open quote"] = (name, lambda head=head: head + b'\n"' + b"x\n" * (size // 2))
        found[f"{name}: columns"] = (name, lambda head=head: head + b",y" * deep + b"\n1,2" + b",y" * deep + b"\n")
        found[f"{name}: separators"] = (name, lambda head=head: head + b"\n" + b"," * (size // 10))
        found[f"{name}: empty lines"] = (name, lambda head=head: head + b"\n" * (size // 10))
        found[f"{name}: bad lines"] = (name, lambda head=head: head + b"\n" + b"x,y\n" * (size // 40))
        found[f"{name}: brackets"] = (name, lambda: b"[" * deep)
        found[f"{name}: objects"] = (name, lambda: b'{"users":' * deep)
        found[f"{name}: a number"] = (name, lambda: b"[" + b"9" * deep + b"]")
        found[f"{name}: white space"] = (name, lambda: b" " * size)
        found[f"{name}: half of UTF-16"] = (name, lambda: b"\xff\xfe" + b"x\0" * (size // 2) + b"x")
    for name in ("Apple's assets", "Apple's assignments", "Apple's users", "devices", "softwares", "refusals"):
        found[f"{name}: rows"] = (name, lambda: b'{"assets":[' + b"{}," * most + b"{}]}")
        found[f"{name}: brackets"] = (name, lambda: b"[" * deep)
        found[f"{name}: objects"] = (name, lambda: b'{"a":' * deep)
        found[f"{name}: a number"] = (name, lambda: b'{"totalPages":' + b"9" * deep + b"}")
        found[f"{name}: a text"] = (name, lambda: b'{"errorNumber":9999,"errorMessage":"' + b"\xc3\xa9" * deep + b'"}')
        found[f"{name}: an address"] = (name, lambda: b'{"errors":["' + b"!@" * deep + b'"],"errorNumber":9999}')
    found["token: a line"] = ("token", lambda: b"QUJD" * (size // 4))
    found["token inside: brackets"] = ("token inside", lambda: b"[" * 40_000)
    found["approved plan: brackets"] = ("approved plan", lambda: b"[" * deep)
    found["approved plan: operations"] = ("approved plan", lambda: b'{"operations":[' + b"{}," * (size // 16) + b"{}]}")
    found["progress: a line"] = ("progress", lambda: b'{"pages":' + b" " * size + b"{}}")
    found["token references: a pattern"] = ("token references", lambda: json.dumps(["[a-" * deep]).encode())
    found["mail server: a line"] = ("mail server", lambda: b"220 " + b"x" * size)
    found["mail server: lines"] = ("mail server", lambda: b"220-x\r\n" * (size // 7))
    found["mail server: offers"] = ("mail server", lambda: b"220 x\r\n" + b"250-AUTH PLAIN\r\n" * (size // 16))
    return found


def main(megabytes: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for case, (name, make) in _cases(int(megabytes) << 20).items():
        reader, data = _READERS[name], make()
        begun = time.process_time()
        try:
            reader.read(data)
            outcome = "value"
        except reader.errors as error:
            outcome = "error"
            if len(str(error)) > 1000:
                outcome = f"a sentence of {len(str(error))} characters"
        except Exception as error:  # MemoryError above all
            outcome = f"{type(error).__name__}: {error!s:.100}"
        print(json.dumps([case, outcome, round(time.process_time() - begun, 2), len(data)]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
