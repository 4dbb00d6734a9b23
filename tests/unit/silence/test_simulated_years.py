"""Sources ring falsely at most once in three months, and a stop is told within eight leads' worth.

`pytest -m slow -s tests/unit/silence` prints the table of docs/explanation/silence.md.
"""

from collections.abc import Sequence
from statistics import median

import pytest

from tests.worlds.businesses import Year, year_of

KINDS = ("shop", "office", "campaigns")


def false_a_quarter(years: Sequence[Year]) -> float:
    return sum(year.false for year in years) / sum(year.quarters for year in years)


def worths(years: Sequence[Year]) -> list[float]:
    """After how many leads' worth stops are told, in ascending order."""
    return sorted(worth for year in years for worth in year.worths)


def in_nine_of_ten(values: Sequence[float]) -> float:
    return values[int(0.9 * len(values))]


@pytest.mark.parametrize("kind", KINDS)
def test_years_of_three_leads_a_day_ring_once_a_quarter_and_tell_stops_within_eight_leads_worth(
    kind: str,
) -> None:
    years = [year_of(kind, 3, seed) for seed in range(3)]
    assert sum(year.quarters for year in years) > 10
    assert false_a_quarter(years) <= 1
    assert median(worths(years)) <= 8


@pytest.mark.parametrize("kind", KINDS)
def test_years_of_fewer_leads_ring_once_a_quarter_and_tell_stops_within_five_business_days(
    kind: str,
) -> None:
    years = [year_of(kind, 1.5, seed) for seed in range(3)]
    assert false_a_quarter(years) <= 1
    assert median([day for year in years for day in year.days]) <= 5


def test_campaigns_of_a_busy_source_do_not_make_it_ring() -> None:
    assert false_a_quarter([year_of("campaigns", 40, seed) for seed in range(2)]) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, "office without holidays"])
@pytest.mark.parametrize("per_day", [1, 3, 10, 20, 40, 100])
def test_many_years_have_few_false_rings_and_tell_stops_in_time(kind: str, per_day: int) -> None:
    named = kind in KINDS
    seeds = range(2 if per_day >= 40 else 5)
    years = [year_of(kind if named else "office", per_day, seed, named=named) for seed in seeds]
    rings, told = false_a_quarter(years), worths(years)
    print(
        f"\n| {kind} | {per_day} | {rings:.1f} | {median(told):.1f} | {in_nine_of_ten(told):.1f} |"
    )
    assert rings <= (1.5 if named else 3.5)  # of 8 or 20 quarters
    assert median(told) <= (9 if per_day <= 20 else 11)
