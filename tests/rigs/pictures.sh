#!/usr/bin/env bash
# Makes the README's pictures from the demo: the list as a forge shows it, the mail and the page, in Chromium, light and
# dark. Wants the rigs in $PAPERWIRE_SHARED/rigs with their parts `core` and `web` installed. The program is the one in
# $PAPERWIRE, by default the debug build.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=${RIGS_HOME:-$HOME/.cache/paperwire-rigs}
folder=target/tmp/pictures
rm -rf "$folder"
mkdir -p "$folder" docs
if [ -z "${PAPERWIRE:-}" ]; then
  cargo build --locked --quiet
  PAPERWIRE=target/debug/paperwire
fi
"$home/venv/bin/pip" -q install markdown-it-py
"$PAPERWIRE" demo --serve --json --folder "$folder/demo" >"$folder/answer.json" &
demo=$!
trap 'kill "$demo" 2>/dev/null || true' EXIT
until [ -s "$folder/answer.json" ]; do kill -0 "$demo"; sleep 0.2; done
base=$("$home/venv/bin/python" -c 'import json,sys; print(json.load(open(sys.argv[1]))["page"])' "$folder/answer.json")
"$home/venv/bin/python" - "$folder/demo/README.md" "$folder/list.html" <<'PYTHON'
import pathlib, sys
from markdown_it import MarkdownIt
list_, page = map(pathlib.Path, sys.argv[1:])
style = '''
:root { color-scheme: light dark; --line: light-dark(#d1d9e0, #3d444d); --link: light-dark(#0969da, #4493f8); }
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; margin: 24px 32px;
  background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
h1, h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 6px 13px; text-align: left; }
a { color: var(--link); text-decoration: none; } td:nth-child(2) { white-space: nowrap; }
'''
body = MarkdownIt('commonmark', {'html': True}).enable('table').render(list_.read_text())
page.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>list</title><style>{style}</style>{body}')
PYTHON
mail=$(find "$folder/demo/messages" -name "*.html" -printf "%s %p\n" | sort -n | tail -1 | cut -d" " -f2-)
"$home/node" tests/rigs/pictures.js "$base" "$folder/list.html" "$mail" docs
