#!/usr/bin/env bash
# The rulebook and the event sources of extensions/eda, run by ansible-rulebook against the sandbox: who accepts gets the app by what
# Apple sends, and licences that are bought go to devices that went without. It takes two minutes, most of them a wait, for the rulebook
# gathers for a minute what is bought.
# shellcheck source=scripts/demo/lib.sh
. "$(dirname "$0")/demo/lib.sh"
if ! java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])'; then
  say "ansible-rulebook needs Java 17 or newer, and this machine has none."
  exit "$skipped"
fi
scripts/venv.sh "$lane"
scripts/venv.sh rulebook
PATH=$cache/venv/rulebook/bin:$PATH
app=425073498 person=ana
start_sandbox rulebook people=new

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$state/key.pem" -out "$state/cert.pem" 2>/dev/null
cat "$state/key.pem" "$state/cert.pem" >"$state/hooks.pem"
python -c 'import secrets; print(secrets.token_urlsafe(24), end="")' >"$state/notification-token"
chmod 600 "$state/key.pem" "$state/hooks.pem" "$state/notification-token"
port=$(python -c 'import socket; one = socket.socket(); one.bind(("127.0.0.1", 0)); print(one.getsockname()[1])')
cat >"$state/vars.yml" <<END
port: $port
certfile: $state/hooks.pem
notification_auth_token_file: $state/notification-token
owner_name: Kowhai Valley, apps as code
apps: [{adam_id: "$app", name: Procreate, tag: app-procreate}]
scope: [{match: with_any, tags: [year-7]}]
licensing: collection
END
cat >"$state/inventory.yml" <<END
all: {hosts: {localhost: {ansible_connection: local, ansible_python_interpreter: $cache/venv/rulebook/bin/python}}}
END
cat >"$state/account.yml" <<END
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/openmdm.vpp.vpp: {owner_name: "Kowhai Valley, apps as code"}
  tasks:
    - name: Register somebody
      openmdm.vpp.vpp_user:
        users: [{client_user_id: $person, email: $person@kowhaivalley.example}]
    - name: Have Apple notify the rulebook
      openmdm.vpp.vpp_account:
        claim: true
        notification_url: https://127.0.0.1:$port/north
        notification_auth_token_file: $state/notification-token
        notification_types: [USER_ASSOCIATED, ASSET_COUNT]
END

# background LOG COMMAND...: ends with this script, like the sandbox.
background() {
  local log=$1
  shift
  printf '$ %s\n' "${*//$state\//}"
  "$@" >"$log" 2>&1 &
  servers+=($!)
}
# until_seen SECONDS WHAT COMMAND...: the command succeeds within so many seconds, or the end of the logs is shown.
until_seen() {
  local seconds=$1 what=$2
  shift 2
  for _ in $(seq "$seconds"); do
    if "$@" >/dev/null 2>&1; then
      echo "--- $what"
      return
    fi
    sleep 1
  done
  tail -n 40 "$state"/*.log >&2
  say "Within $seconds seconds this was not so: $what"
  exit 1
}
listens() { (: >"/dev/tcp/127.0.0.1/$port"); }
holders() { control GET "locations/north/assignments?adamId=$app" | grep -o "\"$1\"" | wc -l; }
person_has_it() { control GET "locations/north/assignments?adamId=$app" | grep -q "\"clientUserId\":\"$person\""; }
holds() { [ "$(holders serialNumber)" -ge "$1" ]; }

tell "1. The rulebook listens before Apple is told where"
background "$state/notifications.log" ansible-rulebook --rulebook openmdm.vpp.notifications -i "$state/inventory.yml" --vars "$state/vars.yml"
background "$state/changes.log" ansible-rulebook --rulebook scripts/rulebook/changes.yml -i "$state/inventory.yml"
until_seen 60 "it listens" listens
run "$state/account.yml" -i "$state/inventory.yml"

tell "2. Somebody accepts the invitation, and has the app within a minute"
control POST locations/north/accept "{\"clientUserId\": \"$person\"}" >/dev/null
until_seen 60 "the person has the app" person_has_it
until_seen 60 "the source that looks by itself has seen it, too" \
  grep -q "A look has found poll USER_ASSOCIATED $person" "$state/changes.log"

tell "3. Licences are bought, and devices that went without have the app a minute later"
before=$(holders serialNumber)
control POST locations/north/buy "{\"adamId\": \"$app\", \"count\": 5}" >/dev/null
until_seen 120 "at least 5 devices more have the app, $before had it" holds "$((before + 5))"
until_seen 60 "the source that looks by itself has seen it, too" \
  grep -q "A look has found poll ASSET_COUNT $app 5" "$state/changes.log"

if grep -rqF "$(cat "$state/notification-token")" "$state"/*.log; then
  say "The notification token stands in a log."
  exit 1
fi
