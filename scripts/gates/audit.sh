#!/usr/bin/env bash
# Known vulnerabilities of every pinned package, by pip-audit. Where no advisory service answers it says "not run" (78).
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
scripts/venv.sh audit
exec "$cache/venv/audit/bin/python" scripts/audit.py
