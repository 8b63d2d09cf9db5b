#!/usr/bin/env bash
# All tests of faults and secrets: thousands of worlds, kills, inputs. Takes most of an hour.
export OPENMDM_SOAK=1
exec "$(dirname "$0")/faults.sh" --verbose --durations=20 "$@"
