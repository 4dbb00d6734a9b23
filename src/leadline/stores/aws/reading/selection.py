"""Filters of leads, answered from the index `day`, day by day."""
# Long because each filter is answered by the same walk through the days.

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from itertools import chain, islice
from typing import NamedTuple, TypeVar

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import key_of
from leadline.model.lead import Status
from leadline.model.task import Task
from leadline.ports.clock import Clock
from leadline.ports.reading.ledger import (
    UNOWNED_STATUSES,
    LeadFilter,
    LeadRow,
    id_digits,
    searchable,
)
from leadline.ports.reading.listing import FEWEST_DIGITS
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.days import days_back, days_between, days_of_ids, ids_between
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    holds_a_task,
    lead_of,
    task_holder_of,
    task_in,
)
from leadline.stores.aws.keys import DEAD, WITHOUT_LATER_LEADS, lead_key
from leadline.stores.aws.reading.rows import row_of, row_of_entry
from leadline.stores.aws.shards.counts import day_partitions, due_partitions
from leadline.stores.aws.table import Table
from leadline.stores.aws.values import Item

MOST_PARALLEL = 8
_EVENTS = (Status.FILTERED, Status.FOLDED)
_LEADS = tuple(status for status in Status if status not in _EVENTS)
_BETWEEN = "day_pk = :pk AND day_sk BETWEEN :low AND :high"
_FIRST_PAGE, _LARGEST_PAGE = 50, 2_000
_CHUNK = 64
_AT_ONCE = 100
_NEWEST = 25
"""The number of newest leads per partition, status and day that are checked for an owner."""
_MOST_COMPLETED = 10

T = TypeVar("T")


class _Candidate(NamedTuple):
    """A lead that may fit a filter."""

    row: LeadRow
    refined: bool


class Selection:
    """Reads leads from table and bucket, with parallel requests."""

    def __init__(
        self, table: Table, bucket: Bucket, pool: ThreadPoolExecutor, clock: Clock
    ) -> None:
        self._table = table
        self._bucket = bucket
        self._pool = pool
        self._clock = clock

    def rows(self, which: LeadFilter, *, whole: bool = False) -> Iterator[LeadRow]:
        """The leads that fit, newest first, regardless of the filter's limit; *whole* says that the
        caller will read all of them.

        Within a day leads are ordered by id.
        """
        fits = _conditions(which)
        for some in batched(self._candidates(which, whole=whole), _CHUNK):
            left = [one for one in some if fits(one.row)]
            if which.search:
                left = self._having(left, which.search)
            yield from (one.row for one in left)

    def _candidates(self, which: LeadFilter, *, whole: bool) -> Iterator["_Candidate"]:
        """The leads that may fit, selected by ids, dead letters or days."""
        if which.since and which.until and which.since >= which.until:
            return
        if which.ids or which.dead or which.reason is not None:
            ids: Iterable[str] = (i.lower() for i in which.ids)
            if which.dead or which.reason is not None:
                dead = self.with_dead_letter(which.reason)
                ids = [i for i in ids if i in dead] if which.ids else dead
            leads = self.leads(list(ids))
            leads.sort(key=lambda lead: (lead.captured_at, lead.lead_id), reverse=True)
            yield from (_Candidate(row_of(lead), lead.summary is not None) for lead in leads)
            return
        statuses = _statuses(which)
        page, most = max(_FIRST_PAGE, min(which.limit, _LARGEST_PAGE)), None
        if whole:
            page = 0
        elif which.unowned:
            page = most = _NEWEST
        for day in self._days(which, whole=whole):
            parts = ids_between(day, which.since, which.until)
            yield from self._of_day(day, statuses, parts, page, most)

    def _days(self, which: LeadFilter, *, whole: bool) -> Iterator[str]:
        """The days of the filter, newest first. Days with leads are listed from the archive, except
        for a filter of unowned leads, which must be fast."""
        if which.unowned and which.since and not whole:
            return days_back(which.since, which.until or self._clock())
        return days_between(self._bucket, which.since, which.until, backwards=True)

    def _of_day(
        self,
        day: str,
        statuses: Sequence[Status],
        parts: Sequence[tuple[str, str]],
        page: int,
        most: int | None,
    ) -> Iterator["_Candidate"]:
        """The entries of a day, highest id first; all, or the first *most* of each partition and
        status."""
        streams = [
            islice(self._entries(place, status, part, page), most)
            for place in day_partitions(self._table, day)
            for status in statuses
            for part in parts
        ]
        begun: Sequence[Iterable[Item]] = list(
            self._pool.map(list if not page else _begun, streams)
        )
        last = ""
        for entry in merge(*begun, key=lambda entry: entry["lead_id"], reverse=True):
            if entry["lead_id"] != last:  # its status may have changed during the query
                last = entry["lead_id"]
                yield _Candidate(row_of_entry(entry), entry.get("summary") is not None)

    def _entries(
        self, partition: str, status: Status, part: tuple[str, str], page: int
    ) -> Iterator[Item]:
        """Entries of one status in one partition, highest id first; *page* is the size of a page
        (0: AWS's default)."""
        low, high = (f"{status}#{bound}" for bound in part)
        while True:
            values = {":pk": partition, ":low": low, ":high": high}
            items = list(
                self._table.query(_BETWEEN, values, index="day", limit=page, backwards=True)
            )
            yield from (entry for entry in items if entry["day_sk"] != high)
            if not page or len(items) < page:
                return
            high, page = items[-1]["day_sk"], min(page * 4, _LARGEST_PAGE)

    def ids_of(self, partition: str, status: Status) -> Iterator[str]:
        """All ids of one status in one partition of a day."""
        return (entry["lead_id"] for entry in self._entries(partition, status, ("", "~"), 0))

    def _having(self, some: Sequence["_Candidate"], words: str) -> list["_Candidate"]:
        """Those that contain the words; raw documents are read only of leads that are not
        refined."""
        sought, digits = words.casefold(), id_digits(words)

        def is_named(row: LeadRow) -> bool:
            its = row.lead_id.replace("-", "")
            ends = len(digits) >= FEWEST_DIGITS and its.endswith(digits)
            return ends or (bool(digits) and its.startswith(digits))

        unread = [one.row for one in some if not one.refined and not is_named(one.row)]
        raws = self._bucket.get_all([(key_of("raw", r.lead_id, r.captured_at), "") for r in unread])
        found = {
            row.lead_id
            for row, document in zip(unread, raws, strict=True)
            if document is not None and sought in _raw_words(document)
        }
        return [
            one
            for one in some
            if one.row.lead_id in found
            or is_named(one.row)
            or (one.refined and any(sought in part for part in _refined_words(one.row)))
        ]

    def leads(self, lead_ids: Sequence[str]) -> list[LeadItem]:
        """The leads with these ids; unknown ids are left out."""
        keys = [lead_key(i) for i in lead_ids]
        found = self._pool.map(self._table.get_all, batched(keys, _AT_ONCE))
        return [lead_of(item) for some in found for item in some.values()]

    def dead(self) -> list[LeadItem | TaskItem]:
        """All items with a dead letter: leads and later tasks."""
        partitions = self._pool.map(self._dead_keys, due_partitions(self._table, DEAD))
        keys = list(chain.from_iterable(partitions))
        found = self._pool.map(self._table.get_all, batched(keys, _AT_ONCE))
        holders = [task_holder_of(item) for some in found for item in some.values()]
        return [one for one in holders if one.task is not None and one.task.dead_at]

    def _dead_keys(self, place: str) -> list[tuple[str, str]]:
        items = self._table.query("due_pk = :pk", {":pk": place}, index="due")
        return [(entry["pk"], entry["sk"]) for entry in items]

    def with_dead_letter(self, reason: str | None) -> dict[str, None]:
        """The ids of leads that have a dead letter, with this reason if it is given."""
        return {
            one.lead_id: None
            for one in self.dead()
            if one.task and reason in (None, one.task.reason)
        }

    def dead_tasks(self, lead_ids: Sequence[str], reason: str | None) -> dict[str, list[Task]]:
        """The dead letters of these leads, those with this reason if it is given."""
        found = self._pool.map(lambda lead_id: self._dead_tasks(lead_id, reason), lead_ids)
        return {lead_id: dead for lead_id, dead in zip(lead_ids, found, strict=True) if dead}

    def _dead_tasks(self, lead_id: str, reason: str | None) -> list[Task]:
        holders = [
            task_holder_of(item) for item in beside(self._table, lead_id) if holds_a_task(item)
        ]
        return [
            task_in(holder)
            for holder in holders
            if holder.task and holder.task.dead_at and reason in (None, holder.task.reason)
        ]

    def complete(self, prefix: str) -> list[str]:
        """Up to ten ids with this prefix. The search uses the time in ids of version 7; ids of
        other versions are found only by the complete id."""
        digits = id_digits(prefix)
        if not digits:
            return []
        low, high = (str(uuid.UUID(digits.ljust(32, end))) for end in "0f")
        if low == high:
            return [lead.lead_id for lead in self.leads([low])]
        found: list[str] = []
        for day in days_of_ids(self._bucket, digits):
            streams = [
                self._between(place, f"{status}#{low}", f"{status}#{high}")
                for place in day_partitions(self._table, day)
                for status in Status
            ]
            found += sorted(set(chain.from_iterable(self._pool.map(list, streams))))
            if len(found) >= _MOST_COMPLETED:
                break
        return found[:_MOST_COMPLETED]

    def _between(self, partition: str, low: str, high: str) -> Iterator[str]:
        """The first ids between two sort keys of one partition."""
        values = {":pk": partition, ":low": low, ":high": high}
        items = self._table.query(_BETWEEN, values, index="day", limit=_MOST_COMPLETED)
        return (entry["lead_id"] for entry in items)


def beside(table: Table, lead_id: str) -> Iterator[Item]:
    """All items of a lead, except those that list later leads of the same person."""
    first, last = WITHOUT_LATER_LEADS
    values = {":pk": f"L#{lead_id}", ":first": first, ":last": last}
    return table.query("pk = :pk AND sk BETWEEN :first AND :last", values)


def _statuses(which: LeadFilter) -> Sequence[Status]:
    """The statuses that leads of this filter may have."""
    if which.status is not None:
        return (which.status,)
    if which.unowned:
        return UNOWNED_STATUSES
    return tuple(Status) if which.events else _LEADS


def _conditions(which: LeadFilter) -> Callable[[LeadRow], bool]:
    """The conditions of a filter that can be checked by a row alone."""

    def fits(row: LeadRow) -> bool:
        if which.status is not None:
            if row.status is not which.status:
                return False
        elif not which.ids and not which.events and row.status in _EVENTS:
            return False
        if which.source is not None and row.source != which.source:
            return False
        if which.unowned and (row.owner or row.status not in UNOWNED_STATUSES):
            return False
        if which.since is not None and row.captured_at < which.since:
            return False
        return which.until is None or row.captured_at < which.until

    return fits


def _raw_words(document: bytes) -> str:
    try:
        raw = read_document(document).raw
    except msgspec.MsgspecError:
        raw = document  # a damaged document must be found, too
    return searchable(raw.decode(errors="replace"))


def _refined_words(row: LeadRow) -> Iterator[str]:
    return (searchable(part) for part in (row.name, row.email, row.company) if part)


def _begun(stream: Iterator[Item]) -> Iterator[Item]:
    """The same stream with its first page read already."""
    return chain(list(islice(stream, 1)), stream)
