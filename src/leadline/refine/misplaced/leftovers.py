"""Finds other people in the fields that were not recognised: a second e-mail address, or a phone
number that the lead itself lacks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline.model.labels import read_label
from leadline.model.lead import Contact
from leadline.model.texts.names import ANOTHER_PERSON
from leadline.model.texts.patterns import late

PHONE = "custom.phone"

_MOST_VALUES = 200
_LONGEST = 254  # of an address (RFC 5321, section 4.5.3.1.3)
_EMAIL = late(r"(?:[^<>@]{0,100}<)?([^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\W\d_]{2,24})>?")
_PHONE = late(r"\+[1-9][0-9 ().\-/]{6,22}")
_NATIONAL = late(r"\(?[0-9][0-9 ().\-/]{5,22}")
_SHORTEST = 6  # characters of what either of them takes
_PHONES_KEY = late(
    r"(?:^|[^a-z])(?:phone|tel|telephone|telefon|telefono|mobile|mobil|movil|cell|handy|whatsapp)"
    r"(?:[^a-z]|$)|phone",
    re.IGNORECASE,
)
# Names of fields that hold the address of the sender, a colleague or a machine, not of a lead.
_OURS = late(
    r"(?:^|[._\- ])(?:to|from|cc|bcc|sender|recipients?|reply_?to|admin(?:istrator)?s?|hosts?|"
    r"agent|by|owners?|assignee|assigned|assigned_to|creat(?:or|ed)|updat(?:or|ed)|modified|"
    r"organi[sz]er|account_?manager|sales_?(?:rep|owner|person)?|rep|author|actor|event_memberships|support|"
    r"notif(?:y|ication)s?|system|integration|library|company|organi[sz]ation|"
    r"account)(?:[._\- ]|$)",
    re.IGNORECASE,
)
_SEVEN_DIGITS = late(r"[0-9](?:[ ().\-/]{0,4}[0-9]){6}")
_CAMEL = late(r"(?<=[a-z0-9])(?=[A-Z])")


Told = Sequence[tuple[str, str]]
"""Texts of custom fields with the paths of their fields."""


def leftover_problems(custom: Mapping[str, Any], contact: Contact) -> set[str]:
    """The problems of the fields in `custom`: `custom.another_person` if they hold an e-mail
    address that is not the lead's, `custom.phone` if they hold a phone number and the lead has
    none. Fields named for a sender, an owner or a company are ignored."""
    return problems_of(telling_texts(custom), contact)


def problems_of(told: Told, contact: Contact) -> set[str]:
    """The same of the texts that `telling_texts` chose."""
    found: set[str] = set()
    for path, value in told:
        if "@" in value:
            address = _EMAIL.fullmatch(value)
            if address and not _is_own(address[1], contact) and not _is_ours(path):
                found.add(ANOTHER_PERSON)
        elif contact.phone is None and _is_phone(path, value) and not _is_ours(path):
            found.add(PHONE)
    return found


def telling_texts(custom: Mapping[str, Any]) -> Told:
    """The short texts, also those in lists, with their paths, that may be or have an address or a
    number; a limited number of them."""
    return [
        (path, value)
        for path, value in _texts(custom)
        if "@" in value or " " in value or (len(value) >= _SHORTEST and value[0] in "+(0123456789")
    ]


def _is_own(address: str, contact: Contact) -> bool:
    own = (contact.email or "", contact.email_canonical or "")
    return address.casefold() in map(str.casefold, own)


def _texts(custom: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The short texts, also those in lists, with their paths; a limited number of them."""
    waiting = list(custom.items())[:_MOST_VALUES]
    for path, value in waiting:
        if isinstance(value, str):
            if len(value) <= _LONGEST:
                yield path, value.strip()
        elif isinstance(value, int) and not isinstance(value, bool):
            yield path, str(value)
        elif len(waiting) < _MOST_VALUES:
            if isinstance(value, list):
                waiting += [(path, inner) for inner in value[:_MOST_VALUES]]
            elif isinstance(value, dict):
                inside = list(value.items())[:_MOST_VALUES]
                waiting += [(f"{path}.{key}"[:_LONGEST], inner) for key, inner in inside]


def _is_phone(path: str, value: str) -> bool:
    if len(value) < _SHORTEST or value[0] not in "+(0123456789":
        return False
    if _PHONE.fullmatch(value):
        return True
    return _NATIONAL.fullmatch(value) is not None and bool(_PHONES_KEY.search(_split(path)))


def _is_ours(path: str) -> bool:
    return _OURS.search(_split(path)) is not None


def _split(path: str) -> str:
    return _CAMEL.sub("_", path)


def may_reach(text: str | None) -> bool:
    """Whether a text may have a phone number or an e-mail address: a quick test."""
    if text is None:
        return False
    return "@" in text or "wa.me/" in text or _SEVEN_DIGITS.search(text) is not None


def may_hold(custom: Mapping[str, Any]) -> bool:
    """Whether `custom` may hold a phone number or an e-mail address: a quick test."""
    for value in custom.values():
        kind = type(value)
        if kind is int or kind is list or kind is dict or (kind is str and may_reach(value)):
            return True
    return False


def own_phone(told: Told, contact: Contact, region: str) -> str | None:
    """The phone number of the lead as written in a field of its own; None if there is none, if
    there are several, or if the fields are about another person, too."""
    if problems_of(told, contact) != {PHONE}:
        return None
    from leadline.refine.phones.phone import refine_phone

    numbers: dict[str, str] = {}
    for path, value in told:
        if _is_phone(path, value) and not _is_ours(path) and not _is_others(path):
            phone = refine_phone(value, region)
            if phone.e164 and not phone.problems:
                numbers.setdefault(phone.e164, value)
    return next(iter(numbers.values())) if len(numbers) == 1 else None


def own_email(told: Told) -> str | None:
    """The e-mail address in a field of its own; None if there is none, if there are several, or if
    the field speaks of another person or belongs to an entry of a list."""
    addresses: dict[str, str] = {}
    for path, value in told:
        if "@" in value and (address := _EMAIL.fullmatch(value)) and not _is_ours(path):
            addresses.setdefault(address[1], path)
    if len(addresses) != 1:
        return None
    ((written, path),) = addresses.items()
    return None if _is_others(path) else written


def own_texts(told: Told) -> Iterator[str]:
    """The texts of several words of other fields that are not about another person."""
    for path, value in told:
        if (
            " " in value
            and any(map(str.isalpha, value))
            and not _is_ours(path)
            and not _is_others(path)
        ):
            yield value


def _is_others(path: str) -> bool:
    """Whether a field is about somebody who is not the lead: "friend.phone", "leads.1.email"."""
    parts = path.split(".")
    return any(part.isdigit() or read_label(part).others for part in parts)
