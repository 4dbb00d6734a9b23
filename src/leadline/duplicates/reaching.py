"""The addresses and numbers by which a lead can be reached, in the form in which they are
compared."""

import re
from collections.abc import Iterator

from leadline.model.found import was_found
from leadline.model.lead import RefinedLead
from leadline.model.patterns import late
from leadline.refine.emails.email import refine_email
from leadline.refine.emails.kinds import is_placeholder_address, is_placeholder_phone
from leadline.refine.phones.key import phone_digits
from leadline.refine.phones.phone import refine_phone

_ADDRESS = late(r"[^\s@<>,;:\"()\[\]]{1,64}@[^\s@<>,;:\"()\[\]]{1,190}\.[^\W\d_]{2,24}")
_BETWEEN = late(r"\s*[/;,|]\s*|\s+(?:or|and|oder|und|ou|o|y|e)\s+", re.I)
_MOST = 4


def emails_of(refined: RefinedLead) -> tuple[str, ...]:
    """The lead's canonical address, then what else was written into its e-mail field. One that is
    not valid counts as written. Placeholders ("none@none.com") are left out, and an address that
    was found in the message or another field (`model.found`): it may be somebody else's."""
    if was_found(refined, "email"):
        return ()
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
    then what else was written into its phone field. Placeholders ("1234567890") are left out, and a
    number that was found in the message or another field."""
    if was_found(refined, "phone"):
        return ()
    number = phone_digits(refined.contact)
    extension = refined.contact.phone_extension
    found = {f"{number};ext={extension}" if extension else number: None} if number else {}
    if "phone.several" in refined.problems:
        found |= dict.fromkeys(_others(refined))
    return tuple(one for one in found if not is_placeholder_phone(one.partition(";")[0]))[:_MOST]


def _others(refined: RefinedLead) -> Iterator[str]:
    """The numbers of a field with several that name their country, or are of the first one's."""
    region = _country_of(refined.contact.phone_e164)
    for change in refined.changes:
        if change.field == "phone" and change.before:
            for part in _BETWEEN.split(change.before[:200]):
                if (number := refine_phone(part, region).e164) is not None:
                    yield number


def _country_of(e164: str | None) -> str:
    """The ISO code of the country of a number, "" if it is not known."""
    import phonenumbers  # loaded by the refinement of the number, and only then needed

    if e164 is None:
        return ""
    number = phonenumbers.parse(e164)
    return str(phonenumbers.region_code_for_number(number) or "")
