#!/usr/bin/env bash
# Playbooks, roles, test targets and metadata; .ansible-lint names the profile.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
ansible-lint --offline
