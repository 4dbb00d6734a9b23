"""Whether somebody lets their data be used for advertising: what is recorded, and who withdrew."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from leadline.journey.corrections.correcting import corrected
from leadline.journey.corrections.lead_fields import fields_sent
from leadline.journey.refinement.folding import said_by
from leadline.model.errors import LeadlineError
from leadline.model.facts.consent import LISTED, NO, PURPOSES, SUPPRESSED, UNKNOWN, YES, Consent
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.retiring import is_retired
from leadline.model.personal_data.suppression import UNREAD
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.refine.consent import refine_consent, yes_or_no

ADS = "ads"
_NEVER = (ADS, "data", "phone")
"""The purposes of which a no forbids every push: advertising, the data at all, and do-not-call."""
_LAST_WORD = datetime.max.replace(tzinfo=UTC)
"""The time of an event without one."""
_AHEAD = timedelta(minutes=5)
"""How far the clocks of senders may be ahead of ours."""


class SaidElsewhere(NamedTuple):
    """What is said of a purpose, or in the field with the consent, not in the lead itself."""

    purpose: str
    consent: Consent


class Withheld(StrEnum):
    """Why a lead is not sent, in words."""

    NOT_THERE = "there is no refined lead"
    QUARANTINED = "quarantined"
    KNOWN = "somebody whom the CRM had known before"
    OTHER_SOURCE = "of a source that is not sent"
    DELETED = "its record was deleted, or it was erased"
    RETIRED = "its data was deleted by retention"
    SUPPRESSED = "on the suppression list"
    LIST_UNREAD = "the suppression list can't be read"
    CROWDED = "more leads of the person than can be looked through"
    FAILED = "it could not be looked at"
    REFUSED = "consent was refused or withdrawn, or they are not to be called"
    UNKNOWN = "no consent is recorded"
    NO_TIME = "nobody knows when consent was given"
    NO_IDENTIFIER = "nothing by which the network knows people"
    TOO_OLD = "longer ago than the network takes"


def consent_of(lead: RefinedLead, field: str) -> Consent | None:
    """The recorded consent: that to a purpose, or the answer in a further field of the lead, which
    was given when the lead came if the sender gave it (`is_said_by_sender`)."""
    if field in PURPOSES:
        return lead.consent.get(field)
    value = _answer(lead.custom.get(field))
    return None if value is None else Consent(value, lead.received_from, lead.captured_at, field)


def _answer(said: Any) -> str | None:
    """What a value of a further field means; None if it is no answer at all."""
    if said is None or isinstance(said, list | dict):
        return None
    return yes_or_no(str(said).lower() if isinstance(said, bool) else str(said))


def is_said_by_sender(source: Source, waiting: Waiting, field: str) -> bool:
    """Whether the events of a lead say yes in a further field, and no correction something else.
    What only the CRM's record says, or a correction, was said at a time that nobody knows."""
    try:
        sent = fields_sent(source, waiting)
    except LeadlineError:
        return False
    said = (sent, corrected(sent, waiting.corrections))
    return all(_answer(one.custom.get(field)) == YES for one in said)


def withheld_by_consent(
    lead: RefinedLead, field: str, elsewhere: Iterable[SaidElsewhere] = ()
) -> Withheld | None:
    """Why the lead's own consent forbids that it is sent; None if it allows it. *elsewhere* is what
    was said in events that are not refined yet, and in other leads: a no counts unless the lead
    says yes to the same after it."""
    consent = consent_of(lead, field)
    own = {p: one for p in _NEVER if (one := lead.consent.get(p))}
    if any(one.value == NO for one in (*own.values(), consent) if one is not None):
        return Withheld.REFUSED
    if consent is None or consent.value != YES:
        return Withheld.UNKNOWN
    # A time in the future would outlast every later no.
    if consent.at is None or consent.at > lead.processed_at + _AHEAD:
        return Withheld.NO_TIME
    own[field] = consent
    own.setdefault(ADS, consent)
    if any(_counts(one.consent, own.get(one.purpose)) for one in elsewhere):
        return Withheld.REFUSED
    return None


def _counts(said: Consent, own: Consent | None) -> bool:
    """Whether a no that was *said* elsewhere counts beside what the lead says itself."""
    if said.value != NO:
        return False
    if own is None or own.value != YES or own.at is None or said.at is None:
        return True
    return said.at >= own.at


def withheld_by_lead(lead: RefinedLead) -> Withheld | None:
    """Why a lead, marked as the suppression list has it now, is not sent whatever it consents to;
    None for another."""
    if UNREAD in lead.problems:
        return Withheld.LIST_UNREAD
    if SUPPRESSED in lead.problems:
        return Withheld.SUPPRESSED
    if lead.status != "refined":
        return Withheld.QUARANTINED
    if KNOWN_PERSON in lead.problems:
        return Withheld.KNOWN
    return Withheld.RETIRED if is_retired(lead) else None


def said_since(source: Source, waiting: Waiting, field: str) -> list[SaidElsewhere]:
    """What events say that came since the lead was refined, and may not be taken into it yet."""
    found: list[SaidElsewhere] = []
    for raw in waiting.late:
        fields, cleared = said_by(source, raw)
        said = refine_consent(fields.consent, source.name, _LAST_WORD)
        found += [_of(p, one, field) for p, one in said.items() if p in (field, *_NEVER)]
        if f"custom.{field}" in cleared:
            found.append(SaidElsewhere(field, Consent(NO, source.name, None, field)))
        elif field not in PURPOSES and field in fields.custom:
            value = _answer(fields.custom[field]) or UNKNOWN
            found.append(_of(field, Consent(value, source.name, None, field), field))
    return found


def said_in_lead(other: RefinedLead, field: str) -> list[SaidElsewhere]:
    """What another lead of the person says of these purposes itself. The suppression list is asked
    anew for each lead."""
    found = {p: one for p in _NEVER if (one := other.consent.get(p))}
    if (own := consent_of(other, field)) is not None:
        found[field] = own
    return [_of(p, one, field) for p, one in found.items() if one.source != LISTED]


def _of(purpose: str, said: Consent, field: str) -> SaidElsewhere:
    """An answer that is not understood is no yes any more to what must be consented to."""
    if purpose == field and said.value == UNKNOWN:
        said = msgspec.structs.replace(said, value=NO)
    return SaidElsewhere(purpose, said)
