#!/usr/bin/env bash
# The whole demo with the collection and the sandbox of the built tarball, installed into an empty folder.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../lib.sh"
lane=$(scripts/newest_lane.sh)   # alone, so that its 77 ends this step too
place=$cache/installed/demo
scripts/install.sh "$lane" "$place"
exec scripts/demo.sh --installed "$place"
