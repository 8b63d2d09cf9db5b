#!/usr/bin/env bash
# bench.sh [NAME...]: runs these benchmarks, or all; QUICK=1 takes small sizes. bench.sh --docs makes a page of the
# documentation of what the last run found.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lane=${LANE:-$(scripts/newest_lane.sh)}
scripts/venv.sh "$lane"
scripts/link.sh
export PYTHONPATH=$cache/link PLAIN_BYTECODE=yes
if [ "${1:-}" = --docs ]; then
  exec "$cache/venv/$lane/bin/python" -m benchmarks.page "$cache/bench/results.json" docs/docsite/rst/guide_benchmarks.rst
fi
exec "$cache/venv/$lane/bin/python" -m benchmarks "$@"
