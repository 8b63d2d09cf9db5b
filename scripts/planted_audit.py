"""Proves on a stand-in of the service that audit.py finds what it should, and is "not run" only when it must be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SOUND = "sound==1.0\nsound==2.0 ; python_version < '3.11'\n"
CASES = (  # what the service knows, its status, the requirements; the status wanted, and a word of the output
    ({"pip"}, 200, SOUND, 0, "2 releases, 0 complaints"),
    ({"pip", "planted"}, 200, SOUND + "planted==1.0\n", 1, "PLANTED-1, repaired in 1.1"),
    ({"pip"}, 200, "sound>=1.0\n", 1, "not pinned"),
    (set(), 200, SOUND, 78, "does not know"),
    ({"pip"}, 503, SOUND, 78, "No advisory service answers"),
    (None, 200, SOUND, 78, "No advisory service answers"),
)


@contextmanager
def service(known: set[str] | None, status: int) -> Iterator[str]:
    """Its address. It knows one advisory for each of these packages; with None nobody listens there."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            package = {"name": name, "ecosystem": "PyPI"}
            ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]
            advisory = {"id": f"{name.upper()}-1", "affected": [{"package": package, "ranges": ranges}]}
            body = json.dumps({"vulns": [advisory]} if name in (known or ()) else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}/v1/query"
    if known is None:
        server.server_close()
        yield address
        return
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()


wrong = 0
for known, status, requirements, wanted, word in CASES:
    with tempfile.TemporaryDirectory() as folder, service(known, status) as address:
        file = Path(folder, "requirements.txt")
        file.write_text(requirements, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "scripts/audit.py", str(file)],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "OSV_URL": address, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"},
        )
    if done.returncode != wanted or word not in done.stdout:
        wrong += 1
        print(f"Wanted status {wanted} and {word!r}, got {done.returncode} and:\n{done.stdout}")
print(f"{len(CASES) - wrong} of {len(CASES)} planted answers judged rightly")
sys.exit(1 if wrong else 0)
