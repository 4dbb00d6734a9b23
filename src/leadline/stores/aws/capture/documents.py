"""The raw document in S3: the documented keys, and all that is needed to rebuild the ledger from
the archive alone."""

from base64 import b64decode, b64encode
from datetime import timedelta

import msgspec

from leadline.model.formats import from_iso, iso, raw_document
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Kind


class StoredEvent(msgspec.Struct, frozen=True):
    """A raw document as read from the archive."""

    lead_id: str
    timestamp: str
    raw_data: msgspec.Raw
    source: str = "generic"
    kind: str = "created"
    event_key: str = ""
    lasting_key: bool = False
    due_at: str = ""
    record: str | None = None
    why: str = ""
    media_type: str = "application/json"
    body: str | None = None
    body_with: str | None = None
    joins: str = ""

    @property
    def raw(self) -> bytes:
        """The exact bytes of the event."""
        return bytes(self.raw_data)

    @property
    def whole_body(self) -> bytes | None:
        """The body of the delivery, if it is not identical with the event."""
        return b64decode(self.body) if self.body is not None else None

    def captured(self) -> CapturedLead:
        """The event as it was captured."""
        at = from_iso(self.timestamp)
        record = self.record
        key = record and key_digest("record", self.source, record.encode(errors="surrogatepass"))
        return CapturedLead(
            id=self.lead_id,
            source=self.source,
            kind=Kind(self.kind),
            captured_at=at,
            due_at=from_iso(self.due_at) if self.due_at else at + timedelta(),
            raw=self.raw,
            event_key=bytes.fromhex(self.event_key)
            if self.event_key
            else key_digest("digest", self.source, self.raw),
            lasting_key=self.lasting_key,
            record=record,
            record_key=key or None,
            why=self.why,
            body=self.whole_body,
            body_with=self.body_with,
            joins=self.joins,
            media_type=self.media_type,
        )


_decoder = msgspec.json.Decoder(StoredEvent)


def read_document(document: bytes) -> StoredEvent:
    """Decode a raw document; raises msgspec.MsgspecError if it is not one."""
    return _decoder.decode(document)


def document_of(lead: CapturedLead) -> bytes:
    """The raw document of an event."""
    beside: dict[str, object] = {
        "source": lead.source,
        "kind": lead.kind,
        "event_key": lead.event_key.hex(),
        "lasting_key": lead.lasting_key,
        "due_at": iso(lead.due_at),
        "media_type": lead.media_type,
    }
    if lead.record is not None:
        beside["record"] = lead.record
    if lead.why:
        beside["why"] = lead.why
    if lead.joins:
        beside["joins"] = lead.joins
    if lead.body_with is not None:
        beside["body_with"] = lead.body_with
    if lead.body is not None:
        beside["body"] = b64encode(lead.body).decode()
    return raw_document(lead.id, lead.captured_at, lead.raw, beside)
