"""What may be said of an experiment now, at any look: winner, harm, no difference, or undecided."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from leadline.experiments.counting import GUARDS, ArmFigures
from leadline.experiments.mismatch import is_mismatch
from leadline.experiments.record import Started
from leadline.experiments.sequences import ALPHA, Interval, share_difference

GUARD_TAU = 0.02
"""The scale of differences of guards that the interval is made for."""


class ExperimentVerdict(StrEnum):
    """MISMATCH: the arms have not got their shares, so that nothing else may be said. CHANGED:
    leads of an arm were scored by several models, so that nothing may be said either. HARM: an arm
    does worse than the usual one, by the metric or by a guard. WINNER: an arm does better. SAME:
    no difference can be as large as wanted."""

    MISMATCH = "mismatch"
    CHANGED = "changed"
    HARM = "harm"
    WINNER = "winner"
    SAME = "same"
    UNDECIDED = "undecided"


class GuardHarm(msgspec.Struct, frozen=True):
    """A guard (`counting.GUARDS`) that got worse by the `interval`."""

    guard: str
    interval: Interval


class ArmComparison(msgspec.Struct, frozen=True):
    """An arm against the usual one: the difference of their shares, and what it says."""

    arm: str
    difference: Interval
    verdict: ExperimentVerdict
    harms: tuple[GuardHarm, ...] = ()


class ExperimentJudgement(msgspec.Struct, frozen=True):
    """The verdict on an experiment. `winner` is the best of the arms that do better ("": none).
    `more` is how many units it still takes until all that were planned are counted, `days` how
    long that will take at the rate so far (None: not known)."""

    verdict: ExperimentVerdict
    comparisons: tuple[ArmComparison, ...]
    winner: str = ""
    more: int = 0
    days: float | None = None


def judge_experiment(
    started: Started, figures: Sequence[ArmFigures], now: datetime
) -> ExperimentJudgement:
    """What may be said of these figures. The probability of error is shared by the comparisons."""
    comparisons = tuple(_compared(started, one, figures[0]) for one in figures[1:])
    better = [one for one in comparisons if one.verdict is ExperimentVerdict.WINNER]
    best = max(better, key=lambda one: one.difference.estimate, default=None)
    mismatch = is_mismatch([one.units - one.unsettled for one in figures], started.design.shares)
    more, days = _remaining(started, figures, now)
    return ExperimentJudgement(
        verdict=ExperimentVerdict.MISMATCH if mismatch else _of_all(comparisons),
        comparisons=comparisons,
        winner="" if best is None or mismatch else best.arm,
        more=more,
        days=days,
    )


def _of_all(comparisons: Sequence[ArmComparison]) -> ExperimentVerdict:
    found = {one.verdict for one in comparisons}
    for verdict in (ExperimentVerdict.HARM, ExperimentVerdict.WINNER):
        if verdict in found:
            return verdict
    return (
        ExperimentVerdict.SAME if found == {ExperimentVerdict.SAME} else ExperimentVerdict.UNDECIDED
    )


def _compared(started: Started, arm: ArmFigures, control: ArmFigures) -> ArmComparison:
    design = started.design
    alpha = ALPHA / design.comparisons
    found = share_difference(arm.counted, control.counted, started.tau, alpha)
    harms = _harms(arm, control, alpha / len(GUARDS))
    if harms or found.high < 0:
        verdict = ExperimentVerdict.HARM
    elif found.low > 0:
        verdict = ExperimentVerdict.WINNER
    elif -design.detect < found.low and found.high < design.detect:
        verdict = ExperimentVerdict.SAME
    else:
        verdict = ExperimentVerdict.UNDECIDED
    return ArmComparison(arm.arm, found, verdict, harms)


def _harms(arm: ArmFigures, control: ArmFigures, alpha: float) -> tuple[GuardHarm, ...]:
    found = (
        (code, share_difference(arm.guards[code], control.guards[code], GUARD_TAU, alpha))
        for code in GUARDS
    )
    return tuple(GuardHarm(code, interval) for code, interval in found if interval.low > 0)


def _remaining(
    started: Started, figures: Sequence[ArmFigures], now: datetime
) -> tuple[int, float | None]:
    counted, came = (
        sum(one.counted.units for one in figures),
        sum(one.units for one in figures),
    )
    more = max(0, started.needed - counted)
    days = (now - started.started_at).total_seconds() / 86400
    if not more or not came or days < 1 or not started.is_running:
        return more, None  # the rate of less than a day says little
    to_come = max(0, started.needed - came) * days / came
    return more, to_come + started.design.within.total_seconds() / 86400
