#!/usr/bin/env bash
# unit.sh LANE [ARGUMENT...]: the unit tests with plain pytest, straight from the clone.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=$1
shift
scripts/venv.sh "$lane"
scripts/link.sh
exec "$cache/venv/$lane/bin/python" -m pytest --quiet --junit-xml "$cache/junit/unit.xml" "$@"
