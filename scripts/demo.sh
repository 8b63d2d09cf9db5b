#!/usr/bin/env bash
# A rollout from nothing: starts the sandbox, gives an app to the devices of a list (check, run, check, run), takes
# everything back, and shows what the sandbox was asked.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

lane=$(scripts/newest_lane.sh)
scripts/link.sh
PATH=$cache/venv/$lane/bin:$PATH
state=$cache/demo
rm -rf "$state"

python -m sandbox serve --seed small --state "$state" >"$cache/demo.log" 2>&1 &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do
  if [ -e "$state/ready.json" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
if [ ! -e "$state/ready.json" ]; then
  say "The sandbox did not start:"
  cat "$cache/demo.log" >&2
  exit 1
fi

ready() { python -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]][sys.argv[3]])' "$state/ready.json" "$@"; }
OPENMDM_VPP_APPS_BOOKS_URL=$(ready urls apps_books)
OPENMDM_VPP_ITUNES_URL=$(ready urls itunes)
OPENMDM_VPP_CONTENT_TOKEN_FILE=$state/main.vpptoken
export OPENMDM_VPP_APPS_BOOKS_URL OPENMDM_VPP_ITUNES_URL OPENMDM_VPP_CONTENT_TOKEN_FILE
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false   # localhost is all it needs
devices=$(ready files devices)

play() {
  local title=$1 playbook=$2
  shift 2
  printf '\n### %s\n# ansible-playbook openmdm.vpp.%s %s\n' "$title" "$playbook" "$*"
  ansible-playbook "openmdm.vpp.$playbook" -e "targets_file=$devices" -e poll_interval=0.2 "$@"
}

assets='{"assets": [{"bundle_id": "com.apple.Pages"}]}'
play "What would be assigned" assign_licenses -e "$assets" --check
play "Assign it" assign_licenses -e "$assets"
play "A second look finds nothing to do" assign_licenses -e "$assets" --check
play "And so does a second run" assign_licenses -e "$assets"
play "Take everything back, but never more than a hundred licences" retire_devices -e max_removals=100

printf '\n### What the sandbox was asked\n'
python -c '
import collections, json, sys
asked = collections.Counter((line["method"], line["path"]) for line in map(json.loads, open(sys.argv[1])))
print(*(f"{count:4}  {method:5} {path}" for (method, path), count in sorted(asked.items())), sep="\n")
' "$(ready files requests)"
