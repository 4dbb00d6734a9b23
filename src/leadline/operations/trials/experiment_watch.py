"""Looks from time to time whether a running experiment does harm or is not valid, and remembers it.

What was found stays until the experiment is stopped: its intervals may come to hold zero again, but
somebody must decide. So each finding is told once.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.experiments.judging import ExperimentVerdict
from leadline.experiments.record import Design, Started
from leadline.model.staff.assigning import Rewrite
from leadline.operations.trials.experiment_reports import is_alarming, report_of
from leadline.operations.trials.experiments import SmallDocuments, standings, started_in
from leadline.ports.reading.ledger import Ledger

WATCHED = "experiments watched"
"""The name of the document of what was found."""
HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
"""The time between two looks; where what is read is paid for, a day."""


class AlarmingExperiment(msgspec.Struct, frozen=True):
    """A running experiment that does harm or is not valid: its verdict, and what is said of it
    (`experiment_reports.ExperimentReport.says`) when that was found (`since`)."""

    verdict: ExperimentVerdict
    says: str
    since: datetime


class WatchedExperiments(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found, by the name of the experiment, when it was last looked (`at`; None: never),
    and of which of them operators were told where nothing else remembers that."""

    at: datetime | None = None
    alarming: Mapping[str, AlarmingExperiment] = {}
    told: tuple[str, ...] = ()

    @property
    def untold(self) -> Mapping[str, AlarmingExperiment]:
        """Those of which operators were not told."""
        return {name: one for name, one in self.alarming.items() if name not in self.told}


def watched_in(documents: SmallDocuments) -> WatchedExperiments:
    """What was found so far; of experiments that run."""
    body = documents.kept([WATCHED])[WATCHED].body
    found, running = _found_in(body), _running(started_in(documents).values())
    return msgspec.structs.replace(
        found, alarming={name: one for name, one in found.alarming.items() if name in running}
    )


def watch_experiments(
    documents: SmallDocuments,
    ledger: Callable[[], Ledger],
    designs: Mapping[str, Design],
    now: datetime,
    every: timedelta = HOURLY,
    check: Callable[[], None] = lambda: None,
) -> WatchedExperiments:
    """Look at the experiments that run, if *every* has passed since the last look; *ledger* opens
    the ledger then, all leads of which since the first of them began are read. *check* is called
    for each of them, and may raise. Returns what is known now."""
    known = started_in(documents)
    running = _running(known.values())
    before = watched_in(documents)
    if not running or (before.at is not None and timedelta() <= now - before.at < every):
        return before
    _rewrite(documents, lambda one: msgspec.structs.replace(one, at=now))  # also if it fails
    alarming = dict(before.alarming)
    for one in standings(running.values(), ledger(), designs, now, known.values(), check):
        report = report_of(one)
        if is_alarming(report) and report.name not in alarming:
            alarming[report.name] = AlarmingExperiment(report.verdict, report.says, now)

    return _rewrite(documents, lambda one: msgspec.structs.replace(one, alarming=alarming))


def note_told(documents: SmallDocuments, names: Iterable[str]) -> None:
    """Note that operators were told of these experiments."""
    told = tuple(names)

    def noted(one: WatchedExperiments) -> WatchedExperiments:
        return msgspec.structs.replace(one, told=tuple(dict.fromkeys((*one.told, *told))))

    _rewrite(documents, noted)


def _running(known: Iterable[Started]) -> Mapping[str, Started]:
    return {one.name: one for one in known if one.is_running}


def _found_in(body: bytes) -> WatchedExperiments:
    return msgspec.json.decode(body, type=WatchedExperiments) if body else WatchedExperiments()


def _rewrite(
    documents: SmallDocuments, change: Callable[[WatchedExperiments], WatchedExperiments]
) -> WatchedExperiments:
    while True:
        kept = documents.kept([WATCHED])[WATCHED]
        after = change(_found_in(kept.body))
        if documents.keep({WATCHED: Rewrite(kept, msgspec.json.encode(after))}):
            return after
