#!/usr/bin/env bash
# The unit tests with plain pytest, straight from the clone; on the newest lane unless LANE names one.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=${LANE:-$(scripts/newest_lane.sh)}
scripts/venv.sh "$lane"
scripts/link.sh
exec "$cache/venv/$lane/bin/python" -m pytest --quiet --junit-xml "$cache/junit/unit.xml" "$@"
