#!/usr/bin/env bash
# Bugs and style of Python, and its layout.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
ruff check
ruff format --check
