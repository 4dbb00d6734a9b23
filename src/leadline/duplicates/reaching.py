"""The addresses and numbers by which a lead can be reached, in the form in which they are
compared."""

import re

from leadline.model.lead import RefinedLead
from leadline.refine.email import refine_email
from leadline.refine.email_kinds import is_placeholder_address, is_placeholder_phone
from leadline.refine.phone_key import phone_digits

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@[^\s@<>,;:\"()\[\]]{1,190}\.[^\W\d_]{2,24}")
_MOST = 4


def emails_of(refined: RefinedLead) -> tuple[str, ...]:
    """The lead's canonical address, then what else was written into its e-mail field. One that is
    not valid counts as written; placeholders ("none@none.com") are left out."""
    contact = refined.contact
    own = contact.email_canonical or contact.email or ""
    found = {own.casefold(): None} if "@" in own else {}
    for change in refined.changes:
        if change.field == "email" and change.before and change.before.count("@") > 1:
            for address in _ADDRESS.findall(change.before[:400]):
                other = refine_email(address).canonical
                found.setdefault(other or address.casefold(), None)
    return tuple(one for one in found if not is_placeholder_address(one))[:_MOST]


def phones_of(refined: RefinedLead) -> tuple[str, ...]:
    """The lead's number in E.164, or its digits if it is not valid, with ";ext=" and its extension;
    without placeholders ("1234567890")."""
    number = phone_digits(refined.contact)
    if number is None or is_placeholder_phone(number):
        return ()
    extension = refined.contact.phone_extension
    return (f"{number};ext={extension}" if extension else number,)
