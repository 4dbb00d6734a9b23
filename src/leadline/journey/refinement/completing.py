"""Contact data that arrives after the alert completes the lead, and the alert is corrected.

For example, Close sends a lead without e-mail address and phone number; both arrive with the events
of its contacts, possibly after the wait is over.
"""

from collections.abc import Iterator

import msgspec

from leadline.journey.receiving.attributing import fields_said, newer_attribution
from leadline.journey.refinement.consenting import said_later, with_time_said
from leadline.journey.same_person.borrowed import without_borrowed
from leadline.model.errors import LeadlineError
from leadline.model.handling import Handling
from leadline.model.lead import Contact, LeadFields
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.ports.source import Source
from leadline.ports.store import Waiting

_NAMES = ("name", "first_name", "last_name")
_OTHERS = ("email", "phone", "company", "title", "country", "website")
_TOLD = ("name", "email", "phone", "company")
"""The fields whose late arrival corrects an alert."""
_DIGITS = 9
"""Two phone numbers match if this many last digits do, since one may lack its country code."""


def with_late_contact(
    source: Source, fields: LeadFields, waiting: Waiting, handling: Handling | None
) -> LeadFields:
    """The fields of a lead, completed by updates that arrived after its refinement. Known values
    stay, and updates about another person are ignored, as is what the CRM only got from us
    (`journey.same_person.borrowed`, by the lead's *handling*)."""
    for said in _said_late(source, waiting) if waiting.late else ():
        if not _is_of_another(fields, said):
            fields = said_later(filled(fields, without_borrowed(said, handling)), said)
            more = newer_attribution(fields.attribution, said.attribution)
            fields = msgspec.structs.replace(fields, attribution=more)
    return fields


def filled(fields: LeadFields, said: LeadFields) -> LeadFields:
    """The fields, with empty ones filled from *said* if it is about the same person."""
    if _is_of_another(fields, said):
        return fields
    names = () if any(getattr(fields, name) for name in _NAMES) else _NAMES
    empty = (*names, *(name for name in _OTHERS if not getattr(fields, name)))
    news = {name: value for name in empty if (value := getattr(said, name))}
    return msgspec.structs.replace(fields, **news) if news else fields


def says_more(now: Contact | LeadFields, before: Contact) -> bool:
    """Whether *now* has a name, e-mail address, phone number or company that *before* lacks."""
    if not before.name and any(getattr(now, name) for name in _NAMES):
        return True
    return any(getattr(now, name) and not getattr(before, name) for name in _TOLD)


def _said_late(source: Source, waiting: Waiting) -> Iterator[LeadFields]:
    for raw in waiting.late:
        if raw == RETIRED_WORDS:
            continue
        try:
            yield with_time_said(source, raw, fields_said(source, raw))
        except LeadlineError:
            continue  # an update without readable fields changes nothing


def _is_of_another(fields: LeadFields, said: LeadFields) -> bool:
    """Whether both have an e-mail address, or else a phone number, and these differ."""
    if fields.email and said.email:
        return fields.email.strip().casefold() != said.email.strip().casefold()
    if fields.phone and said.phone:
        return _digits(fields.phone) != _digits(said.phone)
    return False


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))[-_DIGITS:]
