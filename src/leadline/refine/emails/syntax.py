"""Whether a text is an e-mail address, with exactly the answer of email-validator.

An ASCII address is decided by one regular expression; tests/unit/refine/test_email_syntax.py
compares both. Of others the library decides, and its answer about an internationalised domain is
remembered, because it takes a third of a millisecond.
"""

import unicodedata
from functools import lru_cache

import msgspec

from leadline.model.texts.patterns import late

_LONGEST = 254  # in bytes (RFC 5321, section 4.5.3.1.3)

_ATOMS = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
# Dot-atoms of RFC 5322, section 3.2.3, host names of RFC 1123, and no special-use top level of
# RFC 6761, 6762 and 7686. A label with "--" behind two letters is reserved (RFC 5890).
_ASCII = late(
    rf"(?=.{{3,{_LONGEST}}}\Z)(?=[^@]{{1,64}}@)(?P<local>{_ATOMS})"
    r"@(?P<domain>(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion|test)\Z)"
    r"(?!..--)(?:[a-z0-9][a-z0-9-]{0,61})?[a-z])"
)
# Letters and figures of any script are safe in a local part (RFC 6531, section 3.3).
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LOCAL = late(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")


class _Domain(msgspec.Struct, frozen=True):
    """A valid domain: its ASCII form, and the bytes of its longest form."""

    ascii: str
    longest: int


def address_parts(address: str) -> tuple[str, str] | None:
    """The local part and ASCII domain of a valid address in lower case; None if it is invalid."""
    is_ascii = address.isascii()
    if is_ascii and "xn--" not in address:
        plain = _ASCII.fullmatch(address)
        return (plain["local"], plain["domain"]) if plain is not None else None
    local, at, domain = address.partition("@")
    if not at or len(address) > _LONGEST:
        return None
    if _LOCAL.fullmatch(local) is None or "@" in domain:
        return None if is_ascii else _by_library(address)
    if not (is_ascii or unicodedata.is_normalized("NFC", address)):
        return _by_library(address)
    known = _domain(domain)
    if known is None or len(local.encode()) + 1 + known.longest > _LONGEST:
        return None
    return local.lower(), known.ascii


@lru_cache(1024)  # the leads of one company come together
def _domain(domain: str) -> _Domain | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(f"a@{domain}", check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    forms = (domain, valid.domain, valid.ascii_domain)
    return _Domain(valid.ascii_domain.lower(), max(len(form.encode()) for form in forms))


def _by_library(address: str) -> tuple[str, str] | None:
    from email_validator import EmailNotValidError, validate_email  # slow to import, rarely needed

    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return valid.local_part.lower(), valid.ascii_domain.lower()
