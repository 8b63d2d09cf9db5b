#!/usr/bin/env bash
# Builds the collection into .cache/dist and checks what lies in the tarball.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
tarball=$(scripts/build.sh "$cache/dist")
python scripts/check_tarball.py "$tarball"
