"""What is known of a lead's consent, from all who say something: events, the CRM, earlier leads.

A newer event of the lead's own record goes first. A CRM's no outweighs a form's yes, and a CRM's
yes no word of the lead. What an earlier lead of the person refused counts as long as this one says
nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from leadline.model.facts.consent import CRM, LISTED, NO, Consent, ConsentSaid
from leadline.model.lead import LeadFields, RefinedLead
from leadline.ports.source import Source


def with_time_said(source: Source, raw: bytes, fields: LeadFields) -> LeadFields:
    """The fields of an update, of whose consent is said when it happened by the vendor's clock. It
    is not known of an update without a time: not when the lead came."""
    if not fields.consent:
        return fields
    at = _moment(source.happened_at(raw))
    said = {
        purpose: msgspec.structs.replace(one, source=one.source or source.name, at=one.at or at)
        for purpose, one in fields.consent.items()
    }
    return msgspec.structs.replace(fields, consent=said)


def _moment(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def said_later(fields: LeadFields, said: LeadFields) -> LeadFields:
    """The fields, with what a later event of the record says of consent."""
    if not said.consent:
        return fields
    return msgspec.structs.replace(fields, consent={**fields.consent, **said.consent})


def said_by_crm(fields: LeadFields, record: LeadFields, source: str) -> LeadFields:
    """The fields of a CRM's *record*, with what counts of what it says of consent beside the lead's
    own *fields*; *source* names the CRM."""
    if not record.consent:
        return record
    from leadline.refine.consent import yes_or_no  # few CRMs say anything of it

    counts = {
        purpose: msgspec.structs.replace(one, source=f"{CRM} {source}")
        for purpose, one in record.consent.items()
        if purpose not in fields.consent or yes_or_no(one.value) == NO
    }
    return msgspec.structs.replace(record, consent=counts)


def still_refused(fields: LeadFields, before: RefinedLead | None) -> LeadFields:
    """The fields, with what the CRM said was refused when the lead was refined *before*: it does
    not answer now."""
    if before is None:
        return fields
    kept = {
        purpose: ConsentSaid(NO, one.text, one.at, one.source)
        for purpose, one in before.consent.items()
        if one.value == NO and one.source.startswith(CRM) and not one.lead_id
    }
    return msgspec.structs.replace(fields, consent={**fields.consent, **kept}) if kept else fields


def carried_on(lead: RefinedLead, earlier: Sequence[RefinedLead]) -> RefinedLead:
    """The lead with what *earlier* leads of the person refused, the latest first, where it says
    nothing itself. The suppression list is asked anew for each lead."""
    found: dict[str, Consent] = {}
    for one in sorted(earlier, key=lambda one: (one.captured_at, one.lead_id)):
        for purpose, consent in one.consent.items():
            found[purpose] = _of(one, consent)
    refused = {
        purpose: one
        for purpose, one in found.items()
        if purpose not in lead.consent and one.value == NO and one.source != LISTED
    }
    if not refused:
        return lead
    return msgspec.structs.replace(lead, consent={**refused, **lead.consent})


def _of(lead: RefinedLead, consent: Consent) -> Consent:
    """The consent as said in that lead, or one before it."""
    return msgspec.structs.replace(consent, lead_id=consent.lead_id or lead.lead_id)
