"""What a team with the order `learned` has learned: how many leads of each kind its people won."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

MOST_KINDS = 200
"""How many kinds of leads are told apart for one person; further ones count for all kinds alone."""


class Wins(msgspec.Struct, frozen=True):
    """How many leads were `won` `of` those counted."""

    won: int = 0
    of: int = 0

    def with_one(self, *, won: bool) -> "Wins":
        """One lead more."""
        return Wins(self.won + won, self.of + 1)

    def __add__(self, other: "Wins") -> "Wins":
        return Wins(self.won + other.won, self.of + other.of)


class PersonWins(msgspec.Struct, frozen=True, omit_defaults=True):
    """The leads of one person: `every` one, and those of each of the `kinds` told apart."""

    every: Wins = Wins()
    kinds: Mapping[str, Wins] = {}

    def with_one(self, kind: str | None, *, won: bool) -> "PersonWins":
        """One lead more; it counts for its kind unless that is None, or there are too many."""
        every, kinds = self.every.with_one(won=won), self.kinds
        if kind is not None and (kind in kinds or len(kinds) < MOST_KINDS):
            kinds = {**kinds, kind: kinds.get(kind, Wins()).with_one(won=won)}
        return PersonWins(every, kinds)


class TeamWins(msgspec.Struct, frozen=True, omit_defaults=True):
    """The leads that a team gave out and that are old enough, by who was given them first.

    A lead is counted once, when it is older than `within`, and as won if it was won by then.
    Leads captured before `until` are counted (None: none yet); `at` is when that was last looked
    at. `kinds` are the fields that kinds are made of. `floor` is that of the settings, and
    `since` when any of these was last changed (None: never). The document holds no values
    of leads but their kinds, and can be made anew from the leads that are kept.
    """

    within: timedelta = timedelta()
    kinds: tuple[str, ...] = ()
    floor: float = 0.0
    since: datetime | None = None
    at: datetime | None = None
    until: datetime | None = None
    people: Mapping[str, PersonWins] = {}

    @property
    def every(self) -> Wins:
        """All leads that are counted."""
        return sum((one.every for one in self.people.values()), Wins())

    def of_kind(self, kind: str) -> Wins:
        """All leads of a kind."""
        return sum((one.kinds.get(kind, Wins()) for one in self.people.values()), Wins())
