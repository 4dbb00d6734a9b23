"""Doing leads again, on every store."""

from datetime import timedelta

from leadline.capture import CaptureKit, capture
from leadline.lead import Delivery, Step, Task
from leadline.outcome import Done, Drop
from leadline.ports import Settlement, Store
from leadline.replaying import Plan, Start, carry_out, plan
from leadline.sources.generic import Generic
from tests.worlds import HandClock, captured, refined

LEASE = timedelta(seconds=60)
SOURCES = {"generic": Generic()}


def planned(store: Store, start: Start, *ids: str) -> Plan:
    return plan(store, SOURCES, ["slack"], ids, start)


def dead_lead(store: Store, clock: HandClock) -> str:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (claim,) = store.claim(Step.REFINE, 1, LEASE)
    store.settle([Settlement(claim, Drop("lead.not_understood"))])
    return lead.id


def test_a_dead_letter_is_refined_again(store: Store, clock: HandClock) -> None:
    lead_id = dead_lead(store, clock)
    todo = planned(store, Start.REFINE, lead_id)
    assert store.count_due(Step.REFINE) == 0, "a plan changes nothing"
    assert carry_out(store, todo, clock.now) == 1
    assert [c.task.lead_id for c in store.claim(Step.REFINE, 5, LEASE)] == [lead_id]


def test_from_notify_every_channel_is_told_again(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (claim,) = store.claim(Step.REFINE, 1, LEASE)
    store.settle([Settlement(claim, Done(refined=refined(lead, clock)))])
    todo = planned(store, Start.NOTIFY, lead.id)
    assert todo.tasks == (Task(Step.NOTIFY, lead.id, "slack", again=True),)
    carry_out(store, todo, clock.now)
    assert store.claim(Step.NOTIFY, 1, LEASE, "slack")[0].task.again


def test_what_is_not_refined_cannot_be_told(store: Store, clock: HandClock) -> None:
    lead_id = dead_lead(store, clock)
    assert planned(store, Start.NOTIFY, lead_id).skipped == {lead_id: "it is not refined yet"}


def test_unknown_leads_are_named(store: Store) -> None:
    stranger = "00000000-0000-7000-8000-000000000000"
    assert planned(store, Start.REFINE, stranger).skipped == {stranger: "there is no such lead"}


def deliver(store: Store, clock: HandClock, body: bytes) -> str:
    delivery = Delivery("generic", body, clock.now, {"content-type": "application/json"})
    before = set(store_ids(store, clock))
    capture(delivery, CaptureKit(SOURCES, timedelta()), store)
    (made,) = set(store_ids(store, clock)) - before
    return made


def store_ids(store: Store, clock: HandClock) -> list[str]:
    """The ids of everything kept, whichever store it is."""
    if hasattr(store, "events"):
        return list(store.events)
    import uuid

    return [str(uuid.UUID(bytes=r[0])) for r in store.db.rows("SELECT id FROM lead")]  # type: ignore[attr-defined]


def test_from_capture_a_filtered_event_is_read_again_by_its_source(
    store: Store, clock: HandClock
) -> None:
    class Learned(Generic):
        """The same source after it has learned that these pings carry leads."""

        def events(self, delivery):  # type: ignore[no-untyped-def]
            from leadline.lead import Event, Kind

            return [Event(Kind.CREATED, delivery.body)]

    lead_id = deliver(store, clock, b'{"type":"ping","name":"Ada"}')
    assert planned(store, Start.CAPTURE, lead_id).leads == 0
    todo = plan(store, {"generic": Learned()}, ["slack"], [lead_id], Start.CAPTURE)
    assert carry_out(store, todo, clock.now) == 1
    assert [c.task.lead_id for c in store.claim(Step.REFINE, 5, LEASE)] == [lead_id]
    assert carry_out(store, todo, clock.now) == 0, "it is a lead by now"


def test_from_refine_an_event_that_is_no_lead_is_left_alone(store: Store, clock: HandClock) -> None:
    lead_id = deliver(store, clock, b'{"type":"ping"}')
    assert planned(store, Start.REFINE, lead_id).skipped == {lead_id: "it is no lead (filtered)"}
