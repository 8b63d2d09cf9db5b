#!/usr/bin/env bash
# The tests of faults and secrets, on the newest lane unless LANE names one: a part of them, or with OPENMDM_SOAK all.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=${LANE:-$(scripts/newest_lane.sh)}
scripts/venv.sh "$lane"
scripts/link.sh
exec "$cache/venv/$lane/bin/python" -m pytest --quiet --junit-xml "$cache/junit/faults.xml" tests/faults "$@"
