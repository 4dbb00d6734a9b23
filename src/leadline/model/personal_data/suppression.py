"""The suppression list: who is not to be contacted. It holds keyed hashes, no persons."""

from datetime import datetime
from enum import StrEnum

import msgspec

from leadline.model.facts.consent import SUPPRESSED, refused
from leadline.model.lead import RefinedLead


class SuppressedBy(StrEnum):
    """What an entry is about: an e-mail address, a phone number, or all addresses of a domain."""

    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"


class Suppressed(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry: the keyed hash (`privacy.hashes`) of what it is about, its kind, the id of the key,
    since when, and why, in words that name nobody."""

    hash: str
    by: SuppressedBy
    key_id: str
    at: datetime
    reason: str = ""


MARK, QUARANTINE = "mark", "quarantine"
"""What is done with a suppressed lead: it is marked in alerts, or it is quarantined."""

UNREAD = "contact.list_unread"
"""The problem code of a lead for which the list could not be read, as its key is missing."""
_WAYS = ("email", "phone")


def is_not_to_be_contacted(lead: RefinedLead) -> bool:
    """Whether no way is left by which anybody may get in touch with the lead: it is on the
    suppression list, or e-mail and calls are refused as far as it has an address and a number."""
    ways = {way for way in _WAYS if getattr(lead.contact, way)}
    return SUPPRESSED in lead.problems or bool(ways and ways <= set(refused(lead.consent)))


def is_quarantined_as_suppressed(lead: RefinedLead) -> bool:
    """Whether nobody is to be alerted to the lead, because it is on the suppression list."""
    return lead.status != "refined" and SUPPRESSED in lead.problems
