"""What providers knew and cost, for reports."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from leadline.journey.enriching.books import MICROS, Day, books
from leadline.ports.pacing_keys import provider_key
from leadline.ports.store import Store


class ProviderFigures(msgspec.Struct, frozen=True):
    """A provider since a day: how often it was asked, knew something, was not asked because an
    answer was cached or the money of the day was spent, and gave none that could be used; what it
    cost, in the currency of the settings, and what was spent today. `failures` is how many calls
    in a row had no answer by now, `failing_since` since when."""

    provider: str
    asked: int
    hits: int
    cached: int
    refused: int
    trouble: int
    cost: float
    today: float
    failures: int = 0
    failing_since: datetime | None = None

    @property
    def hit_rate(self) -> float | None:
        """The part of the questions to which it knew something; None if it was not asked."""
        return self.hits / self.asked if self.asked else None


def provider_figures(
    store: Store, names: Collection[str], now: datetime, since: date | None = None
) -> list[ProviderFigures]:
    """The figures of these providers since that day in UTC (None: of all that is kept)."""
    first, today = since.isoformat() if since is not None else "", f"{now:%Y-%m-%d}"
    found = []
    for name, book in books(store, dict.fromkeys(names)).items():
        day = Day()
        for at, one in book.days.items():
            day = day.plus(one) if at >= first else day
        health = store.health(provider_key(name))
        found.append(
            ProviderFigures(
                provider=name,
                asked=day.asked,
                hits=day.hits,
                cached=day.cached,
                refused=day.refused,
                trouble=day.trouble,
                cost=day.spent / MICROS,
                today=book.days.get(today, Day()).spent / MICROS,
                failures=health.failures,
                failing_since=health.since,
            )
        )
    return found
