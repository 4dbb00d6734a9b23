"""Turns are exact: nobody gets more than about one lead more or less than their share."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.staff.assigning import WHOLE_LEAD, Charge, Share, TeamRoster
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.turns import (
    Booking,
    Calendar,
    calendar,
    capped,
    choose,
    owed_afresh,
    rebooked,
    shares_of,
)

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
PEOPLE = ("ada", "bob", "cyd", "dan", "eve")
EQUAL = TeamConfig(people=PEOPLE)
WEIGHED = TeamConfig(
    people=PEOPLE, order="weight", weights=("ada=5", "bob=3", "cyd=1", "dan=1.5", "eve=2")
)
LEADS = 20_000


def given_out(
    team: TeamConfig, roster: TeamRoster, present: Sequence[str], at: datetime = AT
) -> tuple[str, TeamRoster]:
    roster = owed_afresh(roster, team)
    person = choose(team, roster, present)
    charge = Charge("dach", person, at, shares=shares_of(team, present))
    return person, rebooked(roster, "", Booking(), Booking(charge))


def farthest_off(team: TeamConfig, leads: int, attend: Callable[[int], Sequence[str]]) -> float:
    """The farthest that anybody was from their share of the leads at any time, in leads."""
    roster, worst = TeamRoster(), 0
    for number in range(leads):
        _, roster = given_out(team, roster, attend(number))
        worst = max(worst, *(abs(share.owed) for share in roster.shares.values()))
    assert sum(share.owed for share in roster.shares.values()) == 0
    return worst / WHOLE_LEAD


def everybody(_: int) -> Sequence[str]:
    return PEOPLE


def one_comes_and_goes(number: int) -> Sequence[str]:
    return PEOPLE if number // 3 % 2 else PEOPLE[1:]


def each_in_turn_on_holiday(number: int) -> Sequence[str]:
    away = number // 400 % len(PEOPLE)
    return tuple(one for one in PEOPLE if one != PEOPLE[away])


def by_chance(number: int) -> Sequence[str]:
    mask = (number // 3 * 2_654_435_761) % 2**32 >> 13
    return tuple(one for place, one in enumerate(PEOPLE) if mask >> place & 1) or PEOPLE[:1]


@pytest.mark.parametrize("team", [EQUAL, WEIGHED], ids=["equal", "by weight"])
def test_with_everybody_there_nobody_is_more_than_one_lead_off_their_share(
    team: TeamConfig,
) -> None:
    assert farthest_off(team, LEADS, everybody) < 1


@pytest.mark.parametrize("attend", [one_comes_and_goes, each_in_turn_on_holiday, by_chance])
@pytest.mark.parametrize("team", [EQUAL, WEIGHED], ids=["equal", "by weight"])
def test_with_absences_nobody_is_more_than_a_little_over_one_lead_off(
    team: TeamConfig, attend: Callable[[int], Sequence[str]]
) -> None:
    assert farthest_off(team, LEADS, attend) < 1.2


def test_who_comes_back_is_neither_flooded_nor_starved() -> None:
    roster = TeamRoster()
    for _ in range(1000):
        _, roster = given_out(EQUAL, roster, PEOPLE[1:])
    got = []
    for _ in range(50):
        person, roster = given_out(EQUAL, roster, PEOPLE)
        got.append(person)
    assert got.count("ada") == 10
    assert all(got[at : at + 10].count("ada") == 2 for at in range(0, 50, 10))


def test_with_catch_up_who_comes_back_gets_what_they_missed() -> None:
    team = msgspec.structs.replace(EQUAL, catch_up="yes")
    roster = TeamRoster()
    for _ in range(40):
        _, roster = given_out(team, roster, PEOPLE[1:])
    got = [given_out(team, roster, PEOPLE)[0]]
    for _ in range(10):
        person, roster = given_out(team, roster, PEOPLE)
        got.append(person)
    assert got.count("ada") >= 8


def test_somebody_new_gets_their_share_from_the_first_day_on() -> None:
    roster = TeamRoster()
    for _ in range(999):
        _, roster = given_out(EQUAL, roster, PEOPLE)
    bigger = TeamConfig(people=(*PEOPLE, "fay"))
    got = []
    for _ in range(60):
        person, roster = given_out(bigger, roster, bigger.people)
        got.append(person)
    assert 9 <= got.count("fay") <= 11


def test_ties_are_decided_by_the_order_of_the_settings() -> None:
    roster, got = TeamRoster(), []
    for _ in range(5):
        person, roster = given_out(EQUAL, roster, tuple(reversed(PEOPLE)))
        got.append(person)
    assert got == list(PEOPLE)


def test_weights_give_each_person_their_part() -> None:
    team = TeamConfig(people=("ada", "bob"), order="weight", weights=("ada=3",))
    roster, got = TeamRoster(), []
    for _ in range(40):
        person, roster = given_out(team, roster, team.people)
        got.append(person)
    assert (got.count("ada"), got.count("bob")) == (30, 10)


def test_by_open_leads_the_one_with_the_fewest_is_next() -> None:
    team = TeamConfig(people=("ada", "bob", "cyd"), order="least_open")
    shares = {"ada": Share(open=3), "bob": Share(open=2), "cyd": Share(open=2, owed=5)}
    assert choose(team, TeamRoster(shares), team.people) == "cyd"
    assert choose(team, TeamRoster(shares), ("ada", "bob")) == "bob"


def test_nothing_is_owed_from_turns_by_another_order() -> None:
    roster = TeamRoster({"ada": Share(owed=200 * WHOLE_LEAD, open=4)}, order="least_open")
    assert owed_afresh(roster, EQUAL).shares["ada"] == Share(open=4)
    assert owed_afresh(TeamRoster(roster.shares, order="weight"), EQUAL).shares == roster.shares


CHARGES = st.builds(
    lambda person, day, free, among: Charge(
        "dach", person, AT + timedelta(days=day), free, shares_of(EQUAL, sorted(among))
    ),
    st.sampled_from(PEOPLE),
    st.integers(0, 9),
    st.booleans(),
    st.sets(st.sampled_from(PEOPLE), min_size=1),
)
STANDINGS = st.builds(Booking, st.none() | CHARGES, st.booleans(), st.booleans())


@given(st.lists(st.lists(STANDINGS, max_size=5), max_size=6), st.randoms())
def test_what_is_owed_and_open_depends_only_on_where_the_leads_stand_now(
    histories: list[list[Booking]], chance: Random
) -> None:
    """However many claims, reassignments and endings there were, and in which order."""
    steps = []
    for history in histories:
        whole = [Booking(), *history]
        steps.append(list(pairwise(whole)))
    roster = TeamRoster()
    while any(steps):
        one = chance.choice([s for s in steps if s])
        roster = rebooked(roster, "", *one.pop(0))
    now = TeamRoster()
    for history in histories:
        if history:
            now = rebooked(now, "", Booking(), history[-1])
    for person in PEOPLE:
        mine, plain = (r.shares.get(person, Share()) for r in (roster, now))
        assert (mine.owed, mine.open) == (plain.owed, plain.open)
    assert sum(share.owed for share in roster.shares.values()) % WHOLE_LEAD == 0


def test_giving_a_lead_back_gives_back_the_whole_turn() -> None:
    first, roster = given_out(EQUAL, TeamRoster(), PEOPLE)
    charge = Charge("dach", first, AT, shares=shares_of(EQUAL, PEOPLE))
    back = rebooked(roster, "", Booking(charge), Booking())
    assert back.shares[first] == Share(day="2026-12-01", week="2026-W49")
    assert {share.owed for share in back.shares.values()} == {0}
    assert given_out(EQUAL, back, PEOPLE)[0] == first


def test_a_lead_of_yesterday_that_is_given_back_leaves_the_count_of_today_alone() -> None:
    _, roster = given_out(TeamConfig(people=("ada",)), TeamRoster(), ("ada",), AT)
    _, roster = given_out(TeamConfig(people=("ada",)), roster, ("ada",), AT + timedelta(days=1))
    old = Charge("dach", "ada", AT, shares={"ada": WHOLE_LEAD})
    share = rebooked(roster, "", Booking(old), Booking()).shares["ada"]
    assert (share.day, share.day_count, share.week_count) == ("2026-12-02", 1, 1)


def test_junk_that_is_credited_costs_nothing_until_it_is_restored() -> None:
    _, roster = given_out(EQUAL, TeamRoster(), PEOPLE)
    charge = Charge("dach", "ada", AT, shares=shares_of(EQUAL, PEOPLE))
    was, junk = Booking(charge), Booking(charge, is_open=False, credited=True)
    after = rebooked(roster, "", was, junk)
    assert after.shares["ada"] == Share(
        day="2026-12-01", day_count=1, week="2026-W49", week_count=1
    )
    assert rebooked(after, "", junk, was) == roster


@pytest.mark.parametrize(
    ("team", "why", "detail"),
    [
        (TeamConfig(cap_open=2), "cap_open", "2 of 2 open"),
        (TeamConfig(cap_day=3), "cap_day", "3 of 3 today"),
        (TeamConfig(cap_week=4), "cap_week", "4 of 4 this week"),
        (TeamConfig(cap_week=5), None, None),
    ],
)
def test_a_cap_says_what_is_used_up(team: TeamConfig, why: str | None, detail: str | None) -> None:
    share = Share(open=2, day="2026-12-01", day_count=3, week="2026-W49", week_count=4)
    found = capped(team, TeamRoster({"ada": share}), "ada", Calendar("2026-12-01", "2026-W49"))
    assert (found and found.why, found and found.detail) == (why, detail)
    tomorrow = Calendar("2026-12-08", "2026-W50")
    later = capped(team, TeamRoster({"ada": share}), "ada", tomorrow)
    assert (later is None) is (team.cap_open is None)


def test_days_and_weeks_are_those_of_the_zone() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert calendar("", late) == Calendar("2026-12-31", "2026-W53")
    assert calendar("Europe/Berlin", late).day == "2027-01-01"
