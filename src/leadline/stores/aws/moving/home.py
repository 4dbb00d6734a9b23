"""A stack as one side of a move: whole families of leads, read and written.

Arriving leads are written with parked tasks (`parking.PARKED`), which are released when the copy is
verified; the tasks of leaving leads are parked.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.formats import from_iso, iso, key_of
from leadline.ports.homes import (
    Family,
    FamilyWrite,
    Home,
    KeyKind,
    KeyOwner,
    MovedLead,
    OwnedKey,
)
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem, TaskItem, further_of, holds_a_task, lead_of, task_in
from leadline.stores.aws.keys import HANDLING, LEAD, again_key, alike_key, lead_key, task_key
from leadline.stores.aws.moving.parking import parked, unparked
from leadline.stores.aws.moving.reading import Documents, judged, moved_lead, people_of, under_hold
from leadline.stores.aws.moving.surveyed import SurveyedHome
from leadline.stores.aws.moving.writing import (
    FamilyWriter,
    StoredFamily,
    item_key_of,
    key_owner,
    single_key_owner,
)
from leadline.stores.aws.reading.selection import beside
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Key, Put, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.handling import handling_of

log = logging.getLogger(__name__)

_MOST_ROUNDS = 20


class AwsHome(SurveyedHome):
    """`ports.homes.Side` on S3, DynamoDB and SQS; the caller closes it. Event keys taken before
    *forgotten* no longer make redeliveries, unless they are lasting."""

    home = Home.AWS

    def __init__(self, store: AwsStore, forgotten: datetime) -> None:
        super().__init__(store)
        self._table, self._bucket = store.table, store.bucket
        self._writer = FamilyWriter(store)
        self._forgotten = forgotten

    def present(self, ids: Sequence[str]) -> frozenset[str]:
        """See `ports.homes.Side.present`."""
        return frozenset(pk[2:] for pk, _ in self._items([lead_key(i) for i in ids]))

    def families(self, ids: Sequence[str]) -> dict[str, Family]:
        """See `ports.homes.Side.families`."""
        heads = {s: seen for s, seen in zip(ids, self._map(self._seen, ids), strict=True) if seen}
        events = self._items(
            [lead_key(i) for seen in heads.values() for lead in seen.leads.values()
             for i in lead.related]
        )  # fmt: skip
        whole: dict[str, StoredFamily] = {}
        for lead_id, seen in heads.items():
            keys = [lead_key(i) for i in seen.leads[lead_id].related]
            more = {key[0][2:]: lead_of(events[key]) for key in keys if key in events}
            whole[lead_id] = StoredFamily({**seen.leads, **more}, seen.further, seen.handling)
        members = [lead for seen in whole.values() for lead in seen.leads.values()]
        firsts = self._firsts(members)
        documents = dict(
            zip((m.lead_id for m in members), self._map(self._read, members), strict=True)
        )
        found = {i: self._family(seen, documents, firsts) for i, seen in whole.items()}
        ids = [member.lead_id for member in members]
        return under_hold(judged(found, self._store.judgements(ids)), self._store.held(ids))

    def _family(
        self, seen: StoredFamily, kept: Mapping[str, Documents], firsts: frozenset[str]
    ) -> Family:
        leads: list[MovedLead] = []
        broken = ""
        for lead_id, item in seen.leads.items():
            is_first = not leads
            further = list(seen.further.values()) if is_first else []
            handling = seen.handling if is_first else None
            documents, knows = kept[lead_id], lead_id in firsts
            if item.summary and documents.refined is None:
                broken = broken or "its refined document is missing"
            try:
                lead = moved_lead(item, further, handling, documents, first_is_here=knows)
            except (msgspec.MsgspecError, ValueError):
                broken = "a document of it is damaged"
                lead = moved_lead(item, further, handling, Documents(), first_is_here=knows)
            leads.append(lead)
        return Family(tuple(leads), seen.is_leased(iso(self._store.clock())), broken, seen)

    def _seen(self, lead_id: str) -> StoredFamily | None:
        """A lead with its tasks and handling, without its list of later leads."""
        items = {item["sk"]: item for item in beside(self._table, lead_id)}
        lead, handling = items.pop(LEAD, None), items.pop(HANDLING, None)
        if lead is None:
            return None
        further = [further_of(item) for item in items.values() if holds_a_task(item)]
        return StoredFamily(
            {lead_id: lead_of(lead)},
            {task_key(one.what): one for one in further},
            handling_of(handling) if handling else None,
        )

    def _firsts(self, leads: Iterable[LeadItem]) -> frozenset[str]:
        """The ids of leads that duplicate a lead which is here and lists them."""
        repeats = {
            lead.lead_id: lead.summary.duplicate_of
            for lead in leads
            if lead.summary and lead.summary.duplicate_of
        }
        both = {i: (lead_key(first), again_key(first, i)) for i, first in repeats.items()}
        items = self._items([key for keys in both.values() for key in keys])
        return frozenset(i for i, keys in both.items() if all(key in items for key in keys))

    def _read(self, lead: LeadItem) -> Documents:
        at = from_iso(lead.captured_at)
        refined = None
        if lead.summary is not None:
            refined = self._bucket.get(key_of("refined", lead.lead_id, at), lead.summary.version)
        return Documents(self._bucket.get(key_of("raw", lead.lead_id, at)), refined)

    def keys_of(self, families: Sequence[Family]) -> Mapping[str, Sequence[OwnedKey]]:
        """See `ports.homes.Side.keys_of`."""
        known = self.survey.people([lead.lead_id for f in families for lead in f.leads])
        wanted: dict[str, list[OwnedKey]] = {}
        for family in families:
            keys = wanted.setdefault(family.id, [])
            for lead in family.leads:
                item = family.handle.leads[lead.lead_id]
                some = {(KeyKind.EVENT, bytes.fromhex(item.event_key)): item.lasting_key}
                if item.record_key:
                    some[KeyKind.RECORD, bytes.fromhex(item.record_key)] = True
                for key in (*people_of(lead).values(), *known.get(lead.lead_id, ())):
                    some[KeyKind.PERSON, key] = True
                keys += [
                    OwnedKey(kind, key, lead.lead_id, lead.captured_at, lasting)
                    for (kind, key), lasting in some.items()
                    if lasting or lead.captured_at > self._forgotten
                ]
        owners = self._owners([k for keys in wanted.values() for k in keys], single_key_owner)
        return {
            i: [
                msgspec.structs.replace(key, compared=o.compared)
                for key in keys
                if (o := owners.get(key)) and o.lead_id == key.lead_id
            ]
            for i, keys in wanted.items()
        }

    def owners(self, keys: Sequence[OwnedKey]) -> Mapping[OwnedKey, KeyOwner]:
        """See `ports.homes.Side.owners`."""
        return self._owners(keys, key_owner)

    def _owners(
        self, keys: Sequence[OwnedKey], owner: Callable[[OwnedKey, Item], KeyOwner]
    ) -> dict[OwnedKey, KeyOwner]:
        items = self._items([item_key_of(key) for key in keys])
        return {k: owner(k, items[at]) for k in keys if (at := item_key_of(k)) in items}

    def introduce(self, families: Sequence[Family], keys: Sequence[OwnedKey]) -> None:
        """See `ports.homes.Side.introduce`."""
        there = self._items([item_key_of(key) for key in keys])
        self._map(self._writer.take, [key for key in keys if item_key_of(key) not in there])
        refined = [lead for family in families for lead in family.leads if lead.head is not None]
        alike = self._items([alike_key(i.lead_id) for i in refined])
        new = [lead for lead in refined if alike_key(lead.lead_id) not in alike]
        self._map(self._writer.make_candidate, new)

    def write(self, writes: Sequence[FamilyWrite]) -> Mapping[str, str]:
        """See `ports.homes.Side.write`."""
        whys = zip(writes, self._map(self._writer.write, writes), strict=True)
        return {write.family.id: why for write, why in whys if why}

    def deactivate(self, families: Sequence[Family]) -> frozenset[str]:
        """See `ports.homes.Side.deactivate`: the tasks of unchanged families are parked."""
        waiting = [family for family in families if family.handle.is_waiting]
        still = zip(waiting, self._map(self._deactivate, waiting), strict=True)
        return frozenset(family.id for family, silent in still if not silent)

    def _deactivate(self, family: Family) -> bool:
        now, seen = self._store.clock(), family.handle
        writes: list[Write] = []
        for lead in seen.leads.values():
            if lead.lead_id == family.id or lead.task is not None:
                task = parked(lead.task, now) if lead.task else None
                writes.append(Put(changed(lead, task=task).item(), lead.rev))
        for one in seen.further.values():
            still = msgspec.structs.replace(one, task=parked(one.task, now))
            writes.append(Put(still.item(), one.rev))
        try:
            self._table.write_all(writes)
        except Stale:
            return False
        return True

    def activate(self, families: Sequence[Family]) -> None:
        """See `ports.homes.Side.activate`: parked tasks are released, and wake-ups sent."""
        wakeups = [wakeup for some in self._map(self._activate, families) for wakeup in some]
        if not wakeups:
            return
        try:
            self._store.wakeups.send(wakeups, self._store.clock())
        except StorageFailed as error:
            # The wake-ups are only late: the sweep sends them.
            log.error("bell.silent", extra={"count": len(wakeups), "error": str(error)})

    def _activate(self, family: Family) -> list[Wakeup]:
        for _ in range(_MOST_ROUNDS):
            seen = self._seen(family.id)
            if seen is None:
                return []
            lead = seen.leads[family.id]
            writes: list[Write] = []
            if lead.task and (task := unparked(lead.task)) != lead.task:
                lead = changed(lead, task=task)
                writes.append(Put(lead.item(), lead.rev))
            further = [
                msgspec.structs.replace(one, task=unparked(one.task))
                for one in seen.further.values()
            ]
            writes += [
                Put(one.item(), one.rev)
                for one in further
                if one != seen.further[task_key(one.what)]
            ]
            try:
                if writes:
                    self._table.write_all(writes)
            except Stale:
                continue
            return _wakeups(lead, further)
        raise Contested(family.id)

    def _items(self, keys: Sequence[Key]) -> dict[Key, Any]:
        return self._table.get_all(keys) if keys else {}


def _wakeups(lead: LeadItem, further: Sequence[TaskItem]) -> list[Wakeup]:
    """The wake-ups for a lead's tasks that are not dead."""
    at = from_iso(lead.captured_at)
    holders: list[LeadItem | TaskItem] = [lead, *further]
    return [
        Wakeup(task_in(holder), from_iso(holder.task.due_at), at)
        for holder in holders
        if holder.task is not None and not holder.task.dead_at
    ]
