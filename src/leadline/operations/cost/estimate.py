"""What Leadline costs on AWS in a month: what each lead uses, times a dated list of prices.

Pure: `estimate` takes the list as `read_prices` reads it from `infra/prices.toml`. Sizes are
binary (1 KB is 1,024 bytes), as AWS bills them; a month has 730 hours.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.operations.cost.durations import INIT_LOG_BYTES, MEASURED
from leadline.operations.cost.uses import PER_ALERT, PER_LEAD, PER_TASK, Uses

SECONDS = 730 * 3_600
SWEEPS = 730 * 4
KB, GB = 1 << 10, 1 << 30

POLLERS, POLL_S = 5, 20
"""How Lambda waits on a queue: five long polls of 20 s (Lambda Developer Guide, "Configuring
scaling behavior for SQS event source mappings"); it may go down to two where the mapping has no
maximum concurrency, on which nobody can count."""

SETTINGS_KEPT_S = 300
"""How long a function keeps the settings that it read."""

ALARM_METRICS, EMF_METRICS = 22, 7
"""Metrics that the template's alarms watch (an alarm on a quotient watches two, and each is
billed), and metrics of our own."""

_RAW_KB, _REFINED_KB = 0.5, 1.5  # what stands beside the body
# Of one lead, with DynamoDB's own 100 bytes an item: with the index entries, and without.
_TABLE_KB, _ITEMS_KB = 2.5, 1.9
_ACCESS_LOG_BYTES, _ANSWER_BYTES, _ALERT_BYTES = 400, 700, 3_500


class Meter(msgspec.Struct, frozen=True):
    """Something that AWS counts: whose it is, its unit, its offer file and usage type in AWS's
    price lists, its page, and how much of it every account has free each month."""

    service: str
    unit: str
    offer: str
    usage: str
    page: str
    free: float = 0


class Price(msgspec.Struct, frozen=True):
    """`usd` for `per` units; `checked` is a date or "unverified"."""

    usd: float
    checked: str
    per: int = 1


class Region(msgspec.Struct, frozen=True):
    """A region's prices by meter."""

    name: str
    prices: Mapping[str, Price]


class PriceList(msgspec.Struct, frozen=True):
    """All that `infra/prices.toml` says."""

    dated: str
    meters: Mapping[str, Meter]
    regions: Mapping[str, Region]


class Workload(msgspec.Struct, frozen=True):
    """A month. `body_kb` is the size of a delivery; storage is that of `months_kept` such months;
    `leads_per_batch` is one, because a queue that is not behind hands leads over one by one.
    `tasks_after` are the look-ups, updates, reminders, looks of the clock and write-backs of a
    lead; one that its CRM assigns to nobody is looked up some thirty times."""

    leads: int
    alerts_per_lead: float = 1.0
    body_kb: float = 2.0
    months_kept: float = 12.0
    leads_per_batch: float = 1.0
    tasks_after: float = 0.0


class CostLine(msgspec.Struct, frozen=True):
    """One line of the bill; `formula` says how the quantity comes about."""

    meter: str
    service: str
    what: str
    quantity: float
    unit: str
    formula: str
    usd: float
    per: int
    free: float = 0.0

    @property
    def dollars(self) -> float:
        """What is to be paid for it."""
        return max(0.0, self.quantity - self.free) * self.usd / self.per


class Estimate(msgspec.Struct, frozen=True):
    """A month's bill: what Leadline needs, and what it can do without."""

    region: str
    dated: str
    workload: Workload
    lines: tuple[CostLine, ...]
    options: tuple[CostLine, ...]

    @property
    def total(self) -> float:
        """Dollars a month without the optional parts."""
        return math.fsum(line.dollars for line in self.lines)

    def excess(self, budget: float) -> list[CostLine]:
        """The dearest lines, as many as must go for the others to fit the budget (dollars)."""
        left, found = self.total, []
        for line in sorted(self.lines, key=lambda one: -one.dollars):
            if left <= budget:
                break
            found.append(line)
            left -= line.dollars
        return found


def read_prices(text: str) -> PriceList:
    """The list of prices from its TOML; raises msgspec.ValidationError where it is not one."""
    return msgspec.convert(tomllib.loads(text), PriceList)


def estimate(
    workload: Workload, prices: PriceList, region: str, *, free_tier: bool = False
) -> Estimate:
    """What the workload costs a month; raises ConfigurationError for a region without prices."""
    if region not in prices.regions:
        known = ", ".join(sorted(prices.regions))
        raise ConfigurationError(f"no prices of {region!r} are known; there are those of {known}")
    left = {name: meter.free if free_tier else 0.0 for name, meter in prices.meters.items()}

    def priced(used: _Used) -> CostLine:
        meter, price = prices.meters[used.meter], prices.regions[region].prices[used.meter]
        free = min(left[used.meter], used.quantity)
        left[used.meter] -= free
        return CostLine(
            used.meter, meter.service, used.what, used.quantity, meter.unit, used.formula,
            price.usd, price.per, free,
        )  # fmt: skip

    lines = tuple(priced(used) for used in _needed(workload))
    options = tuple(priced(used) for used in _optional(workload))
    return Estimate(region, prices.dated, workload, lines, options)


def empty_receives(receives: float, pollers: int = POLLERS) -> float:
    """How many long polls of a month come back empty, when *receives* others find a message at
    random moments: a poll that finds one ends, and its poller begins to wait anew.

    With no message at all that is pollers * SECONDS / POLL_S = 657,000 for five.
    """
    polls = pollers * SECONDS / POLL_S
    busy = receives / polls
    return polls if busy == 0 else polls * busy * math.exp(-busy) / -math.expm1(-busy)


class _Used(msgspec.Struct, frozen=True):
    meter: str
    what: str
    quantity: float
    formula: str


def _needed(w: Workload) -> Iterator[_Used]:
    yield from _each(PER_LEAD, w.leads, "leads")
    yield from _each(PER_ALERT, w.leads * w.alerts_per_lead, "alerts")
    if w.tasks_after:
        yield from _each(PER_TASK, w.leads * w.tasks_after, "tasks")
    yield from _functions(w)
    yield from _polling(w)
    yield from sweeping(w)
    yield from _stored(w)
    yield from _said(w)


def _each(uses: Uses, count: float, noun: str) -> Iterator[_Used]:
    for function, parts in uses.items():
        for meter in dict.fromkeys(meter for meter, _, _ in parts):
            each = sum(units for of, _, units in parts if of == meter)
            detail = ", ".join(f"{what} {units:g}" for of, what, units in parts if of == meter)
            formula = f"{count:,.0f} {noun} × {each:g} ({detail})"
            yield _Used(meter, function, count * each, formula)


def _invocations(w: Workload) -> dict[str, float]:
    return {
        "Capture": w.leads,
        "Refine": w.leads / w.leads_per_batch,
        "Deliver": _leads_of("Deliver", w) / w.leads_per_batch,
        "Sweep": SWEEPS,
    }


def _milliseconds(function: str, w: Workload) -> float:
    """Billed in the month."""
    warm = _invocations(w)[function] * (1 - MEASURED[function].cold_share)
    read = min(_settings_reads(function, w), warm)  # a cold start has read them
    return _busy_ms(function, w) + read * MEASURED[function].settings_ms


def _busy_ms(function: str, w: Workload) -> float:
    """Billed in the month, but for settings that are read anew."""
    took = MEASURED[function]
    each = took.invocation_ms + took.cold_share * took.init_ms
    return _invocations(w)[function] * each + _leads_of(function, w) * took.lead_ms


def _leads_of(function: str, w: Workload) -> float:
    return w.leads * (w.alerts_per_lead + w.tasks_after if function == "Deliver" else 1)


def _functions(w: Workload) -> Iterator[_Used]:
    calls = _invocations(w)
    detail = " + ".join(f"{name} {count:,.0f}" for name, count in calls.items())
    yield _Used("lambda_request", "invocations", sum(calls.values()), detail)
    for name, count in calls.items():
        memory, ms = MEASURED[name].memory_mb, _milliseconds(name, w)
        mean = ms / count if count else 0
        formula = f"{count:,.0f} × {mean:,.0f} ms × {memory} MB"
        yield _Used("lambda_gb_second", name, ms / 1_000 * memory / 1_024, formula)
    reads = {name: _settings_reads(name, w) for name in calls}
    detail = " + ".join(f"{name} {count:,.0f}" for name, count in reads.items())
    yield _Used("parameter", "the settings", 1, "one standard parameter, read for nothing")
    yield _Used("kms_request", "reading the settings", sum(reads.values()), detail)


def _settings_reads(function: str, w: Workload) -> float:
    """A function reads them when it is called and they are too old, in each environment."""
    count = _invocations(w)[function]
    if not count or function == "Sweep":
        return count
    environments = max(1.0, _busy_ms(function, w) / 1_000 / SECONDS)
    return environments * SECONDS / (SETTINGS_KEPT_S + environments * SECONDS / count)


def _polling(w: Workload) -> Iterator[_Used]:
    calls = _invocations(w)
    for queue, function in (("refine queue", "Refine"), ("delivery queue", "Deliver")):
        found = calls[function]
        yield _Used(
            "sqs_request", f"{queue}: messages", 2 * found, f"{found:,.0f} × (receive 1, delete 1)"
        )
        polls = POLLERS * SECONDS // POLL_S
        formula = (
            f"{POLLERS} pollers × {SECONDS:,} s / {POLL_S} s = {polls:,}, less those that find"
        )
        yield _Used("sqs_request", f"{queue}: empty receives", empty_receives(found), formula)


def sweeping(w: Workload) -> Iterator[_Used]:
    """What the sweeps of a month use beside their time."""
    days = SECONDS / 86_400
    yield _Used("schedule", "Sweep", SWEEPS, "730 hours × 4")
    yield _Used(
        "s3_put",
        "Sweep: lists",
        w.leads / 1_000 + SWEEPS + days,
        f"{w.leads:,} leads / 1,000 + {SWEEPS:,} runs + {days:.0f} days",
    )
    yield _Used(
        "table_write",
        "Sweep",
        SWEEPS + w.leads / 100,
        f"{SWEEPS:,} runs + {w.leads:,} leads / 100 (how far it came)",
    )
    yield _Used(
        "table_read",
        "Sweep",
        w.leads * 0.5 + SWEEPS * 9.5,
        f"{w.leads:,} leads × 0.5 + {SWEEPS:,} runs × (4 shards × 4 steps × 0.5 + 0.5 + 1)",
    )


def _stored(w: Workload) -> Iterator[_Used]:
    kept = w.leads * w.months_kept
    each = 2 * w.body_kb + _RAW_KB + _REFINED_KB
    leads = f"{kept:,.0f} leads of {w.months_kept:g} months"
    yield _Used("s3_storage", "raw and refined", kept * each * KB / GB, f"{leads} × {each:g} KB")
    yield _Used("table_storage", "items", kept * _TABLE_KB * KB / GB, f"{leads} × {_TABLE_KB:g} KB")


def _said(w: Workload) -> Iterator[_Used]:
    calls = _invocations(w)
    logged = float(w.leads * _ACCESS_LOG_BYTES)
    logged += sum(
        count * (took.log_bytes + took.cold_share * INIT_LOG_BYTES)
        + _leads_of(name, w) * took.lead_log_bytes
        for name, count in calls.items()
        for took in [MEASURED[name]]
    )
    each = ", ".join(
        f"{name} {MEASURED[name].log_bytes} + {MEASURED[name].lead_log_bytes} a lead"
        for name in calls
    )
    formula = f"bytes: {each}; a cold start {INIT_LOG_BYTES}, access {_ACCESS_LOG_BYTES}"
    yield _Used("log_ingest", "logs", logged / GB, formula)
    yield _Used("log_storage", "logs kept", logged / GB * 7 / 30, "7 days of 30")
    sent = w.leads * (_ANSWER_BYTES + w.alerts_per_lead * _ALERT_BYTES)
    formula = f"bytes: answer {_ANSWER_BYTES}, alert {_ALERT_BYTES:,}"
    yield _Used("data_out", "answers and alerts", sent / GB, formula)


def _optional(w: Workload) -> Iterator[_Used]:
    calls, kept = sum(_invocations(w).values()), w.leads * w.months_kept
    yield _Used("alarm", "alarms", ALARM_METRICS, "metrics that the alarms watch")
    yield _Used("dashboard", "dashboard", 1, "one")
    yield _Used("metric", "our own metrics (EMF)", EMF_METRICS, "names of the stack")
    pitr = f"{kept:,.0f} leads × {_ITEMS_KB:g} KB"
    yield _Used("table_pitr", "point-in-time recovery", kept * _ITEMS_KB * KB / GB, pitr)
    yield _Used("trace", "X-Ray", calls, "every invocation, at the most")
    yield _Used("waf_acl", "WAF", 1, "one web ACL")
    yield _Used("waf_rule", "WAF", 1, "one rule")
    yield _Used("waf_request", "WAF", w.leads, f"{w.leads:,} leads × 1")
    reads = sum(_settings_reads(name, w) for name in MEASURED)
    yield _Used("secret", "settings as a secret", 1, "instead of the parameter")
    yield _Used("secret_request", "reading it", reads, "as often as the parameter")
    yield _Used("hosted_zone", "custom domain", 1, "one zone; the certificate is free")
    memory = MEASURED["Capture"].memory_mb
    ready = SECONDS * memory / 1_024
    yield _Used("kept_ready", "one Capture kept ready", ready, f"{SECONDS:,} s × {memory} MB")
    yield _Used("kms_key", "a key of your own", 1, "one; its calls come on top")
