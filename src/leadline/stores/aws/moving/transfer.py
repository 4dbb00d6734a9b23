"""Export and import of leads: the stack's side."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso, key_of, refined_document
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead, Fate, Kind, Receipt, RefinedLead
from leadline.model.task import Task
from leadline.net.aws.calls import AwsFailed
from leadline.ports.archive import ArchiveError, Outgoing
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.store import Handlings
from leadline.stores.aws.base import changed
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.clocks.wakeups import Wakeup, Wakeups
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import again_key, digest_key, lead_key
from leadline.stores.aws.people.likeness import alike_from
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.summaries import summary_of
from leadline.stores.aws.table import Put, Stale, Table
from leadline.stores.likeness import likeness_of

_PARALLEL = 8
_CHUNK = 50
_HANDLINGS_AT_ONCE = 100


def leads_of(table: Table, bucket: Bucket, since: datetime | None = None) -> Iterator[Outgoing]:
    """All leads captured since then, day by day; raises AwsFailed.

    The raw documents are those of the archive, byte for byte.
    """
    first = iso(since) if since else ""
    for day in days_between(bucket, since):
        keys = bucket.keys(f"raw/{day.replace('-', '/')}/")
        for some in batched(keys, _CHUNK):
            ids = [key.rpartition("/")[2].removesuffix(".json") for key in some]
            items = table.get_all([lead_key(i) for i in ids], exact=False)
            found = [lead_of(items[lead_key(i)]) for i in ids if lead_key(i) in items]
            leads = [one for one in found if one.fate == Fate.CAPTURED]
            leads = [one for one in leads if one.captured_at >= first]
            yield from _with_documents(bucket, leads, _corrections(table, bucket, leads))


def _corrections(
    table: Table, bucket: Bucket, leads: Sequence[LeadItem]
) -> Mapping[str, tuple[bytes, ...]]:
    """What people corrected of these leads, by lead id."""
    ids = [i for lead in leads for i in lead.related]
    items = table.get_all([lead_key(i) for i in ids], exact=False) if ids else {}
    events = [one for one in map(lead_of, items.values()) if one.kind == Kind.CORRECTED]
    events.sort(key=lambda one: one.lead_id)
    found: dict[str, tuple[bytes, ...]] = {}
    documents = bucket.get_all([(_key("raw", one), "") for one in events]) if events else []
    for one, document in zip(events, documents, strict=True):
        if document is not None and one.joined:
            found[one.joined] = (*found.get(one.joined, ()), read_document(document).raw)
    return found


def _with_documents(
    bucket: Bucket, leads: Sequence[LeadItem], corrections: Mapping[str, tuple[bytes, ...]]
) -> Iterator[Outgoing]:
    refined = [lead for lead in leads if lead.summary is not None]
    found = bucket.get_all(
        [(_key("raw", lead), "") for lead in leads]
        + [(_key("refined", lead), lead.summary.version if lead.summary else "")
           for lead in refined]
    )  # fmt: skip
    documents = dict(zip((lead.lead_id for lead in refined), found[len(leads) :], strict=True))
    for lead, raw in zip(leads, found[: len(leads)], strict=True):
        if raw is not None:  # otherwise it was erased since it was listed
            at = from_iso(lead.captured_at)
            document = documents.get(lead.lead_id)
            is_lost = lead.summary is not None and document is None
            corrected = corrections.get(lead.lead_id, ())
            yield Outgoing(lead.lead_id, at, raw, document, is_lost, None, lead.source, corrected)


def with_handlings(leads: Iterator[Outgoing], store: Handlings) -> Iterator[Outgoing]:
    """These leads with the handlings of those that are refined."""
    for some in batched(leads, _HANDLINGS_AT_ONCE):
        handlings = store.handling([lead.lead_id for lead in some if lead.refined is not None])
        for lead in some:
            yield lead._replace(handling=handlings.get(lead.lead_id))


class AwsIntake:
    """Imports documents of an archive into a stack, several in parallel."""

    def __init__(
        self,
        table: Table,
        bucket: Bucket,
        wakeups: Wakeups,
        redelivery_window: timedelta,
        clock: Clock = wall_clock,
    ) -> None:
        self._table = table
        self._bucket = bucket
        self._wakeups = wakeups
        self._window = redelivery_window
        self._clock = clock
        self._pool = ThreadPoolExecutor(_PARALLEL)

    def known(self, lead_ids: Sequence[str]) -> set[str]:
        """The ids of those leads that are here."""
        return {key[0][2:] for key in self._table.get_all([lead_key(i) for i in lead_ids])}

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`; no wake-up is sent for leads that wait."""
        # Events with the same key go to one thread, because their order decides on redeliveries.
        parts: list[list[CapturedLead]] = [[] for _ in range(_PARALLEL)]
        for lead in leads:
            parts[lead.event_key[0] % _PARALLEL].append(lead)
        found = self._pool.map(self._accept, parts)
        receipts = {
            lead.id: receipt
            for part, some in zip(parts, found, strict=True)
            for lead, receipt in zip(part, some, strict=True)
        }
        return [receipts[lead.id] for lead in leads]

    def _accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        wakeups = _DueWakeups(self._wakeups)
        store = AwsStore(
            self._table, self._bucket, wakeups, clock=self._clock, redelivery_window=self._window
        )
        return store.accept(leads)

    def unrefined(self, lead_ids: Sequence[str]) -> set[str]:
        """The ids of those leads that are here and not refined."""
        items = self._table.get_all([lead_key(i) for i in lead_ids]).values()
        return {lead.lead_id for lead in map(lead_of, items) if lead.summary is None}

    def adopt(
        self,
        refined: Sequence[tuple[RefinedLead, bytes]],
        keys: Mapping[str, Sequence[bytes]],
    ) -> int:
        """Import refined leads without alerts; their captured leads must be here already.

        *refined* are leads with the heads of their documents, *keys* their match keys by lead id.
        Returns how many were imported. Raises AwsFailed, and ArchiveError if the bucket's raw
        document of such a lead is damaged.
        """
        owners: dict[bytes, RefinedLead] = {}
        for lead, _ in sorted(refined, key=lambda one: one[0].captured_at):
            for key in keys[lead.lead_id]:
                owners.setdefault(key, lead)
        list(self._pool.map(self._take_key, owners.items()))
        return sum(self._pool.map(self._adopt, refined))

    def _take_key(self, owned: tuple[bytes, RefinedLead]) -> None:
        (pk, sk), lead = digest_key("M", owned[0]), owned[1]
        item = {"pk": pk, "sk": sk, "lead_id": lead.lead_id, "taken_at": iso(lead.captured_at)}
        try:
            self._table.put_if(item, "attribute_not_exists(pk)", {})
        except Stale:
            return  # an earlier lead has the key

    def _adopt(self, one: tuple[RefinedLead, bytes]) -> bool:
        refined, head = one
        while True:
            item = self._table.get(lead_key(refined.lead_id))
            lead = lead_of(item) if item else None
            if lead is None or lead.fate != Fate.CAPTURED or lead.summary is not None:
                return False
            version = self._bucket.put(_key("refined", lead), self._document(lead, head))
            summary = msgspec.structs.replace(
                summary_of(refined, 0, version), duplicate_of=self._repeats(refined)
            )
            new = changed(lead, summary=summary, task=None)
            new = new.note(refined.processed_at, refined.status)
            try:
                self._table.write(Put(new.item(), lead.rev))
            except Stale:
                continue
            self._make_candidate(refined, summary.duplicate_of or "")
            return True

    def _make_candidate(self, refined: RefinedLead, first: str) -> None:
        """Put the lead under its candidate keys."""
        made = likeness_of(refined)
        if made is not None:
            store = AwsStore(self._table, self._bucket, self._wakeups, clock=self._clock)
            at = refined.captured_at
            store.keep_likeness(alike_from(refined.lead_id, at, first, made.traits, made.keys))

    def _repeats(self, refined: RefinedLead) -> str | None:
        """The id of the lead that this one duplicates, if it is here; that lead then lists this
        one."""
        first = refined.duplicate_of
        if first is None or self._table.get(lead_key(first.lead_id)) is None:
            return None
        pk, sk = again_key(first.lead_id, refined.lead_id)
        self._table.put_if({"pk": pk, "sk": sk}, "", {})
        return first.lead_id

    def _document(self, lead: LeadItem, head: bytes) -> bytes:
        key = _key("raw", lead)
        raw = self._bucket.get(key)
        if raw is None:
            raise AwsFailed(f"GetObject {key}", "NoSuchKey")
        try:
            return refined_document(head, read_document(raw).raw)
        except msgspec.MsgspecError:
            raise ArchiveError(f"{key} in the bucket is damaged; see `leadline verify`") from None

    def adopt_handlings(self, handlings: Mapping[str, Handling]) -> int:
        """Import handlings of refined leads that have none here; returns how many were imported."""
        store = AwsStore(self._table, self._bucket, self._wakeups, clock=self._clock)
        return sum(store.handle(i, UNHANDLED, one) for i, one in handlings.items())

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()


class _DueWakeups:
    """Wake-ups, except for tasks that are not due yet."""

    def __init__(self, wakeups: Wakeups) -> None:
        self._wakeups = wakeups

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        self._wakeups.send([wakeup for wakeup in wakeups if wakeup.due_at <= now], now)

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        self._wakeups.dead_letter(task, captured_at, reason)


def _key(kind: str, lead: LeadItem) -> str:
    return key_of(kind, lead.lead_id, from_iso(lead.captured_at))
