"""The documents that the bucket keeps of a lead, and what may be wrong with them."""

from datetime import datetime, timedelta

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.formats import from_iso, key_of
from leadline.model.json_text import read_json
from leadline.model.lead import RefinedLead
from leadline.stores.aws.documents import read_document
from leadline.stores.aws.items import LeadItem

_SWEPT_AFTER = timedelta(minutes=30)
"""A document without a lead that is younger is being captured, or the next sweep brings it in."""


def document_key(kind: str, lead: LeadItem) -> str:
    """The key of a lead's document; *kind* is "raw" or "refined"."""
    return key_of(kind, lead.lead_id, from_iso(lead.captured_at))


def refined_that_counts(lead: LeadItem) -> tuple[str, str]:
    """Key and version of the refined document that counts."""
    return document_key("refined", lead), lead.summary.version if lead.summary else ""


def damage_of_raw(lead_id: str, document: bytes) -> str:
    """What is wrong with a raw document, "" when nothing is."""
    try:
        kept = read_document(document)
        whole = kept.lead_id == lead_id and read_json(kept.raw) == kept.raw
    except (msgspec.MsgspecError, LeadlineError):
        whole = False
    return "" if whole else "its raw words are damaged"


def damage_of_refined(lead_id: str, document: bytes) -> str:
    """What is wrong with a refined document, "" when nothing is."""
    try:
        whole = msgspec.json.decode(document, type=RefinedLead).lead_id == lead_id
    except (ValueError, RecursionError):
        whole = False
    return "" if whole else "its refined document is damaged"


def is_young(raw: bytes | None, now: datetime) -> bool:
    """Whether a raw document without a lead is in time to get one."""
    if raw is None:
        return False
    try:
        return now - from_iso(read_document(raw).timestamp) < _SWEPT_AFTER
    except (msgspec.MsgspecError, ValueError):
        return False
