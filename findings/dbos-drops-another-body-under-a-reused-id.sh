#!/usr/bin/env bash
# DBOS 3.4.0 takes a workflow's id as an idempotency key, and compares the name of the function but
# not its arguments: a second call with the id of an earlier one and other arguments returns the
# first call's result, and what it was called with is stored nowhere. Only another function under
# the same id raises (DBOSConflictingWorkflowError). The IETF draft on the Idempotency-Key header
# has such a call be an error. What it means for leads: a receiver that makes the sender's key the
# id of the workflow answers 200 with the first person's lead to a second person's, whose lead is
# lost. Compare the bodies first, or make a hash of the body part of the id.
# Seen: see "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dbos==3.4.0
cat > "$folder/ask.py" <<'PYTHON'
import sys

from dbos import DBOS, SetWorkflowID

DBOS(config={"name": "leads", "system_database_url": f"sqlite:///{sys.argv[1]}/dbos.sqlite"})
ran = []


@DBOS.workflow()
def capture(email):
    ran.append(email)
    return f"lead of {email}"


@DBOS.workflow()
def capture_call(number):
    return f"call of {number}"


DBOS.launch()
for email in ("ada@example.com", "bob@example.com"):
    with SetWorkflowID("delivery-1"):
        print(email, "->", capture(email))
with SetWorkflowID("delivery-1"):
    try:
        capture_call("+1 212 555 0100")
    except Exception as error:
        print("another function:", type(error).__name__)
held = DBOS.list_workflows()
print("ran:", ran, "stored:", [one.input["args"] for one in held])
DBOS.destroy()
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py" "$folder" 2>/dev/null | grep -v '\[ *INFO\]')
echo "$seen"
expected="ada@example.com -> lead of ada@example.com
bob@example.com -> lead of ada@example.com
another function: DBOSConflictingWorkflowError
ran: ['ada@example.com'] stored: [('ada@example.com',)]"
[ "$seen" = "$expected" ]
