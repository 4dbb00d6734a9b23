"""The quantities that AWS bills for the optional parts of a stack."""

from collections.abc import Iterator, Mapping

import msgspec

from leadline.operations.cost.durations import MEASURED
from leadline.operations.cost.parts import ALARM_METRICS, OWN_METRICS
from leadline.operations.cost.quantities import (
    GB,
    KB,
    SECONDS,
    TURN_KB,
    Used,
    Workload,
    all_invocations,
    all_settings_reads,
)
from leadline.operations.cost.uses import EXECUTIONS, SCHEDULES

_ITEMS_KB = 4.2
"""The items of one lead, each with DynamoDB's own 100 bytes, without index entries."""


def parts_used(w: Workload, parts: Mapping[str, float]) -> Iterator[Used]:
    """The quantities of the optional parts that a stack has."""
    for used in _optional(w, parts):
        if number := parts.get(used.part, 0):
            is_count = used.part in ("alarms", "metrics")
            quantity = used.quantity * (1 if is_count else number)
            yield msgspec.structs.replace(used, quantity=quantity)


def further_parts(w: Workload, parts: Mapping[str, float]) -> Iterator[Used]:
    """The quantities of the optional parts that a stack could have on top."""
    alarms, metrics = parts.get("alarms", 0), parts.get("metrics", 0)
    if more := ALARM_METRICS["full"] - alarms:
        formula = f"{ALARM_METRICS['full']} of full, less {alarms:g}"
        yield Used("alarm", "all alarms", more, formula, "more alarms")
    if more := OWN_METRICS["full"] - metrics:
        formula = f"{OWN_METRICS['full']} of full, less {metrics:g}"
        yield Used("metric", "all of our own metrics (EMF)", more, formula, "more metrics")
    for used in _optional(w, parts):
        if not parts.get(used.part) and used.part not in ("alarms", "metrics"):
            yield used


def _optional(w: Workload, parts: Mapping[str, float]) -> Iterator[Used]:
    calls, kept = all_invocations(w), w.leads * w.months_kept
    yield Used("alarm", "alarms", parts.get("alarms", 0), "metrics that they watch", "alarms")
    names = "names of the stack"
    yield Used("metric", "our own metrics (EMF)", parts.get("metrics", 0), names, "metrics")
    yield Used("dashboard", "dashboard", 1, "one", "dashboard")
    turns = f" + {w.by_team:g} × {TURN_KB:g} KB" if w.by_team else ""
    pitr = f"{kept:,.0f} leads × {_ITEMS_KB:g} KB{turns}"
    stored = kept * (_ITEMS_KB + w.by_team * TURN_KB) * KB / GB
    yield Used("table_pitr", "point-in-time recovery", stored, pitr, "recovery")
    yield Used("trace", "X-Ray", calls, "at most every invocation", "tracing")
    yield Used("waf_acl", "WAF", 1, "one web ACL", "waf")
    yield Used("waf_rule", "WAF", 1, "one rule", "waf")
    yield Used("waf_request", "WAF", w.leads, f"{w.leads:,} leads × 1", "waf")
    reads = all_settings_reads(w)
    yield Used("secret", "settings as a secret", 1, "instead of the parameter", "secret")
    yield Used("secret_request", "reading it", reads, "as often as the parameter", "secret")
    domain = "one zone; the certificate is free"
    yield Used("hosted_zone", "custom domain", 1, domain, "domain")
    memory = MEASURED["Capture"].memory_mb
    ready = f"{SECONDS:,} s × {memory} MB"
    yield Used("kept_ready", "one Capture kept ready", SECONDS * memory / 1_024, ready, "warm")
    count, names = _interfaces(w, parts)
    hours = f"{count} ({names}) × 730 h; those of S3 and DynamoDB are free"
    yield Used("endpoint_hour", "VPC endpoints, one zone", count * 730, hours, "endpoints")
    yield Used("kms_key", "a key of your own", 1, "one; its calls come on top", "key")


_INTERFACES_OF_CLOCK = {SCHEDULES: ("scheduler", "lambda"), EXECUTIONS: ("states",)}


def _interfaces(w: Workload, parts: Mapping[str, float]) -> tuple[int, str]:
    """How many interface endpoints the functions of a stack need in a VPC, and their names. Whether
    the VPC has them, no parameter of the stack says."""
    named = ["sqs", "settings", *_INTERFACES_OF_CLOCK.get(w.clock, ())]
    if parts.get("watch"):
        named += ["monitoring", "sns"]
    return len(named), ", ".join(named)
