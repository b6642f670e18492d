#!/usr/bin/env bash
# Looks at the mails that `cargo test --test it mail` leaves, with outside tools: a strict reader of
# messages, and Chromium with axe-core in light and dark. Wants the rigs in $PAPERWIRE_SHARED/rigs, with
# their parts `core` and `web` installed; leaves pictures in target/tmp/mails/pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."
rigs=$(cd "${PAPERWIRE_SHARED:?the folder that has corpus/ and rigs/}/rigs" && pwd)
home=${RIGS_HOME:-$HOME/.cache/paperwire-rigs}
mails=target/tmp/mails
rm -rf "$mails"
cargo test --locked --quiet --test it mail::

pictures=$mails/pictures
mkdir -p "$pictures"
for mail in "$mails"/*.eml; do
  "$home/venv/bin/python" "$rigs/smtp/check_eml.py" "$mail" >"$mail.report" || { cat "$mail" "$mail.report"; exit 1; }
  echo "$(basename "$mail"): $(tail -1 "$mail.report")"
  "$home/venv/bin/python" - "$mail" "$pictures" <<'PYTHON'
import email, email.policy, pathlib, sys
mail = pathlib.Path(sys.argv[1])
message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
part = message.get_body(('html',))
pathlib.Path(sys.argv[2], mail.stem + '.html').write_bytes(part.get_content().encode())
PYTHON
done
# The first part of each digest is enough to look at.
"$home/node" tests/rigs/mail.js "$pictures" "$pictures"/*-01.html
