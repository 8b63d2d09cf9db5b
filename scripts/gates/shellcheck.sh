#!/usr/bin/env bash
# Bugs of shell scripts; lib.sh is read as a part of each script that sources it.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.sh' ':!*lib.sh' .ci/run)
shellcheck --external-sources "${files[@]}"
echo "${#files[@]} scripts"
