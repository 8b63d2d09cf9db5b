#!/usr/bin/env bash
# A school brings apps to the devices of Year 12 and of its staff.
# shellcheck source=scripts/demo/lib.sh
. "$(dirname "$0")/lib.sh"
start_sandbox devices

cat >"$state/rollout.yml" <<END
apps:
  - {adam_id: "361309726", name: Pages, tag: app-pages, paid: false}
  - {adam_id: "586447913", name: Word, tag: app-word, paid: false}
scope:
  - {match: with_any, tags: [year-12, staff]}
licensing: collection      # the licences are granted here, not by Systems Manager
wait_installed: {percent: 100, timeout: 60, poll_interval: 1}   # of those that were seen within two weeks
meraki_network_ids: [$(ready meraki networks north)]
poll_interval: 0.5         # seconds between two questions to Apple whether it is done; Apple itself wants 30 or more
meraki_requests_per_second: 9
END
cat >"$state/art-room.yml" <<END
apps:
  - {adam_id: "425073498", name: Procreate, tag: app-procreate, paid: true}
exclusive: true            # these devices and no others
uninstall: true            # and from the others it is removed
max_removals: 1            # but if more than one would lose it, nothing is changed
licensing: collection
meraki_network_ids: [$(ready meraki networks north)]
poll_interval: 0.5
meraki_requests_per_second: 9
END

# The school's own list of the art room: 23 of the 24 iPads that hold Procreate.
control GET "locations/north/assignments?adamId=425073498" |
  python -c 'import json, sys; print("serial_number", *(one["serialNumber"] for one in json.load(sys.stdin)["assignments"][:-1]), sep="\n")' >"$state/art-room.csv"
head -c -4 "$state/art-room.csv" >"$state/cut-off.csv"

rollout=(openmdm.vpp.rollout_devices -e "@$state/rollout.yml")

tell "1. The school's location at Apple, and the same in Systems Manager"
run scripts/demo/look.yml -e "@$state/rollout.yml"

tell "2. Two apps for Year 12 and the staff. In Systems Manager each app was set up by hand, for devices that have its tag"
show cat "$state/rollout.yml"
tell "3. First in check mode: who is left out and why, what would be granted, and who would come into the scope of the apps?"
run "${rollout[@]}" --check --diff

tell "4. Do it: the licences first, then the scope; the devices report, and have the apps"
run "${rollout[@]}"

tell "5. Do it again, as every night: changed=0"
run "${rollout[@]}" | tee "$state/again.txt"
grep -q 'changed=0 ' "$state/again.txt"

tell "6. Procreate for all of them? There are not so many licences, so nothing is changed"
refused "Too few licences" "${rollout[@]}" -e '{"apps": [{"adam_id": "425073498", "name": "Procreate", "tag": "app-procreate"}]}'

tell "7. One night a tag is misspelt, and everybody else is to lose the apps"
refused "staf" "${rollout[@]}" -e exclusive=true -e max_removals=500 -e '{"scope": [{"match": "with_any", "tags": ["year-12", "staf"]}]}'

tell "8. Another night Systems Manager answers with half of its devices"
control POST faults '{"kind": "fewer_rows", "times": null, "match": {"service": "meraki", "path": "/sm/devices"}}' >"$state/fault.json"
refused "contradict" "${rollout[@]}" -e exclusive=true -e max_removals=500
control DELETE faults >"$state/fault.json"

tell "9. Procreate is for the art room alone, 23 iPads. First the school's export breaks off half-way"
show cat "$state/art-room.yml"
show tail -n 2 "$state/cut-off.csv"
echo
refused "cut off" openmdm.vpp.rollout_devices -e "@$state/art-room.yml" -e "targets_file=$state/cut-off.csv"

tell "10. With the whole list one iPad leaves: out of the scope, the licence back, the app removed. No more may"
run openmdm.vpp.rollout_devices -e "@$state/art-room.yml" -e "targets_file=$state/art-room.csv"

tell "11. The school gives Procreate up"
run openmdm.vpp.retire_app -e "@$state/art-room.yml" -e max_removals=23 -e '{"app": {"adam_id": "425073498", "name": "Procreate", "tag": "app-procreate"}}'

tell "What Apple and Systems Manager were asked in all that"
python - "$(ready files requests)" <<'END'
import collections, json, re, sys
lines = [line for line in map(json.loads, open(sys.argv[1], encoding="utf-8")) if line["service"] != "control"]
paths = [re.sub(r"/[A-Z]?_?[0-9]{5,}", "/...", line["path"].split("?")[0]) for line in lines]
asked = collections.Counter((line["service"], line["method"], path) for line, path in zip(lines, paths))
print(*(f"{count:5}  {service:9} {method:5} {path}" for (service, method, path), count in sorted(asked.items())), sep="\n")
END
