"""What all parts of the store share: table, bucket, wake-ups and clock."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.formats import from_iso
from leadline.model.task import Task
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.store import TellApart, by_record
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.wakeups import Wakeup, Wakeups
from leadline.stores.aws.items import LeadItem, TaskItem, lead_of
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.people.likeness import KeyItem
from leadline.stores.aws.table import Key, Put, Stale, Table

log = logging.getLogger(__name__)

WINDOW = timedelta(days=7)
"""For how long a delivery without a key is known again, unless settings say otherwise."""
_MOST_ROUNDS = 20


class Contested(StorageFailed):
    """Others changed an item so often that we gave up; the detail names its lead or channel."""


class Base:
    """The parts, and how a lead is changed; for one thread, as a function runs."""

    def __init__(
        self,
        table: Table,
        bucket: Bucket,
        wakeups: Wakeups,
        *,
        clock: Clock = wall_clock,
        redelivery_window: timedelta = WINDOW,
        apart: TellApart = by_record,
    ) -> None:
        self.table = table
        self.bucket = bucket
        self.wakeups = wakeups
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.apart = apart
        self.recent = Recent()
        self.trusts_recent = False

    def _lead(self, lead_id: str) -> LeadItem | None:
        item = self.table.get(lead_key(lead_id))
        return lead_of(item) if item else None

    def _change(self, lead: LeadItem, change: Callable[[LeadItem], LeadItem | None]) -> bool:
        """Replace the lead by *change(lead)*; if others wrote it meanwhile, read it and try again.

        Returns False if the lead is gone or *change* returns None (nothing to do any more). Raises
        Contested if others keep changing it.
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

    def _send_wakeups(self, wakeups: Sequence[Wakeup]) -> None:
        """Send wake-ups. A wake-up that cannot be sent is only late: the sweep sends it later."""
        if not wakeups:
            return
        try:
            self.wakeups.send(wakeups, self.clock())
        except StorageFailed as error:
            lead = wakeups[0].task.lead_id
            log.error(
                "bell.silent", extra={"lead": lead, "count": len(wakeups), "error": str(error)}
            )

    def _report_dead_letter(self, task: Task, lead: LeadItem, reason: str) -> None:
        """Send a message for a dead letter; the ledger has it even if that fails."""
        try:
            self.wakeups.dead_letter(task, from_iso(lead.captured_at), reason)
        except StorageFailed as error:
            log.error("bell.silent", extra={"lead": task.lead_id, "error": str(error)})


class Recent:
    """A cache of what the current iteration has read.

    The values may be outdated: every write that is based on them checks the item's revision.
    """

    def __init__(self) -> None:
        self.leads: dict[str, LeadItem] = {}
        self.raws: dict[str, bytes] = {}
        self.under: dict[bytes, KeyItem] = {}
        """What candidate keys had when candidates were looked for, or after a settlement."""
        self.early: dict[str, list[bytes]] = {}
        """The keys under which leads were put before they were settled."""
        self.batch: set[str] = set()
        """The leads that are settled together."""
        self.conflicts_left = 0
        """So often these may still lose to other workers who give out leads of the same team."""
        self.refused: dict[str, str] = {}
        """Leads with a document that AWS refuses to give now, with AWS's error code."""
        self.healthy: dict[str, datetime] = {}
        """When a channel was last seen without failures; kept across iterations."""
        self.tasks: dict[Key, TaskItem] = {}
        """The later tasks that were leased, with their revisions."""

    def clear(self) -> None:
        """Clear the leads, at the begin of an iteration."""
        self.leads.clear()
        self.tasks.clear()
        self.raws.clear()
        self.under.clear()
        self.refused.clear()


def changed(lead: LeadItem, **what: object) -> LeadItem:
    """The lead with other values."""
    return msgspec.structs.replace(lead, **what)
