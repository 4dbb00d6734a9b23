"""An experiment as it is reported: by `leadline experiment show`, ANALYTICS, and the interface for
programs, in the same words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.experiments.counting import GUARDS, ArmFigures
from leadline.experiments.fixed_models import model_remarks
from leadline.experiments.judging import ArmComparison, ExperimentVerdict
from leadline.experiments.mixing import mixed_words
from leadline.experiments.record import metric_name
from leadline.experiments.words import (
    DIFFERS,
    behind_words,
    difference_words,
    remaining_words,
    remarks_of,
    shares_words,
    verdict_words,
)
from leadline.operations.trials.experiments import ExperimentStanding


class GuardReport(msgspec.Struct, frozen=True):
    """How many of the `units` that are old enough had a trouble (`hits`), which `words` name."""

    words: str
    units: int
    hits: int


class ArmReport(msgspec.Struct, frozen=True):
    """An arm: its name, its share of all (0 to 1), what it does, how many leads of how many
    companies and people (`units`) it has, how many of these are `counted`, reached the metric
    (`hits`), and are too young (`open`). `rate` is the share of hits among those counted (None:
    none is). `guards` are what must not get worse, by code."""

    name: str
    share: float
    value: str
    leads: int
    units: int
    counted: int
    hits: int
    rate: float | None
    open: int
    guards: Mapping[str, GuardReport]


class ComparisonReport(msgspec.Struct, frozen=True):
    """An arm against the usual one: the difference of their rates with the bounds between which
    the truth is at all looks together with a probability of 95 %, the verdict, and the words."""

    arm: str
    difference: float
    low: float
    high: float
    verdict: ExperimentVerdict
    words: str


class ExperimentReport(msgspec.Struct, frozen=True):
    """An experiment as it stands now. `metric` names what counts with its time, `says` is the
    verdict in a sentence. `more` is how many companies and people it still takes until its planned
    end, in about `days` days (None: not known). `remarks` are whatever else is to be known."""

    name: str
    change: str
    metric: str
    verdict: ExperimentVerdict
    says: str
    arms: tuple[ArmReport, ...]
    comparisons: tuple[ComparisonReport, ...]
    started_at: datetime
    started_by: str
    stopped_at: datetime | None
    stopped_by: str
    winner: str
    needed: int
    more: int
    days: float | None
    remaining: str
    shares: str
    remarks: tuple[str, ...]


def report_of(standing: ExperimentStanding) -> ExperimentReport:
    """The experiment in figures and words."""
    one, judged = standing.started, standing.judged
    design = one.design
    differs = (DIFFERS,) if standing.differs else ()
    return ExperimentReport(
        name=one.name,
        change=design.change,
        metric=metric_name(design.metric, design.within),
        verdict=judged.verdict,
        says=mixed_words(standing.mixed) if standing.mixed else verdict_words(one, judged),
        arms=_arms(standing),
        comparisons=_comparisons(standing),
        started_at=one.started_at,
        started_by=one.started_by,
        stopped_at=one.stopped_at,
        stopped_by=one.stopped_by,
        winner=one.winner,
        needed=one.needed,
        more=judged.more,
        days=judged.days,
        remaining=remaining_words(one, judged),
        shares=shares_words(design, standing.figures),
        remarks=(
            *differs,
            *model_remarks(one.models, one.started_at),
            *behind_words(standing.behind),
            *remarks_of(one),
        ),
    )


def _arms(standing: ExperimentStanding) -> tuple[ArmReport, ...]:
    design = standing.started.design
    values = {arm.name: arm.value for arm in design.arms}
    pairs = zip(standing.figures, design.shares, strict=True)
    return tuple(_arm(one, share, values[one.arm]) for one, share in pairs)


def _arm(one: ArmFigures, share: float, value: str) -> ArmReport:
    return ArmReport(
        name=one.arm,
        share=share,
        value=value,
        leads=one.leads,
        units=one.units,
        counted=one.counted.units,
        hits=one.counted.hits,
        rate=one.counted.share,
        open=one.open,
        guards={
            code: GuardReport(GUARDS[code], count.units, count.hits)
            for code, count in one.guards.items()
        },
    )


def _comparisons(standing: ExperimentStanding) -> tuple[ComparisonReport, ...]:
    """What is said of each arm beside the usual one: nothing across a change of models."""
    if standing.mixed:
        return ()
    control = standing.started.design.control
    return tuple(_compared(each, control) for each in standing.judged.comparisons)


def _compared(one: ArmComparison, control: str) -> ComparisonReport:
    found = one.difference
    return ComparisonReport(
        one.arm,
        found.estimate,
        found.low,
        found.high,
        one.verdict,
        difference_words(one, control),
    )


def lines_of_report(report: ExperimentReport) -> Sequence[str]:
    """What is said beside the table of the arms."""
    return (
        report.says,
        *(one.words for one in report.comparisons),
        report.remaining,
        report.shares,
        *report.remarks,
    )


def is_alarming(report: ExperimentReport) -> bool:
    """Whether somebody should act: an experiment that runs does harm, or is not valid."""
    return report.stopped_at is None and report.verdict in (
        ExperimentVerdict.HARM,
        ExperimentVerdict.MISMATCH,
        ExperimentVerdict.CHANGED,
    )
