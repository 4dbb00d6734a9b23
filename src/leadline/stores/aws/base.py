"""What every part of the store shares: its table, its bucket, its bells, its clock."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.formats import from_iso
from leadline.model.task import Task
from leadline.ports.clock import Clock, wall_clock
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.table import Put, Stale, Table
from leadline.stores.aws.wakeups import Bells, Ring

log = logging.getLogger(__name__)

WINDOW = timedelta(days=7)
"""For how long a delivery without a key is known again, unless settings say otherwise."""
_MOST_ROUNDS = 20


class Contested(StorageFailed):
    """One lead is written by so many at once that we gave up."""


class Base:
    """The parts, and how a lead is changed; for one thread, as a function runs."""

    def __init__(
        self,
        table: Table,
        bucket: Bucket,
        bells: Bells,
        *,
        clock: Clock = wall_clock,
        redelivery_window: timedelta = WINDOW,
    ) -> None:
        self.table = table
        self.bucket = bucket
        self.bells = bells
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.recent = Recent()

    def _lead(self, lead_id: str) -> LeadItem | None:
        item = self.table.get(lead_key(lead_id))
        return lead_of(item) if item else None

    def _change(self, lead: LeadItem, change: Callable[[LeadItem], LeadItem | None]) -> bool:
        """Replace the lead by what *change* makes of it, reading it again while others write it.

        *change* returns None when there is nothing to do any more; then False.
        """
        for _ in range(_MOST_ROUNDS):
            changed = change(lead)
            if changed is None:
                return False
            try:
                self.table.write(Put(changed.item(), lead.rev))
            except Stale:
                fresh = self._lead(lead.lead_id)
                if fresh is None:
                    return False
                lead = fresh
            else:
                return True
        raise Contested(lead.lead_id)

    def _ring(self, rings: Sequence[Ring]) -> None:
        """Wake workers; what can't be rung now is late, not lost: the sweep finds it overdue."""
        if not rings:
            return
        try:
            self.bells.ring(rings, self.clock())
        except StorageFailed as error:
            lead = rings[0].task.lead_id
            log.error("bell.silent", extra={"lead": lead, "count": len(rings), "error": str(error)})

    def _toll(self, task: Task, lead: LeadItem, reason: str) -> None:
        """Say that a task is dead; the ledger knows it, whether the bell was heard or not."""
        try:
            self.bells.toll(task, from_iso(lead.captured_at), reason)
        except StorageFailed as error:
            log.error("bell.silent", extra={"lead": task.lead_id, "error": str(error)})


class Recent:
    """What one turn of a worker has just read, so that it need not be read twice.

    Only guesses: whoever writes by them is guarded by the item's revision.
    """

    def __init__(self) -> None:
        self.leads: dict[str, LeadItem] = {}
        self.raws: dict[str, bytes] = {}
        self.owners: dict[bytes, str] = {}
        self.withheld: dict[str, str] = {}
        """Leads of which AWS does not give a document now, with its name for the reason."""
        self.untroubled: dict[str, datetime] = {}
        """When a channel was last seen to be in no trouble; it outlasts the turn."""

    def clear(self) -> None:
        """Forget the leads, as a new turn begins."""
        self.leads.clear()
        self.raws.clear()
        self.owners.clear()
        self.withheld.clear()


def changed(lead: LeadItem, **what: object) -> LeadItem:
    """The lead with other values."""
    return msgspec.structs.replace(lead, **what)
