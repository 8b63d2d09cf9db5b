# shellcheck shell=bash
# Sourced by every gate: the environment dev, and the clone as openmdm.vpp.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
scripts/venv.sh dev
scripts/link.sh
PATH=$cache/venv/dev/bin:$PATH
