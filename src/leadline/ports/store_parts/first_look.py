"""What a first look asks of a store: to end the waits of hot leads."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import msgspec


class HotLead(msgspec.Struct, frozen=True):
    """A waiting lead that a first look found hot, and `why`, which its timeline notes."""

    lead_id: str
    why: str


class FirstLooks(Protocol):
    """Ends waits."""

    def end_waits(self, leads: Sequence[HotLead]) -> list[timedelta | None]:
        """Make the REFINE tasks of these leads due now; returns how much of its wait each was
        spared, in order. None: nothing has changed, because the lead does not wait as it has since
        its capture: an operator changed its wait, a worker has leased it, or it was refined.

        The end of a wait is noted on the timeline (`WAIT_ENDED`), once. A lead whose wait is over
        already is None, too; a store that hands out hot tasks first does so with it.
        """


def ended_words(spared: timedelta, why: str) -> str:
    """The detail of the note on a wait that was ended."""
    return f"{round(spared.total_seconds())} s early: {why}"
