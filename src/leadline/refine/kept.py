"""The fields that refinement left, to refine them again."""

from leadline.model.lead import LeadFields, RefinedLead


def kept_fields(refined: RefinedLead, suspicions: tuple[str, ...] = ()) -> LeadFields:
    """What refinement kept of the fields of a lead, as fields."""
    contact, details = refined.contact, refined.lead_details
    return LeadFields(
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        company=contact.company,
        title=contact.title,
        country=contact.country,
        website=contact.website,
        message=details.message,
        source=details.source,
        campaign=details.campaign,
        owner=details.owner,
        owner_claimed=details.owner_claimed,
        score=details.lead_score,
        crm_url=details.crm_url,
        record=details.crm_record,
        custom=refined.custom,
        suspicions=suspicions,
    )
