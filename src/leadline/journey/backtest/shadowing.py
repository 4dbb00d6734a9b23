"""Runs other settings beside the live ones: what they decide about each lead that was refined."""

from collections.abc import Iterator, Sequence

import msgspec

from leadline.journey.backtest.cleaning import Cleaned, Pair, TriedSettings
from leadline.journey.backtest.comparing import Compared, Difference, Sums
from leadline.journey.backtest.course import Course
from leadline.journey.backtest.linking import Linker
from leadline.journey.backtest.replaying import as_stored
from leadline.model.staff.assigning import Decision


class Shadowed(msgspec.Struct, frozen=True):
    """A lead that the live settings and the others give to different people, or treat otherwise in
    another way; and what the others decided."""

    difference: Difference
    decision: Decision | None


class Shadow:
    """Decides about leads by other settings, after they were refined by the live ones. It has
    rosters of its own, in which nobody is owed anything at first, and takes no turn in the live
    ones."""

    def __init__(self, other: TriedSettings) -> None:
        self._linker = Linker(other.kit, compare=True)
        self._course = Course(other)
        self._compared = Compared()
        self._taken: set[str] = set()

    def is_new(self, lead_id: str) -> bool:
        """Whether a lead was not taken yet."""
        return lead_id not in self._taken

    def take(self, pairs: Sequence[Pair]) -> Iterator[Shadowed]:
        """Decide about those of these leads that have been refined; the others may be given again.
        Yields those that are treated differently."""
        for pair in pairs:
            if pair.problem:
                self._compared.note_unread(pair.lead_id, pair.problem)
                self._taken.add(pair.lead_id)
            elif pair.stored is not None and (one := pair.old if pair.same else pair.new):
                self._taken.add(pair.lead_id)
                yield from self._decide(pair, one)

    def sums(self) -> Sums:
        """What has differed so far: `old` is what was stored."""
        return self._compared.sums()

    def _decide(self, pair: Pair, one: Cleaned) -> Iterator[Shadowed]:
        (lead,), moved = self._linker.link([one], pair.judged)
        decision = self._course.take(one, lead, self._linker.person(lead))
        self._course.move(moved, self._linker)
        new = self._course.results[pair.lead_id]
        live = as_stored(pair.stored, new)
        if live is not None and (differs := self._compared.count(live, new)):
            found = Difference(pair.lead_id, pair.captured_at, pair.source, differs, live, new)
            yield Shadowed(found, decision)
