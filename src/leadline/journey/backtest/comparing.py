"""What would differ between two sets of settings: lead by lead, and in sums."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from leadline.journey.backtest.course import Result

NOBODY = ""
_OWNER, _SCORE, _DUPLICATE, _CHANNELS, _STATUS = "owner", "score", "duplicate", "channels", "status"
DIFFERENCES = (_OWNER, _SCORE, _DUPLICATE, _CHANNELS, _STATUS)
"""What can differ in a lead."""


class Difference(msgspec.Struct, frozen=True):
    """A lead of which something would differ (`DIFFERENCES`), and what becomes of it by both."""

    lead_id: str
    captured_at: datetime
    source: str
    differs: tuple[str, ...]
    old: Result
    new: Result


class BeforeAfter(msgspec.Struct, frozen=True):
    """How many leads somebody, or something, gets by each of the settings."""

    old: int = 0
    new: int = 0


class Unread(msgspec.Struct, frozen=True):
    """A lead that can't be read by one of the settings, and why."""

    lead_id: str
    problem: str


class Sums(msgspec.Struct, frozen=True):
    """The outcome of a backtest.

    `leads` is the number of leads replayed, `differ` that of leads of which anything differs, and
    `by_kind` of which what differs. `people`, `teams`, `rules` (those that assign) and `channels`
    have the number of leads for each, "" for those of nobody. `moved` has the numbers of leads by
    owner before and after. `queued` are leads that had to wait in a queue.
    """

    leads: int
    differ: int
    by_kind: Mapping[str, int]
    people: Mapping[str, BeforeAfter]
    teams: Mapping[str, BeforeAfter]
    rules: Mapping[str, BeforeAfter]
    channels: Mapping[str, BeforeAfter]
    moved: Mapping[str, Mapping[str, int]]
    queued: BeforeAfter
    duplicates: BeforeAfter
    unread: tuple[Unread, ...] = ()


class Compared:
    """Counts what differs, lead by lead."""

    def __init__(self) -> None:
        self._leads = 0
        self._differ = 0
        self._kinds: Counter[str] = Counter()
        self._counts: Mapping[str, tuple[Counter[str], Counter[str]]] = {
            what: (Counter(), Counter())
            for what in ("people", "teams", "rules", "channels", "queued", "duplicates")
        }
        self._moved: Counter[tuple[str, str]] = Counter()
        self._unread: list[Unread] = []

    def count(self, old: Result, new: Result) -> tuple[str, ...]:
        """Count one lead; returns what differs in it."""
        self._leads += 1
        differs = differing_in(old, new)
        self._differ += bool(differs)
        self._kinds.update(differs)
        for side, result in enumerate((old, new)):
            for what, values in _counted(result):
                self._counts[what][side].update(values)
        if _OWNER in differs:
            self._moved[old.owner, new.owner] += 1
        return differs

    def note_unread(self, lead_id: str, problem: str) -> None:
        """Count a lead that can't be read."""
        self._unread.append(Unread(lead_id, problem))

    def sums(self) -> Sums:
        """What was counted."""
        moved: dict[str, dict[str, int]] = {}
        for (before, after), number in self._moved.most_common():
            moved.setdefault(before, {})[after] = number
        return Sums(
            leads=self._leads,
            differ=self._differ,
            by_kind={kind: self._kinds[kind] for kind in DIFFERENCES},
            people=self._shares("people"),
            teams=self._shares("teams"),
            rules=self._shares("rules"),
            channels=self._shares("channels"),
            moved=moved,
            queued=self._share("queued"),
            duplicates=self._share("duplicates"),
            unread=tuple(self._unread),
        )

    def _shares(self, what: str) -> dict[str, BeforeAfter]:
        old, new = self._counts[what]
        names = sorted({*old, *new}, key=lambda one: (one == NOBODY, one))
        return {name: BeforeAfter(old[name], new[name]) for name in names}

    def _share(self, what: str) -> BeforeAfter:
        old, new = self._counts[what]
        return BeforeAfter(old["yes"], new["yes"])


def _counted(result: Result) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "people", (result.owner,)
    if result.team:
        yield "teams", (result.team,)
    if result.rule:
        yield "rules", (result.rule,)
    yield "channels", result.channels or (NOBODY,)
    yield "queued", ("yes",) * result.queued
    yield "duplicates", ("yes",) * bool(result.duplicate_of)


def differing_in(old: Result, new: Result) -> tuple[str, ...]:
    """What differs between two results for one lead."""
    pairs = (
        (_OWNER, old.owner, new.owner),
        (_SCORE, old.score, new.score),
        (_DUPLICATE, old.duplicate_of, new.duplicate_of),
        (_CHANNELS, sorted(old.channels), sorted(new.channels)),
        (_STATUS, old.status, new.status),
    )
    return tuple(what for what, before, after in pairs if before != after)
