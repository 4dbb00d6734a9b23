"""The team: found by any of their names, and left alone when they want to be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.staff.people import Person
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team

TEAM = Team(
    {
        "ada": MemberConfig(
            email="Ada@example.com",
            slack="U1ADA",
            crm=("41",),
            zone="Europe/Berlin",
            quiet=(20 * 60, 8 * 60),
        ),
        "ben": MemberConfig(
            email="ben@example.com", crm=("41x", "17"), digest=(9 * 60, 14 * 60), zone="Asia/Tokyo"
        ),
        "cleo": MemberConfig(email="cleo@example.com"),
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person(email="ADA@EXAMPLE.COM"), "ada"),
        (Person(slack="U1ADA"), "ada"),
        (Person(id="17"), "ben"),
        (Person(name="Cleo"), "cleo"),
        (Person(name="Dora"), ""),
        (Person(), ""),
    ],
)
def test_somebody_is_found_by_any_of_their_names(person: Person, name: str) -> None:
    assert TEAM.name_of(person) == name


def test_an_address_counts_more_than_an_id_that_two_crms_may_both_give() -> None:
    assert TEAM.name_of(Person(id="41", email="ben@example.com")) == "ben"


def test_what_the_crm_says_stays_and_the_team_adds_to_it() -> None:
    known = TEAM.known(Person(id="41", name="Ada Byron"))
    assert known == Person(id="41", name="Ada Byron", email="Ada@example.com", slack="U1ADA")


def test_a_stranger_stays_as_they_are() -> None:
    assert TEAM.known(Person(name="Dora")) == Person(name="Dora")


def test_who_has_ids_in_several_crms_is_given_none_of_them() -> None:
    assert TEAM.person("ben") == Person(name="ben", email="ben@example.com")
    assert TEAM.person("ada") == Person("41", "ada", "Ada@example.com", "U1ADA")
    assert TEAM.person("dora") is None


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-23T19:59:00+01:00", None),
        ("2026-11-23T20:00:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T07:59:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T08:00:00+01:00", None),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),  # clocks go forward
    ],
)
def test_quiet_hours_end_by_the_clock_on_their_wall(moment: str, until: str | None) -> None:
    expected = None if until is None else at(until)
    assert TEAM.quiet_until(Person(name="ada"), at(moment)) == expected


def test_who_has_no_quiet_hours_and_who_is_a_stranger_may_always_be_disturbed() -> None:
    night = at("2026-11-24T03:00:00+01:00")
    assert TEAM.quiet_until(Person(name="cleo"), night) is None
    assert TEAM.quiet_until(Person(name="dora"), night) is None


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-23T08:59:00+09:00", "2026-11-23T09:00:00+09:00"),
        ("2026-11-23T09:00:00+09:00", "2026-11-23T09:00:00+09:00"),
        ("2026-11-23T09:00:01+09:00", "2026-11-23T14:00:00+09:00"),
        ("2026-11-23T14:30:00+09:00", "2026-11-24T09:00:00+09:00"),
    ],
)
def test_a_digest_is_due_at_the_next_of_their_times(moment: str, due: str) -> None:
    assert TEAM.digest_at(Person(name="ben"), at(moment)) == at(due)


def test_who_set_no_times_hears_of_each_lead_at_once() -> None:
    assert TEAM.digest_at(Person(name="ada"), at("2026-11-23T08:00:00+01:00")) is None


@given(
    st.integers(0, 24 * 60),
    st.integers(1, 24 * 60 - 1),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
)
def test_quiet_hours_always_end_and_never_last_longer_than_a_day(
    begin: int, lasts: int, moment: datetime
) -> None:
    quiet = (begin, (begin + lasts) % (24 * 60))
    team = Team({"ada": MemberConfig(zone="America/New_York", quiet=quiet)})
    until = team.quiet_until(Person(name="ada"), moment)
    if until is not None:
        assert moment < until <= moment + timedelta(hours=25)
        assert team.quiet_until(Person(name="ada"), until) is None


@given(
    st.lists(st.integers(0, 24 * 60), min_size=1, max_size=3),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
)
def test_a_digest_is_due_within_a_day(times: list[int], moment: datetime) -> None:
    team = Team({"ada": MemberConfig(zone="Africa/Cairo", digest=tuple(sorted(set(times))))})
    due = team.digest_at(Person(name="ada"), moment)
    assert due is not None
    assert moment <= due <= moment + timedelta(hours=25)
