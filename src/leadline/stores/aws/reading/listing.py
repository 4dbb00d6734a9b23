"""Lists of leads, short ids, waits and the states of channels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, key_of
from leadline.model.lead import Status
from leadline.ports.clock import Clock
from leadline.ports.reading.ledger import LeadFilter, LeadRow, id_digits
from leadline.ports.reading.listing import (
    ENDS_ARE_FOUND_FOR,
    FEWEST_DIGITS,
    LONGER,
    MOST_CANDIDATES,
    ChannelState,
    Wait,
)
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.days import days_back
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.reading.selection import Selection
from leadline.stores.aws.shards.counts import day_partitions
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.pacing import channel_keys, channel_state

_AT_ONCE = 64
_SORTED = 1_000
"""The longest list whose leads are sorted by time before they are given."""


class AwsListing:
    """`ports.reading.listing.Listing` on DynamoDB and S3."""

    _table: Table
    _bucket: Bucket
    _clock: Clock
    _pool: ThreadPoolExecutor
    _selection: Selection

    def each(self, which: LeadFilter) -> Iterator[LeadRow]:
        """See `ports.reading.listing.Listing.each`; a list that is too long to be sorted has the
        leads of a day in the order of their ids."""
        rows = islice(self._selection.rows(which), which.limit)
        if which.limit > _SORTED:
            return rows
        return iter(sorted(rows, key=lambda row: (row.captured_at, row.lead_id), reverse=True))

    def count(self, which: LeadFilter, most: int) -> int:
        """See `ports.reading.listing.Listing.count`; it reads the entries of all leads that it
        counts."""
        wider = msgspec.structs.replace(which, limit=most)
        return sum(1 for _ in islice(self._selection.rows(wider), most))

    def ending(self, digits: str) -> Sequence[str]:
        """See `ports.reading.listing.Listing.ending`; it reads the entries of the last days."""
        end = id_digits(digits)
        if len(end) < FEWEST_DIGITS:
            return []
        now, found = self._clock(), list[str]()
        for day in days_back(now - ENDS_ARE_FOUND_FOR, now):
            streams = [
                self._selection.ids_of(place, status)
                for place in day_partitions(self._table, day)
                for status in Status
            ]
            ids: Iterable[str] = chain.from_iterable(self._pool.map(list, streams))
            found += sorted({i for i in ids if i.replace("-", "").endswith(end)}, reverse=True)
            if len(found) >= MOST_CANDIDATES:
                break
        return found[:MOST_CANDIDATES]

    def short_length(self) -> int:
        """See `ports.reading.listing.Listing.short_length`."""
        return LONGER

    def waits(self, lead_ids: Sequence[str], most_bytes: int) -> Mapping[str, Wait]:
        """See `ports.reading.listing.Listing.waits`."""
        found: dict[str, Wait] = {}
        for some in batched(lead_ids, _AT_ONCE):
            leads = [
                lead
                for lead in self._selection.leads(some)
                if lead.status is Status.WAITING and lead.task is not None
            ]
            keys = [(key_of("raw", one.lead_id, from_iso(one.captured_at)), "") for one in leads]
            documents = self._bucket.get_all(keys)
            for lead, document in zip(leads, documents, strict=True):
                found[lead.lead_id] = _wait(lead, document, most_bytes)
        return found

    def channels(self, names: Sequence[str]) -> Mapping[str, ChannelState]:
        """See `ports.reading.listing.Listing.channels`."""
        items = self._table.get_all([key for name in names for key in channel_keys(name)])
        known = {name: [items.get(key) for key in channel_keys(name)] for name in names}
        return {name: channel_state(*both) for name, both in known.items() if any(both)}


def _wait(lead: LeadItem, document: bytes | None, most_bytes: int) -> Wait:
    assert lead.task is not None  # noqa: S101 - the caller looked
    raw = b""
    with suppress(msgspec.MsgspecError):  # it is damaged; `verify --deep` reports it
        raw = read_document(document).raw if document else b""
    due_at = from_iso(lead.task.due_at)
    return Wait(due_at, raw if len(raw) <= most_bytes else b"", lead.record, lead.why)
