"""The notation of holidays: dates, and regions whose public holidays the package `holidays` knows.

Regions are resolved when the settings are read, for all years from FIRST_YEAR to LAST_YEAR, so
that a server that runs past New Year knows the next year's. Some of those dates are only expected,
such as days that follow the moon, or a holiday that a law creates later: an update of the package
and a restart bring them up to date.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from leadline.model.texts.patterns import late
from leadline.settings.notation.notations import DATES, NotationError

FIRST_YEAR, LAST_YEAR = 2020, 2045

_REGION = late(r"([A-Z]{2})(?:-([A-Z0-9]{1,10}))?")


def regions_in(value: object) -> list[str]:
    """The regions in a value of this notation."""
    return [word for word in _words(value) if isinstance(word, str) and _REGION.fullmatch(word)]


def _words(value: object) -> list[object]:
    if not isinstance(value, list):
        return [word for word in re.split(r"[\s,]+", str(value)) if word]
    return [word.strip() if isinstance(word, str) else word for word in value]


def read_holidays(value: object) -> frozenset[date]:
    """Read dates and regions such as `DE-BY 2026-12-24`, in a text or a list.

    Raises NotationError as `days_off` does, ValueError for anything else.
    """
    regions = regions_in(value)
    own = DATES.read([word for word in _words(value) if word not in regions])
    return frozenset(own).union(*(days_off(region) for region in regions))


@lru_cache(maxsize=64)
def days_off(region: str) -> frozenset[date]:
    """The public holidays of a country ("DE") or its subdivision ("DE-BY").

    Raises NotationError if the package `holidays` is not installed, or does not know the region.
    """
    country, _, part = region.partition("-")
    known = _package()
    parts = known.list_supported_countries().get(country)
    if parts is None:
        raise NotationError(f"{country} is no country whose holidays are known")
    if part and part not in parts:
        from difflib import get_close_matches  # imported here: 9 ms, needed only for suggestions

        # NL, BE and others have parts for school holidays, with names that can't be written here.
        coded = [one for one in parts if _REGION.fullmatch(f"{country}-{one}")]
        near = get_close_matches(part, coded, n=3, cutoff=0.0)
        hint = f"{country} has {', '.join(f'{country}-{one}' for one in near)}" if near else (
            f"{country} has no parts with holidays of their own; write {country}"
        )  # fmt: skip
        raise NotationError(f"{region} is no region whose holidays are known: {hint}")
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(known.country_holidays(country, subdiv=part or None, years=years))


def _package() -> Any:
    try:
        import holidays  # imported here: an extra, and few settings name regions
    except ImportError:
        raise NotationError(
            "regions need the package holidays, which is not installed; install it "
            "(pip install holidays) or write dates such as 2026-12-25"
        ) from None
    return holidays
