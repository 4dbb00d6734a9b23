"""A small world around the core: a clock that waits for us, and leads of made-up people."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from leadline.journey.receiving.capture import CaptureKit, answer, read
from leadline.model import ids
from leadline.model.ids import uuid7
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Contact, Delivery, Kind, LeadDetails, RefinedLead
from leadline.model.task import Addressee, Done, Lease, Outcome, Step, TaskKind
from leadline.ports.source import Answer
from leadline.ports.store import Inbox, Settlement, Store

LEASE = timedelta(seconds=60)

_NAMES = {
    Addressee.LEAD: "", Addressee.CHANNEL: "slack", Addressee.CRM: "close",
    Addressee.AD_NETWORK: "ads",
}  # fmt: skip


def kind_of(step: Step) -> TaskKind:
    """A kind of task of this step."""
    return step, _NAMES[step.addressee]


FURTHER = [kind_of(step) for step in Step if step is not Step.REFINE]
"""A kind of task of each step after refinement."""


class HandClock:
    """Time that passes only when told to, and may go backwards."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        # Ids never go back within a process, and other tests may have made some of a later time.
        ids._last = 0

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def captured(
    clock: HandClock,
    name: str = "ada",
    *,
    kind: Kind = Kind.CREATED,
    key: str | None = None,
    record: str | None = None,
    delay: timedelta = timedelta(minutes=10),
    raw: bytes | None = None,
    lasting: bool = True,
    why: str = "",
    window: timedelta | None = None,
) -> CapturedLead:
    """An event at the door; the same *key* (by default the name) is the same event."""
    return CapturedLead(
        id=uuid7(clock.now),
        source="generic",
        kind=kind,
        captured_at=clock.now,
        due_at=clock.now + delay,
        raw=raw or f'{{"name":"{name}","email":"{name}@example.com"}}'.encode(),
        event_key=digest(f"event {key or name}"),
        lasting_key=lasting,
        record=record,
        record_key=key_digest("record", "generic", record.encode()) if record else None,
        why=why,
        media_type="application/json",
        window=window,
    )


def capture(delivery: Delivery, kit: CaptureKit, inbox: Inbox) -> Answer:
    """What a door does with a delivery."""
    return answer(delivery, kit, inbox.accept(read(delivery, kit)))


def refined(lead: CapturedLead, clock: HandClock, **contact: str) -> RefinedLead:
    return RefinedLead(
        lead_id=lead.id,
        captured_at=lead.captured_at,
        processed_at=clock.now,
        status="refined",
        contact=Contact(**contact),
        lead_details=LeadDetails(source="Website"),
        received_from=lead.source,
    )


def lease_task(store: Store, step: Step, channel: str = "") -> Lease:
    """The one task of this kind that is due."""
    (found,) = store.lease(step, 9, LEASE, channel)
    return found


def settle(store: Store, lease: Lease, outcome: Outcome) -> bool:
    return store.settle([Settlement(lease, outcome)])[0]


def refined_in(
    store: Store, clock: HandClock, name: str = "ada", record: str | None = None, **done: Any
) -> CapturedLead:
    """A lead that has come in and was refined; *done* is what its refinement made besides."""
    lead = captured(clock, name, record=record, delay=timedelta())
    store.accept([lead])
    lease = lease_task(store, Step.REFINE)
    assert lease.task.lead_id == lead.id
    assert settle(store, lease, Done(refined=refined(lead, clock), **done))
    return lead
