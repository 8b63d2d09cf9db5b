#!/usr/bin/env bash
# run.sh STEP...: see run.py.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
export NO_COLOR=1
exec python3 scripts/run.py "$@"
