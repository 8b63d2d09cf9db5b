#!/usr/bin/env bash
# The fragments, and the list of releases.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
antsibull-changelog lint
antsibull-changelog lint-changelog-yaml changelogs/changelog.yaml
