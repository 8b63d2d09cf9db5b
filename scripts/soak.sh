#!/usr/bin/env bash
# All tests of faults and secrets: thousands of worlds, kills, inputs. Takes most of an hour. OPENMDM_SOAK_SEED=1000 draws
# other worlds; what was counted is in .cache/soak/all.json.
export OPENMDM_SOAK=1
exec "$(dirname "$0")/faults.sh" --verbose --durations=20 --numprocesses="${JOBS:-$(nproc)}" --dist=worksteal "$@"
