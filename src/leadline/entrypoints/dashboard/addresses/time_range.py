"""The time that a page of figures looks back, from its address."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from leadline.entrypoints.dashboard.addresses.moments import moment_in
from leadline.entrypoints.dashboard.showing.filters import address_time

SPANS: Mapping[str, tuple[str, timedelta]] = {
    "24h": ("last 24 hours", timedelta(hours=24)),
    "7d": ("last 7 days", timedelta(days=7)),
    "30d": ("last 30 days", timedelta(days=30)),
    "90d": ("last 90 days", timedelta(days=90)),
}
"""The times up to now that are offered, by their names in addresses, in words."""
USUAL = "7d"
_LONGEST = 40


class TimeRange(msgspec.Struct, frozen=True):
    """A time of capture: `since` is included, `until` (None: now) is not. `name` is that of `SPANS`
    ("": exact times, as `given`), `fault` what of the address was not understood."""

    since: datetime
    until: datetime | None = None
    name: str = ""
    given: Mapping[str, str] = {}
    fault: str = ""

    @property
    def words(self) -> str:
        """The time in words."""
        return SPANS[self.name][0] if self.name else "times below"

    @property
    def values(self) -> Mapping[str, str]:
        """The parameters of an address that asks for this time; none for the usual one."""
        return self.given if not self.name else {"range": self.name} if self.name != USUAL else {}

    def address(self, path: str, **more: str) -> str:
        """A path with this time and further parameters, without empty ones."""
        values = {**self.values, **{name: value for name, value in more.items() if value}}
        return f"{path}?{urlencode(values)}" if values else path

    def leads(self, **more: str) -> str:
        """The address of LEADS for this time of capture."""
        values = {**more, "from": address_time(self.since)}
        if self.until is not None:
            values["to"] = address_time(self.until)
        return f"/leads?{urlencode({name: one for name, one in values.items() if one})}"


def time_range(values: Mapping[str, str], zone_name: str, now: datetime) -> TimeRange:
    """The time that the parameters `range`, or `from` and `to`, of an address ask for; *zone_name*
    is the viewer's, in which times without an offset are."""
    name = values.get("range", "")
    given = {one: text for one in ("from", "to") if (text := values.get(one, "")[:_LONGEST])}
    if name in SPANS or not given:
        name = name if name in SPANS else USUAL
        return TimeRange(now - SPANS[name][1], name=name)
    times = {one: _time(text, zone_name) for one, text in given.items()}
    wrong = [one for one, at in times.items() if at is None]
    since, until = times.get("from"), times.get("to")
    if since is None:
        since = (until or now) - SPANS[USUAL][1]
    fault = f"“{wrong[0]}” is not a time; it is ignored." if wrong else ""
    return TimeRange(since, until, "", given, fault)


def _time(text: str, zone_name: str) -> datetime | None:
    try:
        return moment_in(text, zone_name)
    except ValueError:
        return None
