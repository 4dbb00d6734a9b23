"""When a lead is reminded of, escalated and given away; see also tests/contracts."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leadline.journey.response_clock import clock_due
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.task import Alert, Step, Task
from leadline.ports.channel import Letter, Notice
from leadline.ports.messenger import Unreachable
from leadline.ports.store import Store
from leadline.settings.hours import HoursConfig
from leadline.stores.memory import MemoryStore
from tests.worlds.leads import HandClock
from tests.worlds.response_clock import MEMBERS, MINUTE, PATIENT, TARGET, ClockedOffice
from tests.worlds.sales_office import ANN, BEN, PlainWriter


@pytest.fixture
def store(clock: HandClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def desk(store: Store, clock: HandClock) -> ClockedOffice:
    return ClockedOffice(store, clock)


@pytest.mark.parametrize(
    "response",
    [
        {"claimed_by": BEN},
        {"touched_at": datetime(2026, 3, 2, 9, 12, tzinfo=UTC)},
        {"ending": Ending.JUNK},
    ],
)
def test_whoever_responds_stops_the_clock(desk: ClockedOffice, response: dict[str, Any]) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.change(lead, **response)
    desk.wait(hours=2)
    assert desk.reminders(lead) == []
    assert desk.store.next_due(Step.CLOCK) is None


def test_a_crm_that_is_down_stops_no_clock(desk: ClockedOffice) -> None:
    lead = desk.lead()
    desk.wait(minutes=12)
    desk.crm.trouble = Unreachable("crm.timeout")
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack reminder/1"]


def test_a_lead_snoozed_after_its_reminder_was_put_is_not_reminded_of_while_it_sleeps(
    desk: ClockedOffice, clock: HandClock
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
    desk = ClockedOffice(store, clock, target=office, hours=HoursConfig())
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
    desk = ClockedOffice(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
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
    desk = ClockedOffice(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
    lead = desk.lead()
    desk.wait(minutes=19)
    assert desk.level(lead) == 0
    desk.wait(minutes=2)
    assert desk.reminders(lead) == ["slack escalated/1"]
    desk.wait(hours=11)
    assert len(desk.walls["slack"].about(lead)) == 1  # the alert itself, in the morning


def test_an_escalation_has_a_channel_of_its_own(store: Store, clock: HandClock) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    desk = ClockedOffice(store, clock, target=target)
    lead = desk.lead()
    desk.wait(minutes=21)
    assert desk.reminders(lead) == ["slack reminder/1", "pool escalated/1"]


def test_an_escalation_goes_out_though_the_channel_of_the_alert_is_down(
    store: Store, clock: HandClock
) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    desk = ClockedOffice(store, clock, target=target)
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
    desk = ClockedOffice(store, clock, assign=(), members={})
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
    desk = ClockedOffice(store, clock, assign=("ann",))
    lead = desk.lead()
    desk.wait(minutes=40)
    assert desk.level(lead) == 2
    assert desk.store.next_due(Step.CLOCK) is None


def test_a_lead_that_nobody_owns_is_given_to_somebody(store: Store, clock: HandClock) -> None:
    desk = ClockedOffice(store, clock)
    desk.crm.trouble = Unreachable("crm.timeout")  # so that the rules do not assign it at once
    lead = desk.post(name="Vera", email="vera@example.com", record="vera")
    desk.wait(minutes=31)
    owner = (desk.handling(lead) or UNHANDLED).owner
    assert owner is not None
    assert owner.name in ("ann", "ben")


def test_a_lead_replayed_long_after_its_target_bothers_nobody(
    desk: ClockedOffice, clock: HandClock
) -> None:
    lead = desk.lead()
    desk.wait(minutes=11)
    desk.change(lead, claimed_by=BEN)
    desk.wait(hours=40)
    desk.change(lead, claimed_by=None)
    desk.store.put([Task(Step.REFINE, lead)], clock.now)
    desk.wait(hours=1)
    assert desk.reminders(lead) == []


def test_a_lead_without_a_target_has_no_clock(store: Store, clock: HandClock) -> None:
    desk = ClockedOffice(store, clock, target=msgspec.structs.replace(TARGET, min_score=80))
    lead = desk.lead()
    desk.wait(minutes=11)
    assert store.next_due(Step.CLOCK) is None
    store.put([Task(Step.CLOCK, lead)], clock.now)  # of a target that is gone
    desk.wait(hours=1)
    assert desk.level(lead) == 0
    assert store.next_due(Step.CLOCK) is None


def test_a_reminder_waits_for_a_channel_that_is_down_and_says_how_late_it_is_then(
    desk: ClockedOffice,
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


def test_a_reminder_of_an_unknown_lead_is_a_dead_letter(
    desk: ClockedOffice, clock: HandClock
) -> None:
    waiting = desk.post(name="Vera", email="vera@example.com")
    desk.store.put([Task(Step.REMIND, waiting, "slack")], clock.now)
    desk.wait(minutes=1)
    assert desk.store.next_due(Step.REMIND, "slack") is None


def test_a_clock_put_for_a_lead_that_is_not_refined_ends(
    desk: ClockedOffice, clock: HandClock
) -> None:
    waiting = desk.post(name="Vera", email="vera@example.com")
    desk.store.put([Task(Step.CLOCK, waiting)], clock.now)
    assert clock_due(desk.kit) == 1
    assert desk.store.next_due(Step.CLOCK) is None


def test_an_escalation_is_for_the_person_after_the_holder(desk: ClockedOffice) -> None:
    written: list[Notice] = []

    class Notes(PlainWriter):
        def reminder(self, notice: Notice, told: Alert | None) -> Letter:
            written.append(notice)
            return super().reminder(notice, told)

    slack = msgspec.structs.replace(desk.kit.channels["slack"], writer=Notes())
    desk.kit = msgspec.structs.replace(desk.kit, channels={**desk.kit.channels, "slack": slack})
    desk.lead()
    desk.wait(minutes=31)
    others = [notice.escalated_to for notice in written]
    assert others == [None, desk.kit.team.person("cleo"), None]
    assert [notice.addressee for notice in written] == [
        desk.kit.team.known(ANN), desk.kit.team.person("cleo"), desk.kit.team.person("ben"),
    ]  # fmt: skip
