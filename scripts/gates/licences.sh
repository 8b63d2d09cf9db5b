#!/usr/bin/env bash
# Every file says its licence or REUSE.toml says it, none is under another than ours, and what the collection needs at run
# time may be used with it. First: would either be noticed?
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
python scripts/planted_licences.py
reuse lint
for lane in $lanes; do
  status=0
  scripts/venv.sh "$lane" || status=$?
  if [ "$status" -eq "$skipped" ]; then continue; fi
  [ "$status" -eq 0 ]
  echo "ansible-core $lane:"
  "$cache/venv/$lane/bin/python" scripts/licences.py requirements.txt
done
