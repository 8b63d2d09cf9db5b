#!/usr/bin/env bash
# The story of the README, told against the sandbox from nothing: a school gives apps to the iPads of Year 7.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

lane=$(scripts/newest_lane.sh)
scripts/link.sh
PATH=$cache/venv/$lane/bin:$PATH
state=$cache/demo
rm -rf "$state"

python -m sandbox serve --port 0 --seed school --state "$state" >"$cache/demo.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
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
export OPENMDM_VPP_APPS_BOOKS_URL OPENMDM_VPP_ITUNES_URL
export OPENMDM_VPP_CONTENT_TOKEN_FILE=$state/north.vpptoken
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false   # localhost is all it needs
grep -e '^serial_number' -e ',north,year-7' "$(ready files devices)" >"$state/year-7.csv"
head -n 30 "$state/year-7.csv" >"$state/cut-off.csv"
printf 'DMPT2C' >>"$state/cut-off.csv"
grep -e '^serial_number' -e ',north,year-12' "$(ready files devices)" | head -n 3 >"$state/leavers.csv"

cat >"$state/wishes.yml" <<'END'
assets:
  - bundle_id: com.apple.Pages
  - bundle_id: com.apple.Numbers
  - name: Apple Classroom
  - adam_id: "425073498"   # Procreate
poll_interval: 0.5         # seconds between two questions to Apple whether it is done; Apple itself wants 30 or more
END
cat >"$state/art-room.yml" <<'END'
assets:
  - adam_id: "425073498"   # Procreate
exclusive: true            # these devices and no others of the location
max_removals: 1            # but if more than one would lose it, nothing is changed
poll_interval: 0.5
END

if [ -t 1 ]; then export ANSIBLE_FORCE_COLOR=true; fi
tell() { printf '\n=== %s\n' "$@"; }
show() {
  printf '$ %s\n' "${*//$state\//}"
  "$@"
}
run() {
  printf '$ ansible-playbook %s\n' "${*//$state\//}"
  ansible-playbook "$@"
}
# What must be refused is a part of the story, and so is why: if it went through or failed otherwise, the demo has failed.
refused() {
  local why=$1
  shift
  if run "$@" | tee "$state/refused.txt"; then
    say "This should have been refused."
    exit 1
  fi
  if ! grep -q "$why" "$state/refused.txt"; then
    say "This should have been refused with the words: $why"
    exit 1
  fi
  echo "--- refused, as it should be: nothing was changed"
}

echo "A school and Apple's service, both invented, on this machine. The paths in the commands are shortened: the files lie in"
echo "a folder of their own. The sandbox ends with the demo."

tell "1. A school, its token file, and what it owns"
run scripts/demo/look.yml

tell "2. Four apps for the 67 iPads of Year 7: is there enough of each? Nothing is changed until there is."
show cat "$state/wishes.yml"
show head -n 4 "$state/year-7.csv"
refused "Too few licences" openmdm.vpp.assign_licenses -e "@$state/wishes.yml" -e "targets_file=$state/year-7.csv" --check

tell "3. Then give what there is, in the order of the list. First in check mode: what would change?"
run openmdm.vpp.assign_licenses -e "@$state/wishes.yml" -e "targets_file=$state/year-7.csv" -e shortage=partial --check --diff

tell "4. Do it"
run openmdm.vpp.assign_licenses -e "@$state/wishes.yml" -e "targets_file=$state/year-7.csv" -e shortage=partial

tell "5. Do it again, as every night: changed=0"
run openmdm.vpp.assign_licenses -e "@$state/wishes.yml" -e "targets_file=$state/year-7.csv" -e shortage=partial

tell "6. One night the export breaks off half-way. Nobody loses an app."
show tail -n 2 "$state/cut-off.csv"
echo
refused "cut off" openmdm.vpp.assign_licenses -e "@$state/wishes.yml" -e "targets_file=$state/cut-off.csv" -e exclusive=true -e max_removals=10

tell "7. The art room has 29 iPads, but 30 hold Procreate. Nobody else is to have it: one licence comes back, and no more may"
run scripts/demo/art_room.yml -e "file=$state/art-room.csv"
show cat "$state/art-room.yml"
run openmdm.vpp.assign_licenses -e "@$state/art-room.yml" -e "targets_file=$state/art-room.csv" --diff

tell "8. Two iPads leave the school and give everything back, within a stated limit"
run openmdm.vpp.retire_devices -e "targets_file=$state/leavers.csv" -e max_removals=20 -e poll_interval=0.5

tell "What Apple's stand-in was asked in all that"
python - "$(ready files requests)" <<'END'
import collections, json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
asked = collections.Counter((line["method"], line["path"].split("?")[0]) for line in lines)
print(*(f"{count:5}  {method:5} {path}" for (method, path), count in sorted(asked.items())), sep="\n")
looked_up = asked["GET", "/metadata/lookup"]
print(f"The {looked_up} look-ups are the price of bundle_id and name: one for each asset, in each run. adam_id costs none.")
END

tell "Now yourself: sandbox/README.md"
