#!/usr/bin/env bash
# ansible_test.sh LANE LAYER [ARGUMENT...]: runs ansible-test LAYER (units, integration or sanity) of one lane.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

lane=$1 layer=$2
shift 2
scripts/venv.sh "$lane"
tree=$(scripts/tree.sh "$lane-$layer")
PATH=$cache/venv/$lane/bin:$PATH

# ansible-test keeps its environments in HOME and passes no setting of pip on: it gets a HOME of its own with pip's files.
home=$cache/home/$lane
mkdir -p "$home/.ansible/test/cache" "$home/.config" "$home/.cache"
for file in .config/pip .cache/pip .pip; do
  if [ -e "$HOME/$file" ]; then ln -sfn "$HOME/$file" "$home/$file"; fi
done
# It would download a script to install pip; a network need not allow that, and each Python carries pip.
for version in 23_1_2 24_2 25_2; do cp scripts/get_pip.py "$home/.ansible/test/cache/get_pip_$version.py"; done
export HOME=$home

# Of this copy alone: see scripts/quick_starts.py.
archives=${tree%/ansible_collections/*}/.kept-archives
rm -rf "$archives"
mkdir -p "$archives"

cd "$tree"
python=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
echo "ansible-core $lane, Python $python"
# Files that are not shipped are looked at by the newest release alone.
if [ "$layer" = sanity ] && [ $# -eq 0 ] && [ "$lane" != "${lanes##* }" ]; then
  set -- plugins/ roles/ playbooks/ sandbox/ extensions/ meta/ docs/ changelogs/ galaxy.yml README.md
fi
# These parts know neither Ansible nor httpx, and lane 2.16 has run their tests by the same Python (tests/unit/test_repository.py
# proves it); those of our own tools run on the two other lanes.
if [ "$layer" = units ] && [ $# -eq 0 ] && [ "$lane-$python" = 2.19-3.11 ]; then
  for path in tests/unit/*.py tests/unit/*/ tests/unit/plugins/*/ tests/unit/plugins/module_utils/*/; do
    case $path in
      */plugins/ | */module_utils/ | */_core/ | */_entity/ | */_mail/ | */_state/ | */scripts/ | */benchmarks/ | *__pycache__/) ;;
      */test_*.py | */) set -- "$@" "$path" ;;
    esac
  done
fi
case $layer in
  sanity) set -- sanity --color no "$@" ;;   # each test in an environment of its own, compile and import on each Python
  integration) set -- integration --local --python "$python" --color no --continue-on-error "$@" ;;
  *) set -- "$layer" --local --python "$python" --color no "$@" ;;
esac
log=$tree/tests/output/ansible-test.log
mkdir -p "${log%/*}"
ansible-test "$@" 2>&1 | tee "$log"
if grep -q 'All targets skipped' "$log"; then
  say "ansible-test found nothing to test."
  exit 1
fi
