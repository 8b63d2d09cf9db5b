#!/usr/bin/env bash
# The same school brings apps to 900 people: it registers and invites them, gives to those who accept, takes back from those who leave.
# shellcheck source=scripts/demo/lib.sh
. "$(dirname "$0")/lib.sh"
start_sandbox people people=new
mail=$state/mail
start "The mail server" "$mail" python scripts/mail_server.py --state "$mail"
export OPENMDM_VPP_SMTP_HOST=127.0.0.1

# All of the school's people are in one location here; the sandbox has a list for each campus.
cat "$(ready files vpp_users north)" >"$state/people.csv"
tail -q -n +2 "$(ready files vpp_users south)" "$(ready files vpp_users west)" >>"$state/people.csv"
cat >"$state/onboard.yml" <<END
src: $state/people.csv
apps:
  - {adam_id: "302584613", name: Kindle}
  - {adam_id: "361285480", name: Keynote}
exclusive: true            # who is no more in the list gives everything back
max_removals: 50           # but if that were more than 50 people, nothing is changed
state_dir: $state/memory
mail_from: apps@kowhaivalley.example
smtp_port: $(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["port"])' "$mail/ready.json")
smtp_security: none        # only because the mail server is on this machine
mails_per_minute: 6000     # only because it is our own; others want 60 or less
remind_after_days: 7       # who has not accepted by then gets the link again
poll_interval: 0.5
END
onboard=(openmdm.vpp.onboard_users -e "@$state/onboard.yml")
# What Apple and the mail server got in the step. A wrong number ends the demo.
counted() { python scripts/counted.py "$state" "$mail" "$@"; }
holders() { for app in 302584613 361285480; do python scripts/holders.py "$state" north "$app" "$1"; done; }
counted >"$state/counted.txt"

tell "1. The school's people, in the list that Systems Manager imports. Apple knows none of them yet"
show head -n 4 "$state/people.csv"
show wc -l "$state/people.csv"
show cat "$state/onboard.yml"

tell "2. First in check mode: nobody is registered and nobody is mailed"
run "${onboard[@]}" --check
counted writes=0 mails=0

tell "3. Do it: 900 people are registered by nine requests, and get a mail each"
run "${onboard[@]}"
counted creates=9 writes=9 'polls<=18' mails=900
echo "What Python's e-mail package, which did not write them, says about the 900 mails:"
python scripts/mails.py "$mail/mails"
echo "The first of them, without its secret:"
python scripts/mails.py --show "$mail/mails/00001.eml"

tell "4. In the days after, 300 people open their mail, sign in with their Apple Account, and accept"
python scripts/accept.py "$mail/mails" --count 300 --in-chromium 3 --accepted "$state/accepted.txt"

tell "5. The next night: these 300 get the apps, and nobody else. Nobody is mailed twice"
run "${onboard[@]}"
counted associates=1 writes=1 'polls<=2' mails=0
holders "$state/accepted.txt"

tell "6. The night after that nothing has happened, so nothing is done: changed=0"
run "${onboard[@]}" | tee "$state/again.txt"
grep -q 'changed=0 ' "$state/again.txt"
counted writes=0 mails=0

tell "7. One night the export of the list breaks off half-way"
cp "$state/people.csv" "$state/whole.csv"
head -n 451 "$state/whole.csv" >"$state/people.csv"
refused "max_shrink" "${onboard[@]}"
counted writes=0 mails=0

tell "8. Fifty people leave the school: they are taken out of the list, and give everything back"
head -n 50 "$state/accepted.txt" >"$state/leavers.txt"
grep -v -F -f "$state/leavers.txt" "$state/whole.csv" >"$state/people.csv"
show wc -l "$state/people.csv"
refused "max_removals" "${onboard[@]}" -e max_removals=49
run "${onboard[@]}"
counted retires=1 writes=1 'polls<=2' mails=0
tail -n +51 "$state/accepted.txt" >"$state/left.txt"
holders "$state/left.txt"
