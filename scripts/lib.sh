# shellcheck shell=bash
# Sourced by every script: stands in the root of the clone, finds Pythons and environments.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$(pwd -P)
cache=$root/.cache
# ansible-test starts no tool whose path holds a blank or is long, so a clone in such a place keeps its cache elsewhere.
if [[ $root == *[!A-Za-z0-9/._-]* || ${#root} -gt 70 ]]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/openmdm.vpp-$(cksum <<<"$root" | tr ' ' -)
  [ -L "$root/.cache" ] || rm -rf "$root/.cache"
  ln -sfn "$cache" "$root/.cache"
fi
mkdir -p "$cache"
readonly root cache
readonly lanes="2.16 2.19 2.21"
readonly collection=ansible_collections/openmdm/vpp

# pyenv's shims answer to every version and then fail, so the versions themselves are put on the path, newest first.
PATH=$(printf %s "$PATH" | tr ':' '\n' | grep -v '/shims$' | paste -sd: -)
while IFS= read -r directory; do
  case :$PATH: in *":$directory:"*) ;; *) PATH=$PATH:$directory ;; esac
done < <(find "${PYENV_ROOT:-$HOME/.pyenv}/versions" -mindepth 2 -maxdepth 2 -path '*/3.*/bin' 2>/dev/null | sort -rV)
export PATH LC_ALL=C.UTF-8 PYTHONUTF8=1
export ANSIBLE_HOME=$cache/ansible ANSIBLE_COLLECTIONS_PATH=$cache/link
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV

# Status of a step that cannot run on this machine. Where CI is set there is no such excuse.
readonly skipped=77

# The Pythons that an environment may be made with: the wanted one, then the ones it also works with.
pythons_of() {
  case $1 in
    2.16) echo 3.11 3.12 3.10 ;;
    2.19) echo 3.11 3.12 3.13 ;;
    2.21 | dev) echo 3.13 3.14 3.12 ;;
    importer | lock | rulebook) echo 3.13 3.12 ;;
    *) echo "There is no environment '$1'. Lanes: $lanes." >&2 && return 2 ;;
  esac
}

say() { printf '%s\n' "$*" >&2; }
