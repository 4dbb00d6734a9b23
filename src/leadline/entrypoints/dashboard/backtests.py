"""Backtests that were begun on the page RULES: their work, and their outcome while it is
remembered."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime

import msgspec

from leadline.entrypoints.dashboard.jobs import MOST
from leadline.entrypoints.rule_trials import difference_in_words, side_of
from leadline.journey.backtest.cleaning import refined_by_both
from leadline.journey.backtest.comparing import Difference, Sums
from leadline.journey.backtest.replaying import Backtest
from leadline.model.batches import batched
from leadline.ports.installation import Installation
from leadline.settings.top.general import Settings

MOST_LISTED = 500
"""The most leads that are listed of which something differs."""
MOST_AT_ONCE = 2
"""How many backtests go on at once: they share one core with all pages."""
_AT_ONCE = 100


class DifferenceRow(msgspec.Struct, frozen=True):
    """A lead of which something differs, in words."""

    lead_id: str
    captured_at: datetime
    what: str
    before: str
    after: str


class BacktestOutcome(msgspec.Struct, frozen=True):
    """The sums of a backtest, and the newest leads of which something differs."""

    sums: Sums
    differing: Sequence[DifferenceRow]


class Backtests:
    """The outcomes of the newest backtests of this process, by the ids of their jobs."""

    def __init__(self) -> None:
        self._outcomes: dict[str, BacktestOutcome] = {}
        self._going_on: set[str] = set()
        self._lock = threading.Lock()

    def admit(self, job_id: str) -> bool:
        """Whether another backtest may be run now; it then has a place until `run` ends."""
        with self._lock:
            if len(self._going_on) >= MOST_AT_ONCE:
                return False
            self._going_on.add(job_id)
            return True

    def leave(self, job_id: str) -> None:
        """Give up the place of a backtest."""
        with self._lock:
            self._going_on.discard(job_id)

    def outcome(self, job_id: str) -> BacktestOutcome | None:
        """What came of a backtest; None if it goes on, was stopped, or is forgotten."""
        return self._outcomes.get(job_id)

    def run(
        self, job_id: str, installation: Installation, new: Settings, lead_ids: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """Replay leads through both settings; yields how many more were, as jobs want it."""
        try:
            yield from self._replayed(job_id, installation, new, lead_ids)
        finally:
            self.leave(job_id)

    def _replayed(
        self, job_id: str, installation: Installation, new: Settings, lead_ids: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        old, tried = side_of(installation.loaded().settings), side_of(new)
        test = Backtest(old, tried)
        with closing(installation.past()) as store:
            for some in batched(lead_ids, _AT_ONCE):
                test.take(refined_by_both(store, old, tried, some))
                yield len(some), 0
        differing = list(test.finish())
        rows = [_row(one) for one in reversed(differing[-MOST_LISTED:])]
        self._outcomes[job_id] = BacktestOutcome(test.sums(), rows)
        for forgotten in list(self._outcomes)[:-MOST]:
            del self._outcomes[forgotten]


def _row(one: Difference) -> DifferenceRow:
    before, after = (
        "; ".join(difference_in_words(result, what) for what in one.differs)
        for result in (one.old, one.new)
    )
    return DifferenceRow(one.lead_id, one.captured_at, ", ".join(one.differs), before, after)
