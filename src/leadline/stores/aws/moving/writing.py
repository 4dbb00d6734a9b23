"""Writing whole families of leads to a stack, with parked tasks.

An item is written before its raw document, so that the sweep never finds a document without an
item, which it would capture as a lost lead.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from leadline.model.formats import from_iso, iso, key_of
from leadline.model.handling import UNHANDLED, Handling
from leadline.net.aws.calls import AwsFailed
from leadline.ports.homes import (
    FamilyWrite,
    KeyKind,
    KeyOwner,
    KeyStanding,
    MovedLead,
    OwnedKey,
    differing_fields,
)
from leadline.stores.aws.base import changed
from leadline.stores.aws.items import LeadItem, TaskItem, TaskState
from leadline.stores.aws.keys import again_key, digest_key, hold_key, task_key
from leadline.stores.aws.moving.items import (
    further_items,
    lead_item,
    raw_document_of,
    refined_document_of,
)
from leadline.stores.aws.people.comparing import COMPARED
from leadline.stores.aws.people.likeness import AlikeItem, KeyItem, alike_from
from leadline.stores.aws.privacy.holds import hold_item
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Delete, Key, Put, PutIf, Stale, Write
from leadline.stores.aws.work.handling import handling_removed, handling_writes, with_owner_shown
from leadline.stores.likeness import likeness_of
from leadline.stores.refined import decoded

_MINE_OR_FREE = "attribute_not_exists(pk) OR lead_id = :me"
_MAY_TAKE = {
    KeyKind.EVENT: f"{_MINE_OR_FREE} OR (lasting = :no AND taken_at <= :old)",
    KeyKind.RECORD: _MINE_OR_FREE,
    KeyKind.PERSON: "attribute_not_exists(pk)",
}


class StoredFamily(msgspec.Struct, frozen=True):
    """The items of a family as they were read: its leads by id, and the later tasks (by key) and
    the handling of the first lead."""

    leads: Mapping[str, LeadItem] = {}
    further: Mapping[Key, TaskItem] = {}
    handling: Handling | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether any task can be leased, now or later."""
        return bool(self._alive())

    def is_leased(self, now: str) -> bool:
        """Whether any of its tasks is leased."""
        return any(task.leased and task.due_at > now for task in self._alive())

    def _alive(self) -> list[TaskState]:
        tasks = [lead.task for lead in self.leads.values()]
        tasks += [one.task for one in self.further.values()]
        return [task for task in tasks if task is not None and not task.dead_at]


class FamilyWriter:
    """Writes to the table and the bucket of one store."""

    def __init__(self, store: AwsStore) -> None:
        self._store = store
        self._table, self._bucket = store.table, store.bucket

    def write(self, write: FamilyWrite) -> str:
        """Write one family; returns the reason if the stack refuses it, else ""."""
        try:
            for lead in write.family.leads:
                self._write_one(lead, write)
        except Stale:
            return "its event or record came there meanwhile"
        except AwsFailed as error:
            if error.code != "ValidationException":
                raise
            return "the table refuses it: an item of it is over 400 KB, or a key in it too long"
        return ""

    def _write_one(self, lead: MovedLead, write: FamilyWrite) -> None:
        seen: StoredFamily = write.replaces.handle if write.replaces else StoredFamily()
        copies = {one.lead_id: one for one in write.replaces.leads} if write.replaces else {}
        over = seen.leads.get(lead.lead_id)
        keys = [(key, how) for key, how in write.keys if key.lead_id == lead.lead_id]
        event = next((key for key, _ in keys if key.kind is KeyKind.EVENT), None)
        item = lead_item(lead, write.family, event, over, "", self._store.clock())
        if differing_fields(lead, copies.get(lead.lead_id)):
            item = with_owner_shown(self._with_document(item, lead), lead.handling or UNHANDLED)
            there = seen if lead is write.family.leads[0] else StoredFamily()
            writes: list[Write] = [Put(item.item(), over.rev if over else None)]
            writes += _further_writes(further_items(lead, self._store.clock()), there.further)
            writes += _handling_writes(lead, there.handling)
            free = [
                k for k, how in keys if how is KeyStanding.FREE and k.kind is not KeyKind.PERSON
            ]
            writes += [Put(self._key_item(key), None) for key in free]
            self._table.write_all(writes)
            keys = [(key, how) for key, how in keys if key not in free]
        for key, how in keys:
            if how in (KeyStanding.FREE, KeyStanding.YIELDS):
                self.take(key)
        event_key = bytes.fromhex(item.event_key)
        document = raw_document_of(lead, event_key, lasting=item.lasting_key)
        if document is not None:
            self._bucket.put_new(key_of("raw", lead.lead_id, lead.captured_at), document)
        if lead.duplicate_of is not None:
            pk, sk = again_key(lead.duplicate_of, lead.lead_id)
            self._table.put_if({"pk": pk, "sk": sk}, "", {})
        if lead.hold:
            self._table.write(PutIf(hold_item(lead.hold)))
        elif lead.lead_id in copies and copies[lead.lead_id].hold:
            self._table.write(Delete(hold_key(lead.lead_id), None))
        self.make_candidate(lead)

    def _with_document(self, item: LeadItem, lead: MovedLead) -> LeadItem:
        """Store the refined document; returns the item with its version."""
        document = refined_document_of(lead)
        if document is None or item.summary is None:
            return item
        version = self._bucket.put(key_of("refined", lead.lead_id, lead.captured_at), document)
        return changed(item, summary=msgspec.structs.replace(item.summary, version=version))

    def make_candidate(self, lead: MovedLead) -> None:
        """Put the lead under its candidate keys, and keep what people decided about it."""
        refined = decoded([(lead.lead_id, lead.head)] if lead.head is not None else [])
        made = likeness_of(refined[lead.lead_id]) if refined else None
        new = AlikeItem(lead.lead_id, iso(lead.captured_at))
        if made is not None:
            first = lead.duplicate_of or ""
            new = alike_from(lead.lead_id, lead.captured_at, first, made.traits, made.keys)
        for judgement in lead.judgements or ():
            new = new.with_judgement(judgement.other, judgement)
        self._store.keep_likeness(new)

    def take(self, key: OwnedKey) -> None:
        """Take a key for its lead, unless another lead has it and must keep it. Many leads may be
        under the key of a person."""
        values: dict[str, object] = {} if key.kind is KeyKind.PERSON else {":me": key.lead_id}
        if key.kind is KeyKind.EVENT:
            old = key.captured_at - self._store.redelivery_window
            values |= {":no": False, ":old": iso(old)}
        try:
            self._table.put_if(self._key_item(key), _MAY_TAKE[key.kind], values)
        except Stale:
            if key.kind is KeyKind.PERSON:
                self._store.come_under(key.key, key.lead_id, iso(key.captured_at))
            # Otherwise the verification of the copy decides whether that is right.

    def _key_item(self, key: OwnedKey) -> dict[str, Any]:
        pk, sk = item_key_of(key)
        taken_at = iso(key.captured_at)
        item: dict[str, Any] = {"pk": pk, "sk": sk, "lead_id": key.lead_id, "taken_at": taken_at}
        if key.kind is KeyKind.EVENT:
            item["lasting"] = key.lasting
            if key.compared:
                item[COMPARED] = True
            if not key.lasting:
                forget = key.captured_at + self._store.redelivery_window + timedelta(days=1)
                item["expires"] = int(forget.timestamp())
        return item


def _further_writes(new: Sequence[TaskItem], there: Mapping[Key, TaskItem]) -> list[Write]:
    """The writes that replace the later tasks that exist by *new*."""
    places = {task_key(one.what): one for one in new}
    writes: list[Write] = [
        Put(one.item(), there[key].rev if key in there else None) for key, one in places.items()
    ]
    return writes + [Delete(key, there[key].rev) for key in there if key not in places]


def _handling_writes(lead: MovedLead, there: Handling | None) -> list[Write]:
    """The writes that replace the handling that exists by the lead's, with its revision."""
    if lead.handling is not None:
        return handling_writes(lead.lead_id, there or UNHANDLED, lead.handling)
    return handling_removed(lead.lead_id, there) if there is not None else []


def item_key_of(key: OwnedKey) -> Key:
    """The table key of an event, record or match key."""
    return digest_key(key.kind, key.key)


def single_key_owner(key: OwnedKey, item: Mapping[str, Any]) -> KeyOwner:
    """The lead that alone has a key at the stack; "" for a candidate key, which the leads under it
    get anew wherever they move."""
    if "since" in item:
        return KeyOwner("", key.captured_at)
    return _first_key_owner(key, item)


def _first_key_owner(key: OwnedKey, item: Mapping[str, Any]) -> KeyOwner:
    """The lead that has a key at the stack; of several the first."""
    taken_at = item.get("taken_at")
    at = from_iso(taken_at) if taken_at else key.captured_at
    return KeyOwner(item["lead_id"], at, bool(item.get(COMPARED)))


def key_owner(key: OwnedKey, item: Mapping[str, Any]) -> KeyOwner:
    """The lead that has a key at the stack. Of the leads under the key of a person it is the key's
    own one if it is among them; if there is no room for it, the first one has it rightly."""
    first = _first_key_owner(key, item)
    if key.kind is not KeyKind.PERSON:
        return first
    under = KeyItem.of(key.key, dict(item))
    if key.lead_id in under.leads:
        return KeyOwner(key.lead_id, key.captured_at)
    if under.is_full:
        return KeyOwner(first.lead_id, min(first.captured_at, key.captured_at))
    return first
