"""What providers were asked and what that cost, day by day: one small document for each provider.

The cost of a call is reserved before the call, in a transaction, so that workers together never
spend more than `per_day`. What turns out not to be charged is given back.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from leadline.model.staff.assigning import Kept, Rewrite
from leadline.ports.store_parts.assigning import Assigning

_KEPT_DAYS = 400
_MOST_ROUNDS = 40
MICROS = 1_000_000
"""The smallest part of a unit of currency that is counted: sums of fractions stay exact."""


class Day(msgspec.Struct, frozen=True, omit_defaults=True):
    """One day of a provider (UTC): how often it was asked, knew something, was not asked because
    the answer was cached or because the money was spent, and gave no answer that could be used.
    `spent` is in millionths of the currency."""

    asked: int = 0
    hits: int = 0
    cached: int = 0
    refused: int = 0
    trouble: int = 0
    spent: int = 0

    def plus(self, other: "Day") -> "Day":
        """Both together."""
        names = self.__struct_fields__
        return Day(**{name: getattr(self, name) + getattr(other, name) for name in names})


class Book(msgspec.Struct, frozen=True, omit_defaults=True):
    """The days of a provider, by date ("2026-03-02")."""

    days: dict[str, Day] = {}


_decoder = msgspec.json.Decoder(Book)


def book_name(provider: str) -> str:
    """The name of the document of a provider."""
    return f"enrich:{provider}"


def books(store: Assigning, providers: Mapping[str, object]) -> dict[str, Book]:
    """The books of these providers."""
    kept = store.kept([book_name(one) for one in providers])
    return {one: _book(kept[book_name(one)]) for one in providers}


def reserve(
    store: Assigning, provider: str, now: datetime, cost: int, most: int | None
) -> bool | None:
    """Reserve the *cost* of one call; False if the day would cost more than *most* then, None if
    others were faster again and again. The call is counted as asked, or as refused."""
    may = False

    def with_call(day: Day) -> Day:
        nonlocal may
        may = most is None or day.spent + cost <= most
        return day.plus(Day(asked=1, spent=cost) if may else Day(refused=1))

    return may if _rewrite(store, provider, now, with_call) else None


def add_to_day(store: Assigning, provider: str, now: datetime, more: Day) -> None:
    """Add to the day; what is *more* may give back what was reserved."""
    if more != Day():
        _rewrite(store, provider, now, lambda day: day.plus(more))


def _rewrite(store: Assigning, provider: str, now: datetime, change: Callable[[Day], Day]) -> bool:
    name, today = book_name(provider), f"{now:%Y-%m-%d}"
    for _ in range(_MOST_ROUNDS):
        kept = store.kept([name])[name]
        days = _book(kept).days
        after = {**days, today: change(days.get(today, Day()))}
        latest = dict(sorted(after.items())[-_KEPT_DAYS:])
        if store.keep({name: Rewrite(kept, msgspec.json.encode(Book(latest)))}):
            return True
    return False


def _book(kept: Kept) -> Book:
    return _decoder.decode(kept.body) if kept.body else Book()
