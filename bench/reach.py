"""`python -m bench reach`: what a number of leads a month asks of AWS, beside AWS's quotas.

Nothing is measured here. The units of a lead are counted by `tests/stores/aws/test_usage.py`, which
captures, refines and delivers leads on a stand-in of AWS and counts requests, and the write units
of each partition. Durations are those of the cost model. Quotas are AWS's defaults of November
2026. The table is that of docs/how-to/scale-on-aws.md.
"""

import math
from collections.abc import Callable, Sequence
from importlib.resources import files

from bench.report import Report
from leadline.operations.cost.durations import ANSWER_MS, MEASURED
from leadline.operations.cost.estimate import estimate
from leadline.operations.cost.prices import read_prices
from leadline.operations.cost.quantities import SECONDS, SETTINGS_KEPT_S, SWEEPS, Workload
from leadline.stores.aws.shards.placing import CHOICES, SHARDS

LEADS = (10_000, 300_000, 3_000_000, 100_000_000, 1_000_000_000)
"""The numbers of leads a month."""
PEAK = 4
"""ASSUMED: the busiest minutes have so many times the leads of the average, because leads come in
working hours and after campaigns."""
WRITES = {"table": 20, "due, refine": 2, "due, notify": 2, "day": 5}
"""The write units that a lead with one alert takes in the table itself, under each name of the
index `due`, and in the index `day`."""
HOTTEST = max(units for name, units in WRITES.items() if name != "table")
READS, READS_A_SHARD = 14, 0.5
"""The read units that such a lead takes with four shards, and more for each further shard, in which
Deliver looks once for other alerts that are due."""
_PARTITION = 1_000
"""The write units a second that a partition takes (DynamoDB Developer Guide)."""
_SHARE = 0.5
"""The share of a partition's writes that is planned for, since leads do not come evenly."""
_WAIT_S = 600
"""How long a lead waits by default, and its message with it."""
_REGION = "us-east-1"
_BATCH, _DIGEST = 10, 60
"""Messages that a run takes at most, and leads in one message to Slack."""


def peak(leads: int) -> float:
    """Leads a second in the busiest minutes."""
    return leads / SECONDS * PEAK


def shards(leads: int) -> int:
    """The least number of shards for which each partition keeps to its share at the peak."""
    needed = peak(leads) * HOTTEST / (_PARTITION * _SHARE)
    return next(number for number in CHOICES if number >= needed)


def runs(function: str, leads: int) -> float:
    """Runs of a function at once at the peak, each of one message, warm."""
    took = MEASURED[function]
    further = (shards(leads) - SHARDS) * ANSWER_MS["read"] if function == "Deliver" else 0
    return peak(leads) * (took.invocation_ms + took.lead_ms + further) / 1_000


def reads(leads: int) -> float:
    """Read units a second in the busiest minutes."""
    return peak(leads) * (READS + (shards(leads) - SHARDS) * READS_A_SHARD)


def _all_runs(leads: int) -> float:
    return sum(runs(name, leads) for name in ("Capture", "Refine", "Deliver"))


def sweep_s(leads: int) -> float:
    """Seconds of a sweep at the peak, which looks at the leads of a quarter of an hour."""
    took = MEASURED["Sweep"]
    return (took.invocation_ms + PEAK * leads / SWEEPS * took.lead_ms) / 1_000


def dollars(leads: int) -> float:
    """What the month costs at list price, without optional parts."""
    text = (files("leadline") / "infra" / "prices.toml").read_text(encoding="utf-8")
    known = read_prices(text)
    read = known.regions[_REGION].prices["table_read"]
    further = leads * (shards(leads) - SHARDS) * READS_A_SHARD * read.usd / read.per
    return estimate(Workload(leads), known, _REGION).total + further


ROWS: Sequence[tuple[str, str, Callable[[int], float]]] = (
    ("leads a second, on average", "", lambda n: n / SECONDS),
    (f"leads a second at {PEAK} times that: requests of API Gateway", "10,000", peak),
    ("write units a second of the table", "40,000", lambda n: peak(n) * WRITES["table"]),
    ("write units a second of the index `due`", "40,000",
     lambda n: peak(n) * (WRITES["due, refine"] + WRITES["due, notify"])),
    ("write units a second of the index `day`", "40,000", lambda n: peak(n) * WRITES["day"]),
    ("read units a second of table and indexes", "40,000", reads),
    ("`Shards`, for at most 500 writes a second of a partition", "", shards),
    ("runs of Capture at once", "", lambda n: runs("Capture", n)),
    ("runs of Refine at once", "", lambda n: runs("Refine", n)),
    ("runs of Deliver at once: `DeliverConcurrency`", "1,000", lambda n: runs("Deliver", n)),
    ("runs of all three at once", "1,000", _all_runs),
    ("messages in flight of the delivery queue", "120,000",
     lambda n: runs("Deliver", n) * _BATCH),
    ("messages that wait 10 minutes in the refine queue", "none", lambda n: peak(n) * _WAIT_S),
    ("PUTs a second under `raw/` of a day, and under `refined/`", "3,500", peak),
    ("GETs a second under each", "5,500", peak),
    ("reads of the settings a second (SSM)", "40", lambda n: _all_runs(n) / SETTINGS_KEPT_S),
    ("seconds of a sweep: `SweepTimeout`", "900", sweep_s),
    ("Slack channels at 60 leads a second each", "", lambda n: math.ceil(peak(n) / _DIGEST)),
    ("dollars a month at list price", "", dollars),
)  # fmt: skip


def table() -> list[str]:
    """The lines of the table in docs/how-to/scale-on-aws.md."""
    head = ["", *(f"{number:,}" for number in LEADS), "AWS's default"]
    lines = [_line(head), _line(["---"] * len(head))]
    for name, quota, value in ROWS:
        lines.append(_line([name, *(_shown(value(number)) for number in LEADS), quota]))
    return lines


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: float) -> str:
    """A number with two digits that count, or whole from a hundred."""
    if value < 0.1:
        return "< 0.1"
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.{max(0, 1 - math.floor(math.log10(value)))}f}"


def run() -> Report:
    """Print the table."""
    return Report(table(), is_good=True)
