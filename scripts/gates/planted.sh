#!/usr/bin/env bash
# Proves that the tests can fail: each planted defect has to be caught.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
lane=$(scripts/newest_lane.sh)
exec "$cache/venv/$lane/bin/python" scripts/planted.py
