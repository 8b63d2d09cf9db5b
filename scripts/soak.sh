#!/usr/bin/env bash
# All tests of faults and secrets: thousands of worlds, kills, inputs. Takes half an hour. OPENMDM_SOAK_SEED=1000 draws
# other worlds. What was counted is told at the end, and is in .cache/soak/all.json; a failure is told with the command that
# runs it again, and with OPENMDM_SOAK_SHRINK=1 that one looks for the smallest world in which it fails, too.
export OPENMDM_SOAK=1
exec "$(dirname "$0")/faults.sh" --verbose --durations=20 --numprocesses="${JOBS:-$(nproc)}" --dist=worksteal "$@"
