"""How leads stand by their targets, and how long their steps took."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.model.handling import Ending, Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.staff.assigning import Charge, Decision, Queued
from leadline.model.staff.people import Person
from leadline.operations.figures.response import (
    NO_TEAM,
    ResponseJudge,
    ResponseState,
    TimedLead,
    groups_by,
    timed,
)
from leadline.operations.figures.speed import NOBODY, Judge, speed_of
from leadline.ports.reading.ledger import Followed
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.people import Team
from leadline.team.targets import Targets

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday."""
DAY = HoursConfig()
TARGET = TargetConfig(first_response=timedelta(minutes=15), remind=timedelta(minutes=10))
DAYTIME = msgspec.structs.replace(TARGET, hours="day")
PEOPLE = Team({"ada": MemberConfig(email="ada@example.com")})
ADA = Person(name="Ada V", email="ADA@example.com")


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def lead(**more: object) -> RefinedLead:
    details = LeadDetails(source="Web", owner=None)
    return RefinedLead(
        lead_id="1", captured_at=AT, processed_at=AT, status="refined",
        contact=Contact(email="ida@example.com"), lead_details=details, received_from="web",
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def stands(
    handling: Handling, now: datetime, target: TargetConfig | None = TARGET, **more: object
) -> TimedLead:
    targets = Targets({"all": target} if target else {}, {"day": DAY})
    followed = Followed(lead(**more), handling, minutes(1))
    return timed(followed, ResponseJudge(now, targets, PEOPLE))


CLAIMED = Handling(claimed_by=ADA, claimed_at=minutes(12))


@pytest.mark.parametrize(
    ("handling", "at", "state"),
    [
        (Handling(), 9, ResponseState.ON_TRACK),
        (Handling(), 10, ResponseState.AT_RISK),
        (Handling(), 15, ResponseState.AT_RISK),
        (Handling(), 15.1, ResponseState.BREACHED),
        (CLAIMED, 99, ResponseState.IN_TIME),
        (msgspec.structs.replace(CLAIMED, claimed_at=minutes(16)), 99, ResponseState.LATE),
        (Handling(touched_at=minutes(15)), 99, ResponseState.IN_TIME),
        (Handling(snoozed_until=minutes(14)), 11, ResponseState.PAUSED),
        (Handling(snoozed_until=minutes(60)), 16, ResponseState.BREACHED),
        (Handling(queued=Queued("dach", 0.0, AT)), 99, ResponseState.PAUSED),
        (Handling(clock_from=minutes(60)), 65, ResponseState.ON_TRACK),
        (Handling(ending=Ending.WON), 99, ResponseState.NO_TARGET),
        (Handling(gone="deleted"), 99, ResponseState.NO_TARGET),
    ],
)
def test_each_lead_is_in_the_state_of_its_clock(
    handling: Handling, at: float, state: ResponseState
) -> None:
    assert stands(handling, minutes(at)).state is state


@pytest.mark.parametrize("at", [5, 12, 16, 99])
@pytest.mark.parametrize(
    "handling",
    [
        Handling(),
        CLAIMED,
        Handling(touched_at=minutes(16)),
        Handling(queued=Queued("dach", 0.0, AT)),
        Handling(clock_from=minutes(60)),
        Handling(clock_from=minutes(60), touched_at=minutes(70)),
        Handling(ending=Ending.JUNK),
        Handling(gone="deleted"),
    ],
)
def test_speed_and_response_say_the_same_of_a_target(handling: Handling, at: float) -> None:
    state = stands(handling, minutes(at)).state
    judge = Judge(minutes(at), timedelta(), targets=Targets({"all": TARGET}))
    figures = speed_of([Followed(lead(), handling, minutes(1))], judge)
    assert (figures.in_time, figures.late, figures.pending) == (
        state is ResponseState.IN_TIME,
        state in (ResponseState.LATE, ResponseState.BREACHED),
        state in (ResponseState.ON_TRACK, ResponseState.AT_RISK, ResponseState.PAUSED),
    )


def test_outside_hours_the_clock_stands_still_until_they_begin() -> None:
    evening = AT.replace(hour=17, minute=50)
    clock = Handling(clock_from=evening)
    found = stands(clock, AT.replace(hour=22), DAYTIME)
    assert (found.state, found.why_paused) == (ResponseState.PAUSED, "outside hours")
    assert found.resumes == AT + timedelta(days=1)
    assert found.due == AT + timedelta(days=1, minutes=5)
    assert stands(clock, AT + timedelta(days=1, minutes=4), DAYTIME).state is ResponseState.AT_RISK


def test_hours_in_which_the_clock_stands_still_are_no_time_of_the_response() -> None:
    answered = AT + timedelta(days=1, minutes=5)
    clock = Handling(clock_from=AT.replace(hour=17, minute=50), touched_at=answered)
    assert stands(clock, answered, DAYTIME).response == 15 * 60
    assert stands(Handling(touched_at=answered), answered).response == 24 * 3600 + 300


def test_without_a_target_no_lead_is_late_and_times_are_known() -> None:
    found = stands(CLAIMED, minutes(999), None)
    assert (found.state, found.due) == (ResponseState.NO_TARGET, None)
    assert (found.owner, found.alert, found.response) == (720, 60, 720)


def test_the_first_owner_counts() -> None:
    given = Decision(at=minutes(2), how="turn", person="ada")
    charge = Charge("dach", "bob", minutes(30))
    assert stands(Handling(charge=charge), minutes(40), decision=given).owner == 120
    assert stands(Handling(charge=charge), minutes(40)).owner == 1800
    assert stands(Handling(), minutes(40)).owner is None
    nobody = Decision(at=minutes(2), how="nobody")
    assert stands(CLAIMED, minutes(40), decision=nobody).owner == 720


def test_people_are_named_as_in_the_settings_and_their_team_as_given() -> None:
    found = stands(msgspec.structs.replace(CLAIMED, charge=Charge("dach", "ada", AT)), AT)
    assert (found.person, found.team) == ("ada", "dach")
    found = stands(Handling(), AT)
    assert (found.person, found.team) == (NOBODY, NO_TEAM)


def test_a_share_is_that_of_leads_whose_target_was_met_or_missed() -> None:
    found = [
        stands(CLAIMED, minutes(20)),
        stands(Handling(touched_at=minutes(19)), minutes(20)),
        stands(Handling(), minutes(20)),
        stands(Handling(clock_from=minutes(19)), minutes(20)),
    ]
    (ada, nobody) = groups_by(found, lambda one: one.person)[::-1]
    assert (ada.name, ada.share_in_time, ada.response.p50) == ("ada", 1.0, 720)
    assert (nobody.leads, nobody.share_in_time, nobody.owner.count) == (3, 0.0, 0)
    assert nobody.states[ResponseState.ON_TRACK] == nobody.states[ResponseState.BREACHED] == 1
