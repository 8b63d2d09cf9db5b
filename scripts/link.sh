#!/usr/bin/env bash
# Makes .cache/link, where the clone is found as openmdm.vpp whatever its folder is called.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p "$cache/link/${collection%/*}"
ln -sfn "$root" "$cache/link/$collection"
