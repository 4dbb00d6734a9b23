"""Masking: what a reader sees of a lead who may not know whom it is about.

A name keeps its first letters (`A••• L•••`), an e-mail address its first letter and its domain
(`a•••@example.com`), a phone number its country and its last three digits (`+49 •••• 123`). The
company, its country and a job title stay, and a web address keeps its host, all without the names,
addresses and numbers of the person. The message is hidden. Sales people of one's own, ids, codes
and times are no secrets. The length of what is hidden cannot be told from the mask.
"""

import msgspec

from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import UNKNOWN, Consent
from leadline.model.facts.enrichment import FILLED, Enrichment, Scalar
from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import OF_POINTS
from leadline.model.lead import Change, Contact, LeadDetails, RefinedLead
from leadline.privacy.masking_json import masked_raw, masked_value
from leadline.privacy.masking_values import (
    HIDDEN,
    NOBODY,
    PersonWords,
    known_of,
    masked_email,
    masked_field,
    masked_name,
    masked_phone,
    masked_text,
    masked_url,
)

__all__ = [
    "HIDDEN", "NOBODY", "PersonWords", "known_in", "known_of", "masked_contact", "masked_email",
    "masked_field", "masked_lead", "masked_name", "masked_phone", "masked_raw", "masked_text",
    "masked_url", "masked_value",
]  # fmt: skip


def known_in(lead: RefinedLead) -> PersonWords:
    """What a refined lead says of the person, also before it was changed."""
    who = lead.contact
    names = [who.name, who.first_name, who.last_name]
    emails = [who.email, who.email_canonical]
    for change in lead.changes:
        texts = [change.before, change.after]
        if change.field in ("name", "first_name", "last_name"):
            names += texts
        elif change.field == "email":
            emails += texts
    if "email.role" in lead.problems:
        emails = []
    return known_of(names, emails)


def masked_contact(who: Contact, known: PersonWords = NOBODY) -> Contact:
    """The person or company of a lead, masked."""
    masked = _masked(who, known)
    return msgspec.structs.replace(who, **masked)


def masked_lead(lead: RefinedLead) -> RefinedLead:
    """A refined lead, masked; of its further fields (`custom`) only the labels remain."""
    known = known_in(lead)
    return msgspec.structs.replace(
        lead,
        contact=masked_contact(lead.contact, known),
        lead_details=msgspec.structs.replace(
            lead.lead_details, **_masked(lead.lead_details, known)
        ),
        changes=tuple(_masked_change(one, known) for one in lead.changes),
        custom=masked_value(lead.custom, known),
        consent={purpose: _masked_consent(one, known) for purpose, one in lead.consent.items()},
        score=lead.score and _masked_score(lead.score, known),
        attribution=_masked_attribution(lead.attribution, known),
        enrichment=_masked_enrichment(lead.enrichment, known),
    )


def _masked_enrichment(found: Enrichment | None, known: PersonWords) -> Enrichment | None:
    """What was looked up, with texts hidden but for facts about companies and numbers; a digest
    of what was asked could be compared with a known address."""
    if found is None:
        return None
    values = {
        name: msgspec.structs.replace(one, value=_masked_value(name, one.value, known))
        for name, one in found.values.items()
    }
    asked = dict.fromkeys(found.asked, HIDDEN)
    return msgspec.structs.replace(found, values=values, asked=asked)


def _masked_value(name: str, value: Scalar, known: PersonWords) -> Scalar:
    if not isinstance(value, str):
        return value
    if name in FILLED:
        return masked_field(name, value, known)
    return masked_text(value, known)


def _masked_attribution(told: Attribution | None, known: PersonWords) -> Attribution | None:
    """UTM parameters without the person's names; a click id stands for one visit of one person."""
    if told is None:
        return None
    return Attribution(
        **{
            name: masked_text(value, known) if name.startswith("utm_") else HIDDEN
            for name, value in msgspec.structs.asdict(told).items()
            if value is not None
        }
    )


def _masked_score(score: LeadScore, known: PersonWords) -> LeadScore:
    """A score, in whose reasons the values of the lead are masked; the words of points are those of
    the settings."""
    reasons = tuple(
        one
        if one.field.startswith(OF_POINTS)
        else msgspec.structs.replace(one, value=masked_text(one.value, known))
        for one in score.reasons
    )
    return msgspec.structs.replace(score, reasons=reasons)


def _masked_consent(one: Consent, known: PersonWords) -> Consent:
    """A consent without the answer, which stands behind the question if it is not understood."""
    text = HIDDEN if one.text and one.value == UNKNOWN else masked_text(one.text, known)
    return msgspec.structs.replace(one, text=text)


def _masked(part: Contact | LeadDetails, known: PersonWords) -> dict[str, str]:
    """The texts of a part of a lead, masked by field."""
    return {
        field: masked_field(field, value, known)
        for field, value in msgspec.structs.asdict(part).items()
        if type(value) is str and field != "ownership"
    }


def _masked_change(change: Change, known: PersonWords) -> Change:
    before, after = (
        None if text is None else masked_field(change.field, text, known)
        for text in (change.before, change.after)
    )
    return Change(change.field, before, after, change.rule)
