"""Whether somebody lets their data be used for advertising: what is recorded, and who withdrew."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from leadline.journey.folding import said_by
from leadline.model.consent import NO, PURPOSES, SUPPRESSED, YES, Consent
from leadline.model.lead import RefinedLead
from leadline.model.likeness import KNOWN_PERSON
from leadline.model.retiring import is_retired
from leadline.model.suppression import UNREAD
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.refine.consent import refine_consent, yes_or_no

ADS = "ads"
_NEVER = (ADS, "data", "phone")
"""The purposes of which a no forbids every push: advertising, the data at all, and do-not-call."""
_LAST_WORD = datetime.max.replace(tzinfo=UTC)
"""The time of an event without one."""


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
    REFUSED = "consent was refused or withdrawn, or they are not to be called"
    UNKNOWN = "no consent is recorded"
    NO_TIME = "nobody knows when consent was given"
    NO_IDENTIFIER = "nothing by which the network knows people"
    TOO_OLD = "longer ago than the network takes"


def consent_of(lead: RefinedLead, field: str) -> Consent | None:
    """The recorded consent: that to a purpose, or the answer in a further field of the lead, which
    was given when the lead came."""
    if field in PURPOSES:
        return lead.consent.get(field)
    said = lead.custom.get(field)
    if said is None or isinstance(said, list | dict):
        return None
    written = str(said).lower() if isinstance(said, bool) else str(said)
    return Consent(yes_or_no(written), lead.received_from, lead.captured_at, field)


def withheld_by_consent(
    lead: RefinedLead, field: str, later: Iterable[Consent] = ()
) -> Withheld | None:
    """Why the lead's own consent forbids that it is sent; None if it allows it. *later* is what was
    said of these purposes elsewhere: in events that are not refined yet, in other leads."""
    consent = consent_of(lead, field)
    refusals = [one for p in _NEVER if (one := lead.consent.get(p)) and one.value == NO]
    if refusals or (consent is not None and consent.value == NO):
        return Withheld.REFUSED
    if consent is None or consent.value != YES:
        return Withheld.UNKNOWN
    if consent.at is None:
        return Withheld.NO_TIME
    if any(one.value == NO and (one.at or consent.at) >= consent.at for one in later):
        return Withheld.REFUSED
    return None


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


def said_since(source: Source, waiting: Waiting, field: str) -> list[Consent]:
    """What events say that came since the lead was refined, and may not be taken into it yet."""
    found: list[Consent] = []
    for raw in waiting.late:
        fields, cleared = said_by(source, raw)
        said = refine_consent(fields.consent, source.name, _LAST_WORD)
        found += [one for purpose, one in said.items() if purpose in (field, *_NEVER)]
        if f"custom.{field}" in cleared:
            found.append(Consent(NO, source.name, None, field))
        elif field not in PURPOSES and field in fields.custom:
            written = str(fields.custom[field]).lower()
            found.append(Consent(yes_or_no(written), source.name, None, field))
    return found


def said_in_lead(other: RefinedLead, field: str) -> list[Consent]:
    """What another lead of the person says of these purposes itself."""
    named = dict.fromkeys((field, *_NEVER))
    return [
        one for p in named if (one := consent_of(other, p) if p == field else other.consent.get(p))
    ]
