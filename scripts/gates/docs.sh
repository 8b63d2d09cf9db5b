#!/usr/bin/env bash
# Builds the HTML documentation into .cache/docs/build/html.
# shellcheck source=scripts/gates/lib.sh
. "$(dirname "$0")/lib.sh"
docs=$cache/docs
rm -rf "$docs"
mkdir -p "$docs"
chmod 0755 "$docs"   # antsibull-docs wants it writable by its owner only
antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --fail-on-error --sphinx-theme alabaster \
  --extra-html-theme-options page_width=1240px --extra-html-theme-options sidebar_width=240px \
  --extra-html-theme-options body_max_width=none \
  --dest-dir "$docs" --title openmdm.vpp openmdm.vpp
sed -i "/^intersphinx_mapping = {/,/^}/d" "$docs/conf.py"   # it would fetch other sites' indexes
bash "$docs/build.sh"
[ -s "$docs/build/html/index.html" ]
echo "$docs/build/html/index.html"
