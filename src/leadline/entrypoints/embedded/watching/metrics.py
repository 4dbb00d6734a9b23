"""Metrics for Prometheus: counts and times, no personal data."""

from collections import Counter as Sum
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from leadline.journey.enriching.figures import ProviderFigures
from leadline.operations.figures.speed import judge_by, speed_of
from leadline.operations.trials.experiment_watch import AlarmingExperiment
from leadline.operations.watching.health import unscored
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.settings.top.general import Settings

METRICS = {
    "leadline_events": ("counter", ("source", "what"), "What happened to events, by source."),
    "leadline_tasks_waiting": (
        "gauge", ("step", "channel"), "Tasks that wait or are leased by a worker.",
    ),
    "leadline_tasks_due": ("gauge", ("step", "channel"), "Tasks that could run now."),
    "leadline_oldest_due_seconds": (
        "gauge", ("step", "channel"), "How long the longest due task has been due.",
    ),
    "leadline_oldest_untold_seconds": (
        "gauge", (),
        "How late the most overdue lead is, unrefined or not alerted; retries do not reset it.",
    ),
    "leadline_dead_letters": ("gauge", ("step", "reason"), "Dead letters, by reason."),
    "leadline_speed_seconds": (
        "gauge", ("part", "quantile"),
        "How long the newest leads of a day waited for us (own) and for people (human).",
    ),
    "leadline_leads_unscored": (
        "gauge", (), "Leads among the newest 100 that went on without a score: the model failed.",
    ),
    "leadline_experiments_alarming": (
        "gauge", ("experiment",),
        "1 for a running experiment that does harm, or is not valid; 0 for others in the settings.",
    ),
    "leadline_leads_held": ("gauge", (), "Leads on hold."),
    "leadline_http_answers": ("counter", ("source", "status"), "Answers to webhooks."),
    "leadline_unreadable_deliveries": (
        "counter", ("source", "kept"),
        "Deliveries that can't be read, by whether they were stored as dead letters.",
    ),
    "leadline_lookups": (
        "counter", ("provider", "result"),
        "Questions to providers of facts: hit, unknown, cached, over_budget, trouble.",
    ),
    "leadline_lookup_cost": (
        "counter", ("provider",), "What providers of facts cost, in the currency of the settings.",
    ),
    "leadline_slack_requests": (
        "counter", ("what", "result"), "Pressed buttons and typed commands in Slack.",
    ),
}  # fmt: skip
"""Name: (type, labels, meaning); docs/reference/metrics.md is generated from this."""


_NEWEST = 500
"""The number of leads that the speed is computed from; more would make scrapes too slow."""
_DAY = timedelta(days=1)


def render(
    ledger: Ledger,
    process: CollectorRegistry,
    settings: Settings,
    providers: Sequence[ProviderFigures] = (),
    experiments: Mapping[str, AlarmingExperiment] = {},
) -> bytes:
    """The metrics of the ledger and those counted by the *process*, as exposition text; *settings*
    give the waits and targets for the speed, *providers* what those of facts knew and cost,
    *experiments* which do harm or are not valid."""
    registry = CollectorRegistry()
    registry.register(_OfExperiments([*settings.experiments], experiments))
    registry.register(_FromLedger(ledger, settings))
    registry.register(_OfProviders(providers))
    return generate_latest(registry) + generate_latest(process)


class AnswerCounts(Collector):
    """How often webhooks were answered, by source and HTTP status; counted in the event loop."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}

    def add(self, source: str, status: int) -> None:
        """Count one answer."""
        key = (source, status)
        self._counts[key] = self._counts.get(key, 0) + 1

    def collect(self) -> Iterable[Metric]:
        """See `prometheus_client`; called in another thread."""
        family = _counter("leadline_http_answers")
        for (source, status), count in self._counts.copy().items():
            family.add_metric([source, str(status)], count)
        return [family]


class _OfProviders(Collector):
    def __init__(self, providers: Sequence[ProviderFigures]) -> None:
        self._providers = providers

    def collect(self) -> Iterable[Metric]:
        asked, cost = _counter("leadline_lookups"), _counter("leadline_lookup_cost")
        for one in self._providers:
            results = {
                "hit": one.hits,
                "unknown": max(one.asked - one.hits - one.trouble, 0),
                "cached": one.cached,
                "over_budget": one.refused,
                "trouble": one.trouble,
            }
            for result, count in results.items():
                asked.add_metric((one.provider, result), count)
            cost.add_metric((one.provider,), one.cost)
        return [asked, cost]


class _OfExperiments(Collector):
    def __init__(self, names: Sequence[str], alarming: Mapping[str, AlarmingExperiment]) -> None:
        self._names = dict.fromkeys((*names, *alarming))
        self._alarming = alarming

    def collect(self) -> Iterable[Metric]:
        gauge = _gauge("leadline_experiments_alarming")
        for name in self._names:
            gauge.add_metric((name,), int(name in self._alarming))
        return [gauge]


class _FromLedger(Collector):
    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings

    def collect(self) -> Iterable[Metric]:
        now = datetime.now(UTC)
        events: Sum[tuple[str, str]] = Sum()
        for tally in self._ledger.tallies():
            events[tally.source, tally.what] += tally.count
        counted = _counter("leadline_events")
        for labels, count in sorted(events.items()):
            counted.add_metric(labels, count)
        yield counted
        waiting, due = _gauge("leadline_tasks_waiting"), _gauge("leadline_tasks_due")
        oldest = _gauge("leadline_oldest_due_seconds")
        for backlog in self._ledger.backlog(now):
            labels = (str(backlog.step), backlog.channel)
            waiting.add_metric(labels, backlog.waiting + backlog.leased)
            due.add_metric(labels, backlog.due)
            late = (now - backlog.oldest_due_at).total_seconds() if backlog.oldest_due_at else 0
            oldest.add_metric(labels, late)
        yield from (waiting, due, oldest, self._untold(now))
        dead = _gauge("leadline_dead_letters")
        for group in self._ledger.dead():
            dead.add_metric((str(group.step), group.reason), group.count)
        yield dead
        yield self._speed(now)
        on_hold = _gauge("leadline_leads_held")
        on_hold.add_metric((), len(self._ledger.on_hold()))
        yield on_hold
        failed = _gauge("leadline_leads_unscored")
        failed.add_metric((), unscored(self._ledger) if self._settings.scores_leads else 0)
        yield failed

    def _untold(self, now: datetime) -> Metric:
        since = self._ledger.untold_since(now)
        gauge = _gauge("leadline_oldest_untold_seconds")
        gauge.add_metric((), (now - since).total_seconds() if since else 0)
        return gauge

    def _speed(self, now: datetime) -> Metric:
        newest = LeadFilter(since=now - _DAY, limit=_NEWEST)
        figures = speed_of(self._ledger.followed(newest), judge_by(self._settings, now))
        gauge = _gauge("leadline_speed_seconds")
        for part, one in (("own", figures.own), ("human", figures.human)):
            for quantile, value in (("0.5", one.p50), ("0.9", one.p90), ("0.95", one.p95)):
                if value is not None:
                    gauge.add_metric((part, quantile), value)
        return gauge


def _counter(name: str) -> CounterMetricFamily:
    _, labels, meaning = METRICS[name]
    return CounterMetricFamily(name, meaning, labels=labels)


def _gauge(name: str) -> GaugeMetricFamily:
    _, labels, meaning = METRICS[name]
    return GaugeMetricFamily(name, meaning, labels=labels)
