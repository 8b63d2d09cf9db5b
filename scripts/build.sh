#!/usr/bin/env bash
# build.sh FOLDER: builds the collection from the clone into FOLDER, emptied before, and prints the tarball's path.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
scripts/venv.sh dev
rm -rf "$1"
"$cache/venv/dev/bin/ansible-galaxy" collection build --output-path "$1" >&2
echo "$1"/openmdm-vpp-*.tar.gz
