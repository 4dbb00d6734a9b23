#!/usr/bin/env bash
# simple-salesforce 1.12.10 writes None in three ways, and one of them changes nothing. A record
# {"Id": …, "Description": None} is sent as JSON with null by `sf.Lead.update` (REST API) and by
# `sf.bulk.Lead.update` (Bulk API), and null clears the field. `sf.bulk2.Lead.update` (Bulk API 2.0,
# which takes the same list of dicts) writes a CSV with an empty cell. Salesforce ignores an empty
# cell in an update; only #N/A clears a field ("Bulk API 2.0 and Bulk API Developer Guide",
# "Prepare CSV Files"). The job is reported as processed, without a failed record. A dict without
# the key gets the same empty cell as one with None, so the two can't be told apart afterwards.
# What it means for leads: whoever moves a write-back of many leads from `bulk` to `bulk2` no longer
# clears what was withdrawn, such as a phone number or an owner's note, and is told of success.
# Write "#N/A" in place of None there; the other two would store it as text.
# Seen: the bodies of the three requests; see "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check simple-salesforce==1.12.10
cat > "$folder/clear.py" <<'PYTHON'
import json

import requests
from simple_salesforce import Salesforce


class Answers(requests.adapters.BaseAdapter):
    """Answers in the place of Salesforce, in the documented shapes, and notes what is written."""

    def send(self, request, **_):
        path = request.url.partition(".com")[2]
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        if "Description" in body:
            is_csv = "csv" in request.headers["Content-Type"]
            print(request.method, sorted_columns(body) if is_csv else body)
        said = {"id": "1", "jobId": "1", "state": "JobComplete", "numberRecordsFailed": 0,
                "numberRecordsProcessed": 2}
        if "/jobs/ingest/" not in path:
            said["state"] = "Completed"
        if path.endswith("/ingest"):
            said["state"] = "Open"
        if path.endswith("/result"):
            said = [{"success": True, "id": "00Q1", "errors": []}]
        answer = requests.Response()
        answer.request, answer.url = request, request.url
        answer.status_code = 201 if request.method == "PUT" else 200
        answer._content = json.dumps(said).encode()
        return answer

    def close(self):
        pass


def sorted_columns(text):
    """The lines of a CSV with its columns in one order, which otherwise differs from run to run."""
    rows = [line.split(",") for line in text.strip().split("\n")]
    order = sorted(range(len(rows[0])), key=lambda n: rows[0][n], reverse=True)
    return " | ".join(",".join(row[n] for n in order) for row in rows)


session = requests.Session()
session.mount("https://", Answers())
sf = Salesforce(instance_url="https://leads.example.com", session_id="none", session=session)
leads = [{"Id": "00Q1", "Description": None}, {"Id": "00Q2"}]
sf.Lead.update("00Q1", {"Description": None})
sf.bulk.Lead.update(leads)
print(sf.bulk2.Lead.update(records=leads, wait=0))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/clear.py")
echo "$seen"
expected="PATCH {\"Description\": null}
POST [{\"Id\": \"00Q1\", \"Description\": null}, {\"Id\": \"00Q2\"}]
PUT Id,Description | 00Q1, | 00Q2,
[{'numberRecordsFailed': 0, 'numberRecordsProcessed': 2, 'numberRecordsTotal': 2, 'job_id': '1'}]"
[ "$seen" = "$expected" ]
