#!/usr/bin/env bash
# venv.sh NAME: makes .cache/venv/NAME (a lane, dev, importer or lock) from its pinned requirements, if it is not there.
# Ends with 77 where no fitting Python is found, with 1 instead where CI is set.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

name=$1
case $name in [0-9]*) requirements=requirements/lane-$name.txt ;; *) requirements=requirements/$name.txt ;; esac
venv=$cache/venv/$name
read -r wanted others <<<"$(pythons_of "$name")"

find_python() {
  local version
  for version in "$@" ""; do
    if "python${version:-3}" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] not in sys.argv[1:])' "$@" 2>/dev/null; then
      command -v "python${version:-3}"
      return
    fi
  done
  return 1
}

mkdir -p "$cache/venv"
exec 9>"$cache/venv/.lock-$name"
python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'   # two steps may want it at the same time

# A virtual environment names its own place, so it is made anew in a clone that was moved, too.
stamp=$venv/.made-from-$({ echo "$root"; cat "$requirements"; } | cksum | tr " " -)
[ ! -e "$stamp" ] || exit 0

if [ -n "${CI:-}" ]; then accepted=$wanted; else accepted="$wanted $others"; fi
# shellcheck disable=SC2086  # a list of versions
if ! python=$(find_python $accepted); then
  say "$name needs Python ${accepted// / or }, and this machine has none of them."
  if [ -n "${CI:-}" ]; then exit 1; else exit "$skipped"; fi
fi

rm -rf "$venv"
if ! "$python" -m venv "$venv"; then
  say "$python cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)."
  exit 1
fi
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --requirement "$requirements"
touch "$stamp"
say "Made the environment $name with $("$venv/bin/python" --version)."
