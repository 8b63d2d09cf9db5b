#!/usr/bin/env bash
# molecule.sh [ARGUMENT...]: the roles with Molecule, against the sandbox. Without arguments all scenarios from nothing to the end.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/gates/lib.sh"
if [ $# -eq 0 ]; then set -- test --all; fi
exec molecule "$@"
