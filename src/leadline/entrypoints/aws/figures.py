"""Metrics as log lines, which CloudWatch reads (CloudWatch User Guide, "Embedded metric format"):
no call, no permission, no wait."""

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
"""Name: meaning. CloudWatch bills each by the month, so there are few."""


def emit(stack: str, counts: Mapping[str, int]) -> None:
    """Say what was done; what has no metric is left out, as is nothing."""
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
