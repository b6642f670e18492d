#!/usr/bin/env bash
# Looks at the pages of the demo in Chromium with axe-core: light and dark, wide and narrow, with JavaScript and without.
# Wants the rigs in $PAPERWIRE_SHARED/rigs with their parts `core` and `web` installed; leaves pictures in
# target/tmp/pages. The program is the one in $PAPERWIRE, by default the debug build.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=${RIGS_HOME:-$HOME/.cache/paperwire-rigs}
folder=target/tmp/pages
rm -rf "$folder"
mkdir -p "$folder"
if [ -z "${PAPERWIRE:-}" ]; then
  cargo build --locked --quiet
  PAPERWIRE=target/debug/paperwire
fi
"$PAPERWIRE" demo --serve --json --folder "$folder/demo" >"$folder/answer.json" &
demo=$!
trap 'kill "$demo" 2>/dev/null || true' EXIT
until [ -s "$folder/answer.json" ]; do kill -0 "$demo"; sleep 0.2; done
base=$("$home/venv/bin/python" -c 'import json,sys; print(json.load(open(sys.argv[1]))["page"])' "$folder/answer.json")
"$home/node" tests/rigs/page.js "$base" "$folder/demo/index.html" "$folder"
