"""What is said of an experiment, in the same words by the command, the page and the interface."""

from collections.abc import Iterable, Iterator

from leadline.experiments.counting import GUARDS, ArmFigures
from leadline.experiments.judging import ArmComparison, ExperimentJudgement, ExperimentVerdict
from leadline.experiments.mismatch import ALPHA as MISMATCH_ALPHA
from leadline.experiments.planning import POWER
from leadline.experiments.record import Design, Started, metric_name, period
from leadline.experiments.sequences import ALPHA, FEWEST, NOTHING, Interval
from leadline.settings.top.experiments import CLEANING, WON

ENOUGH_HELD = 0.95
"""From which share of earlier wins within the time on a metric is about wins, not about speed."""

DIFFERS = (
    "the settings say something else of it than at its start: no further leads take part until "
    "they say the same again"
)
"""That the settings of an experiment were changed while it runs."""
SURE = f"{1 - ALPHA:.0%}"


def verdict_words(started: Started, judged: ExperimentJudgement) -> str:
    """The verdict in one sentence."""
    if judged.verdict is ExperimentVerdict.MISMATCH:
        return (
            "not valid: the arms have not got the shares that they should, so something treats "
            "their leads differently before they are counted; nothing can be said of them"
        )
    return "; ".join(_of_arm(started, one) for one in judged.comparisons)


def _of_arm(started: Started, one: ArmComparison) -> str:
    control, metric = started.design.control, metric_name(started.design.metric,
                                                          started.design.within)  # fmt: skip
    if one.harms:
        what = ", ".join(
            f"{GUARDS[harm.guard]} ({points_words(harm.interval)})" for harm in one.harms
        )
        return f"HARM: stop it, {one.arm} does worse than {control}: {what}"
    match one.verdict:
        case ExperimentVerdict.HARM:
            return f"HARM: {one.arm} does worse than {control} by what is {metric}"
        case ExperimentVerdict.WINNER:
            return f"winner: {one.arm} does better than {control} by what is {metric}"
        case ExperimentVerdict.SAME:
            return (
                f"no difference between {one.arm} and {control} larger than "
                f"{points(started.design.detect)}"
            )
    return f"undecided: {one.arm} may be better or worse than {control}, or the same"


def difference_words(one: ArmComparison, control: str) -> str:
    """The difference with its bounds, or that there are too few to say it."""
    if one.difference == NOTHING:
        return f"{one.arm} - {control}: fewer than {FEWEST} are counted in one of them"
    return f"{one.arm} - {control}: {points_words(one.difference)}, at any look with {SURE}"


def points_words(found: Interval) -> str:
    """An interval of a difference of shares, in percentage points."""
    return (
        f"{_signed(found.estimate)} points, between {_signed(found.low)} and {_signed(found.high)}"
    )


def points(share: float) -> str:
    """A difference of shares in percentage points."""
    number = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return f"{number} point{'' if number == '1' else 's'}"


def _signed(share: float) -> str:
    return f"{share * 100:+.1f}"


def remaining_words(started: Started, judged: ExperimentJudgement) -> str:
    """How many companies and people it still takes."""
    if not judged.more:
        return f"all {started.needed} companies and people that were planned are counted"
    if not started.is_running:
        return f"it was stopped {judged.more} companies and people before its planned end"
    when = "" if judged.days is None else f", about {judged.days:.0f} days at the rate so far"
    return f"{judged.more} more companies and people until its planned end{when}"


def behind_words(names: Iterable[str]) -> Iterator[str]:
    """That leads take part in other experiments first."""
    if others := ", ".join(names):
        yield (
            f"{others} began first and changes the same: leads that take part in it, or get its "
            "winner, take no part here"
        )


def remarks_of(started: Started) -> Iterator[str]:
    """What else is to be known of an experiment."""
    if started.winner:
        now = f"all leads that would take part get {started.winner} now"
        yield f"{now}; {after_stop_words(started)}"
    yield from speed_remarks(started.design, started.held)


def after_stop_words(started: Started) -> str:
    """What is to be done about the settings after a stop with a winner."""
    if started.design.change == CLEANING:
        return "leave the experiment in the settings: there is no other place for cleaning"
    return "write that into the settings, and take the experiment out of them"


def speed_remarks(design: Design, held: float | None) -> Iterator[str]:
    """Whether a metric of wins measures how fast they come instead."""
    if design.metric != WON:
        return
    within = period(design.within)
    if held is None:
        yield f"too few leads were won before to tell whether {within} are enough for most wins"
    elif held < ENOUGH_HELD:
        yield (
            f"only {held:.0%} of earlier wins came within {within}: this measures how fast leads "
            "are won more than whether they are"
        )


def chosen_words(*, chosen: bool) -> Iterator[str]:
    """That a plan is by all leads, if it is."""
    if not chosen:
        yield "by all leads: this ledger does not tell which of them meet the conditions of `when`"


def shares_words(design: Design, figures: tuple[ArmFigures, ...]) -> str:
    """The numbers of the arms beside what they should be."""
    settled = [(one.arm, one.units - one.unsettled) for one in figures]
    whole = sum(units for _, units in settled)
    got = ", ".join(f"{arm} {units}" for arm, units in settled)
    wanted = ", ".join(f"{share * whole:.0f}" for share in design.shares)
    return (
        f"shares: {got} companies and people; expected {wanted} (tested at every look, "
        f"false alarms at most {MISMATCH_ALPHA:.0%})"
    )


def plan_words(
    design: Design, baseline: float | None, needed: int | None, per_day: float
) -> Iterator[str]:
    """How many companies and people an experiment takes, and how long."""
    if baseline is None or needed is None:
        yield "too few companies and people are old enough to tell how many reach that now"
        yield "say it with --baseline, such as --baseline 0.08 for 8 %"
        return
    yield (
        f"{baseline:.1%} reach it now; to find a difference of {points(design.detect)} with a "
        f"probability of {POWER:.0%}, it takes about {needed} companies and people"
    )
    if per_day > 0:
        days = needed / per_day
        yield (
            f"{per_day:.1f} come in a day, so that this takes about {days:.0f} days, and then "
            f"{period(design.within)} until the last are counted"
        )
