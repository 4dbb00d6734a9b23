"""Legal holds on AWS, and what stands beside a lead: its tasks and its hold."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from leadline.model.formats import from_iso, iso
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import HELD, RELEASED, DataKind
from leadline.ports.personal_data.retention import MOST, AgedPage
from leadline.ports.store import Among
from leadline.stores.aws.base import Base, Contested
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    further_of,
    holds_a_task,
    lead_of,
)
from leadline.stores.aws.keys import (
    HOLD,
    HOLDS,
    LEAD,
    SENT,
    WITHOUT_LATER_LEADS,
    hold_key,
)
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Delete, Put, PutIf, Stale, Write
from leadline.stores.aws.values import Item

if TYPE_CHECKING:
    from leadline.stores.aws.privacy.retention import AwsRetention

_MOST_ROUNDS = 20


class Beside(msgspec.Struct, frozen=True):
    """A lead's item (None: it is gone), its later tasks, whether it is under a legal hold, and
    whether attempts are kept beside it."""

    lead: LeadItem | None
    tasks: tuple[TaskItem, ...]
    is_held: bool
    has_attempts: bool = False

    @property
    def all_tasks(self) -> Iterator[TaskState]:
        """The states of all its tasks, REFINE's too."""
        if self.lead is not None and self.lead.task is not None:
            yield self.lead.task
        yield from (one.task for one in self.tasks)


class AwsHolds(Base):
    """`ports.personal_data.retention.Retention` on DynamoDB. What deletes is a module of its own,
    because few functions need it."""

    def too_old(
        self, kind: DataKind, before: datetime, among: Among, after: str = "", limit: int = MOST
    ) -> AgedPage:
        """See `ports.personal_data.retention.Retention.too_old`."""
        return self._retention().too_old(kind, before, among, after, limit)

    def retire(self, kind: DataKind, before: datetime, lead_ids: Sequence[str]) -> Sequence[str]:
        """See `ports.personal_data.retention.Retention.retire`."""
        self.recent.clear()
        return self._retention().retire(kind, before, lead_ids)

    def _retention(self) -> "AwsRetention":
        from leadline.stores.aws.privacy.retention import AwsRetention

        return AwsRetention(self.table, self.bucket, self.wakeups, clock=self.clock)

    def hold_data(self, hold: DataHold) -> bool:
        """See `ports.personal_data.retention.Retention.hold_data`."""
        return self._note_with(hold.lead_id, HELD, PutIf(hold_item(hold)))

    def release_data(self, lead_id: str) -> bool:
        """See `ports.personal_data.retention.Retention.release_data`."""
        if not self.held([lead_id]):
            return False
        return self._note_with(lead_id, RELEASED, Delete(hold_key(lead_id), None))

    def held(self, lead_ids: Collection[str]) -> Mapping[str, DataHold]:
        """See `ports.personal_data.retention.Retention.held`."""
        found = self.table.get_all([hold_key(i) for i in lead_ids]) if lead_ids else {}
        return {hold.lead_id: hold for item in found.values() for hold in [hold_of(item)]}

    def all_held(self) -> Sequence[DataHold]:
        """See `ports.personal_data.retention.Retention.all_held`. The index may not have the latest
        yet."""
        ids = [
            entry["pk"][2:]
            for place in due_partitions(self.table, HOLDS)
            for entry in self.table.query("due_pk = :pk", {":pk": place}, index="due")
        ]
        return sorted(self.held(ids).values(), key=lambda hold: hold.since)

    def _note_with(self, lead_id: str, note: str, write: Write) -> bool:
        """Carry out a write together with a note on the lead, so that whoever deletes its data
        meanwhile sees that it changed; False if there is no such lead."""
        for _ in range(_MOST_ROUNDS):
            lead = self._lead(lead_id)
            if lead is None:
                return False
            noted = lead.note(self.clock(), note)
            try:
                self.table.write_all([Put(noted.item(), lead.rev), write])
            except Stale:
                continue
            self.recent.leads.pop(lead_id, None)
            return True
        raise Contested(lead_id)

    def _all_beside(self, lead_id: str) -> Beside:
        """What stands beside a lead now."""
        first, last = WITHOUT_LATER_LEADS
        values = {":pk": f"L#{lead_id}", ":first": first, ":last": last}
        items = list(self.table.query("pk = :pk AND sk BETWEEN :first AND :last", values))
        return Beside(
            next((lead_of(item) for item in items if item["sk"] == LEAD), None),
            tuple(further_of(i) for i in items if i["sk"] != LEAD and holds_a_task(i)),
            any(item["sk"] == HOLD for item in items),
            any(item["sk"] == SENT for item in items),
        )


def hold_item(hold: DataHold) -> Item:
    """The item of a legal hold."""
    pk, sk = hold_key(hold.lead_id)
    at = iso(hold.since)
    place = {"due_pk": HOLDS, "due_sk": f"{at}#{hold.lead_id}"}
    return {"pk": pk, "sk": sk, "why": hold.why, "by": hold.by, "since": at, **place}


def is_dead_since(task: TaskState | None, before: datetime) -> bool:
    """Whether a task is a dead letter from before a time."""
    return task is not None and bool(task.dead_at) and from_iso(task.dead_at) < before


def hold_of(item: Item) -> DataHold:
    """The legal hold of an item."""
    return DataHold(item["pk"][2:], item["why"], item["by"], from_iso(item["since"]))
