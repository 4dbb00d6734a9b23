"""Erases people from documents of the archive that the table does not know."""

from datetime import datetime

import msgspec

from leadline.model.formats import key_of, refined_document, refined_head
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.erasing import person_erased, words_erased
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import document_of, read_document


def erase_body(bucket: Bucket, lead_id: str, at: datetime) -> None:
    """Erase the body of a delivery from the raw document of an event. Raises AwsFailed."""
    key = key_of("raw", lead_id, at)
    document = bucket.get(key)
    if document is not None:
        event = read_document(document).captured()
        bucket.put(key, document_of(msgspec.structs.replace(event, body=None)))
        bucket.delete_earlier(key)


def erase_documents(bucket: Bucket, lead_id: str, at: datetime) -> None:
    """Overwrite the raw and the refined document of an event. Raises AwsFailed."""
    key = key_of("raw", lead_id, at)
    document = bucket.get(key)
    if document is None:
        return
    event = read_document(document).captured()
    erased = msgspec.structs.replace(words_erased(event), body=None)
    bucket.put(key, document_of(erased))
    bucket.delete_earlier(key)
    refined = key_of("refined", lead_id, at)
    if refined not in set(bucket.keys(refined)):
        return
    before = bucket.get(refined)
    if before is not None:
        lead = msgspec.json.decode(before, type=RefinedLead)
        bucket.put(refined, refined_document(refined_head(person_erased(lead)), erased.raw))
        bucket.delete_earlier(refined)
