#!/usr/bin/env bash
# Makes the environment of the newest lane that this machine has a Python for, and prints the lane.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
for lane in $(tr ' ' '\n' <<<"$lanes" | sort -rV); do
  status=0
  scripts/venv.sh "$lane" || status=$?
  if [ "$status" -eq 0 ]; then
    echo "$lane"
    exit
  fi
  [ "$status" -eq "$skipped" ] || exit "$status"
done
exit "$skipped"
