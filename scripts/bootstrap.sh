#!/usr/bin/env bash
# Makes every environment that this machine has a Python for, and says which it has not.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
scripts/link.sh
for name in $lanes dev importer; do
  status=0
  scripts/venv.sh "$name" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$skipped" ]
done
