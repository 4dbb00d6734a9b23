"""The clock of the first response, from capture to reassignment, on every store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.clocks import clock_due
from leadline.crm import CrmConfig
from leadline.deliver.reminding import remind_due
from leadline.handling import UNHANDLED, Ending, Handling
from leadline.hours import HoursConfig
from leadline.kit import Connected
from leadline.lead import Claim, Ownership, Step, Task
from leadline.outcome import Done
from leadline.people import MemberConfig, Team
from leadline.ports import Settlement, Store, Unreachable
from leadline.retry import RetryPolicy
from leadline.routing import Routes, RuleConfig
from leadline.targets import TargetConfig, Targets
from tests.owner_world import ANN, BEN, Office
from tests.worlds import HandClock

MINUTE = timedelta(minutes=1)
PATIENT = RetryPolicy(4 * MINUTE, 4 * MINUTE, attempts=100)
TARGET = TargetConfig(
    first_response=15 * MINUTE, remind=13 * MINUTE, escalate=20 * MINUTE, reassign=30 * MINUTE
)
MEMBERS = {
    "ann": MemberConfig(email="ann@example.com", slack="U0ANN", crm=("u1",), next="cleo"),
    "ben": MemberConfig(email="ben@example.com", slack="U0BEN", crm=("u2",)),
    "cleo": MemberConfig(email="cleo@example.com", slack="U0CLEO"),
}


class Desk(Office):
    """An office with targets, whose clock turns, too."""

    def __init__(
        self,
        store: Store,
        clock: HandClock,
        *,
        target: TargetConfig = TARGET,
        hours: HoursConfig | None = None,
        members: dict[str, MemberConfig] | None = None,
        assign: tuple[str, ...] = ("ann", "ben"),
        write: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        team = Team(MEMBERS if members is None else members)
        rules = {"turn": RuleConfig(assign=assign)} if assign else {}
        known = {"office": hours} if hours else {}
        super().__init__(
            store,
            clock,
            routes=Routes(rules, team=team, usual=("slack",)),
            team=team,
            targets=Targets({"all": target}, known),
            **more,
        )
        config = CrmConfig(write=write or {})
        crms = {"generic": Connected(self.crm, config)} if self.kit.crms else {}
        self.kit = msgspec.structs.replace(self.kit, crms=crms)

    @property
    def places(self) -> list[tuple[Step, str]]:
        return [*super().places, (Step.CLOCK, "")]

    def turn(self) -> None:
        super().turn()
        while clock_due(self.kit):
            pass
        for name in self.walls:
            while remind_due(self.kit, name) == timedelta():
                pass
        super().turn()

    def lead(self, name: str = "vera") -> str:
        """A lead of Ann's."""
        self.crm.has(name, ANN)
        return self.post(name=name, email=f"{name}@example.com", record=name)

    def change(self, lead_id: str, **what: Any) -> None:
        before = self.handling(lead_id) or UNHANDLED
        assert self.store.handle(lead_id, before, msgspec.structs.replace(before, **what))

    def level(self, lead_id: str) -> int:
        return (self.handling(lead_id) or UNHANDLED).level

    def reminders(self, lead_id: str) -> list[str]:
        told = self.store.alerts([lead_id]).get(lead_id, ())
        return [f"{a.channel} {a.template}" for a in told if a.step is Step.REMIND]


@pytest.fixture
def desk(store: Store, clock: HandClock) -> Desk:
    return Desk(store, clock)


def test_a_lead_that_nobody_responds_to_is_reminded_of_escalated_and_given_away(desk: Desk) -> None:
    lead = desk.lead()
    desk.wait(minutes=12, seconds=59)
    assert desk.reminders(lead) == []
    desk.wait(seconds=2)
    assert desk.reminders(lead) == ["slack reminder/1"]
    desk.wait(minutes=7)
    assert desk.reminders(lead) == ["slack reminder/1", "slack escalated/1"]
    assert desk.handling(lead) == Handling(
        rev=3, owner=desk.kit.team.known(ANN), ownership=Ownership.ASSIGNED, level=2
    )
    desk.wait(minutes=10)
    handling = desk.handling(lead)
    assert handling is not None
    assert (handling.level, handling.owner) == (3, desk.kit.team.person("ben"))
    assert desk.reminders(lead)[2:] == ["slack reassigned/1 of U0BEN"]
    desk.wait(hours=48)
    assert len(desk.reminders(lead)) == 3
    assert all(desk.store.next_due(*place) is None for place in desk.places)


def test_the_first_message_shows_the_new_owner_and_nobody_is_told_twice(desk: Desk) -> None:
    lead = desk.lead()
    desk.wait(minutes=31)
    wall = desk.walls["slack"]
    assert [m["owner"] for m in wall.about(lead)] == ["ben"]
    assert wall.about(lead, "owner/1") == []


@pytest.mark.parametrize(
    "response",
    [
        {"claimed_by": BEN},
        {"touched_at": datetime(2026, 3, 2, 9, 12, tzinfo=UTC)},
        {"ending": Ending.JUNK},
    ],
)
def test_whoever_responds_stops_the_clock(desk: Desk, response: dict[str, Any]) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.change(lead, **response)
    desk.wait(hours=2)
    assert desk.reminders(lead) == []
    assert desk.store.next_due(Step.CLOCK) is None


def test_a_response_that_the_crm_knows_of_stops_the_clock(desk: Desk, clock: HandClock) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.crm.has("vera", ANN, touched_at=clock.now)
    desk.wait(hours=2)
    assert desk.reminders(lead) == []
    assert (desk.handling(lead) or UNHANDLED).touched_at is not None


def test_a_crm_that_is_down_stops_no_clock(desk: Desk) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.crm.trouble = Unreachable("crm.timeout")
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack reminder/1"]


def test_a_snoozed_lead_is_left_alone_and_its_steps_keep_their_distance(
    desk: Desk, clock: HandClock
) -> None:
    lead = desk.lead()
    desk.wait(minutes=11)
    desk.change(lead, snoozed_until=clock.now + 60 * MINUTE)
    desk.wait(minutes=59)
    assert desk.level(lead) == 0
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack reminder/1"]
    desk.wait(minutes=5)
    assert desk.level(lead) == 1
    desk.wait(minutes=2)
    assert desk.level(lead) == 2
    desk.wait(minutes=8)
    assert desk.level(lead) == 2
    desk.wait(minutes=2)
    assert desk.level(lead) == 3


def test_a_lead_snoozed_after_its_reminder_was_put_is_not_reminded_of_while_it_sleeps(
    desk: Desk, clock: HandClock
) -> None:
    lead = desk.lead()
    desk.wait(minutes=11)
    desk.store.put([Task(Step.REMIND, lead, "slack")], clock.now + MINUTE)
    desk.change(lead, level=1, snoozed_until=clock.now + 30 * MINUTE)
    desk.wait(minutes=29)
    assert desk.reminders(lead) == []
    desk.wait(minutes=2)
    assert len(desk.reminders(lead)) == 1


def test_the_clock_stands_still_outside_business_hours(store: Store, clock: HandClock) -> None:
    clock.now = datetime(2026, 3, 6, 17, 55, tzinfo=UTC)  # a Friday
    office = msgspec.structs.replace(TARGET, hours="office")
    desk = Desk(store, clock, target=office, hours=HoursConfig())
    lead = desk.lead()
    desk.wait(hours=60)
    assert desk.level(lead) == 0
    clock.now = datetime(2026, 3, 9, 9, 7, tzinfo=UTC)
    desk.turn()
    assert desk.level(lead) == 0
    desk.wait(minutes=2)
    assert desk.level(lead) == 1


def test_quiet_hours_of_the_holder_put_off_reminders_but_no_escalation(
    store: Store, clock: HandClock
) -> None:
    clock.now = datetime(2026, 3, 2, 19, 49, tzinfo=UTC)
    quiet = msgspec.structs.replace(MEMBERS["ann"], quiet=(20 * 60, 8 * 60))
    desk = Desk(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
    lead = desk.lead()
    desk.wait(minutes=15)
    assert desk.level(lead) == 1
    assert desk.reminders(lead) == []
    desk.wait(minutes=6)
    assert desk.reminders(lead) == ["slack escalated/1"]


def test_an_alert_that_waits_for_the_morning_is_escalated_to_the_next_person(
    store: Store, clock: HandClock
) -> None:
    clock.now = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    quiet = msgspec.structs.replace(MEMBERS["ann"], quiet=(20 * 60, 8 * 60))
    desk = Desk(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
    lead = desk.lead()
    desk.wait(minutes=19)
    assert desk.level(lead) == 0
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack escalated/1"]
    desk.wait(hours=11)
    assert len(desk.walls["slack"].about(lead)) == 1  # the alert itself, in the morning


def test_an_escalation_has_a_channel_of_its_own(store: Store, clock: HandClock) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    desk = Desk(store, clock, target=target)
    lead = desk.lead()
    desk.wait(minutes=21)
    assert desk.reminders(lead) == ["slack reminder/1", "pool escalated/1"]


def test_an_escalation_goes_out_though_the_channel_of_the_alert_is_down(
    store: Store, clock: HandClock
) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    desk = Desk(store, clock, target=target)
    desk.kit = msgspec.structs.replace(desk.kit, retry=PATIENT)
    desk.walls["slack"].trouble = Unreachable("slack.down")
    lead = desk.lead()
    desk.wait(minutes=19)
    assert desk.reminders(lead) == []
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["pool escalated/1"]


def test_a_lead_that_nobody_was_told_of_is_looked_at_less_and_less_and_then_no_more(
    store: Store, clock: HandClock
) -> None:
    desk = Desk(store, clock, assign=(), members={})
    desk.walls["slack"].trouble = Unreachable("slack.down")
    lead = desk.lead()
    desk.wait(minutes=40)  # the alert is a dead letter by now
    assert desk.store.next_due(Step.NOTIFY, "slack") is None
    looks = 0
    while (due := desk.store.next_due(Step.CLOCK)) is not None and looks < 40:
        clock.now = max(due, clock.now)
        looks += clock_due(desk.kit)
    assert looks < 25
    assert desk.reminders(lead) == []
    assert desk.store.next_due(Step.CLOCK) is None


def test_nobody_else_to_give_it_to_ends_the_clock(store: Store, clock: HandClock) -> None:
    desk = Desk(store, clock, assign=("ann",))
    lead = desk.lead()
    desk.wait(minutes=40)
    assert desk.level(lead) == 2
    assert desk.store.next_due(Step.CLOCK) is None


def test_a_lead_that_nobody_owns_is_given_to_somebody(store: Store, clock: HandClock) -> None:
    desk = Desk(store, clock)
    desk.crm.trouble = Unreachable("crm.timeout")  # so that the rules do not assign it at once
    lead = desk.post(name="Vera", email="vera@example.com", record="vera")
    desk.wait(minutes=31)
    owner = (desk.handling(lead) or UNHANDLED).owner
    assert owner is not None
    assert owner.name in ("ann", "ben")


def test_the_crm_is_told_of_the_new_owner(store: Store, clock: HandClock) -> None:
    desk = Desk(store, clock, write={"owner": "owner_id"})
    lead = desk.lead()
    desk.wait(minutes=29)
    for held in store.claim(Step.WRITE_BACK, 9, MINUTE, "generic"):
        assert store.settle([_done(held)]) == [True]  # that of the refinement
    desk.wait(minutes=2)
    assert store.count_due(Step.WRITE_BACK, "generic") == 1
    assert desk.level(lead) == 3


def test_a_worker_that_dies_between_a_step_and_its_settlement_repeats_nothing(
    store: Store, clock: HandClock
) -> None:
    """The last step, after which the task itself is still to be ended."""
    desk = Desk(store, clock, target=msgspec.structs.replace(TARGET, reassign=None))
    lead = desk.lead()
    desk.wait(minutes=19, seconds=59)
    clock.advance(seconds=1)
    settle = store.settle
    store.settle = _dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        clock_due(desk.kit)
    store.settle = settle  # type: ignore[method-assign]
    assert desk.level(lead) == 2
    desk.wait(minutes=5)
    assert desk.level(lead) == 2
    assert desk.reminders(lead) == ["slack reminder/1", "slack escalated/1"]
    assert store.next_due(Step.CLOCK) is None


def test_two_workers_that_see_the_same_step_take_it_once(desk: Desk, clock: HandClock) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    clock.advance(minutes=1)
    stale = desk.store.claim(Step.CLOCK, 9, MINUTE)  # and hangs for longer than its lease
    clock.advance(minutes=1)
    assert clock_due(desk.kit) == 1
    assert desk.level(lead) == 1
    assert not desk.store.settle([_done(stale[0])])[0]
    due = desk.store.next_due(Step.CLOCK)
    assert due == clock.now + 6 * MINUTE


def test_a_change_in_the_moment_of_a_step_is_seen_by_the_next_look(
    desk: Desk, clock: HandClock
) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    clock.advance(minutes=1)
    read = desk.store.alerts

    def claimed_meanwhile(lead_ids: Any) -> Any:
        desk.change(lead, claimed_by=BEN)
        return read(lead_ids)

    desk.store.alerts = claimed_meanwhile  # type: ignore[method-assign]
    assert clock_due(desk.kit) == 1
    desk.store.alerts = read  # type: ignore[method-assign]
    assert desk.level(lead) == 0
    desk.wait(minutes=1)
    assert desk.reminders(lead) == []
    assert desk.store.next_due(Step.CLOCK) is None


def test_a_lead_replayed_long_after_its_target_bothers_nobody(desk: Desk, clock: HandClock) -> None:
    lead = desk.lead()
    desk.wait(minutes=11)
    desk.change(lead, claimed_by=BEN)
    desk.wait(hours=40)
    desk.change(lead, claimed_by=None)
    desk.store.put([Task(Step.REFINE, lead)], clock.now)
    desk.wait(hours=1)
    assert desk.reminders(lead) == []


def test_a_lead_without_a_target_has_no_clock(store: Store, clock: HandClock) -> None:
    desk = Desk(store, clock, target=msgspec.structs.replace(TARGET, min_score=80))
    lead = desk.lead()
    desk.wait(minutes=11)
    assert store.next_due(Step.CLOCK) is None
    store.put([Task(Step.CLOCK, lead)], clock.now)  # of a target that is gone
    desk.wait(hours=1)
    assert desk.level(lead) == 0
    assert store.next_due(Step.CLOCK) is None


def test_a_reminder_that_was_sent_is_not_sent_again(desk: Desk, clock: HandClock) -> None:
    lead = desk.lead()
    desk.wait(minutes=14)
    desk.store.put([Task(Step.REMIND, lead, "slack")], clock.now)
    desk.wait(minutes=1)
    assert len(desk.reminders(lead)) == 1


def test_a_reminder_waits_for_a_channel_that_is_down_and_says_how_late_it_is_then(
    desk: Desk,
) -> None:
    desk.kit = msgspec.structs.replace(desk.kit, retry=PATIENT)
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.walls["slack"].trouble = Unreachable("slack.down")
    desk.wait(minutes=9)
    assert desk.reminders(lead) == []
    desk.walls["slack"].trouble = None
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack escalated/1"]


def test_a_reminder_of_an_unknown_lead_is_a_dead_letter(desk: Desk, clock: HandClock) -> None:
    waiting = desk.post(name="Vera", email="vera@example.com")
    desk.store.put([Task(Step.REMIND, waiting, "slack")], clock.now)
    desk.wait(minutes=1)
    assert desk.store.next_due(Step.REMIND, "slack") is None


def test_a_clock_put_for_a_lead_that_is_not_refined_ends(desk: Desk, clock: HandClock) -> None:
    waiting = desk.post(name="Vera", email="vera@example.com")
    desk.store.put([Task(Step.CLOCK, waiting)], clock.now)
    assert clock_due(desk.kit) == 1
    assert desk.store.next_due(Step.CLOCK) is None


def _done(held: Claim) -> Settlement:
    return Settlement(held, Done())


def _dies(settlements: Sequence[Settlement]) -> list[bool]:
    raise KeyboardInterrupt
