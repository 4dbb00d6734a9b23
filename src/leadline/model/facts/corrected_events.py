"""The event by which a correction of a lead is stored."""

from collections.abc import Iterator

from leadline.model.facts.correcting import CUSTOM, Correction, raw_correction
from leadline.model.ids import uuid7
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Kind

CORRECTED_BY = "corrected by "
"""What the reason of a correction's event begins with, before who made it."""


def event_of_correction(lead_id: str, source: str, correction: Correction) -> CapturedLead:
    """The event by which a correction of a lead is stored."""
    raw = raw_correction(correction)
    return CapturedLead(
        id=uuid7(correction.at),
        source=source,
        kind=Kind.CORRECTED,
        captured_at=correction.at,
        due_at=correction.at,
        raw=raw,
        event_key=key_digest("corrected", lead_id, raw),
        why=f"{CORRECTED_BY}{correction.by}: {', '.join(_named(correction))}",
        joins=lead_id,
        media_type="application/json",
    )


def _named(correction: Correction) -> Iterator[str]:
    """The names of the corrected fields; how many are the sender's own, whose names may be about
    the person."""
    yield from (name for name in correction.fields if not name.startswith(CUSTOM))
    if own := sum(name.startswith(CUSTOM) for name in correction.fields):
        yield f"{own} further field{'s' * (own > 1)}"
