#!/usr/bin/env bash
# The tests of faults and secrets, on the newest lane unless LANE names one: a part of them, or with OPENMDM_SOAK all. One
# that is named by its path is run alone.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=${LANE:-$(scripts/newest_lane.sh)}
scripts/venv.sh "$lane"
scripts/link.sh
alone=
for argument in "$@"; do
  case $argument in tests/faults/*) alone=yes ;; esac
done
[ -n "$alone" ] || set -- tests/faults "$@"
exec "$cache/venv/$lane/bin/python" -m pytest --quiet --junit-xml "$cache/junit/faults.xml" "$@"
