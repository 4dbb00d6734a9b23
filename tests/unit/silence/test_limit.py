"""How much silence of a source is told."""

import math
from datetime import UTC, date, datetime

import pytest

from leadline.alerts.operators.silent_sources import slot_of
from leadline.model.monitoring.arrivals import hour_of, moment_of_hour
from leadline.settings.team.hours import HoursConfig
from leadline.settings.top.general import Settings
from leadline.silence.limit import expected_within, false_rings, limit_of, told_at
from leadline.silence.rhythm import WEEK_HOURS, Heard, Rhythm, rhythm_of

OFFICE = [d * 24 + h for d in range(5) for h in range(9, 17)]


def slot(hour: int) -> int:
    return hour % WEEK_HOURS


def office(per_day: float, spread: float = 0.01) -> Rhythm:
    """A source that sends on weekdays from 9 to 17."""
    rates = [per_day / 8 if at in OFFICE else 0.0 for at in range(WEEK_HOURS)]
    return Rhythm(tuple(rates), 5, spread)


@pytest.mark.parametrize("per_day", [3, 4, 8, 15, 20])
@pytest.mark.parametrize("spread", [0, 0.005, 0.01])
def test_a_stop_is_told_within_eight_leads_worth_from_three_leads_a_day_on(
    per_day: float, spread: float
) -> None:
    assert limit_of(office(per_day, spread)) <= 8


@pytest.mark.parametrize("per_day", [1, 1.5, 2.9])
def test_a_stop_of_a_rarer_source_is_told_within_five_business_days(per_day: float) -> None:
    rhythm = office(per_day)
    told = told_at(rhythm, 4 * 24 + 16, slot)  # it stopped on a Friday afternoon
    assert told is not None
    assert told <= WEEK_HOURS + 4 * 24 + 16 + 1e-6


@pytest.mark.parametrize("per_day", [0.6, 0.75, 1, 3, 10, 40, 100, 500])
@pytest.mark.parametrize("spread", [0, 0.02, 0.2])
def test_no_source_rings_falsely_more_than_once_in_three_months_by_its_model(
    per_day: float, spread: float
) -> None:
    rhythm = office(per_day, spread)
    assert false_rings(rhythm, limit_of(rhythm)) < 1


def test_a_busy_source_has_gaps_of_eight_leads_worth_and_is_given_more_time() -> None:
    assert 8 < limit_of(office(50)) < limit_of(office(500)) < 12


def test_a_source_whose_gaps_vary_more_is_given_more_time() -> None:
    assert limit_of(office(10, 0.5)) > 8
    assert limit_of(office(10, 0.5)) > limit_of(office(10, 0.1))


@pytest.mark.parametrize("spread", [0, 0.001, 0.1, 1])
def test_the_limit_and_the_false_rings_are_inverse(spread: float) -> None:
    rhythm = office(10, spread)
    assert false_rings(rhythm, expected_within(rhythm, 2)) == pytest.approx(2)


def test_hours_without_leads_are_no_business_time() -> None:
    rhythm = office(8)
    friday_evening, monday = 4 * 24 + 17, WEEK_HOURS + 9
    told = told_at(rhythm, friday_evening, slot)
    assert told == pytest.approx(monday + limit_of(rhythm), abs=1e-6)


def test_holidays_that_all_business_hours_have_are_no_business_time() -> None:
    day = date(2026, 3, 3)
    off = HoursConfig(holidays=frozenset({day, date(2026, 3, 4)}))
    settings = Settings(hours={"a": off, "b": HoursConfig(holidays=frozenset({day}))})
    at = slot_of(settings)
    assert at(int(hour_of(datetime(2026, 3, 3, 12, tzinfo=UTC)))) == -1
    assert at(int(hour_of(datetime(2026, 3, 4, 12, tzinfo=UTC)))) == 2 * 24 + 12


def test_the_hours_of_the_week_are_local_on_both_sides_of_a_change_of_clocks() -> None:
    at = slot_of(Settings(hours={"berlin": HoursConfig(zone="Europe/Berlin")}))
    before = datetime(2026, 3, 27, 8, tzinfo=UTC)  # Friday, 9:00
    after = datetime(2026, 3, 30, 7, tzinfo=UTC)  # Monday, 9:00
    assert (at(int(hour_of(before))), at(int(hour_of(after)))) == (4 * 24 + 9, 9)


def weeks(per_hour: dict[int, int], count: int = 8) -> Heard:
    """A history with so many leads in hours of the week."""
    first = 2900 * WEEK_HOURS
    return Heard({first + w * WEEK_HOURS + h: n for w in range(count) for h, n in per_hour.items()})


def test_the_rhythm_is_that_of_the_history() -> None:
    rhythm = rhythm_of(weeks(dict.fromkeys(OFFICE, 1)), slot)
    assert rhythm is not None
    assert rhythm.days == 5
    assert rhythm.per_day == pytest.approx(8, rel=0.05)
    assert rhythm.rates[9] == pytest.approx(1, rel=0.05)
    assert rhythm.rates[8] == rhythm.rates[5 * 24 + 12] == 0


def test_sparse_hours_are_like_their_day_and_their_hour_of_the_day() -> None:
    one_a_day = {day * 24 + 9 + day: 1 for day in range(5)}
    rhythm = rhythm_of(weeks(one_a_day), slot)
    assert rhythm is not None
    assert rhythm.rates[10] > 0.1


def test_fewer_than_thirty_leads_in_eight_weeks_are_not_enough() -> None:
    assert rhythm_of(weeks({9: 3, 33: 1}, 7), slot) is None
    assert rhythm_of(weeks({9: 3, 33: 1}), slot) is not None
    assert rhythm_of(Heard({}), slot) is None


def test_leads_of_long_ago_do_not_count() -> None:
    long_ago = {hour - 20 * WEEK_HOURS: n for hour, n in weeks({9: 9}).leads.items()}
    assert rhythm_of(Heard({**long_ago, **weeks({9: 1}).leads}), slot) is None


def test_hours_in_which_nothing_could_come_are_no_part_of_the_history() -> None:
    heard = weeks(dict.fromkeys(OFFICE, 1))
    first = min(heard.leads) // WEEK_HOURS * WEEK_HOURS
    down = frozenset(range(first + 6 * WEEK_HOURS, first + 7 * WEEK_HOURS))
    leads = {hour: n for hour, n in heard.leads.items() if hour not in down}
    known, unknown = rhythm_of(Heard(leads, down), slot), rhythm_of(Heard(leads), slot)
    assert known is not None
    assert unknown is not None
    assert known.per_day == pytest.approx(8, rel=0.05)
    assert unknown.per_day < known.per_day
    assert unknown.spread > known.spread


def test_a_campaign_does_not_raise_what_is_usual() -> None:
    heard = weeks(dict.fromkeys(OFFICE, 1))
    first = min(heard.leads) // WEEK_HOURS * WEEK_HOURS
    campaign = {first + 7 * WEEK_HOURS + 48 + h: 10 for h in range(9, 17)}
    rhythm = rhythm_of(Heard({**heard.leads, **campaign}), slot)
    assert rhythm is not None
    assert rhythm.per_day == pytest.approx(8, rel=0.2)


def test_the_level_follows_growth_and_decline() -> None:
    for factor in (3, 1 / 3):
        first = 2900 * WEEK_HOURS
        heard = Heard({
            first + w * WEEK_HOURS + at: round(6 * (factor if w >= 5 else 1))
            for w in range(8) for at in OFFICE
        })  # fmt: skip
        rhythm = rhythm_of(heard, slot)
        assert rhythm is not None
        assert rhythm.per_day == pytest.approx(48 * factor, rel=0.15)


def test_nothing_is_expected_on_a_weekend_that_is_not_known_yet() -> None:
    rhythm = rhythm_of(Heard({2900 * WEEK_HOURS + 24 + h: 5 for h in range(9, 17)}), slot)
    assert rhythm is not None
    assert math.fsum(rhythm.rates[5 * 24 :]) == 0
    assert rhythm.rates[48 + 10] > 0


def test_hours_and_moments_are_inverse() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert moment_of_hour(hour_of(at)) == at


def test_a_source_that_sends_all_its_leads_on_few_days_has_a_rhythm() -> None:
    first = 2900 * WEEK_HOURS
    rhythm = rhythm_of(Heard({first + 9: 60, first + 30 * 24 + 9: 60, first + 50 * 24: 1}), slot)
    assert rhythm is not None
    assert limit_of(rhythm) > 0
