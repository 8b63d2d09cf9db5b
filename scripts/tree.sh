#!/usr/bin/env bash
# tree.sh NAME: copies the clone's files (not the ignored ones) to .cache/tree/NAME/ansible_collections/openmdm/vpp,
# since ansible-test works only there and follows no link. Prints the path.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$cache/tree/$1/$collection
mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard --deduplicate |
  while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi   # a deleted file is still in the index
  done |
  tar --null --files-from - --create | tar --extract --directory "$tree"
[ -d "$tree/.git" ] || git init --quiet "$tree"   # or it lies in an ignored folder of the clone, and all is skipped
echo "$tree"
