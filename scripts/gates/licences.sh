#!/usr/bin/env bash
# What is shipped says its licence, and what it needs may be used with it.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
lane=$(scripts/newest_lane.sh)
scripts/venv.sh "$lane"
exec "$cache/venv/$lane/bin/python" scripts/licences.py
