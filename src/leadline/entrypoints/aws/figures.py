"""Metrics as log lines that CloudWatch reads (CloudWatch User Guide, "Embedded metric format").
They need no call, no permission and no time."""

import sys
import time
from collections.abc import Mapping, Set
from datetime import timedelta

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
"""Counts, name: meaning. There are few, because CloudWatch charges for each per month."""
AGE = "OldestUntoldSeconds"
AGES = {
    AGE: (
        "How late the most overdue lead is, unrefined or not alerted (retries do not reset it), or "
        "how old the first is that Sweep had no time for."
    ),
}
"""Seconds, name: meaning."""


ALL_METRICS = frozenset(METRICS | AGES)
"""The names of all metrics."""


def metrics_in(text: str) -> frozenset[str]:
    """The names of the metrics that a stack pays for: `all`, `none`, or names with commas between
    them, as the template writes them into OWN_METRICS; "" is all, as stacks had before."""
    if text in ("", "all"):
        return ALL_METRICS
    return frozenset(text.split(",")) & ALL_METRICS


def emit(stack: str, counts: Mapping[str, int], paid: Set[str] = ALL_METRICS) -> None:
    """Write the counts that have a metric, of those that the stack has *paid* for; nothing if all
    of them are zero."""
    told = {name: number for name, number in counts.items() if name in METRICS and name in paid}
    if any(told.values()):
        _write(stack, told, "Count")


def emit_age(stack: str, late: timedelta, paid: Set[str] = ALL_METRICS) -> None:
    """Write the metric of how late the most overdue lead is; zero if none is late. Nothing if the
    stack has not *paid* for it."""
    if AGE in paid:
        _write(stack, {AGE: round(late.total_seconds(), 3)}, "Seconds")


def _write(stack: str, told: Mapping[str, float], unit: str) -> None:
    line = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name in told],
                }
            ],
        },
        "Stack": stack,
        **told,
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
