"""Imported documents that name no key, beside what their senders send later."""

from datetime import timedelta

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.formats import key_of, raw_document
from leadline.model.lead import CapturedLead, Delivery, Fate
from leadline.operations.repair.archive import read_raw
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock, captured

KIT = CaptureKit({"generic": Generic(SourceConfig())}, timedelta(minutes=10))


def document_of(lead: CapturedLead) -> CapturedLead:
    """The lead as it is imported, from a document with the documented keys alone."""
    key = key_of("raw", lead.id, lead.captured_at)
    return read_raw(key, raw_document(lead.id, lead.captured_at, lead.raw))


def sent(clock: HandClock, raw: bytes) -> CapturedLead:
    """The same words from a sender now."""
    (lead,) = read(Delivery("generic", raw, clock.now), KIT)
    return lead


def test_a_later_retry_of_its_sender_is_a_redelivery_of_what_was_imported(
    store: Store, clock: HandClock
) -> None:
    first = captured(clock)
    clock.advance(days=2)
    (taken,) = store.accept([document_of(first)])
    assert (taken.lead_id, taken.fate) == (first.id, Fate.CAPTURED)
    clock.advance(days=4)
    (again,) = store.accept([sent(clock, first.raw)])
    assert (again.lead_id, again.fate) == (first.id, Fate.REDELIVERED)
    clock.advance(days=2)
    (late,) = store.accept([sent(clock, first.raw)])
    assert late.fate is Fate.CAPTURED, "seven days after the first it is a lead of its own"


def test_two_with_the_same_words_are_two_leads_and_the_retry_belongs_to_the_later(
    store: Store, clock: HandClock
) -> None:
    first = captured(clock)
    clock.advance(days=6)
    second = captured(clock)
    receipts = store.accept([document_of(lead) for lead in (first, second)])
    assert [one.fate for one in receipts] == [Fate.CAPTURED] * 2
    clock.advance(days=5)
    (again,) = store.accept([sent(clock, first.raw)])
    assert (again.lead_id, again.fate) == (second.id, Fate.REDELIVERED)


def test_an_older_one_is_a_lead_too_and_takes_no_key_from_a_newer_one(
    store: Store, clock: HandClock
) -> None:
    old = captured(clock)
    clock.advance(days=6)
    (newer,) = store.accept([sent(clock, old.raw)])
    (taken,) = store.accept([document_of(old)])
    assert (taken.lead_id, taken.fate) == (old.id, Fate.CAPTURED)
    clock.advance(days=5)
    (again,) = store.accept([sent(clock, old.raw)])
    assert (again.lead_id, again.fate) == (newer.lead_id, Fate.REDELIVERED)
