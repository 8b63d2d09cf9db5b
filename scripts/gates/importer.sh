#!/usr/bin/env bash
# What Galaxy itself would say to an upload.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
scripts/venv.sh importer
tarball=$(scripts/build.sh "$cache/dist-importer")
unset ANSIBLE_COLLECTIONS_PATH
export GALAXY_IMPORTER_CONFIG=$root/tests/galaxy-importer.cfg PATH=$cache/venv/importer/bin:$PATH
cd "$cache/dist-importer"   # it leaves importer_result.json where it runs
python -m galaxy_importer.main "$tarball"
