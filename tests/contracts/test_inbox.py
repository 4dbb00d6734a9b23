"""What every inbox promises."""

from datetime import timedelta

import pytest

from leadline.model.lead import CapturedLead, Fate, Kind
from leadline.model.task import Step
from leadline.ports.store import Settlement, Store
from tests.worlds.leads import HandClock, captured, refined

LEASE = timedelta(seconds=60)


def test_an_accepted_lead_waits_with_its_raw_words(store: Store, clock: HandClock) -> None:
    lead = captured(clock)
    (receipt,) = store.accept([lead])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.CAPTURED)
    assert store.waiting([lead.id])[lead.id].raw == lead.raw
    assert store.next_due(Step.REFINE) == lead.due_at


def test_a_redelivery_gives_the_same_lead_id_and_no_second_task(
    store: Store, clock: HandClock
) -> None:
    first = captured(clock)
    store.accept([first])
    clock.advance(days=1)
    (receipt,) = store.accept([captured(clock)])
    assert (receipt.lead_id, receipt.fate) == (first.id, Fate.REDELIVERED)
    assert store.count_due(Step.REFINE) == 1


def test_the_same_event_twice_in_one_call_is_one_lead(store: Store, clock: HandClock) -> None:
    leads = [captured(clock, "ada"), captured(clock, "bob"), captured(clock, "ada")]
    receipts = store.accept(leads)
    assert [r.fate for r in receipts] == [Fate.CAPTURED, Fate.CAPTURED, Fate.REDELIVERED]
    assert receipts[2].lead_id == leads[0].id


def test_a_digest_stands_for_a_redelivery_only_for_some_days(
    store: Store, clock: HandClock
) -> None:
    first = captured(clock, lasting=False)
    store.accept([first])
    clock.advance(days=6)
    assert store.accept([captured(clock, lasting=False)])[0].lead_id == first.id
    clock.advance(days=2)
    again = captured(clock, lasting=False)
    (receipt,) = store.accept([again])
    assert (receipt.lead_id, receipt.fate) == (again.id, Fate.CAPTURED)
    # From now on the newer lead owns the words.
    clock.advance(days=1)
    assert store.accept([captured(clock, lasting=False)])[0].lead_id == again.id


def test_a_digest_may_have_a_window_of_its_own_which_a_key_of_the_sender_has_not(
    store: Store, clock: HandClock
) -> None:
    def posted() -> CapturedLead:
        return captured(clock, "form", lasting=False, window=timedelta(minutes=10))

    first, keyed = posted(), captured(clock, "keyed", window=timedelta(minutes=10))
    store.accept([first, keyed])
    clock.advance(minutes=9)
    assert store.accept([posted()])[0].lead_id == first.id
    clock.advance(minutes=2)
    again = posted()
    receipts = store.accept([again, captured(clock, "keyed", window=timedelta(minutes=10))])
    assert [r.fate for r in receipts] == [Fate.CAPTURED, Fate.REDELIVERED]
    assert [r.lead_id for r in receipts] == [again.id, keyed.id]


def test_an_update_of_a_waiting_lead_is_folded_into_it(store: Store, clock: HandClock) -> None:
    lead = captured(clock, record="contact:1")
    store.accept([lead])
    update = captured(clock, key="u1", kind=Kind.UPDATED, record="contact:1", raw=b'{"owner":"o"}')
    (receipt,) = store.accept([update])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.FOLDED)
    assert store.waiting([lead.id])[lead.id].updates == (b'{"owner":"o"}',)
    clock.advance(minutes=10)
    assert store.count_due(Step.REFINE) == 1


def test_a_second_creation_of_one_record_is_no_second_lead(store: Store, clock: HandClock) -> None:
    lead = captured(clock, key="e1", record="contact:1")
    store.accept([lead])
    (receipt,) = store.accept([captured(clock, key="e2", record="contact:1")])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.FOLDED)


def test_an_update_of_an_unknown_record_is_kept_as_filtered(store: Store, clock: HandClock) -> None:
    update = captured(clock, kind=Kind.UPDATED, record="contact:9")
    (receipt,) = store.accept([update])
    assert (receipt.fate, receipt.why) == (Fate.FILTERED, "unknown_record")
    assert store.waiting([update.id])[update.id].raw == update.raw
    assert store.next_due(Step.REFINE) is None


def test_an_update_after_refinement_is_filtered(store: Store, clock: HandClock) -> None:
    from leadline.model.task import Done

    lead = captured(clock, record="contact:1")
    store.accept([lead])
    clock.advance(minutes=10)
    leases = store.lease(Step.REFINE, 1, LEASE)
    assert store.settle([Settlement(leases[0], Done(refined=refined(lead, clock)))]) == [True]
    update = captured(clock, key="u", kind=Kind.UPDATED, record="contact:1")
    assert store.accept([update])[0].why == "already_refined"


def test_an_update_takes_the_lead_back_from_a_worker_that_has_not_seen_it(
    store: Store, clock: HandClock
) -> None:
    from leadline.model.task import Done

    lead = captured(clock, record="contact:1")
    store.accept([lead])
    clock.advance(minutes=10)
    (stale,) = store.lease(Step.REFINE, 1, LEASE)
    store.accept([captured(clock, key="u", kind=Kind.UPDATED, record="contact:1")])
    assert store.settle([Settlement(stale, Done(refined=refined(lead, clock)))]) == [False]
    (fresh,) = store.lease(Step.REFINE, 1, LEASE)
    assert fresh.failures == 0
    assert store.settle([Settlement(fresh, Done(refined=refined(lead, clock)))]) == [True]


@pytest.mark.parametrize("why", ["deleted", "ping"])
def test_an_ignored_event_is_kept_with_its_reason(store: Store, clock: HandClock, why: str) -> None:
    event = captured(clock, kind=Kind.IGNORED, why=why)
    (receipt,) = store.accept([event])
    assert (receipt.fate, receipt.why) == (Fate.FILTERED, why)
    assert store.next_due(Step.REFINE) is None


def test_a_delay_may_be_of_any_length(store: Store, clock: HandClock) -> None:
    hot = captured(clock, "hot", delay=timedelta())
    slow = captured(clock, "slow", delay=timedelta(days=400))
    store.accept([slow, hot])
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 9, LEASE)] == [hot.id]
    clock.advance(days=400)
    due = {c.task.lead_id for _ in range(2) for c in store.lease(Step.REFINE, 9, LEASE)}
    assert slow.id in due


def test_many_leads_in_one_call_each_get_their_answer(store: Store, clock: HandClock) -> None:
    leads = [captured(clock, f"lead{i}") for i in range(333)]
    receipts = store.accept(leads)
    assert [r.lead_id for r in receipts] == [lead.id for lead in leads]
    clock.advance(minutes=10)
    assert store.count_due(Step.REFINE) == 333


def test_an_event_that_proves_to_be_a_lead_becomes_one(store: Store, clock: HandClock) -> None:
    event = captured(clock, kind=Kind.IGNORED, record="contact:1")
    store.accept([event])
    assert store.readmit([event.id], clock.now) == [event.id]
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 9, LEASE)] == [event.id]
    assert store.readmit([event.id], clock.now) == [], "it is a lead by now"
    update = captured(clock, "update", kind=Kind.UPDATED, record="contact:1")
    (receipt,) = store.accept([update])
    assert (receipt.lead_id, receipt.fate) == (event.id, Fate.FOLDED)


def test_readmission_makes_no_second_lead_of_a_record(store: Store, clock: HandClock) -> None:
    before = captured(clock, "before", kind=Kind.IGNORED, record="contact:1")
    lead = captured(clock, "lead", record="contact:1")
    after = captured(clock, "after", kind=Kind.IGNORED, record="contact:1")
    for event in (before, lead, after):
        store.accept([event])
    assert store.readmit([before.id, after.id], clock.now) == []
    assert store.archived([before.id])[before.id].fate is Fate.FILTERED


def test_of_several_events_of_one_record_the_first_is_readmitted(
    store: Store, clock: HandClock
) -> None:
    events = [captured(clock, f"e{i}", kind=Kind.IGNORED, record="contact:1") for i in range(3)]
    store.accept(events)
    ids = [e.id for e in events]
    assert store.readmit(ids[::-1], clock.now) == ids[:1]
    assert store.readmit(ids, clock.now) == []
