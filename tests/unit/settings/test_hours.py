"""Settings of business hours: weeks with breaks, and holidays by region."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from leadline.cloud.remote_settings import read_settings
from leadline.model.errors import ConfigurationError
from leadline.settings.loading import Loaded, load
from leadline.settings.team.hours import HoursConfig
from leadline.team.hours import add_working_time, is_working, next_open, working_time

BREAKS = "mon-thu 09:00-12:30 13:30-18:00, fri 09:00-15:00"
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


def loaded(words: str) -> Loaded:
    return load(document=(f"[hours.office]\n{words}\n", "leadline.toml"), environ={})


def office(words: str) -> HoursConfig:
    return loaded(words).settings.hours["office"]


def refused(words: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        loaded(words)
    return error.value.detail


@pytest.mark.parametrize(
    ("day", "time", "works"),
    [
        (0, "08:59", False), (0, "09:00", True), (0, "12:29", True), (0, "12:30", False),
        (0, "13:29", False), (0, "13:30", True), (3, "17:59", True), (3, "18:00", False),
        (4, "12:45", True), (4, "14:59", True), (4, "15:00", False), (5, "10:00", False),
    ],
)  # fmt: skip
def test_a_week_has_breaks_and_a_shorter_friday(day: int, time: str, works: bool) -> None:
    hours = office(f'week = "{BREAKS}"')
    hour, minute = map(int, time.split(":"))
    assert is_working(hours, MONDAY + timedelta(days=day, hours=hour, minutes=minute)) is works


def test_time_that_is_worked_leaves_the_break_out() -> None:
    hours = office(f'week = "{BREAKS}"')
    noon = MONDAY + timedelta(hours=12)
    assert add_working_time(hours, noon, timedelta(hours=1)) == noon + timedelta(hours=2)
    assert working_time(hours, MONDAY, MONDAY + timedelta(days=7)) == timedelta(hours=38)
    assert next_open(hours, MONDAY + timedelta(days=4, hours=15)) == MONDAY + timedelta(
        days=7, hours=9
    )


def test_a_week_may_be_a_list_and_have_shifts_that_run_past_midnight() -> None:
    hours = office('week = ["fri 22:00-06:00", "sat-sun 22:00-24:00", "wed 00:00-24:00"]')
    assert is_working(hours, MONDAY + timedelta(days=5, hours=5))
    assert not is_working(hours, MONDAY + timedelta(days=6, hours=5))
    assert is_working(hours, MONDAY + timedelta(days=2))


def test_a_week_that_is_empty_is_none() -> None:
    hours = office('week = ""\ndays = "sat"')
    assert [day for day, _, _ in hours.shifts()] == [5]


def test_days_open_and_close_have_no_effect_beside_a_week_which_is_said() -> None:
    settings = loaded(f'week = "{BREAKS}"\nopen = "10:00"\ndays = "sun"\nzone = "Europe/Berlin"')
    assert settings.settings.hours["office"].shifts() == office(f'week = "{BREAKS}"').shifts()
    assert [words.rpartition(": ")[2] for words in settings.unused] == ["week replaces it"] * 2


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("mon 09:00-12:30 12:00-18:00", "mon 09:00-12:30 and mon 12:00-18:00 overlap"),
        ("mon 13:30-12:30, tue 09:00-18:00", "mon 13:30-12:30 and tue 09:00-18:00 overlap"),
        ("mon-tue 09:00-17:00, tue 16:00-20:00", "tue 09:00-17:00 and tue 16:00-20:00 overlap"),
        ("sun 20:00-10:00, mon 09:00-10:00", "sun 20:00-10:00 and mon 09:00-10:00 overlap"),
        ("mon 09:00-09:00", "09:00-09:00 has no length; a whole day is 00:00-24:00"),
    ],
)
def test_shifts_that_overlap_or_have_no_length_are_refused_in_words(week: str, words: str) -> None:
    assert f"hours.office.week: {words}" in refused(f'week = "{week}"')


@pytest.mark.parametrize(
    "week", ["mon", "09:00-12:00", "mon 9-12", "mon 25:00-26:00", "funday 09:00-12:00", "mon,"]
)
def test_what_is_no_week_is_refused_with_an_example(week: str) -> None:
    assert "must be days with their shifts such as mon-thu 09:00" in refused(f'week = "{week}"')


def test_the_holidays_of_a_region_stand_beside_dates_of_ones_own() -> None:
    days = office('holidays = "DE-BY 2026-12-24"').holidays
    assert {date(2026, 1, 6), date(2026, 12, 24), date(2026, 12, 25)} <= days
    assert date(2026, 12, 31) not in days
    assert date(2026, 1, 6) not in office('holidays = ["DE-HH", 2026-12-24]').holidays
    assert date(2044, 12, 25) in days  # a server that runs on knows later years
    assert not is_working(office('holidays = "DE-BY"'), datetime(2026, 1, 6, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("DE-XY", "DE-XY is no region whose holidays are known: DE has DE-"),
        ("NL-NH", "NL-NH is no region whose holidays are known: NL has no parts with holidays of"),
        ("BE-VLG", "BE has no parts with holidays of their own; write BE"),
        ("XX", "XX is no country whose holidays are known"),
        ("someday", "must be dates such as 2026-12-25, or regions such as DE-BY"),
        ("2026-13-01", "must be dates such as 2026-12-25, or regions such as DE-BY"),
    ],
)
def test_an_unknown_region_is_refused_in_words(region: str, words: str) -> None:
    assert words in refused(f'holidays = "{region}"')


def test_a_region_without_the_package_is_refused_and_dates_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert "regions need the package holidays, which is not installed" in refused('holidays = "SE"')
    assert office('holidays = "2026-12-25"').holidays == {date(2026, 12, 25)}


def test_a_stacks_settings_may_hold_dates_only(tmp_path: Path) -> None:
    path = tmp_path / "stack.toml"
    path.write_text('[hours.office]\nholidays = "DE-BY"\n')
    with pytest.raises(ConfigurationError, match=r"cannot look up DE-BY; write its dates .*-12-25"):
        read_settings(path, lambda _: None)
