"""A backtest: stored leads, refined again by two sets of settings, in the order of time."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from leadline.journey.backtest.cleaning import Cleaned, Pair, Stored, TriedSettings
from leadline.journey.backtest.comparing import Compared, Difference, Sums
from leadline.journey.backtest.course import Course, Result
from leadline.journey.backtest.linking import EarlierLeads, Linker
from leadline.model.facts.likeness import Judgement
from leadline.model.lead import RefinedLead

_Due = tuple[datetime, str, Cleaned, RefinedLead, EarlierLeads]


class _Taken(NamedTuple):
    captured_at: datetime
    source: str
    stored: Stored | None


class _Lane:
    """The leads of one of the settings, put into the order in which they are refined: with a delay
    of its own a later lead may be refined first."""

    def __init__(self, side: TriedSettings) -> None:
        self.course = Course(side)
        self._due: list[_Due] = []

    def take(self, one: Cleaned, lead: RefinedLead, person: EarlierLeads) -> None:
        heapq.heappush(self._due, (one.at, lead.lead_id, one, lead, person))

    def proceed(self, until: datetime | None) -> None:
        """Refine the leads that are due by then; all of them if it is None."""
        while self._due and (until is None or self._due[0][0] <= until):
            _, _, one, lead, person = heapq.heappop(self._due)
            self.course.take(one, lead, person)


class Backtest:
    """Takes pairs in the order of capture, and compares what becomes of them.

    With *stored*, the first of both is what was stored. Without *compare*, duplicates are those
    that were stored, for both.
    """

    def __init__(
        self, old: TriedSettings, new: TriedSettings, *, compare: bool = True, stored: bool = False
    ) -> None:
        self._lanes = (_Lane(old), _Lane(new))
        self._together = old.searching() == new.searching()
        linker = Linker(old.kit, compare=compare)
        other = linker if self._together else Linker(new.kit, compare=compare)
        self._linkers = (linker, other)
        self._taken: dict[str, _Taken] = {}
        self._moved: dict[str, None] = {}
        self._stored = stored
        self._compared = Compared()

    def take(self, pairs: Sequence[Pair]) -> None:
        """Take leads that were captured after all that were taken before."""
        whole: list[tuple[Pair, Cleaned, Cleaned]] = []
        for pair in pairs:
            new = pair.old if pair.same else pair.new
            if pair.problem or pair.old is None or new is None:
                self._compared.note_unread(pair.lead_id, pair.problem)
                continue
            whole.append((pair, pair.old, new))
            self._taken[pair.lead_id] = _Taken(pair.captured_at, pair.source, pair.stored)
        if not whole:
            return
        judged = [one for pair, _, _ in whole for one in pair.judged]
        cleaned = ([old for _, old, _ in whole], [new for _, _, new in whole])
        found: list[tuple[RefinedLead, EarlierLeads]] = []
        for side in (0, 1):
            if side == 0 or not self._together:
                found = self._link(side, cleaned[side], judged)
            for one, (lead, person) in zip(cleaned[side], found, strict=True):
                self._lanes[side].take(one, lead, person)
            self._lanes[side].proceed(whole[-1][0].captured_at)

    def _link(
        self, side: int, cleaned: Sequence[Cleaned], judged: Sequence[Judgement]
    ) -> list[tuple[RefinedLead, EarlierLeads]]:
        linker = self._linkers[side]
        leads, moved = linker.link(cleaned, judged)
        self._moved.update(dict.fromkeys(moved))
        return [(lead, linker.person(lead)) for lead in leads]

    def finish(self) -> Iterator[Difference]:
        """Refine what is left, and yield the leads of which something differs, oldest first."""
        for lane, linker in zip(self._lanes, self._linkers, strict=True):
            lane.proceed(None)
            lane.course.move(self._moved, linker)
        old, new = (lane.course.results for lane in self._lanes)
        for lead_id, taken in self._taken.items():
            was = as_stored(taken.stored, new[lead_id]) if self._stored else old[lead_id]
            if was is None:
                self._compared.note_unread(lead_id, "it was not refined yet")
                continue
            if differs := self._compared.count(was, new[lead_id]):
                yield Difference(
                    lead_id, taken.captured_at, taken.source, differs, was, new[lead_id]
                )

    def sums(self) -> Sums:
        """The outcome; call it when all of `finish` was read."""
        return self._compared.sums()


def as_stored(stored: Stored | None, new: Result) -> Result | None:
    """What became of the lead as stored; None if it was not refined. To which channels it went is
    not asked."""
    if stored is None:
        return None
    return Result(
        status=stored.status,
        owner=stored.owner,
        how=stored.how,
        team=stored.team,
        rule=stored.rule,
        channels=new.channels,
        duplicate_of=stored.duplicate_of,
        score=stored.score,
    )
