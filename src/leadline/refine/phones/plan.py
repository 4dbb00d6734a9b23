"""Numbering plans, compiled from the metadata of phonenumbers when a country first occurs.

`fast` parses valid numbers in common notations in a few microseconds, with exactly the result of
phonenumbers (tests/unit/refine/test_phone_plan.py checks every region). For all other numbers it
returns None, and phonenumbers must be asked.
"""

import re
from collections.abc import Callable
from functools import cache

import msgspec
import phonenumbers

from leadline.model.patterns import late
from leadline.refine import text

SHAPE = late(r"[(]?\+?[0-9 ().\-/]{6,40}", re.ASCII)
"""Notations without letters, extensions and second numbers, in which only the digits count."""

SHORT_SHAPE = late(r"(?=(?:[^0-9]*[0-9]){3})[(]?\+?[0-9 ().\-/]{3,40}", re.ASCII)
"""The same, also with too few digits for a valid number."""

_NO_DIGITS = late(r"[^0-9]+")

_GROUP = late(r"\\(\d)")
_NEVER = r"(?!)"
_TYPES = text.words(
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail"
)
# ITU-T E.164 allows 15 digits; this is the limit of phonenumbers.
_LONGEST_NATIONAL = 17

Fits = Callable[[str], object]
Finds = Callable[[str], re.Match[str] | None]


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
    """One calling code: the plan of its main region, its regions and its international formats.

    `regions` has, in the order of phonenumbers, what gives the leading digits that identify a
    region (None if only its number types do), and its number types.
    """

    plan: _Plan
    regions: tuple[Callable[[], tuple[Fits | None, Fits]], ...]
    formats: tuple[_Format, ...]


def fast(written: str, region: str) -> tuple[str, str] | None:
    """The E.164 form and international format of a valid number; None if phonenumbers must be
    asked.

    *written* must match SHAPE; *region* is an ISO code in upper case or "".
    """
    parsed = _parsed(written, region)
    return None if parsed is None else _rendered(*parsed)


def invalid(written: str, region: str) -> tuple[str, bool] | None:
    """The E.164 form of a number that is not valid, and whether its length is possible; None if it
    is valid, or if phonenumbers must be asked. *written* must match SHORT_SHAPE."""
    parsed = _parsed(written, region)
    if parsed is None:
        return None
    national, code = parsed
    country = _country(code)
    if len(national) > _LONGEST_NATIONAL or _is_valid(national, country):
        return None
    lengths = country.plan.lengths - country.plan.local_lengths
    return f"+{code}{national}", len(national) in lengths


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


def _rendered(national: str, code: str) -> tuple[str, str] | None:
    country = _country(code)
    if len(national) > _LONGEST_NATIONAL or not _is_valid(national, country):
        return None
    shown = _formatted(national, country)
    return None if shown is None else (f"+{code}{national}", f"+{code} {shown}")


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
    for region in country.regions:
        leads, known = region()
        if leads is None:
            if known(national):
                return True
        elif leads(national):
            return bool(known(national))
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
    prefix = re.compile(meta.national_prefix_for_parsing or _NEVER)
    return _Plan(
        calling_code=str(meta.country_code),
        idd=re.compile(meta.international_prefix or _NEVER).match,
        prefix=prefix.match,
        transforms=bool(meta.national_prefix_transform_rule),
        general=re.compile(meta.general_desc.national_number_pattern or _NEVER).fullmatch,
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
    known = tuple(_region(one, alone=len(regions) == 1) for one in regions)
    return _Country(plan=plan, regions=known, formats=tuple(formats))


def _region(region: str, *, alone: bool) -> Callable[[], tuple[Fits | None, Fits]]:
    """What gives an entry of `_Country.regions`. It is loaded at the first number that no region
    before it has, because most of the 25 regions of +1 never occur."""

    @cache
    def loaded() -> tuple[Fits | None, Fits]:
        meta = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        assert meta is not None  # noqa: S101 - as in `_country`
        leads = re.compile(meta.leading_digits).match if meta.leading_digits else None
        return None if alone else leads, _types(meta)

    return loaded


def _types(meta: "phonenumbers.PhoneMetadata") -> Fits:
    """Whether a number is of one of the number types of a region, with their possible lengths.

    The regular expressions of the types are long: each is compiled at the first number that is of
    no type before it.
    """
    general = late(_sized(meta.general_desc) or _NEVER)
    described = (_sized(getattr(meta, name)) for name in sorted(_TYPES))
    kinds = [late(one) for one in dict.fromkeys(described) if one]  # landlines are often as mobiles

    def fits(national: str) -> bool:
        return general.fullmatch(national) is not None and any(
            kind.fullmatch(national) for kind in kinds
        )

    return fits


def _sized(desc: "phonenumbers.PhoneNumberDesc | None") -> str:
    if desc is None or not desc.national_number_pattern:
        return ""
    sizes = "|".join(f"[0-9]{{{size}}}" for size in desc.possible_length) or "[0-9]+"
    return f"(?:(?=(?:{sizes})\\Z)(?:{desc.national_number_pattern}))"


def _format(rule: "phonenumbers.NumberFormat") -> _Format:
    leading = rule.leading_digits_pattern
    template = rule.format or ""
    return _Format(
        leads=re.compile(leading[-1]).match if leading else None,  # the last is the most exact
        pattern=re.compile(rule.pattern or _NEVER),
        template=_GROUP.sub("%s", template.replace("%", "%%")),
        groups=tuple(int(number) for number in _GROUP.findall(template)),
    )
