"""Speed to lead: which part of a lead's way is whose, and how figures sum up many."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.facts.score import LeadScore
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.operations.figures.speed import (
    NOBODY,
    Judge,
    Speed,
    Spread,
    as_rows,
    speed_of,
    spread,
)
from leadline.ports.reading.ledger import Followed
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.people import Team
from leadline.team.targets import Targets

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANN = Person(id="u1", name="Ann Archer", email="ann@example.com")
JUDGE = Judge(
    now=NOON + timedelta(days=1),
    delay=10 * MINUTE,
    delays={"hot": timedelta()},
    targets=Targets({"all": TargetConfig(sources=("close", "hot"))}),
    team=Team({"ann": MemberConfig(email="ann@example.com")}),
)


def followed(
    told: float | None = 10.5,
    touched: float | None = None,
    *,
    source: str = "close",
    refined: float = 10.2,
    moved: bool = False,
    owner: str | None = None,
    **handling: Any,
) -> Followed:
    """A lead captured at noon; the times are in minutes from then."""

    def at(minutes: float | None) -> datetime | None:
        return None if minutes is None else NOON + minutes * MINUTE

    lead = RefinedLead(
        lead_id="018f3a2b-0000-7000-8000-000000000001",
        captured_at=NOON,
        processed_at=NOON + refined * MINUTE,
        status="refined",
        contact=Contact(),
        lead_details=LeadDetails(owner=owner),
        received_from=source,
    )
    handled = Handling(touched_at=at(touched), **handling)
    return Followed(lead, handled if handled != Handling() else UNHANDLED, at(told), moved)


def of(*leads: Followed, judge: Judge = JUDGE) -> Speed:
    return speed_of(leads, judge)


def one(seconds: float) -> Spread:
    return Spread(1, seconds, seconds, seconds)


def test_each_part_of_the_way_is_whose_it_is() -> None:
    speed = of(followed(told=10.5, touched=14))
    assert (speed.wait, speed.own) == (one(600), one(30))
    assert (speed.human, speed.whole) == (one(210), one(840))
    assert (speed.in_time, speed.late, speed.share_in_time) == (1, 0, 1.0)


def test_a_claim_is_a_touch_and_the_first_of_several_counts() -> None:
    assert of(followed(touched=30, claimed_at=NOON + 12 * MINUTE)).human == one(90)


def test_a_touch_before_the_alert_took_no_time_at_all() -> None:
    assert of(followed(told=10.5, touched=3)).human == one(0)


def test_a_lead_that_nobody_touches_is_late_when_its_target_has_passed() -> None:
    in_the_wait = Judge(NOON + 5 * MINUTE, 10 * MINUTE, targets=JUDGE.targets)
    assert of(followed()).late == 1
    pending = of(followed(), judge=in_the_wait)
    assert (pending.late, pending.pending, pending.share_in_time) == (0, 1, None)
    assert of(followed(touched=16)).share_in_time == 0.0


def test_a_lead_without_a_target_is_neither_in_time_nor_late() -> None:
    speed = of(followed(source="forms", touched=11))
    assert (speed.in_time, speed.late, speed.pending) == (0, 0, 0)


def test_a_source_may_have_a_wait_of_its_own() -> None:
    speed = of(followed(told=0.5, source="hot", refined=0.4))
    assert (speed.wait, speed.own) == (one(0), one(30))


def test_a_lead_that_skipped_the_wait_was_due_when_it_was_refined() -> None:
    speed = of(followed(told=1, refined=0.5))
    assert (speed.wait, speed.own) == (one(30), one(30))


def test_a_wait_that_somebody_prolonged_is_none_of_our_delays() -> None:
    speed = of(followed(told=61, refined=60, moved=True))
    assert (speed.wait, speed.own) == (one(3600), one(60))


def test_a_replay_changes_nothing_of_what_was_told_before_it() -> None:
    assert of(followed(told=10.5, refined=5000)).own == one(30)


def test_a_lead_of_which_nobody_was_told_has_no_delays_yet() -> None:
    speed = of(followed(told=None))
    assert (speed.leads, speed.told) == (1, 0)
    assert (speed.own, speed.human) == (Spread(0), Spread(0))


def test_figures_are_told_by_owner_too() -> None:
    speed = of(
        followed(touched=12, owner=ANN.name),
        followed(touched=14, claimed_by=ANN),
        followed(),
    )
    assert list(speed.by_owner) == [NOBODY, "Ann Archer", "ann"]
    assert speed.by_owner["ann"].whole == one(840)


def test_an_owner_is_called_by_the_team_and_one_whom_the_crm_took_away_is_none() -> None:
    taken_away = followed(owner=ANN.name, ownership=Ownership.UNASSIGNED)
    speed = of(followed(owner=ANN.email), taken_away)
    assert list(speed.by_owner) == [NOBODY, "ann"]


@pytest.mark.parametrize("name", ["ann", "ANN@example.com", "Ann Archer", "u1"])
def test_leads_of_one_owner_are_found_by_any_of_their_names(name: str) -> None:
    leads = [
        followed(owner="Ben Bell"),
        followed(),
        followed(touched=14, owner=None, claimed_by=ANN),
    ]
    assert speed_of(leads, JUDGE, name).leads == 1
    assert speed_of(leads, JUDGE, NOBODY).leads == 1


def test_no_leads_have_no_figures() -> None:
    speed = of()
    assert (speed.leads, speed.own, speed.share_in_time) == (0, Spread(0), None)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_percentiles_are_times_that_were_taken_and_leave_out_as_many_as_they_say(
    times: list[float],
) -> None:
    found = spread(times)
    assert found.count == len(times)
    for share, value in ((50, found.p50), (90, found.p90), (95, found.p95)):
        assert value is not None
        assert value in times
        assert sum(t <= value for t in times) >= len(times) * share / 100
        assert sum(t < value for t in times) < len(times) * share / 100


def test_what_a_hot_lead_was_spared_of_its_wait_is_said_apart() -> None:
    early = hot(followed(told=0.6, refined=0.1))
    speed = of(early, followed(), hot(followed()), hot(followed(refined=2, moved=True)))
    assert speed.early == one(594)
    assert ("saved by first looks", one(594)) in list(as_rows(speed))
    assert of(early).own == one(30), "and is no delay of ours"
    usual = of(followed(refined=0.1, told=0.2))
    assert usual.early == Spread(0)
    assert "saved by first looks" not in dict(as_rows(usual))


def hot(one: Followed) -> Followed:
    score = LeadScore(90, "points", hot=True)
    return msgspec.structs.replace(one, lead=msgspec.structs.replace(one.lead, score=score))
