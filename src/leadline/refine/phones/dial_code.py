"""Reads the dial code in front of a phone number, as sources write one that had its own field, and
as people write it: "(+91) 81234 56789", "(IN) 81234 56789", "India (+91) 81234 56789"."""

import msgspec

from leadline.model.geography.countries import CALLING_CODES, COUNTRIES
from leadline.model.texts.patterns import late
from leadline.refine.country import region_of

# What `vendors._webhooks.dial_codes` writes: "+" and digits, an ISO code, "+" and a country's name.
_OF_A_FIELD = late(r"\((?:\+([0-9]{1,7})|([A-Z]{2})|\+([^()0-9+]{1,60}))\) ?(.*[0-9].*)")
_NAMED = late(r"([^0-9+]{1,60}?)[\s(]*(?:([+][0-9]{1,3})\)?[\s\-]*)?(?=[+(0-9])(.+)")


class Dialled(msgspec.Struct, frozen=True):
    """A number and what is said before it: the region whose national number it is, "" if that is
    not understood, and the calling code, "" if only the region is said."""

    number: str
    region: str
    calling_code: str


def read_dialled(written: str) -> Dialled | None:
    """The number and its dial code; None if there is none before it."""
    if found := _OF_A_FIELD.fullmatch(written):
        digits, code, name, number = found.groups()
        if digits:
            return _by_digits(number, digits)
        if name or code in COUNTRIES:
            return Dialled(number, code or region_of(name), "")
    named = _NAMED.fullmatch(written)
    where = named[1].strip(" ():,-") if named else ""
    # Shorter ones are labels: "ph", "no", "mob", "cel". A flag has two characters, but no letter.
    if named and (len(where) > 3 or (len(where) == 2 and not where.isalpha())):
        region = region_of(where)
        if region:
            return Dialled((named[2] + " " if named[2] else "") + named[3], region, "")
    return None


def calling_code_in(digits: str) -> str:
    """The calling code that the digits begin with; "" if there is none."""
    return next((digits[:n] for n in (1, 2, 3) if digits[:n] in CALLING_CODES), "")


def _by_digits(number: str, digits: str) -> Dialled | None:
    import phonenumbers

    calling = calling_code_in(digits)
    if not calling:
        return None
    region = phonenumbers.region_code_for_country_code(int(calling))
    return Dialled(number, "" if region == "001" else region, calling)
