#!/usr/bin/env bash
# Apprise 2.3.0 turns a plain text (`body_format="text"`) into HTML for services that take only
# HTML (Amazon SES, SendGrid and others, and every URL with `format=html`), and makes each single
# space between two words a `&nbsp;`. HTML breaks no line at a no-break space, so a paragraph
# becomes one line that can't be broken. The plug-in for SMTP (mailto:) takes text as well, so a
# test by e-mail doesn't show this. Text that the caller escaped and passed as
# `body_format="html"` keeps its spaces. What it means for leads: an alert that is readable by
# SMTP must be scrolled sideways on a salesperson's phone when it is sent by SES or SendGrid.
# Seen: "html" twice, "Ada&nbsp;Lovelace&nbsp;asks<br/>for&nbsp;an&nbsp;offer", and the text that
# was escaped by the caller as it was given.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apprise==2.3.0
cat > "$folder/notify.py" <<'PYTHON'
import http.server
import json
import threading

import apprise

got = []


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        got.append(json.loads(body)["message"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *told):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
SES = "ses://a@example.com/key/secret/us-east-1/b@example.com"
SENDGRID = "sendgrid://key:a@example.com/b@example.com"
for url in (SES, SENDGRID):
    print(apprise.Apprise.instantiate(url).notify_format.value)
service = apprise.Apprise()
service.add(f"json://127.0.0.1:{server.server_port}/?format=html")
service.notify(body="Ada Lovelace asks\nfor an offer", body_format="text")
service.notify(body="Ada Lovelace asks<br/>for an offer", body_format="html")
print("\n".join(got))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/notify.py" 2>/dev/null)
echo "$seen"
[ "$seen" = 'html
html
Ada&nbsp;Lovelace&nbsp;asks<br/>for&nbsp;an&nbsp;offer
Ada Lovelace asks<br/>for an offer' ]
