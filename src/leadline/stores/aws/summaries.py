"""What lists show of a refined lead."""

from leadline.model.facts.scored_leads import is_hot, score_of, was_not_scored
from leadline.model.formats import iso
from leadline.model.lead import RefinedLead
from leadline.stores.aws.items import LeadItem, Summary
from leadline.stores.aws.keys import short

_LARGEST_NUMBER, _SMALLEST_NUMBER = 1e100, 1e-100


def summary_of(refined: RefinedLead, channel_count: int, version: str) -> Summary:
    """What lists show of a refined lead; *channel_count* is the number of channels that have to
    alert."""
    contact, details, first = refined.contact, refined.lead_details, refined.duplicate_of
    return Summary(
        processed_at=iso(refined.processed_at),
        status=refined.status,
        channel_count=channel_count,
        version=version,
        name=short(contact.name),
        email=short(contact.email),
        phone=short(contact.phone),
        company=short(contact.company),
        owner=short(details.owner),
        score=_storable(score_of(refined)),
        duplicate_of=first.lead_id if first else None,
        experiments=refined.experiments,
        unit=refined.experiment_unit,
        hot=is_hot(refined),
        unscored=was_not_scored(refined),
    )


def is_without_person(lead: LeadItem) -> bool:
    """Whether the person was erased, maybe while a request was under way."""
    one = lead.summary
    return one is not None and not (one.name or one.email or one.phone or one.company)


def _storable(number: float | None) -> float | None:
    """The number if DynamoDB can store it (0, or a magnitude from 1e-130 to below 1e126), else
    None."""
    if number is None or not abs(number) < _LARGEST_NUMBER:
        return None
    return number if abs(number) > _SMALLEST_NUMBER else 0.0
