#!/usr/bin/env bash
# MiniStack 1.5.33, an emulator of AWS, keeps the shares of a Lambda alias (RoutingConfig) and gives
# them back when it is asked, but sends every call to the alias's main version. On AWS the share of
# the calls that RoutingConfig names runs the other version (Lambda Developer Guide, "Implement
# Lambda canary deployments using a weighted alias"). What it means for lead systems: a test of a
# canary on this emulator passes though no lead ever meets the new code. Such a test can hold the
# calls that set and clear the shares, not what they do; whoever wants to see leads in the new code
# must call its version by its number.
# Seen: an alias gives half of its calls to version 2, and 40 of 40 calls run version 1.
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
import collections
import io
import sys
import zipfile

import boto3

endpoint = sys.argv[1]
client = boto3.client("lambda", endpoint_url=endpoint, region_name="eu-central-1",
                      aws_access_key_id="-", aws_secret_access_key="-")


def code(answer):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("work.py", f"def handler(event, context):\n    return {answer!r}\n")
    return made.getvalue()


client.create_function(FunctionName="refine", Runtime="python3.11", Handler="work.handler",
                       Role="arn:aws:iam::000000000000:role/any", Timeout=30,
                       Code={"ZipFile": code("old")}, Publish=True)
client.update_function_code(FunctionName="refine", ZipFile=code("new"), Publish=True)
client.create_alias(FunctionName="refine", Name="live", FunctionVersion="1",
                    RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
print("shares that are kept:", client.get_alias(FunctionName="refine", Name="live")
      ["RoutingConfig"]["AdditionalVersionWeights"])
for qualifier in ("live", "2"):
    ran = collections.Counter(
        client.invoke(FunctionName="refine", Qualifier=qualifier)["Payload"].read().decode()
        for _ in range(40)
    )
    print(f"40 calls of {qualifier}:", dict(ran))
PYTHON
for _ in $(seq 300); do
  python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2)' \
    "http://127.0.0.1:$GATEWAY_PORT/_ministack/ready" 2>/dev/null && break
  sleep 0.2
done
seen=$("$folder/venv/bin/python" "$folder/ask.py" "http://127.0.0.1:$GATEWAY_PORT")
echo "$seen"
expected="shares that are kept: {'2': 0.5}
40 calls of live: {'\"old\"': 40}
40 calls of 2: {'\"new\"': 40}"
[ "$seen" = "$expected" ]
