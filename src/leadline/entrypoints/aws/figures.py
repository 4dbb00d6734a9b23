"""Metrics as log lines that CloudWatch reads (CloudWatch User Guide, "Embedded metric format").
They need no call, no permission and no time."""

import sys
import time
from collections.abc import Mapping

import msgspec

NAMESPACE = "Leadline"
METRICS = {
    "Captured": "Leads that were accepted and now wait.",
    "Refined": "Leads that were refined and go on to sales.",
    "Alerted": "Alerts that a destination accepted.",
    "Reminded": "Reminders of leads that wait for a first response.",
    "Dead": "Tasks that became dead letters.",
    "PutBack": "Leads that the sweep found left behind and put back.",
    "Unrecovered": "Archived deliveries that the sweep could not put back.",
}
"""Name: meaning. There are few, because CloudWatch charges for each per month."""


def emit(stack: str, counts: Mapping[str, int]) -> None:
    """Write the counts that have a metric; nothing if all of them are zero."""
    told = {name: number for name, number in counts.items() if name in METRICS}
    if not any(told.values()):
        return
    line = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": name, "Unit": "Count"} for name in told],
                }
            ],
        },
        "Stack": stack,
        **told,
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
