#!/usr/bin/env bash
# install.sh LANE: installs the built tarball into a fresh folder with one lane's ansible-core, verifies it,
# and shows every plugin's and role's documentation from there.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
lane=$1
scripts/venv.sh "$lane"
tarball=$(scripts/build.sh "$cache/dist-$lane")
place=$cache/installed/$lane
rm -rf "$place"
mkdir -p "$place"
export PATH=$cache/venv/$lane/bin:$PATH ANSIBLE_HOME=$place/home ANSIBLE_COLLECTIONS_PATH=$place
cd "$place"
ansible-galaxy collection install --offline --collections-path "$place" "$tarball"
ansible-galaxy collection verify --offline openmdm.vpp
python "$root/scripts/show_docs.py" openmdm.vpp
(cd "$place/$collection" && python -m sandbox --help >/dev/null)
