"""Business hours: across nights, weekends, holidays, and the days on which clocks are set."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leadline.settings.team.hours import HoursConfig
from leadline.team.hours import add_working_time, is_working, next_open, working_time, zone_of

OFFICE = HoursConfig(zone="Europe/Berlin", holidays=frozenset({date(2026, 12, 25)}))
ALWAYS = HoursConfig(zone="Europe/Berlin", days=tuple(range(7)), open=0, close=24 * 60)
NIGHT = HoursConfig(zone="Europe/Berlin", days=(4,), open=22 * 60, close=6 * 60)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Atlantic/Azores", "Africa/Cairo",
)  # fmt: skip
minutes_of_a_day = st.integers(0, 24 * 60)
hours_of_all_kinds = st.builds(
    HoursConfig,
    zone=st.sampled_from(ZONES),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    open=st.integers(0, 24 * 60 - 1),
    close=minutes_of_a_day,
    holidays=st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5).map(frozenset),
)
moments = st.datetimes(
    datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC), allow_imaginary=False
)
spans = st.timedeltas(timedelta(), timedelta(hours=60))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-23T08:59:59+01:00", False),
        ("2026-11-23T09:00:00+01:00", True),
        ("2026-11-23T17:59:59+01:00", True),
        ("2026-11-23T18:00:00+01:00", False),
        ("2026-11-22T12:00:00+01:00", False),  # a Sunday
        ("2026-12-25T12:00:00+01:00", False),  # a holiday on a Friday
        ("2026-07-06T07:30:00+00:00", True),  # half past nine in summer
        ("2026-01-05T07:30:00+00:00", False),  # half past eight in winter
    ],
)
def test_a_moment_is_within_the_hours_by_the_clock_on_the_wall(moment: str, works: bool) -> None:
    assert is_working(OFFICE, at(moment)) is works


def test_working_time_goes_on_after_a_weekend() -> None:
    friday = at("2026-11-20T17:50:00+01:00")
    assert add_working_time(OFFICE, friday, 25 * MINUTE) == at("2026-11-23T09:15:00+01:00")


def test_working_time_goes_on_after_a_holiday_and_the_weekend_behind_it() -> None:
    before = at("2026-12-24T17:00:00+01:00")
    assert add_working_time(OFFICE, before, 90 * MINUTE) == at("2026-12-28T09:30:00+01:00")


def test_working_time_that_ends_with_the_day_ends_at_its_closing() -> None:
    start = at("2026-11-20T17:00:00+01:00")
    assert add_working_time(OFFICE, start, HOUR) == at("2026-11-20T18:00:00+01:00")


def test_what_arrives_at_night_starts_its_clock_in_the_morning() -> None:
    assert next_open(OFFICE, at("2026-11-21T03:00:00+01:00")) == at("2026-11-23T09:00:00+01:00")
    assert next_open(OFFICE, at("2026-11-23T09:30:00+01:00")) == at("2026-11-23T09:30:00+01:00")


def test_the_day_on_which_clocks_go_forward_has_23_hours() -> None:
    assert working_time(ALWAYS, at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")) == (
        23 * HOUR
    )


def test_the_day_on_which_clocks_go_back_has_25_hours() -> None:
    assert working_time(ALWAYS, at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00")) == (
        25 * HOUR
    )


def test_an_hour_that_the_clocks_leave_out_is_not_worked() -> None:
    early = HoursConfig(zone="Europe/Berlin", days=(6,), open=90, close=150)  # 01:30 to 02:30
    day = (at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00"))
    assert working_time(early, *day) == 30 * MINUTE


def test_an_hour_that_the_clocks_show_twice_is_worked_twice() -> None:
    early = HoursConfig(zone="Europe/Berlin", days=(6,), open=120, close=150)  # 02:00 to 02:30
    day = (at("2026-10-25T00:00+02:00"), at("2026-10-26T00:00+01:00"))
    assert working_time(early, *day) == HOUR
    assert is_working(early, at("2026-10-25T02:10+02:00"))
    assert not is_working(early, at("2026-10-25T02:40+02:00"))
    assert is_working(early, at("2026-10-25T02:10+01:00"))


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    saturday = at("2026-11-21T03:00:00+01:00")
    assert is_working(NIGHT, saturday)
    assert not is_working(NIGHT, at("2026-11-20T03:00:00+01:00"))
    assert add_working_time(NIGHT, at("2026-11-20T23:00:00+01:00"), 4 * HOUR) == saturday


def test_hours_that_never_come_end_the_search_after_ten_years() -> None:
    never = HoursConfig(days=())
    start = at("2026-11-20T12:00:00+00:00")
    assert add_working_time(never, start, MINUTE) == start + timedelta(days=3660)


@given(hours_of_all_kinds, moments, spans)
def test_working_time_up_to_a_later_moment_is_what_was_added(
    hours: HoursConfig, start: datetime, span: timedelta
) -> None:
    end = add_working_time(hours, start, span)
    assume(end - start < timedelta(days=3660))  # so far it looks; two minutes a week are too few
    assert working_time(hours, start, end) == span


@given(hours_of_all_kinds, moments, st.timedeltas(timedelta(), timedelta(days=21)))
def test_adding_the_working_time_between_two_moments_never_goes_past_the_second(
    hours: HoursConfig, start: datetime, wait: timedelta
) -> None:
    end = start + wait
    found = add_working_time(hours, start, working_time(hours, start, end))
    assert start <= found <= end
    assert working_time(hours, found, end) == timedelta()


@given(hours_of_all_kinds, moments, spans, spans)
def test_more_working_time_ends_no_sooner(
    hours: HoursConfig, start: datetime, one: timedelta, other: timedelta
) -> None:
    less, more = sorted((one, other))
    assert add_working_time(hours, start, less) <= add_working_time(hours, start, more)


@given(hours_of_all_kinds, moments, spans, spans)
def test_working_time_adds_up(
    hours: HoursConfig, start: datetime, one: timedelta, other: timedelta
) -> None:
    middle, end = start + one, start + one + other
    whole = working_time(hours, start, end)
    assert working_time(hours, start, middle) + working_time(hours, middle, end) == whole
    assert timedelta() <= whole <= end - start


@given(hours_of_all_kinds, moments)
def test_the_next_opening_is_within_the_hours_and_nothing_before_it_is(
    hours: HoursConfig, start: datetime
) -> None:
    opening = next_open(hours, start)
    assert is_working(hours, opening)
    assert working_time(hours, start, opening) == timedelta()
    assert (opening == start) is is_working(hours, start)


@given(hours_of_all_kinds, moments)
def test_a_minute_is_worked_exactly_when_the_clock_on_the_wall_says_so(
    hours: HoursConfig, start: datetime
) -> None:
    """Against an oracle that knows no spans: every quarter of an hour of two days."""
    begin = start.replace(minute=0, second=0, microsecond=0)
    instant = timedelta(microseconds=1)
    for quarter in range(0, 48 * 4, 7):
        moment = begin + quarter * 15 * MINUTE
        worked = working_time(hours, moment, moment + instant) == instant
        assert worked is is_working(hours, moment)


@given(hours_of_all_kinds, st.dates(date(2026, 1, 2), date(2026, 11, 30)))
def test_nobody_works_on_a_holiday(hours: HoursConfig, day: date) -> None:

    by_day = msgspec.structs.replace(hours, open=8 * 60, close=17 * 60, holidays=frozenset({day}))
    zone = zone_of(hours.zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    end = datetime(day.year, day.month, day.day, 23, 59, tzinfo=zone)
    assert working_time(by_day, midnight, end) == timedelta()


def test_hours_load_no_time_zones_before_they_are_asked() -> None:
    check = "import leadline.team.hours, sys; assert 'zoneinfo' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_zones_are_known_without_the_systems_database() -> None:
    check = (
        "import zoneinfo; zoneinfo.reset_tzpath(to=[]);"
        "from leadline.team.hours import zone_of; print(zone_of('Europe/Berlin').key)"
    )
    done = subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "Europe/Berlin"
