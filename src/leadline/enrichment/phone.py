"""What a phone number says by itself: country, time zones, kind of line, and when to call.

The zones of a number are cut down to those of its country, because the numbering metadata names
neighbours' zones, too, and names none that is right for some countries.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

import phonenumbers

from leadline.enrichment.conditions import Fits
from leadline.model.lead import RefinedLead
from leadline.ports.clock import Clock
from leadline.ports.enriching import Answer, FactsFound, NothingFound, Query
from leadline.settings.connected.enrich import AnyEnrichConfig
from leadline.settings.notation.zones import zone

_OPENS, _CLOSES = 9, 18
"""The hours of the day in which a call is welcome."""
_TYPES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed line or mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll-free",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium rate",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared cost",
    phonenumbers.PhoneNumberType.VOIP: "VoIP",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal number",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "company number",
    phonenumbers.PhoneNumberType.VOICEMAIL: "voicemail",
}


class PhoneProvider:
    """`ports.enriching.FactProvider` for `kind = "phone"`."""

    needs = frozenset(("phone",))
    gives = frozenset(("country", "line_type", "time_zone", "call_time"))
    is_local = True

    def __init__(self, config: AnyEnrichConfig, fits: Fits, clock: Clock) -> None:
        self.config = config
        self._fits, self._clock = fits, clock

    def fits(self, lead: RefinedLead) -> bool:
        """See `FactProvider.fits`."""
        return self._fits(lead)

    def ask(self, query: Query, timeout: float) -> Answer:
        """See `FactProvider.ask`."""
        del timeout
        try:
            number = phonenumbers.parse(query["phone"])
        except phonenumbers.NumberParseException:
            return NothingFound()
        region = phonenumbers.region_code_for_number(number) or ""
        if not phonenumbers.is_valid_number(number):
            return NothingFound()
        values: dict[str, str] = {}
        if len(region) == 2 and region.isalpha():  # "001" is that of numbers of no country
            values["country"] = region
            zones = zones_of(number, region)
            if zones:
                values["time_zone"] = ", ".join(zones)
                values["call_time"] = call_time(zones, self._clock())
        if line := _TYPES.get(phonenumbers.number_type(number)):
            values["line_type"] = line
        return FactsFound(values, self.config.confidence) if values else NothingFound()


def zones_of(number: phonenumbers.PhoneNumber, region: str) -> tuple[str, ...]:
    """The time zones in which a number of a region may ring: of those that the number names the
    ones of its region, else all of the region."""
    of_region = _zones_by_region().get(region, ())
    try:
        from phonenumbers.timezone import time_zones_for_number  # left out on AWS, for its size
    except ImportError:
        return of_region
    named = time_zones_for_number(number)
    return tuple(one for one in of_region if one in named) or of_region


def call_time(zones: tuple[str, ...], now: datetime) -> str:
    """When it is between 9 and 18 in all of the zones today, in UTC: "08:00-17:00 UTC"; "ask first"
    if there is no such hour."""
    offsets = [now.astimezone(zone(one)).utcoffset() or timedelta() for one in zones]
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = day + timedelta(hours=_OPENS) - min(offsets)
    end = day + timedelta(hours=_CLOSES) - max(offsets)
    return f"{begin:%H:%M}-{end:%H:%M} UTC" if begin < end else "ask first"


@cache
def _zones_by_region() -> dict[str, tuple[str, ...]]:
    """The zones of each country (tz database, zone.tab), by ISO code."""
    found: dict[str, list[str]] = {}
    for region, name in _lines():
        found.setdefault(region, []).append(name)
    return {region: tuple(sorted(names)) for region, names in found.items()}


def _lines() -> Iterator[tuple[str, str]]:
    try:
        text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return
    for line in text.splitlines():
        parts = line.split("\t")
        if not line.startswith("#") and len(parts) > 2:
            yield parts[0], parts[2]
