"""Values that show by themselves what they are, whatever their labels: an e-mail address, and a
phone number in a notation that nothing else has."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from leadline.model.texts.names import ANOTHER_PERSON
from leadline.model.texts.patterns import late
from leadline.vendors._reader.aliases import Role, understood
from leadline.vendors._reader.chosen import Node

_EMAIL = late(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\W\d_]{2,24}")
_PHONE = late(r"\+[1-9][0-9 ().\-/]{6,24}|\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-][0-9]{4}")
_BEGIN = ("+", "(")
_DIGITS = late(r"\+?[0-9 ().\-/]{7,30}")
_FEWEST, _MOST = 7, 15  # digits of a number (ITU-T E.164)
_NOT_THE_PERSONS = late(
    r"(?:to|from|cc|bcc|sender|recipients?|reply_?to|admin|host|agent|by)$", re.IGNORECASE
)


def is_email(value: str) -> bool:
    """Whether a value can be nothing but an e-mail address."""
    return "@" in value and _EMAIL.fullmatch(value.strip()) is not None


def is_phone(value: str) -> bool:
    """Whether a value can be nothing but a phone number: "+49 30 1234567", "(212) 555-0100"."""
    bare = value.strip()
    if bare[:1] not in _BEGIN:
        return False
    return _PHONE.fullmatch(bare) is not None and _has_enough_digits(value)


def may_be_phone(value: str) -> bool:
    """Whether a value may be a phone number, if its label speaks of one."""
    return _DIGITS.fullmatch(value.strip()) is not None and _has_enough_digits(value)


def _has_enough_digits(value: str) -> bool:
    return _FEWEST <= sum(map(str.isdecimal, value)) <= _MOST


def take_by_looks(
    nodes: Sequence[Node], fields: dict[str, Any], custom: dict[str, Any]
) -> tuple[str, ...]:
    """Take from *custom* an e-mail address or phone number that *fields* lack. Of several phone
    numbers none is taken, and nothing under a label for somebody else, unless nobody is named at
    all. Returns problem codes."""
    told = [(node, place, value) for node in nodes for place, value in _texts(node)]
    if not told:
        return ()
    lacks = [one for one in (("email", is_email), ("phone", is_phone)) if one[0] not in fields]
    for field, looks in lacks:
        found = [one for one in _alike(told, looks) if not understood(one[0]).others]
        if found and (field == "email" or len({value for _, _, value in found}) == 1):
            fields[field] = found[0][2]
            custom.pop(found[0][1], None)
    if lacks and not _is_named(fields):
        for _, place, value in _alike(told, is_email):
            fields["email"] = value
            custom.pop(place, None)
            return (ANOTHER_PERSON,)
    return ()


def _is_named(fields: dict[str, Any]) -> bool:
    return any(one in fields for one in ("name", "first_name", "last_name", "email", "phone"))


def _alike(
    told: Sequence[tuple[Node, str, str]], looks: Callable[[str], bool]
) -> Iterator[tuple[str, str, str]]:
    """The label, path and text of the values that look so, of those that people have (object, path,
    text), in order."""
    for node, place, value in told:
        if looks(value) and not _NOT_THE_PERSONS.search(key := node.key(place)):
            yield key, place, value


def _texts(node: Node) -> list[tuple[str, str]]:
    """The texts of a person, by path, that are under no label for a field."""
    if not node.rest or node.role is not Role.PERSON or node.others:
        return []
    return [one for one in node.rest if isinstance(one[1], str)]
