#!/usr/bin/env bash
# install.sh LANE: installs the built tarball into a fresh folder with one lane's ansible-core, verifies it,
# and shows every plugin's and role's documentation from there, with nothing left but what a collection may use.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
lane=$1
place=$cache/installed/$lane
scripts/install.sh "$lane" "$place"
export PATH=$cache/venv/$lane/bin:$PATH ANSIBLE_HOME=$place/home ANSIBLE_COLLECTIONS_PATH=$place
cd "$place"
ansible-galaxy collection verify --offline openmdm.vpp
(cd "$place/$collection" && python -m sandbox --help >/dev/null)
# Galaxy's own two files stay, or ansible-galaxy would not know what is installed.
find "$place/$collection" -mindepth 1 -maxdepth 1 ! -name meta ! -name plugins ! -name roles ! -name playbooks ! -name "*.json" -exec rm -rf {} +
python "$root/scripts/show_docs.py" openmdm.vpp
