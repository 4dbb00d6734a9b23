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

from leadline.refine import text

SHAPE = re.compile(r"[(]?\+?[0-9 ().\-/]{6,40}", re.ASCII)
"""Notations without letters, extensions and second numbers, in which only the digits count."""

_NO_DIGITS = re.compile(r"[^0-9]+")

_GROUP = re.compile(r"\\(\d)")
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

    `regions` has, in the order of phonenumbers, the leading digits that identify a region (None if
    only its number types do), and its number types.
    """

    plan: _Plan
    regions: tuple[tuple[Fits | None, Fits], ...]
    formats: tuple[_Format, ...]


def fast(written: str, region: str) -> tuple[str, str] | None:
    """The E.164 form and international format of a valid number; None if phonenumbers must be
    asked.

    *written* must match SHAPE; *region* is an ISO code in upper case or "".
    """
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
    return _rendered(national, plan.calling_code)


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
    for leads, known in country.regions:
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
    metas = [phonenumbers.PhoneMetadata.metadata_for_region(region, None) for region in regions]
    plan = plan_of(regions[0])
    assert plan is not None  # noqa: S101 - the regions of a calling code have metadata
    known = []
    for meta in metas:
        assert meta is not None  # noqa: S101 - as above
        leads = re.compile(meta.leading_digits).match if meta.leading_digits else None
        known.append((leads if len(regions) > 1 else None, _types(meta)))
    main = metas[0]
    assert main is not None  # noqa: S101 - as above
    formats = [_format(one) for one in main.intl_number_format or main.number_format]
    return _Country(plan=plan, regions=tuple(known), formats=tuple(formats))


def _types(meta: "phonenumbers.PhoneMetadata") -> Fits:
    """One regular expression for all number types of a region, with their possible lengths.

    It is compiled at the first number of the region, because most of the 25 regions of +1 never
    occur.
    """

    @cache
    def compiled() -> Fits:
        kinds = "|".join(filter(None, (_sized(getattr(meta, name)) for name in sorted(_TYPES))))
        return re.compile(f"(?={_sized(meta.general_desc)}\\Z)(?:{kinds or _NEVER})").fullmatch

    return lambda national: compiled()(national)


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
