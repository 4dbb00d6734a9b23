"""The documents of a lead for an archive: whole, or masked for readers who may not know whom it is
about."""

from collections.abc import Iterator

import msgspec

from leadline.model.formats import key_of
from leadline.model.lead import RefinedLead
from leadline.operations.lists.masked import masked_event, masked_handling
from leadline.operations.repair.archive import RawDocument, corrections_document, handling_document
from leadline.ports.archive import Outgoing
from leadline.privacy.masking import NOBODY, PersonWords, known_in, masked_lead

_MASKED = "masked/"
"""The folder of masked documents, so that no import takes them for leads."""

Documents = Iterator[tuple[str, str, bytes]]
"""What each document is, its key, and its content."""


def outgoing_documents(lead: Outgoing) -> Documents:
    """All documents of a lead."""
    at = lead.captured_at
    if lead.raw is not None:
        yield "raw", key_of("raw", lead.lead_id, at), lead.raw
    if lead.refined is not None:
        yield "refined", key_of("refined", lead.lead_id, at), lead.refined
    if lead.handling is not None:
        document = handling_document(lead.lead_id, lead.handling)
        yield "handled", key_of("handling", lead.lead_id, at), document
    if lead.corrections:
        document = corrections_document(lead.lead_id, lead.source, lead.corrections)
        yield "corrected", key_of("corrections", lead.lead_id, at), document


def masked_documents(lead: Outgoing) -> Documents:
    """The same, masked: below `masked/`, without the bytes of deliveries and without keys that are
    made from what was sent. What people corrected is among the changes of the refined lead."""
    refined = _refined(lead)
    known = known_in(refined) if refined is not None else NOBODY
    handling = masked_handling(lead.handling, known) if lead.handling is not None else None
    raw = _masked_raw(lead.raw, known) if lead.raw is not None else None
    document = msgspec.json.encode(masked_lead(refined)) if refined is not None else None
    masked = lead._replace(raw=raw, refined=document, handling=handling, corrections=())
    for what, key, content in outgoing_documents(masked):
        yield what, _MASKED + key, content


def _refined(lead: Outgoing) -> RefinedLead | None:
    return msgspec.json.decode(lead.refined, type=RefinedLead) if lead.refined else None


def _masked_raw(document: bytes, known: PersonWords) -> bytes:
    found = msgspec.json.decode(document, type=RawDocument)
    return msgspec.json.encode({
        "lead_id": found.lead_id,
        "timestamp": found.timestamp,
        "raw_data": masked_event(bytes(found.raw_data), known),
        "source": found.source,
        "kind": found.kind,
    })  # fmt: skip
