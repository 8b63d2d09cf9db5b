#!/usr/bin/env bash
# Types, strictly (pyproject.toml).
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
mypy --package ansible_collections.openmdm.vpp.plugins.module_utils --package ansible_collections.openmdm.vpp.plugins.plugin_utils --package sandbox --package benchmarks
