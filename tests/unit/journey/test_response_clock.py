"""When a lead is reminded of, escalated and given away; see also tests/contracts."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leadline.journey.responding.response_clock import clock_due
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.task import Alert, Step, Task
from leadline.ports.channel import Notice, OutgoingMessage
from leadline.ports.messenger import Unreachable
from leadline.ports.store import Store
from leadline.settings.team.hours import HoursConfig
from leadline.stores.memory import MemoryStore
from tests.worlds.leads import HandClock
from tests.worlds.response_clock import MEMBERS, MINUTE, PATIENT, TARGET, ClockedOffice
from tests.worlds.sales_office import ANN, BEN, PlainWriter


@pytest.fixture
def store(clock: HandClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def sales(store: Store, clock: HandClock) -> ClockedOffice:
    return ClockedOffice(store, clock)


@pytest.mark.parametrize(
    "response",
    [
        {"claimed_by": BEN},
        {"touched_at": datetime(2026, 3, 2, 9, 12, tzinfo=UTC)},
        {"ending": Ending.JUNK},
    ],
)
def test_whoever_responds_stops_the_clock(sales: ClockedOffice, response: dict[str, Any]) -> None:
    lead = sales.lead()
    sales.wait(minutes=12)
    sales.change(lead, **response)
    sales.wait(hours=2)
    assert sales.reminders(lead) == []
    assert sales.store.next_due(Step.CLOCK) is None


def test_a_crm_that_is_down_stops_no_clock(sales: ClockedOffice) -> None:
    lead = sales.lead()
    sales.wait(minutes=12)
    sales.crm.trouble = Unreachable("crm.timeout")
    sales.wait(minutes=2)
    assert sales.reminders(lead) == ["slack reminder/1"]


def test_a_lead_snoozed_after_its_reminder_was_put_is_not_reminded_of_while_it_sleeps(
    sales: ClockedOffice, clock: HandClock
) -> None:
    lead = sales.lead()
    sales.wait(minutes=11)
    sales.store.put([Task(Step.REMIND, lead, "slack")], clock.now + MINUTE)
    sales.change(lead, level=1, snoozed_until=clock.now + 30 * MINUTE)
    sales.wait(minutes=29)
    assert sales.reminders(lead) == []
    sales.wait(minutes=2)
    assert len(sales.reminders(lead)) == 1


def test_the_clock_stands_still_outside_business_hours(store: Store, clock: HandClock) -> None:
    clock.now = datetime(2026, 3, 6, 17, 55, tzinfo=UTC)  # a Friday
    office = msgspec.structs.replace(TARGET, hours="office")
    sales = ClockedOffice(store, clock, target=office, hours=HoursConfig())
    lead = sales.lead()
    sales.wait(hours=60)
    assert sales.level(lead) == 0
    clock.now = datetime(2026, 3, 9, 9, 7, tzinfo=UTC)
    sales.turn()
    assert sales.level(lead) == 0
    sales.wait(minutes=2)
    assert sales.level(lead) == 1


def test_quiet_hours_of_the_holder_put_off_reminders_but_no_escalation(
    store: Store, clock: HandClock
) -> None:
    clock.now = datetime(2026, 3, 2, 19, 49, tzinfo=UTC)
    quiet = msgspec.structs.replace(MEMBERS["ann"], quiet=(20 * 60, 8 * 60))
    sales = ClockedOffice(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
    lead = sales.lead()
    sales.wait(minutes=15)
    assert sales.level(lead) == 1
    assert sales.reminders(lead) == []
    sales.wait(minutes=6)
    assert sales.reminders(lead) == ["slack escalated/1"]


def test_an_alert_that_waits_for_the_morning_is_escalated_to_the_next_person(
    store: Store, clock: HandClock
) -> None:
    clock.now = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    quiet = msgspec.structs.replace(MEMBERS["ann"], quiet=(20 * 60, 8 * 60))
    sales = ClockedOffice(store, clock, members={**MEMBERS, "ann": quiet}, assign=())
    lead = sales.lead()
    sales.wait(minutes=19)
    assert sales.level(lead) == 0
    sales.wait(minutes=2)
    assert sales.reminders(lead) == ["slack escalated/1"]
    sales.wait(hours=11)
    assert len(sales.messengers["slack"].about(lead)) == 1  # the alert itself, in the morning


def test_an_escalation_has_a_channel_of_its_own(store: Store, clock: HandClock) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    sales = ClockedOffice(store, clock, target=target)
    lead = sales.lead()
    sales.wait(minutes=21)
    assert sales.reminders(lead) == ["slack reminder/1", "pool escalated/1"]


def test_an_escalation_goes_out_though_the_channel_of_the_alert_is_down(
    store: Store, clock: HandClock
) -> None:
    target = msgspec.structs.replace(TARGET, escalate_to="pool")
    sales = ClockedOffice(store, clock, target=target)
    sales.kit = msgspec.structs.replace(sales.kit, retry=PATIENT)
    sales.messengers["slack"].trouble = Unreachable("slack.down")
    lead = sales.lead()
    sales.wait(minutes=19)
    assert sales.reminders(lead) == []
    sales.wait(minutes=2)
    assert sales.reminders(lead) == ["pool escalated/1"]


def test_a_lead_that_nobody_was_told_of_is_looked_at_less_and_less_and_then_no_more(
    store: Store, clock: HandClock
) -> None:
    sales = ClockedOffice(store, clock, assign=(), members={})
    sales.messengers["slack"].trouble = Unreachable("slack.down")
    lead = sales.lead()
    sales.wait(minutes=40)  # the alert is a dead letter by now
    assert sales.store.next_due(Step.NOTIFY, "slack") is None
    looks = 0
    while (due := sales.store.next_due(Step.CLOCK)) is not None and looks < 40:
        clock.now = max(due, clock.now)
        looks += clock_due(sales.kit)
    assert looks < 25
    assert sales.reminders(lead) == []
    assert sales.store.next_due(Step.CLOCK) is None


def test_nobody_else_to_give_it_to_ends_the_clock(store: Store, clock: HandClock) -> None:
    sales = ClockedOffice(store, clock, assign=("ann",))
    lead = sales.lead()
    sales.wait(minutes=40)
    assert sales.level(lead) == 2
    assert sales.store.next_due(Step.CLOCK) is None


def test_a_lead_that_nobody_owns_is_given_to_somebody(store: Store, clock: HandClock) -> None:
    sales = ClockedOffice(store, clock)
    sales.crm.trouble = Unreachable("crm.timeout")  # so that the rules do not assign it at once
    lead = sales.post(name="Vera", email="vera@example.com", record="vera")
    sales.wait(minutes=31)
    owner = (sales.handling(lead) or UNHANDLED).owner
    assert owner is not None
    assert owner.name in ("ann", "ben")


def test_a_lead_replayed_long_after_its_target_bothers_nobody(
    sales: ClockedOffice, clock: HandClock
) -> None:
    lead = sales.lead()
    sales.wait(minutes=11)
    sales.change(lead, claimed_by=BEN)
    sales.wait(hours=40)
    sales.change(lead, claimed_by=None)
    sales.store.put([Task(Step.REFINE, lead)], clock.now)
    sales.wait(hours=1)
    assert sales.reminders(lead) == []


def test_a_lead_without_a_target_has_no_clock(store: Store, clock: HandClock) -> None:
    sales = ClockedOffice(store, clock, target=msgspec.structs.replace(TARGET, min_score=80))
    lead = sales.lead()
    sales.wait(minutes=11)
    assert store.next_due(Step.CLOCK) is None
    store.put([Task(Step.CLOCK, lead)], clock.now)  # of a target that is gone
    sales.wait(hours=1)
    assert sales.level(lead) == 0
    assert store.next_due(Step.CLOCK) is None


def test_a_reminder_waits_for_a_channel_that_is_down_and_says_how_late_it_is_then(
    sales: ClockedOffice,
) -> None:
    sales.kit = msgspec.structs.replace(sales.kit, retry=PATIENT)
    lead = sales.lead()
    sales.wait(minutes=12)
    sales.messengers["slack"].trouble = Unreachable("slack.down")
    sales.wait(minutes=9)
    assert sales.reminders(lead) == []
    sales.messengers["slack"].trouble = None
    sales.wait(minutes=2)
    assert sales.reminders(lead) == ["slack escalated/1"]


def test_a_reminder_of_an_unknown_lead_is_a_dead_letter(
    sales: ClockedOffice, clock: HandClock
) -> None:
    waiting = sales.post(name="Vera", email="vera@example.com")
    sales.store.put([Task(Step.REMIND, waiting, "slack")], clock.now)
    sales.wait(minutes=1)
    assert sales.store.next_due(Step.REMIND, "slack") is None


def test_a_clock_put_for_a_lead_that_is_not_refined_ends(
    sales: ClockedOffice, clock: HandClock
) -> None:
    waiting = sales.post(name="Vera", email="vera@example.com")
    sales.store.put([Task(Step.CLOCK, waiting)], clock.now)
    assert clock_due(sales.kit) == 1
    assert sales.store.next_due(Step.CLOCK) is None


def test_an_escalation_is_for_the_person_after_the_holder(sales: ClockedOffice) -> None:
    written: list[Notice] = []

    class Notes(PlainWriter):
        def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
            written.append(notice)
            return super().reminder(notice, alert)

    slack = msgspec.structs.replace(sales.kit.channels["slack"], writer=Notes())
    sales.kit = msgspec.structs.replace(sales.kit, channels={**sales.kit.channels, "slack": slack})
    sales.lead()
    sales.wait(minutes=31)
    others = [notice.escalated_to for notice in written]
    assert others == [None, sales.kit.team.person("cleo"), None]
    assert [notice.addressee for notice in written] == [
        sales.kit.team.known(ANN), sales.kit.team.person("cleo"), sales.kit.team.person("ben"),
    ]  # fmt: skip
