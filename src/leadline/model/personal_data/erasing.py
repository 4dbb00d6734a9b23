"""What is kept of a lead after a privacy deletion: that it existed, when, and its owner."""

import msgspec

from leadline.model.lead import (
    ERASED,
    CapturedLead,
    Contact,
    LeadDetails,
    RefinedLead,
    is_privacy_deletion,
)

ERASED_WORDS = b'{"erased":"privacy_deleted"}'
"""The JSON that replaces the sender's data about a person."""


def words_erased(event: CapturedLead) -> CapturedLead:
    """An event without its data. An event that asks for the erasure itself is kept as it is,
    because it proves that, and names no more than the record; another end of a record may repeat
    what the CRM knew of the person."""
    if is_privacy_deletion(event):
        return event
    return msgspec.structs.replace(event, raw=ERASED_WORDS, body=None)


def person_erased(lead: RefinedLead) -> RefinedLead:
    """A refined lead without personal data: no contact data, message or custom fields."""
    details = lead.lead_details
    kept = LeadDetails(
        source=details.source,
        crm_record=details.crm_record,
        owner=details.owner,
        owner_id=details.owner_id,
        owner_email=details.owner_email,
        ownership=details.ownership,
    )
    return msgspec.structs.replace(
        lead,
        contact=Contact(),
        lead_details=kept,
        problems=(f"record.{ERASED}",),
        changes=(),
        custom={},
        possible=(),
        filled={},
        experiment_unit="",
        consent={},
        score=None,
        attribution=None,
        enrichment=None,
    )


def no_longer_possible(lead: RefinedLead, erased: str) -> RefinedLead:
    """A refined lead without the erased one among those that may be about the same person; the
    same object if it does not name it."""
    left = tuple(one for one in lead.possible if one.lead_id != erased)
    return msgspec.structs.replace(lead, possible=left) if left != lead.possible else lead
