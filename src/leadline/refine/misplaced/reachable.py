"""Makes a lead reachable that left the phone or the e-mail field empty, but says its number or
address in another field or in its message.

Such a value is marked by a problem (`phone.found_in_message` and the like): a person should look at
the text before calling, and it is no match key, because it may be a hotline that many people quote.
"""

from collections.abc import Iterable

import msgspec

from leadline.model.facts.found import CUSTOM, MESSAGE, found_code
from leadline.model.lead import Change, Contact
from leadline.refine.limits import altered
from leadline.refine.misplaced.found_in_text import FoundValue, find_email, find_phone
from leadline.refine.misplaced.leftovers import Told, own_email, own_phone, own_texts


class Reached(msgspec.Struct, frozen=True):
    """A contact with the number and the address that were found, the changes and the problems."""

    contact: Contact
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()


def with_found(contact: Contact, message: str | None, told: Told, region: str) -> Reached:
    """The contact with a phone number and an e-mail address from *told*, the texts of other
    fields, or from the message, where it has none. *region* is the ISO code of the lead's country,
    or ""."""
    reached = Reached(contact)
    if contact.phone is None:
        place, found = _phone(contact, message, told, region)
        if found is not None:
            reached = _with_phone(reached, place, found, region)
    if contact.email is None:
        place, found = _email(contact, message, told)
        if found is not None:
            reached = _with_email(reached, place, found)
    return reached


def _phone(
    contact: Contact, message: str | None, told: Told, region: str
) -> tuple[str, FoundValue | None]:
    name = contact.name or ""
    if told and (written := own_phone(told, contact, region)):
        return CUSTOM, FoundValue(written)
    if message and (found := find_phone(message, region, name)):
        return MESSAGE, found
    texts = own_texts(told)
    return CUSTOM, _first(find_phone(text, region, name) for text in texts)


def _email(contact: Contact, message: str | None, told: Told) -> tuple[str, FoundValue | None]:
    name = contact.name or ""
    if told and (written := own_email(told)):
        return CUSTOM, FoundValue(written)
    if message and (found := find_email(message, name)):
        return MESSAGE, found
    texts = own_texts(told)
    return CUSTOM, _first(find_email(text, name) for text in texts)


def _first(found: Iterable[FoundValue | None]) -> FoundValue | None:
    return next((one for one in found if one is not None), None)


def _with_phone(reached: Reached, place: str, found: FoundValue, region: str) -> Reached:
    from leadline.refine.phones.phone import refine_phone

    phone = refine_phone(found.written, region)
    change = altered("phone", None, found.written, f"{place}.has_phone")
    several = ("phone.several",) if found.others else ()
    return Reached(
        msgspec.structs.replace(
            reached.contact,
            phone=phone.written,
            phone_e164=phone.e164,
            phone_extension=phone.extension,
        ),
        (*reached.changes, change, *phone.changes),
        (*reached.problems, found_code("phone", place), *several, *phone.problems),
    )


def _with_email(reached: Reached, place: str, found: FoundValue) -> Reached:
    from leadline.refine.emails.email import refine_email

    email = refine_email(found.written)
    change = altered("email", None, found.written, f"{place}.has_email")
    several = ("email.several",) if found.others else ()
    return Reached(
        msgspec.structs.replace(
            reached.contact,
            email=email.written,
            email_canonical=email.canonical,
            email_kind=email.kind,
            company_domain=email.company,
        ),
        (*reached.changes, change, *email.changes),
        (*reached.problems, found_code("email", place), *several, *email.problems),
    )
