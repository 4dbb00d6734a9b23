"""The tasks of a store, counted up to a bound: for stores where what is read is paid for, and where
a page that is open asks again and again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from leadline.model.task import TaskKind
from leadline.ports.reading.ledger import Backlog


class StandingTasks(msgspec.Struct, frozen=True):
    """The tasks of each kind, how many leads are on hold, and when the lead that is late for
    longest was due. With `is_cut` there are more tasks or leads on hold than were counted; the
    oldest due time of each kind is right all the same."""

    backlog: Sequence[Backlog]
    on_hold: int
    late_since: datetime | None
    is_cut: bool = False


@runtime_checkable
class StandingReader(Protocol):
    """Tells of tasks without reading all of them."""

    def standing(self, now: datetime, kinds: Sequence[TaskKind], most: int) -> StandingTasks:
        """The tasks of these kinds, and dead letters of every kind. About *most* tasks of a kind,
        and dead letters of all kinds together, are counted."""
