#!/usr/bin/env bash
# MiniStack 1.5.33, an emulator of AWS, ends the running invocation of a function as soon as
# UpdateFunctionConfiguration comes, and answers it as an error of the function. On AWS an update
# lets runs that have begun finish with the old settings. What it means for lead systems: a test
# that deploys a stack anew while leads are in work finds now and then that a run stopped half-way
# and left its locks, and waits until these end, though a deployment on AWS interrupts nobody. Let
# such a test wait longer than a lock lasts.
# Seen: a run of two seconds is done when it is left alone, and fails when a variable of the
# function's environment is changed meanwhile.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -- "-$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'ministack==1.5.33' 'boto3==1.43.45'
export GATEWAY_PORT BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 TMPDIR="$folder"
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
set -m  # a process group of its own, which ends with the functions that it started
HOME=$folder PATH="$folder/venv/bin:$PATH" "$folder/venv/bin/ministack" > "$folder/log" 2>&1 &
server=$!
set +m
cat > "$folder/ask.py" <<'PYTHON'
import io
import sys
import threading
import time
import zipfile

import boto3

endpoint = sys.argv[1]
client = boto3.client("lambda", endpoint_url=endpoint, region_name="eu-central-1",
                      aws_access_key_id="-", aws_secret_access_key="-")
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as made:
    made.writestr("work.py", "import time\n\n\ndef handler(event, context):\n"
                             "    time.sleep(2)\n    return 'done'\n")
client.create_function(FunctionName="refine", Runtime="python3.11", Handler="work.handler",
                       Role="arn:aws:iam::000000000000:role/any", Timeout=30,
                       Code={"ZipFile": code.getvalue()})


def run(said):
    answer = client.invoke(FunctionName="refine")
    failed = "FunctionError" in answer
    said.append("an error of the function" if failed else answer["Payload"].read().decode())


for meanwhile in ("nothing", "an update of its settings"):
    said = []
    running = threading.Thread(target=run, args=(said,))
    running.start()
    time.sleep(1)
    if meanwhile != "nothing":
        client.update_function_configuration(FunctionName="refine",
                                             Environment={"Variables": {"LEVEL": "debug"}})
    running.join()
    print(f"meanwhile {meanwhile}:", said[0])
PYTHON
for _ in $(seq 300); do
  python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2)' \
    "http://127.0.0.1:$GATEWAY_PORT/_ministack/ready" 2>/dev/null && break
  sleep 0.2
done
seen=$("$folder/venv/bin/python" "$folder/ask.py" "http://127.0.0.1:$GATEWAY_PORT")
echo "$seen"
expected='meanwhile nothing: "done"
meanwhile an update of its settings: an error of the function'
[ "$seen" = "$expected" ]
