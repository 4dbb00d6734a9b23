"""Targets: which one fits a lead, and when its steps are due."""

from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.facts.score import LeadScore
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.targets import Targets

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE = {"office": HoursConfig()}  # 9 to 18 in UTC


def lead(
    source: str = "close", score: float | None = None, captured: datetime = MONDAY
) -> RefinedLead:
    return RefinedLead(
        lead_id="018f3a2b-0000-7000-8000-000000000001",
        captured_at=captured,
        processed_at=captured + 10 * MINUTE,
        status="refined",
        contact=Contact(name="Vera Muster"),
        lead_details=LeadDetails(lead_score=score),
        received_from=source,
    )


def test_the_first_target_that_fits_counts() -> None:
    hot = TargetConfig(min_score=80, first_response=5 * MINUTE)
    ads = TargetConfig(sources=("meta",))
    rest = TargetConfig(first_response=60 * MINUTE)
    targets = Targets({"hot": hot, "ads": ads, "rest": rest})
    assert targets.of(lead("meta", score=80)) is hot
    assert targets.of(lead("meta", score=79.9)) is ads
    assert targets.of(lead("meta")) is ads
    assert targets.of(lead("close")) is rest


def test_no_clock_runs_where_no_target_fits() -> None:
    targets = Targets({"hot": TargetConfig(min_score=80)})
    assert targets.of(lead()) is None
    assert targets.due(lead()) is None
    assert targets.steps(lead()) == ()


def test_a_target_may_be_for_leads_of_the_day_or_of_the_night() -> None:
    day = TargetConfig(during="office")
    night = TargetConfig(outside="office", first_response=12 * 60 * MINUTE)
    targets = Targets({"day": day, "night": night}, OFFICE)
    assert targets.of(lead(captured=MONDAY)) is day
    assert targets.of(lead(captured=MONDAY + timedelta(hours=8))) is night


def test_steps_count_from_capture() -> None:
    targets = Targets({"all": TargetConfig(remind=10 * MINUTE, reassign=30 * MINUTE)})
    assert targets.due(lead()) == MONDAY + 15 * MINUTE
    assert targets.steps(lead()) == tuple(MONDAY + n * MINUTE for n in (10, 20, 30))


def test_the_clock_stands_still_outside_the_hours() -> None:
    targets = Targets({"all": TargetConfig(hours="office", remind=10 * MINUTE)}, OFFICE)
    evening = lead(captured=datetime(2026, 11, 20, 17, 55, tzinfo=UTC))
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert targets.due(evening) == monday + 10 * MINUTE
    assert targets.steps(evening) == (monday + 5 * MINUTE, monday + 15 * MINUTE)
    assert targets.waited(evening, monday + 10 * MINUTE) == 15 * MINUTE


def test_a_lead_without_hours_waits_by_every_clock() -> None:
    targets = Targets({"all": TargetConfig()})
    assert targets.waited(lead(), MONDAY + 7 * MINUTE) == 7 * MINUTE
    assert targets.waited(lead(), MONDAY - MINUTE) == timedelta()


def test_no_step_is_due_before_the_one_before_it() -> None:
    targets = Targets({"all": TargetConfig(remind=30 * MINUTE, reassign=5 * MINUTE)})
    assert targets.steps(lead()) == (MONDAY + 30 * MINUTE,) * 3


def test_a_step_that_was_taken_in_time_moves_none_of_those_after_it() -> None:
    targets = Targets({"all": TargetConfig(remind=10 * MINUTE, reassign=30 * MINUTE)})
    assert targets.next_step(lead(), 1, MONDAY + 11 * MINUTE) == MONDAY + 20 * MINUTE
    assert targets.next_step(lead(), 2, MONDAY + 20 * MINUTE) == MONDAY + 30 * MINUTE
    assert targets.next_step(lead(), 3, MONDAY + 30 * MINUTE) is None


def test_after_a_late_step_the_next_keeps_its_distance_in_working_time() -> None:
    target = TargetConfig(hours="office", remind=10 * MINUTE)
    targets = Targets({"all": target}, OFFICE)
    evening = datetime(2026, 11, 23, 17, 55, tzinfo=UTC)
    tuesday = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert targets.next_step(lead(), 1, evening) == tuesday + 5 * MINUTE


def test_a_hot_lead_is_due_sooner_and_so_are_all_steps_in_the_same_proportion() -> None:
    target = TargetConfig(
        first_response=15 * MINUTE, remind=12 * MINUTE, escalate=30 * MINUTE, hot=5 * MINUTE
    )
    targets = Targets({"all": target, "other": TargetConfig()})
    hot = msgspec.structs.replace(lead(), score=LeadScore(90, "points", hot=True))
    assert targets.due(lead()) == MONDAY + 15 * MINUTE
    assert targets.due(hot) == MONDAY + 5 * MINUTE
    assert targets.steps(hot) == (MONDAY + 4 * MINUTE, MONDAY + 10 * MINUTE)
    usual = Targets({"all": TargetConfig(first_response=15 * MINUTE)})
    assert usual.due(hot) == MONDAY + 15 * MINUTE
