"""Numbering plans, compiled from the metadata of phonenumbers when a country first occurs.

`fast` parses valid numbers in common notations in a few microseconds, with exactly the result of
phonenumbers (tests/unit/refine/test_phone_plan.py checks every region). For all other numbers it
returns None, and phonenumbers must be asked.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

import msgspec
import phonenumbers

from leadline.model.texts.patterns import late
from leadline.refine.phones.regions import NEVER, Finds, Fits, Regions, others_of, types_of

SHAPE = late(r"[(]?\+?[0-9 ().\-/]{6,40}", re.ASCII)
"""Notations without letters, extensions and second numbers, in which only the digits count."""

SHORT_SHAPE = late(r"(?=(?:[^0-9]*[0-9]){3})[(]?\+?[0-9 ().\-/]{3,40}", re.ASCII)
"""The same, also with too few digits for a valid number."""

_NO_DIGITS = late(r"[^0-9]+")

_GROUP = late(r"\\(\d)")
# ITU-T E.164 allows 15 digits; this is the limit of phonenumbers.
_LONGEST_NATIONAL = 17
_REMEMBERED = 64


class _Plan(msgspec.Struct, frozen=True):
    """How numbers are dialled in one region.

    `idd` matches the international prefix, `prefix` the national one. If `transforms` is true and
    the last group of `prefix` matches, the prefix must be replaced instead of removed; such numbers
    are left to phonenumbers.
    """

    calling_code: str
    idd: Finds
    prefix: Finds
    transforms: bool
    general: Fits
    lengths: frozenset[int]
    local_lengths: frozenset[int]


class _Format(msgspec.Struct, frozen=True):
    """How national numbers are formatted: `template` is filled with the `groups` of `pattern`."""

    leads: Fits | None
    pattern: re.Pattern[str]
    template: str
    groups: tuple[int, ...]


class _Country(msgspec.Struct, frozen=True):
    """One calling code: the plan of its main region, the number types of that unless leading digits
    identify it, what tells about the numbers of its other regions, and its international formats.
    """

    plan: _Plan
    main: Fits
    others: Callable[[], tuple[Regions, ...]]
    formats: tuple[_Format, ...]


def fast(written: str, region: str) -> tuple[str, str] | None:
    """The E.164 form and international format of a valid number; None if phonenumbers must be
    asked.

    *written* must match SHAPE; *region* is an ISO code in upper case or "".
    """
    judged = _judged(written, region)
    if judged is None or not judged[2]:
        return None
    national, code, _ = judged
    shown = _formatted(national, _country(code))
    return None if shown is None else (f"+{code}{national}", f"+{code} {shown}")


def invalid(written: str, region: str) -> tuple[str, bool] | None:
    """The E.164 form of a number that is not valid, and whether its length is possible; None if it
    is valid, or if phonenumbers must be asked. *written* must match SHORT_SHAPE."""
    judged = _judged(written, region)
    if judged is None or judged[2] or len(judged[0]) > _LONGEST_NATIONAL:
        return None
    national, code, _ = judged
    plan = _country(code).plan
    is_possible = len(national) in plan.lengths and len(national) not in plan.local_lengths
    return f"+{code}{national}", is_possible


def is_unreadable(written: str, region: str) -> bool:
    """Whether phonenumbers finds no calling code behind the plus sign, so that it reads no number:
    "+999 555-0147". *written* must match SHORT_SHAPE; False if phonenumbers must be asked."""
    digits = _NO_DIGITS.sub("", written)
    if "+" not in written or digits[0] == "0" or _calling_code(digits) is not None:
        return False
    if any(digits[:size] in _shared_codes() for size in (1, 2, 3)):
        return False
    plan = plan_of(region) if region else None  # without the plus, it may be how one dials abroad
    return not region or (plan is not None and plan.idd(digits) is None)


@lru_cache(_REMEMBERED)  # what is not valid is asked about by several rules
def _judged(written: str, region: str) -> tuple[str, str, bool] | None:
    """The national number, its calling code, and whether it is valid; None if phonenumbers must be
    asked."""
    parsed = _parsed(written, region)
    if parsed is None:
        return None
    national, code = parsed
    is_valid = len(national) <= _LONGEST_NATIONAL and _is_valid(national, _country(code))
    return national, code, is_valid


def _parsed(written: str, region: str) -> tuple[str, str] | None:
    """The national number and its calling code; None if phonenumbers must be asked."""
    digits = _NO_DIGITS.sub("", written)
    plan = None
    if "+" not in written:
        if (plan := plan_of(region)) is None:
            return None
        prefix = plan.idd(digits)  # 00 or 011, unless a 0 follows: no calling code begins with 0
        if prefix is not None and not digits.startswith("0", prefix.end()):
            digits, plan = digits[prefix.end() :], None
    if plan is not None:
        national, plan = _without_code(digits, plan)
    else:
        code = _calling_code(digits)
        if code is None or len(digits) < 3:
            return None
        national, plan = digits[len(code) :], _country(code).plan
    stripped = _stripped(national, plan)
    if stripped is None or len(national) < 2:
        return None
    if _may_be(len(stripped), plan):
        national = stripped
    return national, plan.calling_code


def _without_code(digits: str, plan: _Plan) -> tuple[str, _Plan]:
    """The national number of digits that may begin with the calling code, and the plan for it."""
    code = plan.calling_code
    if not digits.startswith(code):
        return digits, plan
    rest = _stripped(digits[len(code) :], plan)
    if rest is None:
        return "", plan
    better = not plan.general(digits) and plan.general(rest)
    too_long = len(digits) not in plan.local_lengths and len(digits) > max(plan.lengths)
    return (rest, _country(code).plan) if better or too_long else (digits, plan)


def _stripped(number: str, plan: _Plan) -> str | None:
    """The number without its national prefix; None if the prefix must be replaced instead."""
    match = plan.prefix(number)
    if match is None:
        return number
    if plan.transforms and match.groups()[-1] is not None:
        return None
    rest = number[match.end() :]
    return number if plan.general(number) and not plan.general(rest) else rest


def _may_be(length: int, plan: _Plan) -> bool:
    if length in plan.local_lengths:
        return False
    return length in plan.lengths or length > max(plan.lengths)


def _is_valid(national: str, country: _Country) -> bool:
    if country.main(national):
        return True
    for some in country.others():
        if some.leads is None:
            if some.types[0](national):
                return True
        elif (found := some.leads(national)) is not None:
            return bool(some.types[int(str(found.lastgroup)[1:])](national))
    return False


def _formatted(national: str, country: _Country) -> str | None:
    for rule in country.formats:
        if rule.leads is None or rule.leads(national):
            match = rule.pattern.match(national)
            if match is not None and match.end() == len(national):
                return rule.template % match.group(*rule.groups)
            if rule.pattern.fullmatch(national):  # no pattern needs this today
                return None
    return national


@cache
def _calling_codes() -> frozenset[str]:
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    return frozenset(str(code) for code, regions in codes if "001" not in regions)


@cache
def _shared_codes() -> frozenset[str]:
    """The calling codes that belong to no country, such as 800."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    return frozenset(str(code) for code, regions in codes if "001" in regions)


def _calling_code(digits: str) -> str | None:
    codes = _calling_codes()
    for size in (1, 2, 3):  # no code is the beginning of another
        if digits[:size] in codes:
            return digits[:size]
    return None


@cache
def plan_of(region: str) -> _Plan | None:
    """How numbers are dialled in a region, by its ISO code; None if it has no numbers."""
    meta = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if meta is None or meta.general_desc is None:
        return None
    prefix = re.compile(meta.national_prefix_for_parsing or NEVER)
    return _Plan(
        calling_code=str(meta.country_code),
        idd=re.compile(meta.international_prefix or NEVER).match,
        prefix=prefix.match,
        transforms=bool(meta.national_prefix_transform_rule),
        general=re.compile(meta.general_desc.national_number_pattern or NEVER).fullmatch,
        lengths=frozenset(meta.general_desc.possible_length),
        local_lengths=frozenset(meta.general_desc.possible_length_local_only),
    )


@cache
def _country(code: str) -> _Country:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    plan = plan_of(regions[0])
    main = phonenumbers.PhoneMetadata.metadata_for_region(regions[0], None)
    assert plan is not None  # noqa: S101 - the regions of a calling code have metadata
    assert main is not None  # noqa: S101 - as above
    formats = [_format(one) for one in main.intl_number_format or main.number_format]
    if main.leading_digits and len(regions) > 1:
        return _Country(plan, _fits_none, others_of(regions), tuple(formats))
    return _Country(plan, types_of(main), others_of(regions[1:]), tuple(formats))


def _fits_none(_national: str) -> bool:
    return False


def _format(rule: "phonenumbers.NumberFormat") -> _Format:
    leading = rule.leading_digits_pattern
    template = rule.format or ""
    return _Format(
        leads=re.compile(leading[-1]).match if leading else None,  # the last is the most exact
        pattern=re.compile(rule.pattern or NEVER),
        template=_GROUP.sub("%s", template.replace("%", "%%")),
        groups=tuple(int(number) for number in _GROUP.findall(template)),
    )
