"""The stored formats: archive keys and JSON documents, the same in SQLite and in S3.

The raw JSON text is inserted unchanged, never parsed and serialised again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from leadline.model.lead import RefinedLead

_encoder = msgspec.json.Encoder()


def iso(at: datetime) -> str:
    """ISO-8601 in UTC with a Z, to the microsecond: `2024-01-15T10:30:00.000000Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def from_iso(text: str) -> datetime:
    """The reverse of `iso`; accepts any ISO-8601 text with an offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def key_of(kind: str, lead_id: str, captured_at: datetime) -> str:
    """The archive key, `kind/YYYY/MM/DD/{lead_id}.json`, with the day of capture in UTC."""
    return f"{kind}/{captured_at.astimezone(UTC):%Y/%m/%d}/{lead_id}.json"


def raw_document(
    lead_id: str, captured_at: datetime, raw: bytes, beside: Mapping[str, object] | None = None
) -> bytes:
    """The raw document: an envelope around the original bytes of the event. *beside* are
    additional keys, which come after the documented ones."""
    more = b"," + _encoder.encode(beside)[1:-1] if beside else b""
    head = f'{{"lead_id":"{lead_id}","timestamp":"{iso(captured_at)}","raw_data":'
    return b"".join((head.encode(), raw, b',"status":"captured"', more, b"}"))


def refined_head(refined: RefinedLead) -> bytes:
    """The refined document without its `metadata`, so that the raw text is not stored twice."""
    return _encoder.encode(refined)


def refined_document(head: bytes, raw: bytes) -> bytes:
    """The complete refined document, with the raw text as `metadata.original_data`."""
    return b"".join((head[:-1], b',"metadata":{"original_data":', raw, b"}}"))
