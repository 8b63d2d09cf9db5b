#!/usr/bin/env bash
# Mutants of _core, the retry policy and _entity on the newest lane; see mutate.py.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=$(scripts/newest_lane.sh)
scripts/venv.sh "$lane"
scripts/link.sh
exec "$cache/venv/$lane/bin/python" scripts/mutate.py "$@"
