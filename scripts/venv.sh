#!/usr/bin/env bash
# venv.sh NAME: makes .cache/venv/NAME (a lane, dev, importer, lock or rulebook) from its pinned requirements, if it is not there.
# Ends with 77 where no fitting Python is found, with 1 instead where CI is set.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

name=$1
case $name in [0-9]*) requirements=requirements/lane-$name.txt ;; *) requirements=requirements/$name.txt ;; esac
venv=$cache/venv/$name
read -r wanted others <<<"$(pythons_of "$name")"

# Prints the first Python on the path that is of one of the versions and can make environments.
find_python() {
  local name python
  for name in "${@/#/python}" python3; do
    while IFS= read -r python; do
      if "$python" -c 'import ensurepip, sys; sys.exit("%d.%d" % sys.version_info[:2] not in sys.argv)' "$@" 2>/dev/null; then
        echo "$python"
        return
      fi
    done < <(type -aP "$name")
  done
  return 1
}

mkdir -p "$cache/venv"
exec 9>"$cache/venv/.lock-$name"
python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'   # two steps may want it at the same time

# A virtual environment names its own place, so it is made anew in a clone that was moved, too.
stamp=$venv/.made-from-$({ echo "$root"; cat "$requirements" scripts/quick_starts.py; } | cksum | tr " " -)
[ ! -e "$stamp" ] || exit 0

if [ -n "${CI:-}" ]; then accepted=$wanted; else accepted="$wanted $others"; fi
# shellcheck disable=SC2086  # a list of versions
if ! python=$(find_python $accepted); then
  say "$name needs Python ${accepted// / or } with venv (on Debian: apt install python3-venv), and this machine has none."
  if [ -n "${CI:-}" ]; then exit 1; else exit "$skipped"; fi
fi

rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --requirement "$requirements"
case $name in
  [0-9]* | dev)
    packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    cp scripts/quick_starts.py "$packages"
    echo 'import quick_starts' >"$packages/quick_starts.pth"
    ;;
esac
touch "$stamp"
say "Made the environment $name with $("$venv/bin/python" --version)."
