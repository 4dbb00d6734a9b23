"""What one text that should be a phone number is: valid, of an old form, without a plus, or none.

Numbers in common notations are judged by `phone_plan` in a few microseconds, all others by
phonenumbers.
"""

import re
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from leadline.model.texts.patterns import late

if TYPE_CHECKING:
    import phonenumbers

INVALID = "phone.invalid"
NO_REGION = "phone.no_region"
UNPARSEABLE = "phone.unparseable"
OLD_FORM = "phone.old_form"
PLUS_UNSURE = "phone.plus_unsure"

_TRUNK = late(r"\(\s*0\s*\)")
_EXIT = late(r"\+?(?:00|011)(?=[^0-9]{0,3}[1-9])")
# Numbers rounded by Excel ("4.42079E+11"), whose last digits are lost.
_ROUNDED = late(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_MANY_DIGITS = late(r"(?:[^0-9]*+[0-9]){7}")
_DIGIT = late("[0-9]")
_SEVEN, _LONGEST_EXTENSION = 7, 5
_LETTER = late(r"[^\W\d_]")
_VANITY = late(r"[+(]?[0-9][0-9a-z ().\-]*", re.IGNORECASE | re.ASCII)
_EXTENDED = late(r"[^a-z]*(?:x|ext\.?|extension)[ .]*[0-9]+", re.IGNORECASE)
_EXTENDED_NUMBER = late(
    r"(?P<base>[^a-z]*[0-9)]) ?(?:x|ext\.?|extension) ?(?P<extension>[0-9]{1,7})", re.I
)
_BRACKET = late(r"[(\[]")
_BARE = late(r"(?:\+?[0-9]+|\([0-9]{1,5}\)[ -]?[0-9]+)(?:[ -][0-9]+)*")
_TWO_NUMBERS = 14
"""As many digits may be two numbers, as `reading` knows them."""
_NANP = 1
_REMEMBERED = 64
_HAS_OLD_FORMS = ("+229", "+52", "+54", "+55", "+57", "+84")
"""The calling codes of countries for which `old` knows a form that was given up."""
_MAY_BE_MIXED = "+549"
"""The beginning of the numbers that `old.is_mixed` looks at."""
ENDING = late(r"(.{7,}[0-9]{3}) ?/ ?[0-9]{1,2}")
"""Two numbers of which only the last digits are different: "555 0147/48"."""
HOURS = late(
    r"(?<=[0-9)]) +(?:24 ?/ ?7|(?:[6-9]|1[0-2])(?:[:.][0-5]0)? ?- ?(?:1[3-9]|2[0-4]|[3-8])"
    r"(?:[:.][0-5]0)?) *$"
)
"""When somebody can be called, behind a number: "24/7", "9-17"."""


class Number(msgspec.Struct, frozen=True):
    """What a text is: its E.164 form (also of an invalid number whose length is possible), the
    international format ("" if it is not valid), the extension, and the problems."""

    e164: str | None = None
    shown: str = ""
    extension: str | None = None
    problems: tuple[str, ...] = ()


@lru_cache(_REMEMBERED)  # one number is asked about by several rules
def quick(written: str, region: str, *, is_dialled: bool = False) -> Number | None:
    """A valid number in a common notation; None if phonenumbers must be asked. *is_dialled*: the
    number stands behind its country code, which *region* is, and has none itself."""
    codes = _codes()
    if not codes.SHAPE.fullmatch(written):
        return None
    found = codes.fast(written, region)
    if found is None:
        return None
    if region and written[0] not in "+0" and not is_dialled:
        other = codes.rival(written, region, found)
        if other is not None:
            e164, shown = other[0] if other[1] else found
            return Number(e164, shown, None, (PLUS_UNSURE,))
    return Number(found[0], found[1])


def quick_extended(written: str, region: str) -> Number | None:
    """A valid number in a common notation, also with an extension; None if it is not one."""
    if "/" in written and ENDING.fullmatch(written):
        return None
    if " " in written[-12:] and HOURS.search(written):
        return None
    if written.rfind("(") > 6 and late_bracket(written):
        return None
    found = quick(written, region)
    if found is not None or ("x" not in written and "X" not in written):
        return found
    if (extended := _EXTENDED_NUMBER.fullmatch(written)) is None:
        return None
    found = quick(extended["base"], region)
    return found and msgspec.structs.replace(found, extension=extended["extension"])


@lru_cache(_REMEMBERED)
def quick_invalid(written: str, region: str) -> Number | None:
    """A number in a common notation that is not valid as it stands, or that is valid if 00 or 011
    before it is read as a plus sign; None if phonenumbers must be asked, as about forms that a
    country has given up."""
    codes = _codes()
    if not codes.SHORT_SHAPE.fullmatch(written) or _TRUNK.search(written):
        return None
    if exit_code := _EXIT.match(written):
        return _behind_exit_code(written, "+" + written[exit_code.end() :], region)
    if codes.is_unreadable(written, region):
        return Number(problems=(UNPARSEABLE,))
    return _invalid(written, region)


def _invalid(written: str, region: str) -> Number | None:
    found = _codes().invalid(written, region)
    if found is None or found[0].startswith(_HAS_OLD_FORMS):
        return None
    e164, is_possible = found
    return Number(e164 if is_possible else None, "", None, (INVALID,))


def _behind_exit_code(written: str, international: str, region: str) -> Number | None:
    """`quick_invalid` for a number behind 00 or 011, which is *international* with a plus sign."""
    codes = _codes()
    as_written = _invalid(written, region)
    if (as_written is None and (region or "+" in written)) or not codes.SHAPE.fullmatch(
        international
    ):
        return None
    if (found := codes.fast(international, region)) is not None:
        return None if found[0].startswith(_MAY_BE_MIXED) else Number(*found)
    return as_written if _invalid(international, region) is not None else None


def stands_alone(written: str) -> bool:
    """Whether the text is certainly one number in digits, spaces and hyphens, so that neither an
    extension, a remark, a second number nor when to call stands beside it."""
    if _BARE.fullmatch(written) is None or len(_DIGIT.findall(written)) >= _TWO_NUMBERS:
        return False
    base, hyphen, last = written.rpartition("-")
    if not hyphen:
        return True
    if " " in written and HOURS.search(written):
        return False
    return len(_DIGIT.findall(base)) < _SEVEN or len(last) > _LONGEST_EXTENSION


def late_bracket(written: str) -> int:
    """Where a bracket opens behind seven digits, so that what it holds is no part of the number; 0
    if none does."""
    seven = _MANY_DIGITS.match(written)
    bracket = _BRACKET.search(written, seven.end()) if seven else None
    return len(written[: bracket.start()].rstrip()) if bracket else 0


def of_unknown_country(problems: tuple[str, ...]) -> tuple[str, ...]:
    """The problems of a number of a country that is named, but not understood."""
    return tuple("phone.unknown_country" if one == NO_REGION else one for one in problems)


def number_in(written: str, region: str, *, is_dialled: bool = False) -> Number:
    """What the text is, in a notation of any kind."""
    found = quick(written, region, is_dialled=is_dialled)
    if found is not None:
        return found
    found = quick_invalid(written, region) or _by_library(written, region)
    if not found.shown and not is_dialled and "+" not in written:
        other = _codes().with_code(written, region)
        if other is not None:
            return Number(other[0], other[1], None, (PLUS_UNSURE,))
    return found


def is_complete(e164: str) -> bool:
    """Whether no number of its kind has a digit more, so that digits behind it are none of its."""
    import phonenumbers

    kind = phonenumbers.number_type(phonenumbers.parse(e164, None))
    longer = phonenumbers.parse(f"{e164}0", None)
    told = phonenumbers.is_possible_number_for_type_with_reason(longer, kind)
    return told == phonenumbers.ValidationResult.TOO_LONG


@cache
def _codes() -> ModuleType:
    """The numbering plans, imported at the first number: 13 ms and some megabytes."""
    from leadline.refine.phones import code as phone_code

    return phone_code


@lru_cache(_REMEMBERED)
def _by_library(written: str, region: str) -> Number:
    import phonenumbers

    number, problem = _parsed(written, region)
    if number is None:
        return Number(problems=(problem,))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension, number.extension = number.extension or None, None
    if problem == INVALID:
        length = phonenumbers.is_possible_number_with_reason(number)  # local lengths don't count
        possible = e164 if length == phonenumbers.ValidationResult.IS_POSSIBLE else None
        return Number(possible, "", extension, (problem,))
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Number(e164, shown, extension, (problem,) if problem else ())


def _parsed(written: str, region: str) -> tuple["phonenumbers.PhoneNumber | None", str]:
    """The number, and a problem code or "". With "phone.invalid", the number is what phonenumbers
    could parse; with "phone.old_form" it is the one of today; with others it is None."""
    import phonenumbers

    if _ROUNDED.fullmatch(written):
        return None, UNPARSEABLE
    first: phonenumbers.PhoneNumber | None = None
    problem = UNPARSEABLE
    for writing in _writings(written):
        try:
            number = phonenumbers.parse(writing, region or None)
        except phonenumbers.NumberParseException as error:
            no_region = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
            if no_region and not region and "+" not in writing and _MANY_DIGITS.match(writing):
                problem = NO_REGION
            continue
        valid, told = _valid(number, writing)
        if valid is not None:
            return valid, told
        first = first or number
    return (first, INVALID) if first is not None else (None, problem)


def _valid(
    number: "phonenumbers.PhoneNumber", writing: str
) -> tuple["phonenumbers.PhoneNumber | None", str]:
    """The valid number that was meant, and a problem code or ""; None if there is none."""
    import phonenumbers

    from leadline.refine.phones.old import is_mixed, renewed

    if not phonenumbers.is_valid_number(number):
        return renewed(number), OLD_FORM
    if _LETTER.search(writing) and not _may_have_letters(number, writing):
        return None, ""
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return number, OLD_FORM if is_mixed(e164, writing) else ""


def _may_have_letters(number: "phonenumbers.PhoneNumber", written: str) -> bool:
    """Whether the letters are those of an extension or of a vanity number (1-800-FLOWERS), so that
    no digit of a remark became one of the number."""
    import phonenumbers

    if _EXTENDED.fullmatch(written):
        return True
    kinds = phonenumbers.PhoneNumberType
    shared = (kinds.TOLL_FREE, kinds.SHARED_COST, kinds.PREMIUM_RATE, kinds.UAN)
    is_vanity = number.country_code == _NANP or phonenumbers.number_type(number) in shared
    return is_vanity and _VANITY.fullmatch(written) is not None


def _writings(written: str) -> list[str]:
    """The text, and other readings to try if it is invalid: without a trunk prefix "(0)", which
    some countries don't have, and with a leading 00 or 011 as "+"."""
    readings = [written]
    if _TRUNK.search(written):
        readings.append(_TRUNK.sub("", written))
    if exit_code := _EXIT.match(written):
        readings.append("+" + written[exit_code.end() :])
    return readings
