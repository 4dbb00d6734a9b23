"""The value by which phone numbers are compared to find duplicates."""

from leadline.model.lead import Contact
from leadline.model.texts.patterns import late

_NO_DIGITS = late(r"[^0-9]+")


def phone_digits(contact: Contact) -> str | None:
    """What two writings of one phone number have in common, without the extension, which is
    `Contact.phone_extension`: the E.164 form ("+12125550147") if the number has one, else the
    digits of the number as written, if they are at least seven ("5550147"); None without.

    A number without an E.164 form is local, incomplete or of an unknown country, so equal digits
    say less than equal E.164 forms. Whether a number with one is valid, and whether it is sure
    that it is the lead's own, is in `RefinedLead.problems` ("phone.invalid",
    "phone.found_in_message").
    """
    if contact.phone_e164:
        return contact.phone_e164
    if not contact.phone:
        return None
    from leadline.refine.phones.text import read_phone  # few numbers have no E.164 form

    reading = read_phone(contact.phone)
    return _NO_DIGITS.sub("", reading.number) if reading else None
