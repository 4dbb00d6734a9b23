"""Who is there at a moment, and when they are there again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leadline.model.staff.assigning import Absence, Skipped
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Books
from leadline.team.giving.presence import Attendance, absent_why
from leadline.team.giving.room import LONGEST, next_room
from leadline.team.giving.teams import Teams

MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
OFFICE = HoursConfig()
LATE = HoursConfig(open=17 * 60, close=20 * 60)


def at(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_somebody_without_settings_is_always_there() -> None:
    assert Attendance(MemberConfig()).why_absent(MONDAY) is None
    assert absent_why("ada", Attendance(MemberConfig()), MONDAY) is None


def test_an_announced_absence_lasts_from_its_beginning_to_just_before_its_end() -> None:
    away = Attendance(MemberConfig(), Absence(at(1, 8), at(2, 8)))
    assert away.why_absent(at(1, 7)) is None
    assert away.why_absent(at(1, 8)) == ("away", at(2, 8))
    assert away.why_absent(at(2, 8)) is None


def test_days_of_the_settings_are_those_of_the_persons_zone() -> None:
    day = date(2026, 12, 1)
    away = Attendance(MemberConfig(away=((day, day),), zone="America/New_York"))
    assert away.why_absent(at(1, 4)) is None
    assert away.why_absent(at(1, 6)) == ("away", at(2, 5))
    assert away.why_absent(at(2, 5)) is None


def test_an_absence_ends_at_midnight_also_when_the_clocks_change_on_that_day() -> None:
    first, last = date(2026, 10, 24), date(2026, 10, 25)
    away = Attendance(MemberConfig(away=((first, last),), zone="Europe/Berlin"))
    assert away.why_absent(at(24, 12, 10)) == ("away", at(25, 23, 10))


def test_hours_of_the_person_and_of_the_team_both_count() -> None:
    both = Attendance(MemberConfig(), None, OFFICE, LATE)
    assert both.why_absent(at(1, 12)) == ("hours", at(1, 17))
    assert both.why_absent(at(1, 17)) is None
    assert both.why_absent(at(1, 18)) == ("hours", at(2, 9))
    assert both.next_there(at(1, 18)) == at(2, 17)


def test_the_next_presence_is_after_all_that_keeps_somebody_away() -> None:
    member = MemberConfig(
        away=((date(2026, 12, 1), date(2026, 12, 2)),), holidays=frozenset((date(2026, 12, 3),))
    )
    attendance = Attendance(member, Absence(MONDAY, at(1, 5)), OFFICE)
    assert attendance.next_there(MONDAY) == at(4, 9)


def test_nobody_knows_when_somebody_is_there_who_is_away_until_they_are_back() -> None:
    away = Attendance(MemberConfig(), Absence(MONDAY))
    assert away.next_there(MONDAY) is None
    assert absent_why("ada", away, MONDAY) == Skipped("ada", "away")


def test_hours_that_no_day_has_in_common_end_the_search() -> None:
    never = HoursConfig(days=())
    assert Attendance(MemberConfig(), None, never).next_there(MONDAY) is None
    apart = HoursConfig(open=9 * 60, close=10 * 60), HoursConfig(open=11 * 60, close=12 * 60)
    assert Attendance(MemberConfig(), None, *apart).next_there(MONDAY) is None


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        (None, MONDAY + timedelta(seconds=1)),
        (Absence(MONDAY, MONDAY + timedelta(hours=2)), MONDAY + timedelta(hours=2)),
        (Absence(MONDAY, MONDAY + timedelta(days=9)), MONDAY + LONGEST),
        (Absence(MONDAY), MONDAY + LONGEST),
    ],
)
def test_a_lead_that_waits_is_looked_at_when_somebody_is_there(
    absence: Absence | None, expected: datetime
) -> None:
    teams = Teams({"dach": TeamConfig(people=("ada",))}, {"all": RuleConfig(team="dach")},
                  {"ada": MemberConfig()})  # fmt: skip
    books = Books(absences={"ada": absence} if absence else {})
    assert next_room(teams, "dach", books, MONDAY) == expected
