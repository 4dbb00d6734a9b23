"""Finds the ISO 3166-1 code of a country as people and CRMs write it; phone numbers need it."""

import unicodedata
from functools import lru_cache

from leadline.model.countries import COUNTRIES, OTHER_NAMES
from leadline.refine import text


@lru_cache(maxsize=1024)
def region_of(country: str) -> str:
    """The ISO code (two capitals) of a country given as code or name; "" if it is unknown."""
    if country in COUNTRIES:
        return country
    return _names().get(_folded(country)) or _names().get(_outside_brackets(country), "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names = {_folded(name): code for code, (_, name) in COUNTRIES.items()}
    names |= {_folded(name): code for code, others in OTHER_NAMES.items() for name in others}
    names |= {code3.lower(): code for code, (code3, _) in COUNTRIES.items()}
    return names | {code.lower(): code for code in COUNTRIES}


def _folded(name: str) -> str:
    """The name in lower case, without accents, punctuation, "the", "and" and "of"."""
    plain = unicodedata.normalize("NFKD", text.code(name[:100]).casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    words = letters.split()
    if len(words) > 1:  # AND alone is the code of Andorra
        words = [word for word in words if word not in ("the", "and", "of")]
    return " ".join(words)


def _outside_brackets(country: str) -> str:
    """The part before a bracket: shop software writes "United States (US)"."""
    return _folded(country.partition("(")[0])
