"""Phone numbers: E.164 for comparison, the international format for display, and the extension.

An invalid number is kept as written and flagged. What is said beside a number ("office", "call
after 5") is shown in brackets behind it.
"""

import re

import msgspec

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.dial_code import Dialled, read_dialled
from leadline.refine.phone_number import (
    NO_REGION,
    OLD_FORM,
    UNPARSEABLE,
    Number,
    is_complete,
    number_in,
    quick,
)
from leadline.refine.phone_text import ENDING, LABELS, Reading, read_phone

# Numbers that were turned into floats: "15550000000.0".
_FLOAT = re.compile(r"(\+?[0-9]{5,16})\.0+")
_LABEL = re.compile(r"(?:tel|phone|mobile|cell|p|t|m)\s*+[.:]\s*+(?://)?+\s*+(?=[+(0-9])", re.I)
_EXTENDED = re.compile(
    r"(?P<base>[^a-z]*[0-9)]) ?(?:x|ext\.?|extension) ?(?P<extension>[0-9]{1,7})", re.I
)
_HYPHENED = re.compile(r"(.*[0-9)]) ?(?:- ?([0-9]{1,5})|\(([0-9]{1,5})\))")
_GAP = re.compile(r"(?<=[0-9)])(?: - | +)(?=[+(0-9])")
_LEAST = 7

_SEVERAL = "phone.several"
_UNKNOWN_COUNTRY = "phone.unknown_country"
_LONGEST = 250  # phonenumbers accepts no longer text


class Phone(msgspec.Struct, frozen=True):
    """A number as displayed (with its extension and remark), in E.164 (given if the length is
    possible, even if the number is invalid), its extension, problems and changes."""

    written: str | None = None
    e164: str | None = None
    extension: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def refine_phone(written: str | None, region: str) -> Phone:
    """Refine the number in *written*. *region* is the ISO code of the country of numbers without a
    country code, or ""."""
    if not written:
        return Phone()
    if not written.endswith((".0", ".00")) and (found := _quick(written, region)) is not None:
        return _shown(written, found, ())
    return _refine_other(written, region)


def in_unknown_country(phone: Phone) -> Phone:
    """The phone of a lead whose country is named, but not understood."""
    return msgspec.structs.replace(phone, problems=_of_unknown_country(phone.problems))


def _of_unknown_country(problems: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_UNKNOWN_COUNTRY if one == NO_REGION else one for one in problems)


def _refine_other(written: str, region: str) -> Phone:
    kept, changes = text.clean("phone", written, text.code)
    if kept is None:
        return Phone(changes=changes)
    if len(kept) > _LONGEST:
        return Phone(kept, None, None, (UNPARSEABLE,), changes)
    one = _undressed(kept)
    found = _quick(one, region)
    if found is not None:
        return _shown(kept, found, changes)
    reading = read_phone(one)
    number, remark = _said(one, reading, region) if reading else (_whole(one, region), "")
    return _shown(kept, number, changes, remark)


def _quick(written: str, region: str) -> Number | None:
    """A valid number in a common notation, also with an extension; None if it is not one."""
    if "/" in written and ENDING.fullmatch(written):
        return None
    found = quick(written, region)
    if found is None and (extended := _EXTENDED.fullmatch(written)):
        found = quick(extended["base"], region)
        return found and _with(found, extended["extension"])
    return found


def _said(written: str, reading: Reading, region: str) -> tuple[Number, str]:
    """The number of a text that was taken apart, and the remark beside it."""
    dialled = read_dialled(reading.before + reading.number)
    found = _after_dial_code(dialled) if dialled else None
    if found is not None:
        reading = msgspec.structs.replace(reading, before="")
    else:
        found = number_in(reading.number, region)
        if not found.shown:
            found = _with_more(reading.number, region) or _second(reading, region) or found
        if not found.shown and written[-1:].isalpha():  # may be a vanity number: 1-800-555-CALL
            vanity = number_in(written, region)
            if vanity.shown:
                return vanity, ""
    if not reading.is_sure and not (found.shown and found.e164 and is_complete(found.e164)):
        return Number(problems=(UNPARSEABLE,)), ""
    several = (_SEVERAL,) if reading.others else ()
    return _with(found, reading.extension or found.extension, *several), reading.remark


def _whole(written: str, region: str) -> Number:
    """The number of a text that has no seven digits in a row: a short or vanity one."""
    dialled = read_dialled(written)
    found = (_after_dial_code(dialled) if dialled else None) or number_in(written, region)
    if not found.shown and (label := LABELS.match(written)) and 0 < label.end() < len(written):
        return number_in(written[label.end() :], region)
    return found


def _after_dial_code(dialled: Dialled) -> Number | None:
    """The number with its dial code; None if it is no number of that code and phonenumbers must be
    asked about the whole. An international number of another country stays, with a problem."""
    import phonenumbers

    said = number_in(dialled.number, dialled.region, is_dialled=bool(dialled.region))
    if not said.shown:
        if dialled.calling_code:
            return None
        wrong = said.problems if dialled.region else _of_unknown_country(said.problems)
        return Number(said.e164, "", said.extension, wrong)
    calling = dialled.calling_code or str(phonenumbers.country_code_for_region(dialled.region))
    if calling != "0" and said.e164 and not said.e164.startswith(f"+{calling}"):
        return _with(said, said.extension, "phone.dial_code")
    return said


def _with_more(written: str, region: str) -> Number | None:
    """A number with what cannot be a part of it: an extension without a word ("555-0147-42",
    "555-0147 (42)"), or another number behind a blank. None if it is not sure where it ends."""
    if (hyphened := _HYPHENED.fullmatch(written)) and _digits(hyphened[1]) >= _LEAST:
        base = number_in(hyphened[1], region)
        if base.shown and base.e164 and is_complete(base.e164):
            return _with(base, hyphened[2] or hyphened[3])
    for gap in _GAP.finditer(written):
        one, other = written[: gap.start()], written[gap.end() :]
        if min(_digits(one), _digits(other)) < _LEAST:
            continue
        first, second = number_in(one, region), number_in(other, region)
        if first.shown and second.shown and not first.problems:
            return _with(first, None, _SEVERAL)
    return None


def _second(reading: Reading, region: str) -> Number | None:
    """The second number, where it is valid and the first is not; None without."""
    other = read_phone(reading.others) if reading.others else None
    found = number_in(other.number, region) if other and other.is_sure else None
    return _with(found, other.extension) if found and other and found.shown else None


def _with(number: Number, extension: str | None, *problems: str) -> Number:
    return msgspec.structs.replace(
        number, extension=extension, problems=(*problems, *number.problems)
    )


def _shown(kept: str, number: Number, changes: tuple[Change, ...], remark: str = "") -> Phone:
    """The phone as displayed; an invalid number is kept as written."""
    if not number.shown:
        return Phone(kept, number.e164, number.extension, number.problems, changes)
    shown = number.shown
    if number.extension:  # as "ext.", because some countries' own marks ("#", "int") can't be read
        shown = f"{shown} ext. {number.extension}"
    if remark:
        shown = f"{shown} ({remark})"
    if shown != kept:
        rule = OLD_FORM if OLD_FORM in number.problems else "phone.format"
        changes = (*changes, text.altered("phone", kept, shown, rule))
    return Phone(shown, number.e164, number.extension, number.problems, changes)


def _undressed(written: str) -> str:
    if label := _LABEL.match(written):
        written = written[label.end() :]
    if number := _FLOAT.fullmatch(written):
        return number[1]
    return written


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
