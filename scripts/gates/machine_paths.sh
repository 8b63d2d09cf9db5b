#!/usr/bin/env bash
# No file of the clone may name a place of the machine it was written on.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
python3 scripts/machine_paths.py
