#!/usr/bin/env bash
# demo.sh [--installed PLACE] [PART...]: the stories of the README, told against the sandbox from nothing; the parts are devices
# and people. With PLACE the collection and the sandbox are those that were installed there, otherwise those of the clone.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
if [ "${1:-}" = --installed ]; then
  export demo_place=$2
  shift 2
fi
if [ $# -eq 0 ]; then set -- devices people; fi
for part in "$@"; do
  if [ ! -e "scripts/demo/$part.sh" ]; then
    say "There is no part '$part': devices, people."
    exit 2
  fi
done
printf '%s\n' "A school, Apple's service, Cisco Meraki Systems Manager and a mail server, all invented, on this machine. The paths in the" \
  "commands are shortened: the files lie in a folder of their own. All of it ends with the demo."
for part in "$@"; do "scripts/demo/$part.sh"; done
printf '\n=== %s\n' "Now yourself: sandbox/README.md"
