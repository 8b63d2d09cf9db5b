#!/usr/bin/env bash
# No tracked file may name a place of the machine it was written on.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
python scripts/machine_paths.py
