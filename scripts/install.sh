#!/usr/bin/env bash
# install.sh LANE PLACE: builds the collection and installs the tarball into PLACE, emptied before, with one lane's ansible-core.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=$1 place=$2
scripts/venv.sh "$lane"
tarball=$(scripts/build.sh "$place.dist")
rm -rf "$place"
mkdir -p "$place"
export PATH=$cache/venv/$lane/bin:$PATH ANSIBLE_HOME=$place/home ANSIBLE_COLLECTIONS_PATH=$place
ansible-galaxy collection install --offline --collections-path "$place" "$tarball"
