"""Doing leads again, on every store."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.errors import Unreadable
from leadline.model.handling import Handling
from leadline.model.lead import Delivery, Event, Kind
from leadline.model.task import Done, Drop, Step, Task
from leadline.operations.repair.replay import Hearers, Plan, Start, carry_out, plan, routed
from leadline.ports.source import Source
from leadline.ports.store import Settlement, Store
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.vendors.generic.webhook import Generic
from leadline.vendors.salesforce.webhook import Salesforce
from tests.worlds.batches import change_event
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle
from tests.worlds.sales_office import ANN, SalesOffice

LEASE = timedelta(seconds=60)
SOURCES = {"generic": Generic()}


def to(*names: str) -> Hearers:
    """These channels hear of every lead."""
    return lambda documents: dict.fromkeys(documents, names)


def planned(store: Store, start: Start, *ids: str) -> Plan:
    return plan(store, SOURCES, to("slack"), ids, start)


def dead_lead(store: Store, clock: HandClock) -> str:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    store.settle([Settlement(lease, Drop("lead.not_understood"))])
    return lead.id


def test_a_dead_letter_is_refined_again(store: Store, clock: HandClock) -> None:
    lead_id = dead_lead(store, clock)
    todo = planned(store, Start.REFINE, lead_id)
    assert store.count_due(Step.REFINE) == 0, "a plan changes nothing"
    assert carry_out(store, todo, clock.now) == 1
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 5, LEASE)] == [lead_id]


def test_from_notify_every_channel_is_told_again(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    store.settle([Settlement(lease, Done(refined=refined(lead, clock)))])
    todo = planned(store, Start.NOTIFY, lead.id)
    assert todo.tasks == (Task(Step.NOTIFY, lead.id, "slack", again=True),)
    carry_out(store, todo, clock.now)
    assert store.lease(Step.NOTIFY, 1, LEASE, "slack")[0].task.again


def test_from_notify_the_channels_are_told_that_the_rules_choose_for_the_present_owner(
    store: Store, clock: HandClock
) -> None:
    rules = {
        "ann": RuleConfig(owners=("ann@example.com",), channels=("slack",)),
        "others": RuleConfig(channels=("pool",)),
    }
    office = SalesOffice(store, clock, routes=Routes(rules=rules))
    slack = msgspec.structs.replace(office.kit.channels["slack"], fallback="pool")
    channels = {**office.kit.channels, "slack": slack}
    kit = msgspec.structs.replace(office.kit, channels=channels)
    anns = refined_in(store, clock, handling=Handling(owner=ANN)).id
    nobodys = refined_in(store, clock, "bob").id
    todo = plan(store, kit.sources, routed(kit), [anns, nobodys], Start.NOTIFY)
    assert todo.tasks == (
        Task(Step.NOTIFY, anns, "slack", again=True),
        Task(Step.NOTIFY, nobodys, "pool", again=True),
    )


def test_what_is_not_refined_cannot_be_told(store: Store, clock: HandClock) -> None:
    lead_id = dead_lead(store, clock)
    assert planned(store, Start.NOTIFY, lead_id).skipped == {lead_id: "it is not refined yet"}


def test_unknown_leads_are_named(store: Store) -> None:
    stranger = "00000000-0000-7000-8000-000000000000"
    assert planned(store, Start.REFINE, stranger).skipped == {
        stranger: "there is no such lead, or its raw document is lost"
    }


def deliver(store: Store, clock: HandClock, body: bytes) -> str:
    delivery = Delivery("generic", body, clock.now, {"content-type": "application/json"})
    (piece,) = read(delivery, CaptureKit(SOURCES, timedelta()))
    store.accept([piece])
    return piece.id


def test_from_capture_a_filtered_event_is_read_again_by_its_source(
    store: Store, clock: HandClock
) -> None:
    class Learned(Generic):
        """The same source after it has learned that these pings carry leads."""

        def events(self, delivery: Delivery) -> Sequence[Event]:
            return [Event(Kind.CREATED, delivery.body)]

    lead_id = deliver(store, clock, b'{"type":"ping","name":"Ada"}')
    assert planned(store, Start.CAPTURE, lead_id).leads == 0
    todo = plan(store, {"generic": Learned()}, to("slack"), [lead_id], Start.CAPTURE)
    assert carry_out(store, todo, clock.now) == 1
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 5, LEASE)] == [lead_id]
    assert carry_out(store, todo, clock.now) == 0, "it is a lead by now"


DELETED = b"""{"channel":"/data/LeadChangeEvent","data":{"payload":{"ChangeEventHeader":{
  "entityName":"Lead","recordIds":["00Q1","00Q2"],"changeType":"DELETE","transactionKey":"t1",
  "sequenceNumber":1}}}}"""
ACCOUNTS = b"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>00D000000000001AAA</OrganizationId>
<Notification><Id>04l1</Id><sObject xsi:type="sf:Account"><sf:Id>001A</sf:Id></sObject>
</Notification><Notification><Id>04l2</Id><sObject xsi:type="sf:Account"><sf:Id>001B</sf:Id>
</sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>"""
PINGS = b'[{"type":"ping","id":1}, {"type":"ping","id":2}]'


@pytest.mark.parametrize(
    ("source", "media", "body"),
    [
        (Salesforce(), "application/json", DELETED),
        (Salesforce(), "text/xml; charset=utf-8", ACCOUNTS),
        (Generic(), "application/json", PINGS),
        (Generic(), "application/json; charset=utf-16", PINGS.decode().encode("utf-16")),
    ],
)
def test_every_piece_of_a_delivery_is_read_again_as_it_was_read_first(
    store: Store, clock: HandClock, source: Source, media: str, body: bytes
) -> None:
    delivery = Delivery(source.name, body, clock.now, {"content-type": media})
    kit = CaptureKit({source.name: source}, timedelta())
    store.accept(pieces := read(delivery, kit))
    assert len(pieces) == 2
    todo = plan(store, {source.name: source}, to(), [p.id for p in pieces], Start.CAPTURE)
    assert set(todo.skipped.values()) == {"its source still says that it is no new lead"}
    assert todo.leads == 0


def test_pieces_that_were_kept_with_the_ids_of_all_records_are_read_again(
    store: Store, clock: HandClock
) -> None:
    """As change events were cut once, each with everything that its neighbours had."""
    body = change_event(2)
    delivery = Delivery("salesforce", body, clock.now, {"content-type": "application/json"})
    source = Salesforce()
    now = read(delivery, CaptureKit({"salesforce": source}, timedelta()))
    payload = json.loads(body)["payload"]
    then = [
        msgspec.structs.replace(
            piece, kind=Kind.IGNORED, raw=msgspec.json.encode({**payload, "Id": piece.record})
        )
        for piece in now
    ]
    store.accept(then)
    ids = [piece.id for piece in then]
    todo = plan(store, {"salesforce": source}, to(), ids, Start.CAPTURE)
    assert (todo.readmit, todo.skipped) == (tuple(ids), {})


def test_what_no_source_can_read_any_more_is_left_alone(store: Store, clock: HandClock) -> None:
    class Strict(Generic):
        def events(self, delivery: Delivery) -> Sequence[Event]:
            raise Unreadable("nothing suits me")

    lead_id = deliver(store, clock, b'{"type":"ping"}')
    unreadable = plan(store, {"generic": Strict()}, to(), [lead_id], Start.CAPTURE)
    assert unreadable.skipped == {lead_id: "its source can't read it"}
    gone = plan(store, {}, to(), [lead_id], Start.CAPTURE)
    assert gone.skipped == {lead_id: "there is no source 'generic' any more"}


def test_many_leads_are_done_again_slice_by_slice(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.operations.repair.replay._SLICE", 20)
    leads = [captured(clock, f"lead{i}") for i in range(43)]
    store.accept(leads)
    ids = [lead.id for lead in leads]
    todo = planned(store, Start.REFINE, *ids, ids[0])
    assert todo.lead_ids == tuple(ids)
    seen: list[int] = []

    def watch(slices: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
        for some in slices:
            seen.append(len(some))
            yield some

    assert carry_out(store, todo, clock.now, watch) == 43
    assert (len(seen), sum(seen)) == (3, 43)
    assert store.count_due(Step.REFINE) == 43


def test_without_a_channel_nobody_can_be_told_again(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    store.settle([Settlement(lease, Done(refined=refined(lead, clock)))])
    todo = plan(store, SOURCES, to(), [lead.id], Start.NOTIFY)
    assert todo.skipped == {lead.id: "no channel is chosen for it"}


def test_from_refine_an_event_that_is_no_lead_is_left_alone(store: Store, clock: HandClock) -> None:
    lead_id = deliver(store, clock, b'{"type":"ping"}')
    assert planned(store, Start.REFINE, lead_id).skipped == {lead_id: "it is no lead (filtered)"}


def test_from_dead_the_dead_letters_of_every_step_are_tried_again(
    store: Store, clock: HandClock
) -> None:
    lead, other = refined_in(store, clock, "lead"), refined_in(store, clock, "other")
    tasks = [Task(Step.WRITE_BACK, lead.id, "close"), Task(Step.UPDATE, lead.id, "slack")]
    store.put(tasks, clock.now)
    for task in tasks:
        assert settle(store, lease_task(store, task.step, task.channel), Drop("refused"))
    dead = {lead.id: tasks}
    ids = [other.id, lead.id]
    todo = plan(store, SOURCES, to("slack"), ids, Start.DEAD, dead)
    assert todo.skipped == {other.id: "it has no dead letter"}
    assert carry_out(store, todo, clock.now) == 1
    for task in tasks:
        again = lease_task(store, task.step, task.channel)
        assert (again.task, again.failures) == (task, 0)
    assert store.next_due(Step.REFINE) is None
    assert store.next_due(Step.NOTIFY, "slack") is None
