"""What every store does with news of a lead that is refined already."""

from datetime import timedelta

from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Fate, Kind
from leadline.model.task import Done, Drop, Retry, Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle


def record_key(record: str) -> bytes:
    return key_digest("record", "generic", record.encode())


def late(clock: HandClock, key: str, raw: bytes = b'{"owner":"o"}') -> CapturedLead:
    return captured(clock, key, kind=Kind.UPDATED, record="contact:1", raw=raw)


def test_a_late_update_is_filtered_and_has_the_crm_asked_now(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock, record="contact:1")
    assert store.next_due(Step.LOOK_UP) is None
    clock.advance(minutes=1)
    (receipt,) = store.accept([late(clock, "u1")])
    assert (receipt.fate, receipt.why) == (Fate.FILTERED, "already_refined")
    assert store.next_due(Step.LOOK_UP) == clock.now
    assert lease_task(store, Step.LOOK_UP).task == Task(Step.LOOK_UP, lead.id)


def test_several_late_updates_have_the_crm_asked_once(store: Store, clock: HandClock) -> None:
    refined_in(store, clock, record="contact:1")
    store.accept([late(clock, "u1"), late(clock, "u2")])
    store.accept([late(clock, "u3")])
    assert settle(store, lease_task(store, Step.LOOK_UP), Done())
    assert store.next_due(Step.LOOK_UP) is None


def test_a_redelivered_late_update_asks_nobody(store: Store, clock: HandClock) -> None:
    refined_in(store, clock, record="contact:1")
    store.accept([late(clock, "u1")])
    assert settle(store, lease_task(store, Step.LOOK_UP), Done())
    (receipt,) = store.accept([late(clock, "u1")])
    assert receipt.fate is Fate.REDELIVERED
    assert store.next_due(Step.LOOK_UP) is None


def test_a_late_update_moves_the_look_up_that_waits(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock, record="contact:1")
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now + timedelta(hours=1))
    clock.advance(minutes=1)
    store.accept([late(clock, "u1")])
    assert settle(store, lease_task(store, Step.LOOK_UP), Done())
    assert store.next_due(Step.LOOK_UP) is None


def test_a_look_up_that_has_not_seen_the_update_is_done_again(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock, record="contact:1")
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    stale = lease_task(store, Step.LOOK_UP)
    store.accept([late(clock, "u1")])
    assert not settle(store, stale, Retry(timedelta(hours=1), why="no owner yet"))
    fresh = lease_task(store, Step.LOOK_UP)
    assert fresh.failures == 0
    assert settle(store, fresh, Done())


def test_a_late_update_brings_a_dead_look_up_back(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock, record="contact:1")
    store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    assert settle(store, lease_task(store, Step.LOOK_UP), Drop("close.refused"))
    store.accept([late(clock, "u1")])
    assert lease_task(store, Step.LOOK_UP).failures == 0


def test_an_update_of_a_waiting_lead_asks_nobody(store: Store, clock: HandClock) -> None:
    store.accept([captured(clock, record="contact:1")])
    store.accept([late(clock, "u1")])
    assert store.next_due(Step.LOOK_UP) is None


def test_an_ignored_event_of_a_refined_lead_asks_nobody(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock, record="contact:1")
    event = captured(clock, "other", kind=Kind.IGNORED, record="contact:1", why="ping")
    (receipt,) = store.accept([event])
    assert receipt.why == "ping"
    assert store.next_due(Step.LOOK_UP) is None
    assert store.waiting([lead.id])[lead.id].late == ()


def test_the_end_of_a_refined_leads_record_is_looked_at(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock, record="contact:1")
    event = captured(clock, "gone", kind=Kind.IGNORED, record="contact:1", why="deleted")
    (receipt,) = store.accept([event])
    assert receipt.why == "deleted"
    assert lease_task(store, Step.LOOK_UP).task.lead_id == lead.id
    (end,) = store.waiting([lead.id])[lead.id].ends
    assert (end.why, end.raw) == ("deleted", event.raw)


def test_late_updates_are_read_beside_the_lead_in_their_order(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, record="contact:1", delay=timedelta())
    store.accept([lead])
    store.accept([late(clock, "early", b'{"early":1}')])
    assert store.waiting([lead.id])[lead.id].late == ()
    assert settle(store, lease_task(store, Step.REFINE), Done(refined=refined(lead, clock)))
    for n in range(12):
        store.accept([late(clock, f"late{n}", b'{"late":%d}' % n)])
        clock.advance(milliseconds=5)
    found = store.waiting([lead.id])[lead.id]
    assert found.updates == (b'{"early":1}',)
    assert found.late == tuple(b'{"late":%d}' % n for n in range(12))


def test_a_lead_is_found_by_its_record(store: Store, clock: HandClock) -> None:
    ada = refined_in(store, clock, "ada", record="contact:1")
    bob = captured(clock, "bob", record="contact:2")
    store.accept([bob, captured(clock, "cy", kind=Kind.UPDATED, record="contact:3")])
    store.accept([late(clock, "u1")])
    keys = {record: record_key(record) for record in ("contact:1", "contact:2", "contact:3")}
    assert store.of_records(list(keys.values())) == {
        keys["contact:1"]: ada.id,
        keys["contact:2"]: bob.id,
    }
    assert store.of_records([]) == {}


def test_an_event_that_became_a_lead_is_found_by_its_record(store: Store, clock: HandClock) -> None:
    event = captured(clock, kind=Kind.IGNORED, record="contact:1")
    store.accept([event])
    assert store.of_records([record_key("contact:1")]) == {}
    store.readmit([event.id], clock.now)
    assert store.of_records([record_key("contact:1")]) == {record_key("contact:1"): event.id}
