"""What may be said of an experiment, and in which words."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.experiments.counting import GUARDS, JUNK, UNTOLD, ArmFigures, SeenLead, figures_of
from leadline.experiments.judging import ExperimentVerdict, judge_experiment
from leadline.experiments.mismatch import is_mismatch
from leadline.experiments.planning import units_needed
from leadline.experiments.record import Arm, Design, Started, metric_name
from leadline.experiments.sequences import Count
from leadline.experiments.words import (
    difference_words,
    plan_words,
    remaining_words,
    speed_remarks,
    verdict_words,
)
from tests.unit.experiments.test_sequences import DESIGN, START, started

NOW = START + timedelta(days=60)
THREE = msgspec.structs.replace(DESIGN, arms=(*DESIGN.arms, Arm("louder", 50, "Now!")))


def arm(name: str, units: int, hits: int, **guards: Count) -> ArmFigures:
    quiet = dict.fromkeys(GUARDS, Count(units, 0))
    return ArmFigures(name, units, units, Count(units, hits), 0, {**quiet, **guards})


def said(*arms: ArmFigures, design: Design = DESIGN) -> tuple[ExperimentVerdict, str, str]:
    one = started("x", design)
    found = judge_experiment(one, arms, NOW)
    return found.verdict, found.winner, verdict_words(one, found)


def test_an_arm_that_does_better_is_the_winner() -> None:
    assert said(arm("usual", 1000, 100), arm("loud", 1000, 200)) == (
        ExperimentVerdict.WINNER,
        "loud",
        "winner: loud does better than usual by what is won within 30 days",
    )


def test_an_arm_that_does_worse_is_harm() -> None:
    assert said(arm("usual", 1000, 200), arm("loud", 1000, 100)) == (
        ExperimentVerdict.HARM,
        "",
        "HARM: loud does worse than usual by what is won within 30 days",
    )


@pytest.mark.parametrize("code", GUARDS)
def test_an_arm_of_which_a_guard_gets_worse_is_harm_however_much_it_wins(code: str) -> None:
    better = arm("loud", 1000, 300, **{code: Count(1000, 150)})
    verdict, winner, words = said(arm("usual", 1000, 100), better)
    assert (verdict, winner) == (ExperimentVerdict.HARM, "")
    assert words.startswith(f"HARM: stop it, loud does worse than usual: {GUARDS[code]} (+15.0 ")


def test_little_known_is_undecided_and_much_known_of_no_difference_says_so() -> None:
    verdict, _, words = said(arm("usual", 100, 10), arm("loud", 100, 12))
    assert verdict is ExperimentVerdict.UNDECIDED
    assert words.startswith("undecided: ")
    verdict, _, words = said(arm("usual", 20_000, 2000), arm("loud", 20_000, 2010))
    assert verdict is ExperimentVerdict.SAME
    assert words == "no difference between loud and usual larger than 5 points"


def test_arms_that_have_not_got_their_shares_say_nothing_else() -> None:
    verdict, winner, words = said(arm("usual", 1000, 100), arm("loud", 700, 300))
    assert (verdict, winner) == (ExperimentVerdict.MISMATCH, "")
    assert words.startswith("not valid: ")


def test_of_several_arms_each_is_compared_with_the_usual_one_and_the_best_wins() -> None:
    figures = (arm("usual", 1000, 100), arm("loud", 1000, 200), arm("louder", 1000, 250))
    verdict, winner, words = said(*figures, design=THREE)
    assert (verdict, winner) == (ExperimentVerdict.WINNER, "louder")
    assert words.count("does better than usual") == 2
    alone = judge_experiment(started("x"), figures[:2], NOW).comparisons[0].difference
    among = judge_experiment(started("x", THREE), figures, NOW).comparisons[0].difference
    assert among.low < alone.low  # the probability of error is shared


def test_a_difference_is_told_with_its_bounds_or_not_at_all() -> None:
    one = started("x")
    found = judge_experiment(
        one, (arm("usual", 1000, 100), arm("loud", 1000, 200)), NOW
    ).comparisons[0]
    words = difference_words(found, "usual")
    assert words.startswith("loud - usual: +10.0 points, between +")
    assert words.endswith(", at any look with 95%")
    few = judge_experiment(one, (arm("usual", 20, 1), arm("loud", 20, 2)), NOW).comparisons[0]
    assert difference_words(few, "usual") == (
        "loud - usual: fewer than 30 are counted in one of them"
    )


def test_what_remains_is_told_by_the_rate_so_far() -> None:
    one = msgspec.structs.replace(started("x"), needed=1000)
    figures = tuple(
        ArmFigures(n, 150, 150, Count(100, 5), 50, dict.fromkeys(GUARDS, Count(100, 0)))
        for n in ("usual", "loud")
    )
    found = judge_experiment(one, figures, NOW)
    assert found.more == 800
    assert found.days == pytest.approx(700 * 60 / 300 + 30)
    assert remaining_words(one, found) == (
        "800 more companies and people until its planned end, about 170 days at the rate so far"
    )


def test_right_shares_are_seldom_called_wrong_and_wrong_ones_soon() -> None:
    alarms = 0
    for seed in range(200):
        rng, counts = random.Random(seed), [0, 0]
        for _ in range(20):
            for _ in range(50):
                counts[rng.random() < 0.5] += 1
            if is_mismatch(counts, (0.5, 0.5)):
                alarms += 1
                break
    assert alarms <= 4
    assert is_mismatch([1000, 800], (0.5, 0.5))


def test_a_smaller_difference_and_smaller_arms_take_more() -> None:
    usual = units_needed(0.1, 0.02, (0.5, 0.5))
    assert units_needed(0.1, 0.01, (0.5, 0.5)) > 3 * usual
    assert units_needed(0.1, 0.02, (0.9, 0.1)) > usual
    assert units_needed(0.1, 0.02, (0.4, 0.3, 0.3)) > usual
    assert units_needed(0.0, 0.5, (0.99, 0.01)) >= 3000  # thirty in the smaller arm


def test_a_short_time_is_said_to_measure_speed() -> None:
    assert list(speed_remarks(DESIGN, 0.97)) == []
    assert list(speed_remarks(DESIGN, 0.6)) == [
        "only 60% of earlier wins came within 30 days: this measures how fast leads are won more "
        "than whether they are"
    ]
    (unknown,) = speed_remarks(DESIGN, None)
    assert unknown.startswith("too few leads were won before")
    claimed = msgspec.structs.replace(DESIGN, metric="claimed", within=timedelta(hours=1))
    assert list(speed_remarks(claimed, None)) == []
    assert metric_name("claimed", timedelta(hours=1)) == "claimed within 1 hour"


def test_a_plan_says_how_many_it_takes_or_what_is_missing() -> None:
    words = list(plan_words(DESIGN, 0.1, 5000, 20.0))
    assert "it takes about 5000 companies and people" in words[0]
    assert "about 250 days, and then 30 days" in words[1]
    assert "--baseline" in list(plan_words(DESIGN, None, None, 20.0))[1]


def test_leads_from_before_the_start_after_the_stop_and_of_other_arms_do_not_count() -> None:
    one = msgspec.structs.replace(started("x"), stopped_at=START + timedelta(days=10))
    at = {"early": -1, "right": 1, "late": 11}
    seen = [SeenLead(n, n, "loud", START + timedelta(days=day)) for n, day in at.items()]
    seen.append(SeenLead("gone", "gone", "quiet", START + timedelta(days=1)))
    assert [found.leads for found in figures_of(one, seen, NOW)] == [0, 1]


def test_a_company_of_which_a_later_lead_has_another_arm_counts_in_that_of_its_first() -> None:
    one = started("x")
    seen = [
        SeenLead("1", "acme", "loud", START, reached_at=START + timedelta(days=2)),
        SeenLead("2", "acme", "usual", START + timedelta(days=1)),
    ]
    usual, loud = figures_of(one, seen, NOW)
    assert (usual.units, loud.units, loud.leads, loud.counted) == (0, 1, 2, Count(1, 1))


def test_a_trouble_counts_by_the_first_lead_of_its_company_or_person() -> None:
    one = started("x")
    troubles = frozenset((UNTOLD, JUNK))
    seen = [
        SeenLead("1", "acme", "loud", START, troubles=troubles),
        SeenLead("2", "acme", "loud", START + timedelta(days=1)),
        SeenLead("3", "solo", "loud", START),
        SeenLead("4", "solo", "loud", START + timedelta(days=1), troubles=troubles),
    ]
    loud = figures_of(one, seen, NOW)[1]
    assert loud.guards[UNTOLD] == loud.guards[JUNK] == Count(2, 1)
    assert figures_of(one, seen, START + timedelta(days=2))[1].guards[JUNK] == Count()


def test_an_experiment_that_started_now_has_no_rate_yet() -> None:
    one: Started = started("x")
    assert judge_experiment(one, figures_of(one, (), START), START).days is None
    assert datetime(2026, 3, 2, tzinfo=UTC) == START


def waits(stopped_at: datetime | None = None) -> Started:
    arms = (Arm("usual", 50), Arm("slow", 50, "2d"))
    design = msgspec.structs.replace(DESIGN, change="wait", arms=arms)
    return msgspec.structs.replace(started("x", design), stopped_at=stopped_at)


def waiting_leads(now: datetime, *, every: timedelta) -> list[SeenLead]:
    """Leads of both arms in turn, those of the slow one as long as they are refined."""
    ids = range((now - START) // every)
    both = [SeenLead(str(n), str(n), ("usual", "slow")[n % 2], START + n * every) for n in ids]
    return [one for one in both if one.arm == "usual" or one.captured_at + timedelta(days=2) <= now]


def test_leads_of_an_arm_that_still_wait_do_not_make_its_shares_wrong() -> None:
    one, verdicts = waits(), set()
    for day in range(1, 12):
        now = START + timedelta(days=day)
        figures = figures_of(one, waiting_leads(now, every=timedelta(minutes=5)), now)
        verdicts.add(judge_experiment(one, figures, now).verdict)
    assert verdicts == {ExperimentVerdict.UNDECIDED}
    usual, slow = figures
    assert usual.units - slow.units > 200
    assert usual.units - usual.unsettled == pytest.approx(slow.units, abs=1)


def test_leads_that_waited_when_their_experiment_was_stopped_are_missing_in_no_arm() -> None:
    stop, now = START + timedelta(days=10), START + timedelta(days=60)
    seen = waiting_leads(stop, every=timedelta(minutes=5))
    usual, slow = figures_of(waits(stop), seen, now)
    assert usual.units == pytest.approx(slow.units, abs=1)
    assert usual.counted.units == usual.units


def test_a_company_counts_only_when_the_leads_of_every_arm_are_refined() -> None:
    quick = msgspec.structs.replace(waits().design, within=timedelta(hours=1))
    one = msgspec.structs.replace(waits(), design=quick)
    seen = [SeenLead("1", "1", "usual", START, reached_at=START + timedelta(minutes=30))]
    assert figures_of(one, seen, START + timedelta(hours=47))[0].counted == Count()
    assert figures_of(one, seen, START + timedelta(hours=48))[0].counted == Count(1, 1)


@pytest.mark.parametrize("erased", [("first", "again"), ("first",), ("again",)])
def test_a_lead_that_repeats_another_counts_with_it_after_they_are_erased(
    erased: tuple[str, ...],
) -> None:
    units = {name: "" if name in erased else "ada" for name in ("first", "again")}
    seen = [
        SeenLead("first", units["first"], "loud", START),
        SeenLead("again", units["again"], "loud", START + timedelta(days=1), repeats="first"),
        SeenLead("other", "", "loud", START),
    ]
    loud = figures_of(started("x"), seen, NOW)[1]
    assert (loud.leads, loud.units) == (3, 2)
