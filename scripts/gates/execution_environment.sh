#!/usr/bin/env bash
# What an execution environment would install for the collection is what requirements.txt and bindep.txt say.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
found=$(ansible-builder introspect "$cache/link")
printf "%s\n" "$found"
grep -q "httpx" <<<"$found"
