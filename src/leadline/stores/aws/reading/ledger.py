"""The read side of the store on AWS, for operators: lists, stories, dead letters, accounts."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from leadline.model.formats import from_iso, iso, key_of, refined_head
from leadline.model.ids import is_lead_id
from leadline.model.lead import RefinedLead
from leadline.model.task import Step, Task, TaskKind, event_name
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.reading.ledger import (
    Account,
    Backlog,
    DeadGroup,
    Followed,
    Happening,
    LeadFilter,
    LeadRow,
    LeadStory,
    Progress,
    RelatedEvent,
    Tally,
    TaskRow,
    unseen,
)
from leadline.ports.reading.standing_tasks import StandingTasks
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import StoredEvent, read_document
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    alerts_of,
    holds_a_task,
    lead_of,
    task_holder_of,
    task_in,
)
from leadline.stores.aws.keys import AGAIN, DEAD, HANDLING, HOLD, LATE, LEAD
from leadline.stores.aws.privacy.holds import hold_of
from leadline.stores.aws.reading.accounting import Archive, EventAccounts
from leadline.stores.aws.reading.backlog import backlog_items
from leadline.stores.aws.reading.listing import AwsListing
from leadline.stores.aws.reading.rows import row_of
from leadline.stores.aws.reading.selection import MOST_PARALLEL, Selection
from leadline.stores.aws.reading.speed import followed_items, on_hold_items
from leadline.stores.aws.reading.standing_tasks import standing_tasks
from leadline.stores.aws.reading.tallies import tallies_of
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.attempts import attempts_in
from leadline.stores.aws.work.handling import handling_of

_REPEATS_SHOWN = 100
# Lines of the timeline that are replaced by the lead's own fields, which are more complete.
_KNOWN_BETTER = frozenset(("refined", "quarantined", *map(event_name, Step)))
_UNTOLD = (LEAD, f"{Step.NOTIFY}#", LATE)
"""The prefixes of the sort keys of items about leads that are not refined or not alerted."""
_refined = msgspec.json.Decoder(RefinedLead)


class AwsLedger(AwsListing):
    """`ports.reading.ledger.Ledger` on DynamoDB and S3.

    Accounts do not expect raw documents older than *raw_kept*, because the bucket deletes them.
    """

    def __init__(
        self,
        table: Table,
        bucket: Bucket,
        *,
        raw_kept: timedelta | None = None,
        clock: Clock = wall_clock,
    ) -> None:
        self._table = table
        self._bucket = bucket
        self._raw_kept = raw_kept
        self._clock = clock
        self._pool = ThreadPoolExecutor(MOST_PARALLEL)
        self._selection = Selection(table, bucket, self._pool, clock)

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """See `ports.reading.ledger.Ledger.find`; within a day leads are ordered by id."""
        found = islice(self._selection.rows(which), which.limit)
        return sorted(found, key=_age, reverse=True)

    def ids(self, which: LeadFilter) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.ids`."""
        return [row.lead_id for row in sorted(self._selection.rows(which, whole=True), key=_age)]

    def complete(self, prefix: str) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.complete`."""
        return self._selection.complete(prefix)

    def story(self, lead_id: str) -> LeadStory | None:
        """See `ports.reading.ledger.Ledger.story`."""
        if not is_lead_id(lead_id):
            return None
        rows = self._table.query("pk = :pk", {":pk": f"L#{lead_id.lower()}"})
        items = {item["sk"]: item for item in rows}
        if LEAD not in items:
            return None
        lead = lead_of(items[LEAD])
        holders = [task_holder_of(item) for item in items.values() if holds_a_task(item)]
        repeats = sorted(sk.partition("#")[2] for sk in items if sk.startswith(AGAIN))
        related = self._selection.leads(lead.related)
        related.sort(key=lambda event: lead.related.index(event.lead_id))
        raw, *raws = self._raws([lead, *related])
        return LeadStory(
            row=row_of(lead),
            raw=raw.raw_data if raw else msgspec.Raw(b"null"),
            media_type=raw.media_type if raw else "",
            record=lead.record,
            timeline=_timeline(lead, related),
            tasks=tuple(_tasks(holders)),
            alerts=alerts_of(lead),
            related=tuple(_related(related, raws)),
            refined=self._head(lead),
            repeated_by=tuple(repeats[:_REPEATS_SHOWN]),
            handling=handling_of(items[HANDLING]) if HANDLING in items else None,
            hold=hold_of(items[HOLD]) if HOLD in items else None,
            attempts=attempts_in(items),
        )

    def _raws(self, leads: Sequence[LeadItem]) -> list[StoredEvent | None]:
        keys = [(key_of("raw", one.lead_id, from_iso(one.captured_at)), "") for one in leads]
        found = self._bucket.get_all(keys)
        return [_read(one, document) for one, document in zip(leads, found, strict=True)]

    def _head(self, lead: LeadItem) -> msgspec.Raw | None:
        """The valid refined document, without the original data."""
        if lead.summary is None:
            return None
        key = key_of("refined", lead.lead_id, from_iso(lead.captured_at))
        document = self._bucket.get(key, lead.summary.version)
        try:
            return msgspec.Raw(refined_head(_refined.decode(document))) if document else None
        except msgspec.MsgspecError:
            return None  # it is damaged; `verify --deep` reports it

    def dead(self) -> Sequence[DeadGroup]:
        """See `ports.reading.ledger.Ledger.dead`."""
        groups: dict[tuple[Step, str], list[tuple[str, str, str]]] = {}
        for holder in self._selection.dead():
            task = holder.task
            assert task is not None  # noqa: S101 - it is dead
            letter = (task.dead_at, holder.lead_id, task.error)
            groups.setdefault((task_in(holder).step, task.reason), []).append(letter)
        found = [
            _group(step, reason, sorted(letters)) for (step, reason), letters in groups.items()
        ]
        return sorted(found, key=lambda group: (group.count, group.last_at), reverse=True)

    def dead_tasks(
        self, lead_ids: Sequence[str], reason: str | None = None
    ) -> Mapping[str, Sequence[Task]]:
        """See `ports.reading.ledger.Ledger.dead_tasks`."""
        return self._selection.dead_tasks(lead_ids, reason)

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """See `ports.reading.ledger.Ledger.backlog`; reads the whole index `due`."""
        return backlog_items(self._table, now)

    def standing(self, now: datetime, kinds: Sequence[TaskKind], most: int) -> StandingTasks:
        """See `ports.reading.standing_tasks.StandingReader.standing`."""
        return standing_tasks(self._table, self._pool, now, kinds, most)

    def untold_since(self, now: datetime) -> datetime | None:
        """See `ports.reading.ledger.Ledger.untold_since`; it reads the whole index, as `backlog`
        does."""
        firsts = [
            first
            for entry in self._table.scan(index="due")
            if entry["sk"].startswith(_UNTOLD) and not entry["due_pk"].startswith(DEAD)
            if (first := entry["due_sk"].partition("#")[0]) <= iso(now)
        ]
        return from_iso(min(firsts)) if firsts else None

    def followed(self, which: LeadFilter) -> Iterator[Followed]:
        """See `ports.reading.ledger.Ledger.followed`."""
        return followed_items(self._table, self._selection, which)

    def on_hold(self) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.on_hold`."""
        return on_hold_items(self._table)

    def tallies(self) -> Sequence[Tally]:
        """See `ports.reading.ledger.Ledger.tallies`; counted from the timelines of all leads."""
        return tallies_of(self._table.scan())

    def account(self, *, deep: bool = False, progress: Progress = unseen) -> Account:
        """See `ports.reading.ledger.Ledger.account`. Reads the whole table and lists the whole
        archive, which may change meanwhile; leads that seem lost are checked a second time. With
        *deep* all documents are read."""
        now = self._clock()
        missed_since = iso(now - self._raw_kept) if self._raw_kept else ""
        books = EventAccounts(self._table, Archive(self._bucket, self._pool), missed_since)
        books.read(deep=deep, progress=progress)
        books.look_again(self._pool, now)
        return books.account()

    def close(self) -> None:
        """See `ports.reading.ledger.Ledger.close`."""
        self._pool.shutdown()


def _read(lead: LeadItem, document: bytes | None) -> StoredEvent | None:
    """A raw document; a damaged one is returned with its bytes as text."""
    if document is None:
        return None
    try:
        return read_document(document)
    except msgspec.MsgspecError:
        text = msgspec.json.encode(document.decode(errors="replace"))
        return StoredEvent(lead.lead_id, lead.captured_at, msgspec.Raw(text))


def _age(row: LeadRow) -> tuple[datetime, str]:
    return row.captured_at, row.lead_id


def _timeline(lead: LeadItem, related: Sequence[LeadItem]) -> tuple[Happening, ...]:
    happened = [Happening(from_iso(lead.captured_at), "captured", lead.why)]
    happened += [
        Happening(from_iso(line.at), line.what, line.detail)
        for line in lead.timeline
        if line.what not in _KNOWN_BETTER
    ]
    happened += [
        Happening(from_iso(event.captured_at), f"event.{event.fate}", event.why)
        for event in related
    ]
    if lead.summary is not None:
        happened.append(Happening(from_iso(lead.summary.processed_at), lead.summary.status))
    happened += [
        Happening(alert.sent_at, event_name(alert.step), f"{alert.channel}, {alert.template}")
        for alert in alerts_of(lead)
    ]
    return tuple(sorted(happened, key=lambda h: h.at))


def _tasks(holders: Sequence[LeadItem | TaskItem]) -> Iterator[TaskRow]:
    """The tasks of a lead, by step and channel."""
    for holder in sorted(holders, key=lambda one: (task_in(one).step, task_in(one).channel)):
        task, what = holder.task, task_in(holder)
        if task is not None:
            yield TaskRow(
                what.step,
                what.channel,
                from_iso(task.due_at),
                task.attempt,
                task.failures,
                task.leased,
                task.error,
                from_iso(task.dead_at) if task.dead_at else None,
                task.reason if task.dead_at else None,
            )


def _related(
    events: Sequence[LeadItem], raws: Sequence[StoredEvent | None]
) -> Iterator[RelatedEvent]:
    for event, raw in zip(events, raws, strict=True):
        if raw is not None:
            at = from_iso(event.captured_at)
            yield RelatedEvent(event.lead_id, at, event.kind, event.fate, event.why, raw.raw_data)


def _group(step: Step, reason: str, letters: Sequence[tuple[str, str, str]]) -> DeadGroup:
    """The dead letters (when, lead, error) of one reason, oldest first."""
    first, (last, example, error) = letters[0][0], letters[-1]
    return DeadGroup(step, reason, len(letters), from_iso(first), from_iso(last), example, error)
