"""Intervals that hold at every look, by small simulations (`make bench-experiments`: larger)."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from leadline.experiments.allocating import arm_of
from leadline.experiments.counting import SeenLead, figures_of
from leadline.experiments.judging import ExperimentVerdict, judge_experiment
from leadline.experiments.record import Arm, Design, Started
from leadline.experiments.sequences import NOTHING, Count, share_difference

START = datetime(2026, 3, 2, tzinfo=UTC)
DESIGN = Design(
    change="alert",
    arms=(Arm("usual", 50), Arm("loud", 50, "Call at once!")),
    metric="won",
    within=timedelta(days=30),
    detect=0.05,
)
RUNS, LOOKS, LEADS, DAYS = 40, 30, 400, 120
DELAYS = {"usual": 2.0, "loud": 8.0}
"""After how many days leads are won, on average."""


def started(seed: str, design: Design = DESIGN) -> Started:
    return Started(
        name="louder",
        design=design,
        seed=seed,
        started_at=START,
        started_by="ops",
        baseline=0.1,
        needed=LEADS,
    )


def course(seed: int, shares: dict[str, float], delays: dict[str, float]) -> list[SeenLead]:
    """Leads that come evenly over the days, and are won with the share of their arm, some days
    later."""
    rng, seen = random.Random(seed), []
    for number in range(LEADS):
        arm = arm_of(f"run {seed}", DESIGN, str(number))
        at = START + timedelta(days=DAYS * number / LEADS)
        is_won = rng.random() < shares[arm]
        after = timedelta(days=rng.expovariate(1 / delays[arm]))
        seen.append(SeenLead(str(number), str(number), arm, at, at + after if is_won else None))
    return seen


def first_words(seen: list[SeenLead], seed: int) -> ExperimentVerdict:
    """The first verdict at 30 looks by which somebody would act."""
    one = started(f"run {seed}")
    for look in range(1, LOOKS + 1):
        now = START + timedelta(days=(DAYS + 30) * look / LOOKS)
        known = [lead for lead in seen if lead.captured_at <= now]
        said = judge_experiment(one, figures_of(one, known, now), now).verdict
        if said not in (ExperimentVerdict.UNDECIDED, ExperimentVerdict.SAME):
            return said
    return ExperimentVerdict.UNDECIDED


def cries_with_open_leads_as_lost(seen: list[SeenLead]) -> bool:
    """Whether a test at each look that takes open leads for lost ones finds a difference."""
    for look in range(1, LOOKS + 1):
        now = START + timedelta(days=DAYS * look / LOOKS)
        counts = []
        for arm in ("usual", "loud"):
            leads = [one for one in seen if one.arm == arm and one.captured_at <= now]
            won = sum(one.reached_at is not None and one.reached_at <= now for one in leads)
            counts.append((len(leads), won))
        (n, a), (m, b) = counts
        share = (a + b) / (n + m)
        spread = (share * (1 - share) * (1 / n + 1 / m)) ** 0.5
        if spread and abs(a / n - b / m) > 1.96 * spread:
            return True
    return False


def test_equal_arms_with_unequal_delays_cry_winner_or_harm_in_at_most_one_of_twenty_runs() -> None:
    shares = {"usual": 0.2, "loud": 0.2}
    runs = [course(seed, shares, DELAYS) for seed in range(RUNS)]
    found = [first_words(seen, seed) for seed, seen in enumerate(runs)]
    assert sum(one is not ExperimentVerdict.UNDECIDED for one in found) <= RUNS * 0.05
    naive = sum(map(cries_with_open_leads_as_lost, runs))
    assert naive > RUNS * 0.3  # so the runs are such that a wrong count would be found out


def test_a_large_difference_is_found_nearly_always() -> None:
    shares = {"usual": 0.1, "loud": 0.35}
    found = [first_words(course(seed, shares, DELAYS), seed) for seed in range(10)]
    assert found.count(ExperimentVerdict.WINNER) >= 9


@pytest.mark.parametrize("few", [0, 1, 29])
def test_nothing_is_said_of_arms_with_fewer_than_thirty(few: int) -> None:
    assert share_difference(Count(few, few), Count(1000, 1), 0.1) == NOTHING
    assert share_difference(Count(1000, 1), Count(few, few), 0.1) == NOTHING


def test_an_arm_without_any_hit_is_not_sure_to_have_none() -> None:
    found = share_difference(Count(40, 0), Count(40, 0), 0.05)
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    "more",
    [
        lambda count: Count(count.units * 4, count.hits * 4),
        lambda count: Count(count.units, count.hits // 4),
    ],
)
def test_more_units_and_rarer_hits_make_the_interval_narrower(
    more: Callable[[Count], Count],
) -> None:
    wide = share_difference(Count(400, 160), Count(400, 120), 0.05)
    narrow = share_difference(more(Count(400, 160)), more(Count(400, 120)), 0.05)
    assert narrow.high - narrow.low < wide.high - wide.low


@pytest.mark.parametrize("rate", [0.05, 0.95])
def test_a_small_arm_that_is_equal_cries_winner_or_harm_in_at_most_one_of_twenty_runs(
    rate: float,
) -> None:
    runs, cries = 400, 0
    for seed in range(runs):
        rng, large, small = random.Random(seed), Count(), Count()
        for _ in range(60):
            large, small = _with_more(rng, large, 45, rate), _with_more(rng, small, 5, rate)
            found = share_difference(small, large, 0.03)
            if found.low > 0 or found.high < 0:
                cries += 1
                break
    assert cries <= runs * 0.03


def _with_more(rng: random.Random, count: Count, units: int, rate: float) -> Count:
    hits = sum(rng.random() < rate for _ in range(units))
    return Count(count.units + units, count.hits + hits)
