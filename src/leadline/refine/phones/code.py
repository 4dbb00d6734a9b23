"""Numbers with a country code, but without the plus sign: "4930 23125001", "1 212 555 0147".

Spreadsheets drop the plus, and people leave it out. Such digits may be a valid number of the lead's
own country, too; then the way they are grouped decides, and where it does not, the lead says so.
"""

from functools import cache

import phonenumbers

from leadline.model.geography.countries import CALLING_CODES
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.phones import plan as phone_plan
from leadline.refine.phones.dial_code import calling_code_in
from leadline.refine.phones.plan import SHAPE, SHORT_SHAPE, fast, invalid, is_unreadable

__all__ = ["SHAPE", "SHORT_SHAPE", "fast", "invalid", "is_unreadable", "rival", "with_code"]

_TRUNK_ZERO = text.words("AT BE CH DE FI FR GB IE NL SE")
"""Countries in which a national number is always written with a 0 before it."""

_APART = late(r"\(?([1-9][0-9]{0,2})\)?[ .\-/]")
_GROUP = late(r"[0-9]+")
_LEAST = 11  # digits that are read with a country code though the lead's country is not known
_NO_DIGITS = late(r"[^0-9]+")

Found = tuple[str, str]


def with_code(written: str, region: str) -> Found | None:
    """The E.164 form and international format of digits that begin with a country code, and are no
    number of *region*; None if they are none. Without a region ("") they must be grouped as
    numbers of that country are, or be so many that few countries have as long ones."""
    digits = _NO_DIGITS.sub("", written)
    if "+" in written or digits[:1] in ("", "0") or not SHAPE.fullmatch(written):
        return None
    found = fast(f"+{digits}", "")
    if found is None or region or len(digits) >= _LEAST or _grouped_as(written, found):
        return found
    return None


def rival(written: str, region: str, national: Found) -> tuple[Found, bool] | None:
    """What a valid number of *region* is if its digits begin with a country code, and whether that
    is the likelier reading; None if it can only be the national number, or most probably is."""
    apart = _APART.match(written)
    if apart is None and _has_one_length(region) and region not in _TRUNK_ZERO:
        return None
    if apart is None and region not in _TRUNK_ZERO and _grouped_as(written, national, 1):
        return None
    digits = _NO_DIGITS.sub("", written)
    code = apart[1] if apart else calling_code_in(digits)
    if len(digits) not in _lengths(code) or national[0] == f"+{digits}":
        return None
    other = fast(f"+{digits}", "")
    if other is None or other[0] == national[0]:
        return None
    if apart and not _grouped_as(written, national, 1) and _grouped_as(written, other):
        return other, True
    if region in _TRUNK_ZERO:  # where all numbers are as long, the 0 was rather dropped
        return other, apart is not None or not _has_one_length(region)
    if _has_one_length(region) or _grouped_as(written, national, 1) or _is_mobile(national[0]):
        return None
    return other, False


def of_domain(digits: str, domain: str, national: str) -> Found | None:
    """What bare digits, which are a valid *national* number (E.164), are if they begin with the
    country code of the mail domain's country; None if they are no number of that."""
    end = domain.rpartition(".")[2].upper()
    code = phonenumbers.country_code_for_region("GB" if end == "UK" else end)
    if not code or not digits.startswith(str(code)) or national == f"+{digits}":
        return None
    return fast(f"+{digits}", "")


@cache
def _lengths(code: str) -> frozenset[int]:
    """How many digits the numbers with a calling code have, with it; empty if it is none."""
    if code not in CALLING_CODES:
        return frozenset()
    plan = phone_plan.plan_of(phonenumbers.region_code_for_country_code(int(code)))
    return frozenset(len(code) + size for size in plan.lengths) if plan else frozenset()


def _grouped_as(written: str, found: Found, skipped: int = 0) -> bool:
    """Whether the digits are grouped as in the international format; *skipped*: without the country
    code."""
    return _GROUP.findall(written) == _GROUP.findall(found[1])[skipped:]


@cache
def _has_one_length(region: str) -> bool:
    plan = phone_plan.plan_of(region)
    return plan is not None and len(plan.lengths) == 1


def _is_mobile(e164: str) -> bool:
    kind = phonenumbers.number_type(phonenumbers.parse(e164, None))
    return kind == phonenumbers.PhoneNumberType.MOBILE
