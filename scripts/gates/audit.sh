#!/usr/bin/env bash
# Advisories against the releases that are pinned. Ends with 78 where no advisory service answers: that is told, and fails nothing.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
python scripts/planted_audit.py
exec python scripts/audit.py requirements/*.txt
