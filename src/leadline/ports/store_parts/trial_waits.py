"""What an experiment on the wait asks of a store: to give leads another end of their waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class TrialWait(msgspec.Struct, frozen=True):
    """A waiting lead, the end that its wait is to have, and `why`, which its timeline notes."""

    lead_id: str
    until: datetime
    why: str


class TrialWaits(Protocol):
    """Moves the ends of waits."""

    def move_waits(self, leads: Sequence[TrialWait]) -> list[bool]:
        """Let the REFINE tasks of these leads be due at the given times; returns whether each was
        moved, in order. False: nothing has changed, because the lead does not wait as it has since
        its capture: an operator or a first look changed its wait, a worker has leased it, or it was
        refined. The change is noted on the timeline (`WAIT_BY_EXPERIMENT`)."""
