#!/usr/bin/env bash
# The package cloudevents 2.2.0 has two interfaces, and each writes headers that the other one
# misreads. In the binary mode of HTTP the attributes of an event are headers, in which spaces and
# "%" must be percent-encoded (CloudEvents HTTP binding 1.0.2, section 3.1.3.2).
# `cloudevents.core` encodes and decodes, `cloudevents.v1`, which continues the interface of
# version 1, does neither. The subject "Ada Lovelace" written by core is read by v1 as
# "Ada%20Lovelace", and the id "100%25" written by v1 is read by core as "100%", an id that nobody
# gave. In the structured mode (JSON) both agree. What it means for leads: repeats are recognised
# by source and id, so when one side moves to the other interface, repeats look new, and subjects
# are shown with "%20".
# Seen: "Ada%20Lovelace" and "100%"; in the structured mode "Ada Lovelace" and "100%25".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cloudevents==2.2.0
cat > "$folder/exchange.py" <<'PYTHON'
from cloudevents.core.bindings import http as core
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1 import conversion, http

SEEN = {"type": "com.example.lead", "source": "/form", "id": "100%25", "subject": "Ada Lovelace"}
new = CloudEvent({**SEEN, "specversion": "1.0"}, {"a": 1})
old = http.CloudEvent(SEEN, {"a": 1})

written = core.to_binary_event(new)
print(http.from_http(dict(written.headers), written.body)["subject"])
headers, body = conversion.to_binary(old)
print(core.from_binary_event(core.HTTPMessage(headers, body)).get_id())

written = core.to_structured_event(new)
print(http.from_http(dict(written.headers), written.body)["subject"])
headers, body = conversion.to_structured(old)
print(core.from_structured_event(core.HTTPMessage(headers, body)).get_id())
PYTHON
seen=$("$folder/venv/bin/python" "$folder/exchange.py" 2>/dev/null)
echo "$seen"
[ "$seen" = $'Ada%20Lovelace\n100%\nAda Lovelace\n100%25' ]
