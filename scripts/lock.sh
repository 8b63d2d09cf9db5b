#!/usr/bin/env bash
# Writes the pinned requirements/*.txt from the *.in beside them, for every Python that they may be installed with.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

scripts/venv.sh lock
lock() {
  "$cache/venv/lock/bin/uv" pip compile --quiet --universal --upgrade --no-header --python-version "$2" \
    "requirements/$1.in" --output-file "requirements/$1.txt"
}
for lane in $lanes; do
  lock "lane-$lane" "$(pythons_of "$lane" | tr ' ' '\n' | sort -V | head -n 1)"
done
for name in dev importer lock rulebook; do lock "$name" 3.12; done
