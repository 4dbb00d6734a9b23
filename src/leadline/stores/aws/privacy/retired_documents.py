"""The documents of a lead in the bucket, without what retention deletes.

A document that is damaged, or of which the version that counts is lost, is replaced by one that
says only what the lead's item says, for its bytes may still name the person.
"""

import msgspec

from leadline.model.formats import from_iso, refined_document, refined_head
from leadline.model.lead import CapturedLead, Contact, Kind, LeadDetails, RefinedLead
from leadline.model.personal_data.retiring import RETIRED_PROBLEM, RETIRED_WORDS, words_retired
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import document_of, read_document
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.reading.damage import document_key, refined_that_counts

_refined = msgspec.json.Decoder(RefinedLead)


def retire_raw_document(bucket: Bucket, lead: LeadItem) -> None:
    """Overwrite the raw document, if there is one, without what was sent. Raises AwsFailed."""
    key = document_key("raw", lead)
    document = bucket.get(key)
    if document is None:
        return
    try:
        event = read_document(document).captured()
    except (msgspec.MsgspecError, ValueError):
        event = _bare_event(lead)
    bare = words_retired(event)
    if bare != event or event.raw != RETIRED_WORDS:
        bucket.put(key, document_of(bare))


def raw_of(bucket: Bucket, lead: LeadItem) -> bytes:
    """What was sent, as far as it can be read. Raises AwsFailed."""
    document = bucket.get(document_key("raw", lead))
    try:
        return read_document(document).raw if document is not None else RETIRED_WORDS
    except msgspec.MsgspecError:
        return RETIRED_WORDS


def body_size(bucket: Bucket, lead: LeadItem) -> int:
    """The size of the body that is kept with an event, as far as it can be read."""
    document = bucket.get(document_key("raw", lead))
    try:
        return len(read_document(document).whole_body or b"") if document is not None else 0
    except (msgspec.MsgspecError, ValueError):
        return 0


def refined_of(bucket: Bucket, lead: LeadItem) -> RefinedLead:
    """The refined lead, as far as it can be read. Raises AwsFailed."""
    key, version = refined_that_counts(lead)
    document = bucket.get(key, version)
    if document is None and version:  # a worker without a valid lease wrote the same again
        document = bucket.get(key)
    try:
        return _refined.decode(document) if document is not None else _bare_refined(lead)
    except msgspec.MsgspecError:
        return _bare_refined(lead)


def put_refined(bucket: Bucket, lead: LeadItem, refined: RefinedLead, raw: bytes) -> str:
    """Overwrite the refined document; returns its version. Raises AwsFailed."""
    return bucket.put(document_key("refined", lead), refined_document(refined_head(refined), raw))


def _bare_event(lead: LeadItem) -> CapturedLead:
    at = from_iso(lead.captured_at)
    return CapturedLead(
        id=lead.lead_id,
        source=lead.source,
        kind=Kind(lead.kind),
        captured_at=at,
        due_at=at,
        raw=b"null",
        event_key=bytes.fromhex(lead.event_key),
        lasting_key=lead.lasting_key,
        record=lead.record,
        record_key=bytes.fromhex(lead.record_key) if lead.record_key else None,
        why=lead.why,
        joins=(lead.joined or "") if lead.kind == Kind.CORRECTED else "",
    )


def _bare_refined(lead: LeadItem) -> RefinedLead:
    summary = lead.summary
    at = from_iso(lead.captured_at)
    return RefinedLead(
        lead_id=lead.lead_id,
        captured_at=at,
        processed_at=from_iso(summary.processed_at) if summary else at,
        status=summary.status if summary else "refined",
        contact=Contact(),
        lead_details=LeadDetails(owner=summary.owner if summary else None),
        received_from=lead.source,
        problems=(RETIRED_PROBLEM,),
    )
