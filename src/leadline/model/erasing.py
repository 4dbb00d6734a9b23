"""What is left of a lead whose personal data has to go: that it was, when, and whose."""

import msgspec

from leadline.model.lead import (
    ERASED,
    CapturedLead,
    Contact,
    LeadDetails,
    RefinedLead,
    is_end,
)

ERASED_WORDS = b'{"erased":"privacy_deleted"}'
"""What stands in the place of what a sender said of a person."""


def words_erased(event: CapturedLead) -> CapturedLead:
    """An event without what it says; one that only says that the record is no more stays."""
    if is_end(event):
        return event
    return msgspec.structs.replace(event, raw=ERASED_WORDS, body=None)


def person_erased(lead: RefinedLead) -> RefinedLead:
    """A refined lead without the person: no contact, no message, and nothing unknown."""
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
    )
