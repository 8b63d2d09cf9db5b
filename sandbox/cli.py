# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python3 -m sandbox serve``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from . import state
from .app import create_app
from .seeds import SEEDS
from .server import Server
from .tls import server_context


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A local stand-in of Apple's service and Systems Manager."
    )
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="start a server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    serve.add_argument("--seed", default="small", choices=sorted(SEEDS))
    serve.add_argument("--state", required=True, type=Path, help="directory for ready.json, tokens and the log")
    serve.add_argument("--tls", action="store_true", help="https with a throw-away CA (needs cryptography)")
    serve.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="a seed option or a switch")
    return parser.parse_args(arguments)


def serve(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    directory: Path = options.state.resolve()
    ready = state.prepare(directory)
    pairs = [text.partition("=") for text in options.option]
    if wrong := [name for name, sign, _value in pairs if not sign]:
        raise ValueError(f"--option takes KEY=VALUE, not {wrong[0]!r}.")
    sandbox = create_app(
        options.seed,
        {name: value for name, _sign, value in pairs},
        journal=directory / "requests.jsonl",
        tokens=directory,
    )
    ca = directory / "ca.pem" if options.tls else None
    tls = server_context(ca) if ca else None
    server = Server((options.host, options.port), sandbox, tls)
    # Systems Manager's regional shard: the same service at a second port, see switch sm_redirect.
    shard = Server((options.host, 0), sandbox, tls)
    sandbox.context.origin, sandbox.context.shard = server.origin, shard.origin
    files = {"requests": str(directory / "requests.jsonl"), "ca": str(ca) if ca else None}
    files.update(state.write_world(sandbox.world, directory))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    for one in (server, shard):
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    sandbox.start()
    state.announce(ready, server.origin, shard.origin, files, sandbox.world)
    print(f"The sandbox ({options.seed}) listens at {server.origin}; {ready} says the rest.", flush=True)
    stop.wait()
    ready.unlink(missing_ok=True)
    for one in (server, shard):
        one.shutdown()
        one.server_close()
    sandbox.close()
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; errors are one sentence."""
    # Token files and the log are for their owner, whatever the shell's mask says.
    os.umask(0o077)
    try:
        return serve(parse(arguments))
    except (ValueError, OSError, ImportError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
