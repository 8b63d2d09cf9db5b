#!/usr/bin/env bash
# The documentation of the plugins and roles, as a user finds it.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs=self .
