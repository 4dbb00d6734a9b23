"""Erases personal data from the store on AWS."""

import msgspec

from leadline.model.erasing import person_erased, words_erased
from leadline.model.formats import from_iso, key_of, refined_document, refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import OTHER_WORDS
from leadline.stores.aws.base import changed
from leadline.stores.aws.documents import StoredEvent, document_of
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.keys import digest_key
from leadline.stores.aws.leads import AwsLeads
from leadline.stores.aws.table import Delete

LEFT = (
    "exports that were made before",
    "earlier versions of objects, until they expire",
    "backups of the table, until they expire",
    "the bodies of deliveries that told of several records",
    "deliveries that could not be read, and later leads of the same person",
)
"""The copies of personal data that the store can't erase."""


class AwsErasing(AwsLeads):
    """`ports.store.Erasing` on S3 and DynamoDB."""

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """See `ports.store.Erasing.erase`."""
        lead = self._lead(lead_id)
        if lead is None:
            return LEFT
        events = self._leads([lead_id, *lead.related])
        documents = self._documents(events.values())
        for event_id, one in documents.items():
            event = one.captured()
            erased = words_erased(event)
            if erased != event:
                key = key_of("raw", event_id, event.captured_at)
                self.bucket.put(key, document_of(erased))
        version = self._erase_refined(lead, documents)
        self._change(lead, lambda item: _without_person(item, version))
        for event_id in lead.related:
            if event_id in events:
                self._change(events[event_id], _without_differences)
        self.recent.clear()
        return LEFT

    def _erase_refined(self, lead: LeadItem, documents: dict[str, StoredEvent]) -> str:
        """Overwrite the refined document; returns its new version."""
        refined = self.refined([lead.lead_id]).get(lead.lead_id)
        if refined is None or lead.lead_id not in documents:
            return lead.summary.version if lead.summary else ""
        for key in match_keys(refined).values():
            place = digest_key("M", key)
            owner = self.table.get(place)
            if owner is not None and owner["lead_id"] == lead.lead_id:
                self.table.write(Delete(place, None))
        raw = words_erased(documents[lead.lead_id].captured()).raw
        document = refined_document(refined_head(person_erased(refined)), raw)
        return self.bucket.put(
            key_of("refined", lead.lead_id, from_iso(lead.captured_at)), document
        )


def _without_person(lead: LeadItem, version: str) -> LeadItem:
    lead = _without_differences(lead)
    if lead.summary is None:
        return lead
    summary = msgspec.structs.replace(
        lead.summary, version=version, name=None, email=None, phone=None, company=None
    )
    return changed(lead, summary=summary)


def _without_differences(lead: LeadItem) -> LeadItem:
    """The item without the differences of redeliveries."""
    timeline = tuple(
        msgspec.structs.replace(line, detail="") if line.what == OTHER_WORDS else line
        for line in lead.timeline
    )
    return changed(lead, timeline=timeline)
