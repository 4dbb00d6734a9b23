"""The documents of a lead in the bucket, and checks of them."""

from datetime import datetime, timedelta

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.formats import from_iso, key_of
from leadline.model.lead import RefinedLead
from leadline.model.texts.json_text import read_json
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.items import LeadItem

_SWEPT_AFTER = timedelta(minutes=30)
"""The age up to which a document without a lead is not a problem: it is being captured, or the next
sweep captures it."""


def document_key(kind: str, lead: LeadItem) -> str:
    """The key of a lead's document; *kind* is "raw" or "refined"."""
    return key_of(kind, lead.lead_id, from_iso(lead.captured_at))


def refined_that_counts(lead: LeadItem) -> tuple[str, str]:
    """Key and version of the valid refined document."""
    return document_key("refined", lead), lead.summary.version if lead.summary else ""


def damage_of_raw(lead_id: str, document: bytes) -> str:
    """What is wrong with a raw document; "" if nothing is."""
    try:
        stored = read_document(document)
        whole = stored.lead_id == lead_id and read_json(stored.raw) == stored.raw
    except (msgspec.MsgspecError, LeadlineError):
        whole = False
    return "" if whole else "its raw words are damaged"


def damage_of_refined(lead_id: str, document: bytes) -> str:
    """What is wrong with a refined document; "" if nothing is."""
    try:
        whole = msgspec.json.decode(document, type=RefinedLead).lead_id == lead_id
    except (ValueError, RecursionError):
        whole = False
    return "" if whole else "its refined document is damaged"


def is_young(raw: bytes | None, now: datetime) -> bool:
    """Whether a raw document is young enough to be without a lead."""
    if raw is None:
        return False
    try:
        return now - from_iso(read_document(raw).timestamp) < _SWEPT_AFTER
    except (msgspec.MsgspecError, ValueError):
        return False
