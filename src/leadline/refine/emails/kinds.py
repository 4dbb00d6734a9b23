"""What an address or number says about its owner: free mail or a company, a person or a role, or
nobody at all.

The lists of throw-away and free domains are packages, loaded when the first domain is asked for
that is not one of the large providers.
"""

from enum import StrEnum
from functools import lru_cache

from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.doubtful.mash import is_mash, may_be_mash
from leadline.refine.emails.domains import FREE, LARGE, RELAYS, TENANTS, THIRD_LEVEL
from leadline.refine.emails.lists import disposable_domains, free_domains
from leadline.refine.emails.slips import suggested_domain
from leadline.refine.emails.words import (
    ANYWHERE_NOBODY,
    NO_DOMAINS,
    PLACEHOLDERS,
    ROLE_LEADS,
    ROLES,
    TESTS,
)

_DOCUMENTATION = late(r"(?:.+\.)?example(?:\.com|\.net|\.org)?")  # RFC 2606
_THROW_AWAY = late(
    r"(?:^|[-.])(?:(?:temp|temporary|tmp|throw-?away|trash|\d+-?min(?:ute)?s?|disposable|fake|burner|"
    r"guerr?illa)-?(?:e-?)?(?:mail|inbox)|mailinator|yopmail|wegwerf-?(?:e-?)?mail)"
)
"""What throw-away services call themselves; they change their domains often."""
_TOKENS = late(r"[._\-\d]+")
_FIRST_WORD = late(r"[._\-\d]*([^._\-\d]+)")
_ONE_OR_TWO_DIGITS = text.words(
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
    "64 65 66 81 82 84 86 90 91 92 93 94 95 98"
)
"""The country calling codes of fewer than three digits (ITU-T E.164, list of assigned codes)."""
_RISING, _FALLING = "01234567890123456789", "98765432109876543210"
_DUMMIES = text.words("1231231234 1112223333 1234512345 1122334455 5551234567 5551234 612345678")
_NOBODYS = text.words("442012345678 02012345678")
"""Numbers in order of an area where none begins so: London's begin with 3, 7 or 8 (Ofcom)."""
_NUMBERED = text.words("qq.com foxmail.com 163.com 126.com 139.com sina.com sina.cn")
"""Providers whose mailboxes are numbers."""
_DIRECTORY = late(r"(?:\d{3})?5551212")  # directory assistance in North America
_SAME = frozenset(digit * 7 for digit in "0123456789")
_DUMMY_ENDS = (
    _SAME
    | {order[at : at + 7] for order in (_RISING, _FALLING) for at in range(14)}
    | {dummy[-7:] for dummy in (*_DUMMIES, *_NOBODYS)}
    | {"5551212"}
)
_DIGITS = late(r"[0-9]+")


class DomainKind(StrEnum):
    """Whose domain it is."""

    DISPOSABLE = "disposable"
    """A throw-away service; its mailboxes last minutes, and many are open to everybody."""
    FREE = "free"
    """A mail provider for everybody: it says nothing about the company."""
    RELAY = "relay"
    """A service that forwards to a real mailbox under a name of its own, one for each sender."""
    BUSINESS = "business"
    """Any other: a company, a school, a family."""


@lru_cache(1024)  # leads of one company come together
def domain_kind(domain: str) -> DomainKind:
    """Whose domain it is, by its ASCII form in lower case. A subdomain of a throw-away service or
    of a relay is one, too; a slip ("gmial.com") counts as what was probably meant."""
    if domain in LARGE or domain in FREE:
        return DomainKind.FREE
    above = _with_parents(domain)
    if not RELAYS.isdisjoint(above):
        return DomainKind.RELAY
    if (meant := suggested_domain(domain)) is not None:
        return domain_kind(meant)
    if _THROW_AWAY.search(domain) or not disposable_domains().isdisjoint(above):
        return DomainKind.DISPOSABLE
    return DomainKind.FREE if domain in free_domains() else DomainKind.BUSINESS


def business_domain(address: str) -> str | None:
    """The domain by which the company of an address is known, for matching accounts:
    "brightmill.co.uk" for "jo@mail.brightmill.co.uk". None if it is free mail, a relay, a
    throw-away one, a placeholder, or no address.

    Without a list of public suffixes: two labels, three under the second levels in use ("co.uk"),
    and the whole domain where that is uncertain (`TENANTS`, .us and .jp).
    """
    local, _, domain = address.lower().rpartition("@")
    if not local or is_placeholder_address(address):
        return None
    return company_domain(domain)


@lru_cache(1024)
def company_domain(domain: str) -> str | None:
    """As `business_domain`, of a domain in lower case alone."""
    if "." not in domain or domain_kind(domain) is not DomainKind.BUSINESS:
        return None
    labels = domain.split(".")
    top = labels[-1]
    second = ".".join(labels[-2:])
    if second in TENANTS or (len(top) == 2 and labels[-2] in THIRD_LEVEL):
        return ".".join(labels[-3:])
    return domain if top in ("us", "jp") else second


def is_role(local: str) -> bool:
    """Whether the part before the @ names a role or department, not a person: "sales",
    "info.berlin", "sales+web", in fourteen languages. "mark.sales" may be a person."""
    name = local.lower().partition("+")[0]
    if name in ROLES:
        return True
    first = _FIRST_WORD.match(name)
    if first is None or first[1] not in ROLES or first[1] == name:
        return False
    behind = _TOKENS.split(name[first.end() :])
    return first[1] in ROLE_LEADS or all(word in ROLES or len(word) <= 2 for word in behind)


def is_test_mailbox(local: str) -> bool:
    """Whether the part before the @ says that it is a test: "test", "tester2", "asdf"."""
    return local.partition("+")[0].rstrip("0123456789") in TESTS


def is_placeholder_address(address: str) -> bool:
    """Whether nobody's address was written to fill a field: "none@none.com", "test@gmail.com",
    "noemail@anything". It is no key by which people can be matched. Addresses of the documentation
    domains (RFC 2606) are none, except "noemail@example.com"."""
    local, _, domain = address.lower().rpartition("@")
    return is_placeholder_at(local, domain)


def is_placeholder_at(local: str, domain: str) -> bool:
    """As `is_placeholder_address`, of the two parts of an address in lower case."""
    name = local.partition("+")[0]
    if name in ANYWHERE_NOBODY:
        return True
    is_filler = _is_filler(name)
    if domain in LARGE and not is_filler:
        is_filler = _is_typed_by_chance(name) or (_is_counted(name) and domain not in _NUMBERED)
    is_unsure = is_filler or domain.startswith(name) or domain in NO_DOMAINS
    is_unsure = is_unsure or is_test_mailbox(name)
    if not is_unsure or _DOCUMENTATION.fullmatch(domain):
        return False
    if domain in NO_DOMAINS or is_test_mailbox(name):
        return True
    label = domain.partition(".")[0]
    if name == label:
        return is_filler or name in _RISING or _is_typed_by_chance(name)
    return is_filler and (domain in LARGE or (len(label) > 1 and _is_filler(label)))


def is_placeholder_phone(number: str) -> bool:
    """Whether a number, in E.164 or as digits, was written to fill a field: one digit repeated, all
    digits in order, a usual dummy, or North America's directory assistance. It is no key by which
    people can be matched."""
    digits = "".join(_DIGITS.findall(number))
    if len(digits) > 6 and digits[-7:] not in _DUMMY_ENDS:
        return False
    if digits in _NOBODYS:
        return True
    if number.lstrip().startswith("+"):
        forms = {national := _without_calling_code(digits)}
    else:
        forms = {national := digits, digits.lstrip("0")}
    if len(national) == 11 and national[0] == "1":
        forms.add(national[1:])
    return digits[-7:] in _SAME or any(map(_is_dummy, forms))


def _is_dummy(national: str) -> bool:
    in_order = len(national) >= 6 and (national in _RISING or national in _FALLING)
    repeated = len(national) >= 4 and national == national[0] * len(national)
    return (
        in_order or repeated or national in _DUMMIES or _DIRECTORY.fullmatch(national) is not None
    )


def _without_calling_code(digits: str) -> str:
    if digits[:1] in _ONE_OR_TWO_DIGITS:
        return digits[1:]
    return digits[2:] if digits[:2] in _ONE_OR_TWO_DIGITS else digits[3:]


def _is_filler(word: str) -> bool:
    """Whether it is a placeholder or one letter repeated ("aaa")."""
    return word in PLACEHOLDERS or (word == word[:1] * len(word) and word.isalpha())


def _is_typed_by_chance(word: str) -> bool:
    """Also without its first letter, which may be an initial ("jgajda")."""
    return len(word) > 4 and may_be_mash(word) and is_mash(word) and is_mash(word[1:])


def _is_counted(word: str) -> bool:
    """Whether it is figures in order ("123")."""
    return len(word) > 2 and word.isdecimal() and (word in _RISING or word in _FALLING)


def _with_parents(domain: str) -> list[str]:
    """The domain and those above it, without the top level."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]
