"""Phone numbers: E.164 for comparison, the international format for display, and the extension.

An invalid number is kept as written and flagged.
"""

import re
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.dial_code import Dialled, read_dialled

if TYPE_CHECKING:
    import phonenumbers

# Numbers that were turned into floats ("15550000000.0"), and numbers rounded by Excel
# ("4.42079E+11"), whose last digits are lost.
_FLOAT = re.compile(r"(\+?[0-9]{5,16})\.0+")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_LABEL = re.compile(r"(?:tel|phone|mobile|cell|fax|p|t|m)\s*+[.:]\s*+(?://)?+\s*+(?=[+(0-9])", re.I)
_EXTENDED = re.compile(
    r"(?P<base>[^a-z]*[0-9)]) ?(?:x|ext\.?|extension) ?(?P<extension>[0-9]{1,7})", re.I
)
_TRUNK = re.compile(r"\(\s*0\s*\)")
# Prefixes that Mexico gave up on 3 August 2019. WhatsApp still writes "+52 1", and older records
# have all of them; phonenumbers takes them for wrong digits.
_MEXICO = 52
_MEXICAN = re.compile(r"(?:1|01|044|045)([0-9]{10})")
_SECOND = re.compile(r"\s*(?:[;,|/\n]|\bor\b|\boder\b|\bou\b|\band\b|\bund\b)\s*(?=[+(0-9])", re.I)
_MANY_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){7}")

_NO_REGION = "phone.no_region"
_UNKNOWN_COUNTRY = "phone.unknown_country"
_LONGEST = 250  # phonenumbers accepts no longer text


class Phone(msgspec.Struct, frozen=True):
    """A number as displayed (with its extension), in E.164 (given if the length is possible, even
    if the number is invalid), its extension, problems and changes."""

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
    quick = None if written.endswith((".0", ".00")) else _quick(written, region)
    if quick is not None:
        return _found(written, *quick, (), ())
    return _refine_other(written, region)


def _refine_other(written: str, region: str) -> Phone:
    kept, changes = text.clean("phone", written, text.code)
    if kept is None:
        return Phone(changes=changes)
    if len(kept) > _LONGEST:
        return Phone(kept, None, None, ("phone.unparseable",), changes)
    one, several = _first(kept)
    problems = ("phone.several",) if several else ()
    one = _undressed(one)
    if (quick := _quick(one, region)) is not None:
        return _found(kept, *quick, problems, changes)
    if (dialled := read_dialled(one)) is not None:
        phone = _after_dial_code(kept, dialled, problems, changes)
        if phone is not None:
            return phone
    return _by_library(kept, one, region, problems, changes)


def _after_dial_code(
    kept: str, dialled: Dialled, problems: tuple[str, ...], changes: tuple[Change, ...]
) -> Phone | None:
    """The number with its dial code; None if it is no number of that code and phonenumbers must be
    asked about the whole. An international number of another country stays, with a problem."""
    import phonenumbers

    said = refine_phone(dialled.number, dialled.region)
    several = tuple(one for one in said.problems if one == "phone.several")
    if said.e164 is None or said.problems != several:
        if dialled.calling_code:
            return None
        wrong = _of_unknown_country(said.problems) if not dialled.region else said.problems
        return Phone(kept, said.e164, said.extension, (*problems, *wrong), changes)
    calling = dialled.calling_code or str(phonenumbers.country_code_for_region(dialled.region))
    if calling != "0" and not said.e164.startswith(f"+{calling}"):
        problems = (*problems, "phone.dial_code")
    if said.written != kept:
        changes = (*changes, text.altered("phone", kept, said.written, "phone.format"))
    return Phone(said.written, said.e164, said.extension, (*problems, *several), changes)


def in_unknown_country(phone: Phone) -> Phone:
    """The phone of a lead whose country is named, but not understood."""
    return msgspec.structs.replace(phone, problems=_of_unknown_country(phone.problems))


def _of_unknown_country(problems: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_UNKNOWN_COUNTRY if one == _NO_REGION else one for one in problems)


def _quick(written: str, region: str) -> tuple[str, str, str | None] | None:
    """The E.164 form, international format and extension of a valid number in a common notation;
    None if phonenumbers must be asked."""
    plans = _plans()
    if plans.SHAPE.fullmatch(written):
        found = plans.fast(written, region)
        return found and (*found, None)
    if (extended := _EXTENDED.fullmatch(written)) and plans.SHAPE.fullmatch(extended["base"]):
        found = plans.fast(extended["base"], region)
        return found and (*found, extended["extension"])
    return None


def _found(
    kept: str,
    e164: str,
    shown: str,
    extension: str | None,
    problems: tuple[str, ...],
    changes: tuple[Change, ...],
) -> Phone:
    if extension:  # as "ext.", because some countries' own marks ("#", "int") can't be parsed again
        shown = f"{shown} ext. {extension}"
    if shown != kept:
        changes = (*changes, text.altered("phone", kept, shown, "phone.format"))
    return Phone(shown, e164, extension, problems, changes)


def _by_library(
    kept: str, one: str, region: str, problems: tuple[str, ...], changes: tuple[Change, ...]
) -> Phone:
    import phonenumbers

    number, problem = _parsed(one, region)
    if number is None:
        return Phone(kept, None, None, (*problems, problem), changes)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension, number.extension = number.extension or None, None
    if problem:
        length = phonenumbers.is_possible_number_with_reason(number)  # local lengths don't count
        possible = e164 if length == phonenumbers.ValidationResult.IS_POSSIBLE else None
        return Phone(kept, possible, extension, (*problems, problem), changes)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return _found(kept, e164, shown, extension, problems, changes)


@cache
def _plans() -> "ModuleType":
    """The numbering plans, imported at the first number: 13 ms and some megabytes."""
    from leadline.refine import phone_plan

    return phone_plan


def _first(written: str) -> tuple[str, bool]:
    """The first number, and whether there are several. Each must have at least seven digits,
    because "030/1234" and "555-0100, 12" are one number."""
    for gap in _SECOND.finditer(written):
        if _MANY_DIGITS.match(written, 0, gap.start()) and _MANY_DIGITS.match(written, gap.end()):
            return written[: gap.start()], True
    return written, False


def _undressed(written: str) -> str:
    if label := _LABEL.match(written):
        written = written[label.end() :]
    if number := _FLOAT.fullmatch(written):
        return number[1]
    return written


def _parsed(written: str, region: str) -> tuple["phonenumbers.PhoneNumber | None", str]:
    """The number, and a problem code or "". With "phone.invalid", the number is what phonenumbers
    could parse; with other problems it is None."""
    import phonenumbers

    if _ROUNDED.fullmatch(written):
        return None, "phone.unparseable"
    first: phonenumbers.PhoneNumber | None = None
    problem = "phone.unparseable"
    for writing in _writings(written):
        try:
            number = _of_today(phonenumbers.parse(writing, region or None))
        except phonenumbers.NumberParseException as error:
            no_region = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
            if no_region and not region and "+" not in writing and _MANY_DIGITS.match(writing):
                problem = _NO_REGION
            continue
        if phonenumbers.is_valid_number(number):
            return number, ""
        first = first or number
    return (first, "phone.invalid") if first is not None else (None, problem)


def _of_today(number: "phonenumbers.PhoneNumber") -> "phonenumbers.PhoneNumber":
    """A Mexican number as it is dialled since 2019; any other number as it is."""
    import phonenumbers

    if number.country_code != _MEXICO:
        return number
    old = _MEXICAN.fullmatch(phonenumbers.national_significant_number(number))
    if old is None:
        return number
    return phonenumbers.PhoneNumber(_MEXICO, int(old[1]), number.extension)


def _writings(written: str) -> list[str]:
    """The text, and other readings to try if it is invalid: without a trunk prefix "(0)", which
    some countries don't have, and with a leading 00 as "+"."""
    readings = [written]
    if _TRUNK.search(written):
        readings.append(_TRUNK.sub("", written))
    if written.startswith("00"):
        readings.append("+" + written[2:])
    return readings
