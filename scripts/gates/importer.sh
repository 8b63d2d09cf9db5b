#!/usr/bin/env bash
# What Galaxy itself would say to an upload; a warning fails too, for it would stand on the collection's page.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
scripts/venv.sh importer
tarball=$(scripts/build.sh "$cache/dist-importer")
unset ANSIBLE_COLLECTIONS_PATH
export GALAXY_IMPORTER_CONFIG=$root/tests/galaxy-importer.cfg PATH=$cache/venv/importer/bin:$PATH
cd "$cache/dist-importer"   # it leaves importer_result.json where it runs
log=$cache/dist-importer/importer.log
python -m galaxy_importer.main "$tarball" 2>&1 | tee "$log"
if grep "^WARNING" "$log" >&2; then
  say "Galaxy warns of these. (W503 and E203: give the part of a long condition or the end of a slice a name.)"
  exit 1
fi
