"""A small world around the core: a clock that waits for us, and leads of made-up people."""

from datetime import datetime, timedelta
from hashlib import blake2b

from leadline import ids
from leadline.capture import key_digest
from leadline.ids import uuid7
from leadline.lead import CapturedLead, Contact, Kind, LeadDetails, RefinedLead


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
    )


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
