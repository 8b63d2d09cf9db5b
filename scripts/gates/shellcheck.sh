#!/usr/bin/env bash
# Bugs of shell scripts.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)
shellcheck --external-sources "${files[@]}"
echo "${#files[@]} scripts"
