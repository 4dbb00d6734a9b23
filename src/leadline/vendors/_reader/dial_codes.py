"""Joins a phone number with the dial code that a form keeps in a field of its own.

The result is text, such as "(+91) 81234 56789", which refinement reads and judges
(`refine.phones.dial_code`). A dial code belongs to the phone in the same object, or to the one that
its label names ("mobile_country_code").
"""

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from leadline.model.texts.patterns import late
from leadline.vendors._reader.dial_labels import (
    PHONE_DIGITS,
    Tells,
    area_code,
    count_digits,
    dial_code,
    label,
    scalar,
)

_JOINED = late(r"\((?:\+[^()]{1,60}|[A-Z]{2})\) (.+)", re.DOTALL)
_INTERNATIONAL = late(r"\s*\(?\s*(?:\+|00)")
_BEGINS = frozenset("+＋0(\u200e ")  # how a dial code that is marked as one can begin
_COUNTRY_WITHIN = late(r"country|iso|region", re.IGNORECASE)
_ISO = late(r"[A-Za-z]{2}")
_LETTER = late(r"[^\W\d_]")
_MANY_DIGITS = late(rf"(?:[^0-9]{{0,20}}[0-9]){{{PHONE_DIGITS}}}")
_MOST = 100  # dial codes, or members of a phone's object
_LONGEST_LOCAL = 8  # digits of a number without its area code
# What the code is called in an object for it: {"phone_country": {"code": "+91", "name": "India"}}.
_INNER = frozenset(("code", "value", "prefix", "number", "phone", "dial", "label", "text"))


_Others = Callable[[], frozenset[tuple[str, frozenset[str]]]]


class _Found(NamedTuple):
    """A dial code; lower ones fit the phone better."""

    by_whose: int
    distance: int
    is_country: bool
    code: str
    path: str


def is_dial_code(key: str, value: Any) -> bool:
    """Whether a member of an object can only be a dial code: neither a phone nor a country."""
    if type(value) is str and _MANY_DIGITS.match(value):
        return False
    kind = label(key).tells
    if kind is Tells.WITH_PLUS and isinstance(value, str) and value[:1] not in _BEGINS:
        return False
    if kind in (Tells.NOTHING, Tells.AREA) or not (written := scalar(value)):
        return False
    if kind is Tells.DIAL_CODE:
        return count_digits(written) < PHONE_DIGITS
    return dial_code(kind, written) != "" and _LETTER.search(written) is None


def within_object(value: Mapping[str, Any], number: str) -> str:
    """The number of an object that describes a phone, with the dial or area code in it."""
    codes = []
    for kind, inner in _said_within(value):
        if code := dial_code(kind, inner):
            codes.append(code)
        elif kind is Tells.AREA:
            number = _with_area(number, inner)
    if not codes:
        return number
    code = min(codes, key=lambda one: not one[1:].isdigit())
    if _INTERNATIONAL.match(number) and not code[1:].isdigit():
        return number  # what a CRM adds to its own numbers
    return _joined(code, number)


def _said_within(value: Mapping[str, Any]) -> Iterator[tuple[Tells, Any]]:
    """What the members of a phone's object tell of dial codes, and their values. There a country is
    that of the phone."""
    for key, inner in value.items():
        kind = _of_phone(label(str(key)).tells)
        if kind and isinstance(inner, dict):
            for name, one in inner.items():
                yield (kind if name in _INNER else _of_phone(label(str(name)).tells)), one
        elif kind:
            yield kind, inner
        elif _COUNTRY_WITHIN.search(str(key)) and _ISO.fullmatch(scalar(inner)):
            yield Tells.DIAL_CODE, inner


def _of_phone(kind: Tells) -> Tells:
    return Tells.DIAL_CODE if kind in (Tells.WITH_PLUS, Tells.NUMBER) else kind


def may_be_dialled(number: str, custom: Mapping[str, Any], country: str | None) -> bool:
    """Whether `beside_phone` may find anything to do: not for most leads."""
    joined = number[:1] == "(" and not number[1:2].isdecimal()
    return joined or "+" in (country or "") or any(map(_may_tell, custom))


def beside_phone(
    number: str, place: str, custom: MutableMapping[str, Any], country: str | None
) -> str:
    """The number at this path with the dial code among the other fields, which is removed there, or
    with that in the lead's country ("India (+91)")."""
    telling = {path: custom[path] for path in islice(filter(_may_tell, custom), _MOST)}
    bare = inside[1] if (inside := _JOINED.fullmatch(number)) else number
    of_country = dial_code(Tells.NUMBER, country) if country and "+" in country else ""
    if not telling and not inside:
        return _joined(of_country, number) if of_country else number
    _remove_used(number, bare, place, custom)
    if inside or not telling:
        return number
    around = _parted(place)[0]
    number = _with_area_beside(number, around, telling, custom, Tells.AREA)
    found = sorted(_found(place, telling, custom))
    if found:
        best = found[0]
        del custom[best.path]
        return _joined(best.code, number)
    if of_country:
        return _joined(of_country, number)
    return _with_area_beside(number, around, telling, custom, Tells.DIAL_CODE)


def _with_area_beside(
    number: str,
    around: str,
    telling: Mapping[str, Any],
    custom: MutableMapping[str, Any],
    kind: Tells,
) -> str:
    """The number after an area code under a label of this kind in the object *around*."""
    for path, value in telling.items():
        outer, key = _parted(path)
        if outer == around and label(key).tells is kind:
            joined = _with_area(number, value)
            if joined != number:
                del custom[path]
                return joined
    return number


def _parted(path: str) -> tuple[str, str]:
    """The path of an object, and the label in it, which may have a full stop before a blank
    ("Tel. country")."""
    around, _, key = path.rpartition(".")
    while around and key[:1] in ("", " "):
        around, _, more = around.rpartition(".")
        key = f"{more}.{key}"
    return around, key


@lru_cache(maxsize=4096)
def _may_tell(path: str) -> bool:
    """Whether the last two labels of a path tell something of dial codes. (Paths are no longer than
    `fields.LONGEST_PATH`.)"""
    around, key = _parted(path)
    return label(key).tells > 0 or label(_parted(around)[1]).tells > 0


def _remove_used(number: str, bare: str, place: str, custom: MutableMapping[str, Any]) -> None:
    """Remove the parts of the phone's own object that are in *number* now."""
    start = f"{place}."
    inside = list(islice((path for path in custom if path.startswith(start)), _MOST))
    if not inside:
        return
    repeated = [p for p in inside if (part := scalar(custom[p])) and bare.endswith(part)]
    around = {_parted(path)[0] for path in repeated} or {place}
    for path in inside:
        kind = _of_phone(label(_parted(path)[1]).tells)
        used = kind is Tells.AREA or f"({dial_code(kind, custom[path])}) " in number
        if path in repeated or (used and any(path.startswith(f"{one}.") for one in around)):
            del custom[path]


def _found(place: str, telling: Mapping[str, Any], custom: Mapping[str, Any]) -> Iterator[_Found]:
    """The dial codes in *telling* that may belong to the phone at this path."""
    parent, key = _parted(place)
    whose = label(key).whose
    others = _other_phones(custom)
    for path, value in telling.items():
        around, own = _parted(path)
        told = label(own)
        if around and told.tells in (Tells.NOTHING, Tells.WITH_PLUS) and own in _INNER:
            within, outer = _parted(around)
            if label(outer).tells > Tells.WITH_PLUS:
                told, around = label(outer), within
        kind = told.tells
        if around == place or around.startswith(f"{place}."):
            kind = _of_phone(kind)
        if not kind or not (code := dial_code(kind, value)):
            continue
        distance = _distance(around, parent, place)
        mine = told.whose
        if kind is Tells.WITH_PLUS and all(word.isdecimal() for word in mine):
            mine = frozenset()  # {"phone_1": "+91", "phone_2": "81234 56789"}
        fits = _fits(mine, whose, _parted(path)[0], others)
        if distance is not None and fits is not None:
            yield _Found(fits, distance, not code[1:].isdigit(), code, path)


def _distance(around: str, parent: str, place: str) -> int | None:
    """How far the object of a dial code is from that of the phone; None if it is elsewhere."""
    if around == place:
        return 0
    if around == parent:
        return 1
    if not around or parent.startswith(f"{around}."):
        return 2
    outer, key = _parted(around)
    return 2 if outer == parent and label(key).tells else None


def _fits(
    whose: frozenset[str], of_phone: frozenset[str], around: str, others: _Others
) -> int | None:
    """How well a dial code fits a phone by what their labels say; None if it is another's."""
    if whose == of_phone:
        return 0
    if not whose:
        return 1
    return None if of_phone or (around, whose) in others() else 2


def _other_phones(custom: Mapping[str, Any]) -> _Others:
    """The objects and the owners of the phones among the other fields, found when first asked."""

    @cache
    def found() -> frozenset[tuple[str, frozenset[str]]]:
        long = (
            path for path, value in custom.items() if count_digits(scalar(value)) >= PHONE_DIGITS
        )
        return frozenset((around, label(key).whose) for around, key in map(_parted, long))

    return found


def _joined(code: str, number: str) -> str:
    digits = "".join(filter(str.isdigit, number)).lstrip("0")
    if _INTERNATIONAL.match(number) and code[1:].isdigit() and digits.startswith(code[1:]):
        return number
    return f"({code}) {number}"


def _with_area(number: str, value: Any) -> str:
    """The number after its area code, unless it is long enough to have one."""
    area = area_code(value)
    short = count_digits(number) <= _LONGEST_LOCAL and not _INTERNATIONAL.match(number)
    return f"{area} {number}" if area and short else number
