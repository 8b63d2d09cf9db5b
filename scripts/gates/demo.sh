#!/usr/bin/env bash
# The whole demo with the collection and the sandbox of the built tarball, installed into an empty folder.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
place=$cache/installed/demo
scripts/install.sh "$(scripts/newest_lane.sh)" "$place"
exec scripts/demo.sh --installed "$place"
