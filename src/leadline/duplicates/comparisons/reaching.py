"""The addresses and numbers by which a lead can be reached, in the form in which they are
compared."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from leadline.model.facts.found import was_found
from leadline.model.lead import RefinedLead
from leadline.model.texts.patterns import late
from leadline.refine.emails.email import refine_email
from leadline.refine.emails.kinds import is_placeholder_address, is_placeholder_phone
from leadline.refine.phones.key import phone_digits
from leadline.refine.phones.phone import refine_phone

_ADDRESS = late(r"[^\s@<>,;:\"()\[\]]{1,64}@[^\s@<>,;:\"()\[\]]{1,190}\.[^\W\d_]{2,24}")
_BETWEEN = late(r"\s*[/;,|]\s*|\s+(?:or|and|oder|und|ou|o|y|e)\s+", re.I)
_MOST = 4
_LONGEST_LIST, _LONGEST = 20, 200
_ADDRESSES = (
    frozenset({"email", "emails", "emailaddress", "emailaddresses"}),
    ("email_address", "email", "value", "address"),
)
_NUMBERS = (
    frozenset({"phone", "phones", "phonenumber", "phonenumbers"}),
    ("phone_number", "phone", "number", "value"),
)
"""The names of lists of a lead's own addresses and numbers, and of their members in objects."""


def emails_of(refined: RefinedLead) -> tuple[str, ...]:
    """The lead's canonical address, then the others of a list that has it, and what else was
    written into its e-mail field. One that is not valid counts as written. Placeholders
    ("none@none.com") are left out, and an address that was found in the message or another field
    (`model.facts.found`): it may be somebody else's."""
    if was_found(refined, "email"):
        return ()
    contact = refined.contact
    own = contact.email_canonical or contact.email or ""
    found = {own.casefold(): None} if "@" in own else {}
    if found and refined.custom:
        found |= dict.fromkeys(_listed(refined.custom, _ADDRESSES, own.casefold(), _canonical))
    for change in refined.changes:
        if change.field == "email" and change.before and change.before.count("@") > 1:
            for address in _ADDRESS.findall(change.before[:400]):
                found.setdefault(_canonical(address), None)
    return tuple(one for one in found if not is_placeholder_address(one))[:_MOST]


def phones_of(refined: RefinedLead) -> tuple[str, ...]:
    """The lead's number in E.164, or its digits if it is not valid, with ";ext=" and its extension;
    then what else was written into its phone field, and the others of a list that has it.
    Placeholders ("1234567890") are left out, and a
    number that was found in the message or another field."""
    if was_found(refined, "phone"):
        return ()
    number = phone_digits(refined.contact)
    extension = refined.contact.phone_extension
    found = {f"{number};ext={extension}" if extension else number: None} if number else {}
    if "phone.several" in refined.problems:
        found |= dict.fromkeys(_others(refined))
    if refined.custom and (own := refined.contact.phone_e164):

        def read(text: str) -> str | None:
            return refine_phone(text, _country_of(own)).e164  # asked for lists alone: few have one

        found |= dict.fromkeys(_listed(refined.custom, _NUMBERS, own, read))
    return tuple(one for one in found if not is_placeholder_phone(one.partition(";")[0]))[:_MOST]


def _others(refined: RefinedLead) -> Iterator[str]:
    """The numbers of a field with several that name their country, or are of the first one's."""
    region = _country_of(refined.contact.phone_e164)
    for change in refined.changes:
        if change.field == "phone" and change.before:
            for part in _BETWEEN.split(change.before[:200]):
                if (number := refine_phone(part, region).e164) is not None:
                    yield number


def _canonical(address: str) -> str:
    return refine_email(address).canonical or address.casefold()


def _listed(
    custom: Mapping[str, Any],
    names: tuple[frozenset[str], Sequence[str]],
    own: str,
    read: Callable[[str], str | None],
) -> Iterator[str]:
    """What else stands in a list of the sender or the CRM that has the lead's *own* address or
    number, as *read* gives it: a contact may have several. *names* are those of such lists and of
    the members in their objects; other lists may be about other people."""
    for name, value in custom.items():
        if not isinstance(value, list) or not 1 < len(value) <= _LONGEST_LIST:
            continue
        if name.rpartition(".")[2].replace("_", "").casefold() in names[0]:
            written = [text for one in value if (text := _text_in(one, names[1]))]
            found = [one for text in written if (one := read(text))]
            if own in found:
                yield from (one for one in found if one != own)


def _text_in(value: object, keys: Sequence[str]) -> str:
    """The text of an element of a list, which may be an object with one."""
    if isinstance(value, dict):
        value = next((value[key] for key in keys if isinstance(value.get(key), str)), "")
    return value[:_LONGEST] if isinstance(value, str) else ""


@lru_cache(16)  # each number of one list asks for it
def _country_of(e164: str | None) -> str:
    """The ISO code of the country of a number, "" if it is not known."""
    import phonenumbers  # loaded by the refinement of the number, and only then needed

    if e164 is None:
        return ""
    number = phonenumbers.parse(e164)
    return str(phonenumbers.region_code_for_number(number) or "")
