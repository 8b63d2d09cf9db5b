# shellcheck shell=bash
# Sourced by the parts of the demo: a sandbox that ends with the part, the commands that are shown, and what must be refused.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

lane=$(scripts/newest_lane.sh)
scripts/link.sh
place=${demo_place:-$cache/link}/$collection   # where the collection is that the demo shows
export ANSIBLE_COLLECTIONS_PATH=${place%/"$collection"}
PATH=$cache/venv/$lane/bin:$PATH
servers=()
trap 'for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done' EXIT

# start WHAT FOLDER COMMAND...: a server that writes FOLDER/ready.json when it listens, and ends with this script.
start() {
  local what=$1 folder=$2
  shift 2
  rm -rf "$folder"
  mkdir -p "$folder"
  "$@" >"$folder/log" 2>&1 &
  servers+=($!)
  for _ in $(seq 150); do
    if [ -e "$folder/ready.json" ] || ! kill -0 $! 2>/dev/null; then break; fi
    sleep 0.1
  done
  if [ ! -e "$folder/ready.json" ]; then
    say "$what did not start:"
    cat "$folder/log" >&2
    exit 1
  fi
}

# start_sandbox NAME [OPTION...]: the school, and where to find it, in the environment. The part's files lie in $state.
start_sandbox() {
  state=$cache/demo/$1
  shift
  start "The sandbox" "$state" env -C "$place" python -m sandbox serve --port 0 --seed school --state "$state" "${@/#/--option=}"
  OPENMDM_VPP_APPS_BOOKS_URL=$(ready urls apps_books)
  OPENMDM_VPP_ITUNES_URL=$(ready urls itunes)
  OPENMDM_MERAKI_BASE_URL=$(ready urls meraki)
  OPENMDM_MERAKI_ORGANIZATION_ID=$(ready meraki organization_id)
  export OPENMDM_VPP_APPS_BOOKS_URL OPENMDM_VPP_ITUNES_URL OPENMDM_MERAKI_BASE_URL OPENMDM_MERAKI_ORGANIZATION_ID
  export OPENMDM_VPP_CONTENT_TOKEN_FILE=$state/north.vpptoken OPENMDM_MERAKI_API_KEY_FILE=$state/meraki_api_key
  export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false   # localhost is all it needs
  export ANSIBLE_DISPLAY_SKIPPED_HOSTS=false
}

# Prints the value at these keys of ready.json.
ready() { python -c 'import functools, json, sys; print(functools.reduce(lambda found, key: found[key], sys.argv[2:], json.load(open(sys.argv[1]))))' "$state/ready.json" "$@"; }
# Does what other people do to the sandbox, and prints its answer.
control() { python -c 'import sys, urllib.request as web; print(web.urlopen(web.Request(sys.argv[1], sys.argv[3].encode(), method=sys.argv[2])).read().decode())' "$(ready urls control)/$2" "$1" "${3:-}"; }

if [ -t 1 ]; then export ANSIBLE_FORCE_COLOR=true; fi
tell() { printf '\n=== %s\n' "$@"; }
show() {
  printf '$ %s\n' "${*//$state\//}"
  "$@"
}
run() {
  local word
  printf '$ ansible-playbook'
  for word in "${@//$state\//}"; do
    case $word in *'{'* | *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  echo
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
  if ! tr -s ' \n' ' ' <"$state/refused.txt" | grep -q "$why"; then
    say "This should have been refused with the words: $why"
    exit 1
  fi
  echo "--- refused, as it should be: nothing was changed"
}
