"""Reads the number of a phone field that holds more than one number in a common notation: dial
codes, extensions, remarks, several numbers."""

import re

import msgspec

from leadline.model.texts.patterns import late
from leadline.refine.phones.dial_code import Dialled, read_dialled
from leadline.refine.phones.number import (
    UNPARSEABLE,
    Number,
    is_complete,
    number_in,
    of_unknown_country,
    quick_extended,
)
from leadline.refine.phones.text import LABELS, LEAST, PhoneText, digits_in, read_phone

# Numbers that were turned into floats: "15550000000.0".
_FLOAT = late(r"(\+?[0-9]{5,16})\.0+")
_LABEL = late(r"(?:tel|phone|mobile|cell|p|t|m)\s*+[.:]\s*+(?://)?+\s*+(?=[+(0-9])", re.I)
_HYPHENED = late(r"(.*[0-9)]) ?- ?([0-9]{1,5})")
_BRACKETED = late(r"\s*[(\[]([0-9]{1,5})[)\]]")
_GAP = late(r"(?<=[0-9)])(?: - | +)(?=[+(0-9])")
_FAX = late(r"\b(?:fax|telefax|faks|факс)\b", re.I)
_SEVERAL = "phone.several"
LETTERS = "phone.letters"
"""The problem code of a number that was typed with letters that look like digits."""
_TYPED = late(r"\+?[0-9OoIl()\[\]\s.\-/]{7,30}")
_DIGITS = str.maketrans("OoIl", "0011")
_MOST_LETTERS = 4


def read_number(written: str, region: str) -> tuple[Number, str]:
    """The number in the text of a phone field, which is clean, and the remark beside it, or ""."""
    one = _undressed(written)
    found = quick_extended(one, region)
    if found is not None:
        return found, ""
    if one.isascii() and one.removeprefix("+").isdigit():  # nothing stands beside the number
        return number_in(one, region), ""
    if (typed := _typed(one, region)) is not None:
        return typed, ""
    reading = read_phone(one)
    return _said(one, reading, region) if reading else (_whole(one, region), "")


def _typed(written: str, region: str) -> Number | None:
    """A number with the letters O, I and l for digits ("2O2-555-O143"), where its country's numbers
    have one length, so that the letters can be nothing else; else None."""
    if _TYPED.fullmatch(written) is None:
        return None
    digits = digits_in(written)
    letters = sum(map(str.isalpha, written))
    if not 0 < letters <= _MOST_LETTERS or digits < LEAST:
        return None
    found = number_in(written.translate(_DIGITS), region)
    if not found.shown or found.problems or not found.e164 or not is_complete(found.e164):
        return None
    return _with(found, found.extension, LETTERS)


def _said(written: str, reading: PhoneText, region: str) -> tuple[Number, str]:
    """The number of a text that was taken apart, and the remark beside it."""
    dialled = read_dialled(reading.before + reading.number)
    found = _after_dial_code(dialled) if dialled else None
    if found is not None:
        reading = msgspec.structs.replace(reading, before="")
    else:
        found = number_in(reading.number, region)
        if reading.others and not found.shown:
            whole = number_in(reading.number + reading.others, region)
            if whole.shown:  # "0049 (0) 171 / 123 45 67"
                return whole, ""
        if not found.shown:
            found = _with_more(reading.number, region) or _second(reading, region) or found
        elif _FAX.search(reading.before) and (phone := _second(reading, region)):
            found, reading = phone, msgspec.structs.replace(reading, before="")
        if not found.shown and (written[-1:].isalpha() or "(" in reading.after):
            whole = number_in(written, region)  # may be a vanity number: 1-800-555-CALL
            if whole.shown:
                return whole, ""
    reading, found = _settled(reading, found, region)
    if not reading.is_sure and not (found.shown and found.e164 and is_complete(found.e164)):
        return Number(problems=(UNPARSEABLE,)), ""
    several = (_SEVERAL,) if reading.others else ()
    return _with(found, reading.extension or found.extension, *several), reading.remark


def _settled(reading: PhoneText, found: Number, region: str) -> tuple[PhoneText, Number]:
    """The text and its number, where it depends on the number whether digits are a part of it: an
    extension in brackets, and a number before words ("2 OG")."""
    bracketed = _BRACKETED.match(reading.after)
    if bracketed and found.shown and found.e164 and is_complete(found.e164):
        rest = reading.after[bracketed.end() :]
        return msgspec.structs.replace(reading, extension=bracketed[1], after=rest), found
    if reading.shorter and (shorter := number_in(reading.shorter, region)).shown:
        if found.shown:
            return msgspec.structs.replace(reading, is_sure=False), found
        after = reading.number[len(reading.shorter) :] + reading.after
        return msgspec.structs.replace(reading, after=after), shorter
    return reading, found


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
        wrong = said.problems if dialled.region else of_unknown_country(said.problems)
        return Number(said.e164, "", said.extension, wrong)
    calling = dialled.calling_code or str(phonenumbers.country_code_for_region(dialled.region))
    if calling != "0" and said.e164 and not said.e164.startswith(f"+{calling}"):
        return _with(said, said.extension, "phone.dial_code")
    return said


def _with_more(written: str, region: str) -> Number | None:
    """A number with what cannot be a part of it: an extension without a word ("555-0147-42",
    "555-0147 (42)"), or another number behind a blank. None if it is not sure where it ends."""
    if (hyphened := _HYPHENED.fullmatch(written)) and digits_in(hyphened[1]) >= LEAST:
        base = number_in(hyphened[1], region)
        if base.shown and base.e164 and is_complete(base.e164):
            return _with(base, hyphened[2])
    for gap in _GAP.finditer(written):
        one, other = written[: gap.start()], written[gap.end() :]
        if min(digits_in(one), digits_in(other)) < LEAST:
            continue
        first, second = number_in(one, region), number_in(other, region)
        if first.shown and second.shown and not first.problems:
            return _with(first, None, _SEVERAL)
    return None


def _second(reading: PhoneText, region: str) -> Number | None:
    """The second number, where it is valid and the first is not; None without."""
    other = read_phone(reading.others) if reading.others else None
    found = number_in(other.number, region) if other and other.is_sure else None
    return _with(found, other.extension) if found and other and found.shown else None


def _with(number: Number, extension: str | None, *problems: str) -> Number:
    return msgspec.structs.replace(
        number, extension=extension, problems=(*problems, *number.problems)
    )


def _undressed(written: str) -> str:
    if label := _LABEL.match(written):
        written = written[label.end() :]
    if number := _FLOAT.fullmatch(written):
        return number[1]
    return written
