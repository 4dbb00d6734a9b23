"""Finds the country of a lead, from its country field and from what else it says.

Some names stand for several countries ("Congo", "Korea"). They count only where a dial code, a
country code among the other fields or the configured region points to one of them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from leadline.model.geography.countries import SEVERAL
from leadline.model.texts.patterns import late
from leadline.refine.country import names_a_country, region_of, regions_of

_DIALLED = late(r"[^0-9+]{0,5}(?:\+|00)\s?([0-9]{1,3})")
_BRACKETED = late(r"\(\+?([A-Z]{2})\)")
_MOST = 200
_CODE_KEY = late(r"country|iso|locale|lang", re.IGNORECASE)
_STATE_KEY = late(r"state|province|region|city|town|zip|postal|postcode|time_?zone", re.I)
# What only the state of Georgia has: its code and ZIP codes, the names of its largest cities.
_IN_THE_STATE = late(
    r"ga|georgia|(?:30|31)\d{3}(?:-\d{4})?|398\d\d|399\d\d|atlanta|savannah|augusta|macon|columbus|"
    r"athens|marietta|roswell|alpharetta|america/new_york",
    re.IGNORECASE,
)


def region_in(
    country: str | None, phone: str | None, custom: Mapping[str, Any], usual: str = ""
) -> str:
    """The ISO code of a lead's country; *usual*, the code from the settings, if the lead names
    none; "" if it names one that is not understood."""
    if not country:
        return usual
    meant = regions_of(country)
    if not meant:
        return "" if names_a_country(country) else usual
    if len(meant) == 1:
        return meant[0]
    calling = next((one for one in SEVERAL.values() if tuple(sorted(one)) == meant), {})
    said = set(_pointers(phone, custom))
    if meant == ("GE", "US"):
        return _of_georgia(said, custom) or region_of(country)
    found = {code for code in meant if code in said or calling.get(code) in said}
    found = found or {usual} & set(meant)
    return found.pop() if len(found) == 1 else ""


def _pointers(phone: str | None, custom: Mapping[str, Any]) -> Iterator[str]:
    """Calling codes ("243") and ISO codes that the lead says besides its country."""
    if phone and (dialled := _DIALLED.match(phone)):
        yield from (dialled[1][:size] for size in (1, 2, 3))
    if phone and (bracketed := _BRACKETED.match(phone)):
        yield bracketed[1]
    for key, value in list(custom.items())[:_MOST]:
        if isinstance(value, str | int) and _CODE_KEY.search(key) and len(str(value)) <= 20:
            yield str(value).strip().lstrip("+0")
            yield region_of(str(value))


def _of_georgia(said: set[str], custom: Mapping[str, Any]) -> str:
    """ "US" if something points to the state, "GE" if something points to the country, else ""."""
    if "GE" in said or "995" in said:
        return "GE"
    if "US" in said or "1" in said:
        return "US"
    beside = ((key, value) for key, value in list(custom.items())[:_MOST] if _STATE_KEY.search(key))
    there = any(_IN_THE_STATE.fullmatch(str(value)[:40].strip()) for _, value in beside)
    return "US" if there else ""
