"""The quantities that AWS bills for a month of leads.

Sizes are binary (1 KB is 1,024 bytes), as AWS bills them; a month has 730 hours.
"""

import math
from collections.abc import Iterator, Mapping

import msgspec

from leadline.operations.cost.durations import MEASURED, MEASURING, TURN_MS, Durations
from leadline.operations.cost.uses import (
    PER_ALERT,
    PER_LEAD,
    PER_TASK,
    PER_TURN,
    QUEUES,
    Uses,
    woken_by,
)

SECONDS = 730 * 3_600
SWEEPS, MEASURES = 730 * 4, 730 * 12
"""Runs of Sweep: those that sweep, and those that only measure how late leads are."""
MEASURE = "Sweep, measuring"
WATCH = "Sweep, watching"
KB, GB = 1 << 10, 1 << 30
POLLERS, POLL_S = 5, 20
"""How Lambda waits on a queue: five concurrent long polls of 20 s (Lambda Developer Guide,
"Configuring scaling behavior for SQS event source mappings"). Without a maximum concurrency Lambda
may go down to two, but does not promise to."""
SETTINGS_KEPT_S = 300
"""After how many seconds a function looks whether the settings have changed."""
_READS_TO_MEASURE = 0.5 + 4 * 3 * 0.5
_RAW_KB, _REFINED_KB = 0.5, 1.5  # of a document, in addition to the body
_TABLE_KB = 4.8  # items of one lead with their index entries, each with DynamoDB's own 100 bytes
TURN_KB = 1.5  # the handling, three open leads of its person, and two accounts of the company
_ACCESS_LOG_BYTES, _ANSWER_BYTES, _ALERT_BYTES = 400, 700, 3_500


class Workload(msgspec.Struct, frozen=True):
    """One month. `body_kb` is the size of a delivery; storage is that of `months_kept` such months.
    `leads_per_batch` is one, because a queue without a backlog delivers messages one by one.
    `tasks_after` is the number of look-ups, updates, reminders, clock steps and write-backs per
    lead; a lead that stays unassigned is looked up about thirty times. `by_team` is the share of
    leads that a team gives to one of up to eight people. `clock` is what wakes Refine and Deliver:
    "queues", "schedules" or "executions". `lateness_runs` are the runs of Sweep that only measure,
    `watches` those of its sweeps that look at what has no alarm of its own."""

    leads: int
    alerts_per_lead: float = 1.0
    body_kb: float = 2.0
    months_kept: float = 12.0
    leads_per_batch: float = 1.0
    tasks_after: float = 0.0
    by_team: float = 0.0
    clock: str = QUEUES
    lateness_runs: int = MEASURES
    watches: int = 0


def with_parts(w: Workload, parts: Mapping[str, float]) -> Workload:
    """The month of a stack with these parts (`parts.parts_of`), as far as they make work."""
    return msgspec.structs.replace(
        w,
        lateness_runs=MEASURES if parts.get("lateness runs") else 0,
        watches=SWEEPS if parts.get("watch") else 0,
    )


def empty_receives(receives: float, pollers: int = POLLERS) -> float:
    """The number of long polls per month that return no message, if *receives* others get one at
    random times. A poll that gets a message ends, and its poller starts a new one.

    Without any messages the number is pollers * SECONDS / POLL_S: 657,000 for five pollers.
    """
    polls = pollers * SECONDS / POLL_S
    busy = receives / polls
    return polls if busy == 0 else polls * busy * math.exp(-busy) / -math.expm1(-busy)


class Used(msgspec.Struct, frozen=True):
    """A quantity of one meter; `formula` explains it. `part` is the optional
    part that it belongs to (`operations.cost.parts`), "" for what every installation needs."""

    meter: str
    what: str
    quantity: float
    formula: str
    part: str = ""


def needed(w: Workload) -> Iterator[Used]:
    """The quantities that every installation uses."""
    yield from _each(woken_by(w.clock, PER_LEAD), w.leads, "leads")
    yield from _each(woken_by(w.clock, PER_ALERT), w.leads * w.alerts_per_lead, "alerts")
    if w.tasks_after:
        yield from _each(woken_by(w.clock, PER_TASK), w.leads * w.tasks_after, "tasks")
    if w.by_team:
        yield from _each(PER_TURN, w.leads * w.by_team, "leads that a team gives out")
    yield from _functions(w)
    if w.clock == QUEUES:
        yield from _polling(w)
    yield from sweeping(w)
    yield from measuring(w)
    yield from watch_runs(w)
    yield from _stored(w)
    yield from _said(w)


def _each(uses: Uses, count: float, noun: str) -> Iterator[Used]:
    for function, parts in uses.items():
        for meter in dict.fromkeys(meter for meter, _, _ in parts):
            each = sum(units for of, _, units in parts if of == meter)
            detail = ", ".join(f"{what} {units:g}" for of, what, units in parts if of == meter)
            formula = f"{count:,.0f} {noun} × {each:g} ({detail})"
            yield Used(meter, function, count * each, formula)


def _invocations(w: Workload) -> dict[str, float]:
    return {
        "Capture": w.leads,
        "Refine": w.leads / w.leads_per_batch,
        "Deliver": _leads_of("Deliver", w) / w.leads_per_batch,
        "Sweep": SWEEPS,
        **({MEASURE: w.lateness_runs} if w.lateness_runs else {}),
    }


def _took(function: str) -> Durations:
    return MEASURING if function == MEASURE else MEASURED[function]


def all_invocations(w: Workload) -> float:
    """The invocations of all functions per month."""
    return sum(_invocations(w).values())


def all_settings_reads(w: Workload) -> float:
    """How often the functions read the settings per month."""
    return sum(_settings_reads(name, w) for name in _invocations(w))


def _milliseconds(function: str, w: Workload) -> float:
    """Milliseconds billed per month."""
    warm = _invocations(w)[function] * (1 - _took(function).cold_share)
    read = min(_settings_reads(function, w), warm)  # cold starts include one read
    return _busy_ms(function, w) + read * _took(function).settings_ms


def _busy_ms(function: str, w: Workload) -> float:
    """Milliseconds billed per month, without those for reading settings again."""
    took = _took(function)
    each = took.invocation_ms + took.cold_share * took.init_ms
    turns = w.leads * w.by_team * TURN_MS if function == "Refine" else 0.0
    return _invocations(w)[function] * each + _leads_of(function, w) * took.lead_ms + turns


def _leads_of(function: str, w: Workload) -> float:
    return w.leads * (w.alerts_per_lead + w.tasks_after if function == "Deliver" else 1)


def _functions(w: Workload) -> Iterator[Used]:
    calls = _invocations(w)
    detail = " + ".join(f"{name} {count:,.0f}" for name, count in calls.items())
    yield Used("lambda_request", "invocations", sum(calls.values()), detail)
    for name, count in calls.items():
        memory, ms = _took(name).memory_mb, _milliseconds(name, w)
        mean = ms / count if count else 0
        formula = f"{count:,.0f} × {mean:,.0f} ms × {memory} MB"
        yield Used("lambda_gb_second", name, ms / 1_000 * memory / 1_024, formula)
    starts = {name: _decryptions(name, w) for name in calls}
    detail = " + ".join(f"{name} {count:,.0f}" for name, count in starts.items())
    yield Used("parameter", "the settings", 1, "one standard parameter, free to read")
    yield Used("kms_request", "decrypting the settings", sum(starts.values()), detail)


def _decryptions(function: str, w: Workload) -> float:
    """The number of times per month that the settings are decrypted: at cold starts, but not more
    often than environments look at them."""
    return min(_invocations(w)[function] * _took(function).cold_share, _settings_reads(function, w))


def _settings_reads(function: str, w: Workload) -> float:
    """The number of looks at the settings per month: each environment looks at them again in the
    first invocation after `SETTINGS_KEPT_S`. They are decrypted again only if they changed."""
    count = _invocations(w)[function]
    if not count or function in ("Sweep", MEASURE):
        return count
    environments = max(1.0, _busy_ms(function, w) / 1_000 / SECONDS)
    return environments * SECONDS / (SETTINGS_KEPT_S + environments * SECONDS / count)


def _polling(w: Workload) -> Iterator[Used]:
    calls = _invocations(w)
    for queue, function in (("refine queue", "Refine"), ("delivery queue", "Deliver")):
        found = calls[function]
        yield Used(
            "sqs_request", f"{queue}: messages", 2 * found, f"{found:,.0f} × (receive 1, delete 1)"
        )
        polls = POLLERS * SECONDS // POLL_S
        formula = (
            f"{POLLERS} pollers × {SECONDS:,} s / {POLL_S} s = {polls:,}, less those that find"
        )
        yield Used("sqs_request", f"{queue}: empty receives", empty_receives(found), formula)


def sweeping(w: Workload) -> Iterator[Used]:
    """The quantities that the sweeps of a month use, except their duration."""
    days = SECONDS / 86_400
    yield Used("schedule", "Sweep", SWEEPS, "730 hours × 4")
    yield Used(
        "s3_put",
        "Sweep: lists",
        w.leads / 1_000 + SWEEPS + days,
        f"{w.leads:,} leads / 1,000 + {SWEEPS:,} runs + {days:.0f} days",
    )
    yield Used(
        "table_write",
        "Sweep",
        SWEEPS + w.leads / 100,
        f"{SWEEPS:,} runs + {w.leads:,} leads / 100 (how far it came)",
    )
    yield Used(
        "table_read",
        "Sweep",
        w.leads * 0.5 + SWEEPS * (11.5 + _READS_TO_MEASURE),
        f"{w.leads:,} leads × 0.5 + {SWEEPS:,} runs × "
        "(4 shards × 4 steps × 0.5 + 0.5 + 3 + 0.5 + 4 × 3 × 0.5 to measure)",
    )


def measuring(w: Workload) -> Iterator[Used]:
    """The quantities needed to measure how late leads are, except the duration of Sweep."""
    if not w.lateness_runs:
        return
    yield Used("schedule", MEASURE, w.lateness_runs, "730 hours × 12")
    formula = (
        f"{w.lateness_runs:,} runs × (4 shards × (refine, one channel, late) + their number) × 0.5"
    )
    yield Used("table_read", MEASURE, w.lateness_runs * _READS_TO_MEASURE, formula)


def watch_runs(w: Workload) -> Iterator[Used]:
    """The quantities of the looks at what has no alarm of its own, except the duration of Sweep."""
    if not (runs := w.watches):
        return
    formula = f"{runs:,} runs × 0.5 (answers with 5xx, in every second run)"
    yield Used("figure_request", WATCH, runs * 0.5, formula)
    yield Used("sqs_request", WATCH, 2 * runs, f"{runs:,} runs × 2 (dead letters of two queues)")
    yield Used("table_read", WATCH, runs, f"{runs:,} runs × 1 (what was told)")
    yield Used("table_write", WATCH, runs, f"{runs:,} runs × 1 (what was told)")


def _stored(w: Workload) -> Iterator[Used]:
    kept = w.leads * w.months_kept
    each = 2 * w.body_kb + _RAW_KB + _REFINED_KB
    leads = f"{kept:,.0f} leads of {w.months_kept:g} months"
    yield Used("s3_storage", "raw and refined", kept * each * KB / GB, f"{leads} × {each:g} KB")
    stored = kept * (_TABLE_KB + w.by_team * TURN_KB) * KB / GB
    turns = f" + {w.by_team:g} × {TURN_KB:g} KB" if w.by_team else ""
    yield Used("table_storage", "items", stored, f"{leads} × {_TABLE_KB:g} KB{turns}")


def _said(w: Workload) -> Iterator[Used]:
    calls = _invocations(w)
    logged = float(w.leads * _ACCESS_LOG_BYTES)
    logged += sum(
        count * took.log_bytes + _leads_of(name, w) * took.lead_log_bytes
        for name, count in calls.items()
        for took in [_took(name)]
    )
    each = ", ".join(
        f"{name} {_took(name).log_bytes} + {_took(name).lead_log_bytes} a lead" for name in calls
    )
    formula = f"bytes: {each}; access {_ACCESS_LOG_BYTES}"
    yield Used("log_ingest", "logs", logged / GB, formula)
    yield Used("log_storage", "logs kept", logged / GB * 7 / 30, "7 days of 30")
    sent = w.leads * (_ANSWER_BYTES + w.alerts_per_lead * _ALERT_BYTES)
    formula = f"bytes: answer {_ANSWER_BYTES}, alert {_ALERT_BYTES:,}"
    yield Used("data_out", "answers and alerts", sent / GB, formula)
