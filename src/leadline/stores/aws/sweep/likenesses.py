"""Puts leads that an earlier version refined under their candidate keys, some in each sweep, until
all are there.

It goes through the refined documents, oldest first; a mark says how far it came. It begins an hour
after the first sweep of this version, when no function of an earlier one runs any more. Until it is
done, these leads are found by the keys that the earlier version made of e-mail and phone.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.stores.aws.base import Contested
from leadline.stores.aws.days import days_between
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import LIKENESSES, again_key, alike_key, lead_key
from leadline.stores.aws.likeness import AlikeItem, alike_from
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Put, PutIf, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.likeness import likeness_of

log = logging.getLogger(__name__)

_AFTER = timedelta(hours=1)
_BATCH = 100
_PARALLEL = 8
_MOST_ROUNDS = 20
_LONGEST_CHAIN = 8


def make_likenesses(store: AwsStore, state: Item, time_is_left: Callable[[], bool]) -> int:
    """Do the next part; returns how many leads were put under their keys. Raises StorageFailed,
    after which the next sweep tries these leads again."""
    now, made = store.clock(), 0
    begun = state.get("begun", iso(now))
    if not state:
        _save(store, {"begun": begun})
    if now < from_iso(begun) + _AFTER:
        return 0
    mark: str = state.get("after", "")
    with ThreadPoolExecutor(_PARALLEL) as pool:
        for keys in batched(_documents(store, mark, from_iso(begun) + _AFTER), _BATCH):
            if not time_is_left():
                return made
            ids = [_lead_id(key) for key in keys]
            there = store.table.get_all([alike_key(i) for i in ids], exact=False)
            lacking = [i for i in ids if alike_key(i) not in there]
            made += sum(pool.map(lambda i: _make(_copy(store), i), lacking))
            mark = keys[-1]
            _save(store, {"begun": begun, "after": mark})
    _save(store, {"begun": begun, "done": True})
    log.info("likenesses.made", extra={"count": made})
    return made


def _save(store: AwsStore, state: Item) -> None:
    store.table.put_if({"pk": LIKENESSES[0], "sk": LIKENESSES[1], **state}, "", {})


def _copy(store: AwsStore) -> AwsStore:
    """A store for a thread of its own."""
    return AwsStore(store.table, store.bucket, store.wakeups, clock=store.clock)


def _documents(store: AwsStore, mark: str, until: datetime) -> Iterator[str]:
    """The keys of refined documents after the mark, oldest first, of the days until then."""
    since = None
    if mark:
        since = from_iso("-".join(mark.split("/")[1:4]) + "T00:00:00Z")
    for day in days_between(store.bucket, since, until):
        folder = f"refined/{day.replace('-', '/')}/"
        yield from store.bucket.keys(folder, after=mark if mark.startswith(folder) else "")


def _make(store: AwsStore, lead_id: str) -> bool:
    """Put one lead under its keys, unless it is erased, quarantined, or there already: all in one
    transaction, so that an erasure in between is noticed. Its own item is written for that, too."""
    for _ in range(_MOST_ROUNDS):
        store.recent.clear()
        items = store.table.get_all([lead_key(lead_id), alike_key(lead_id)])
        lead = lead_of(items[lead_key(lead_id)]) if lead_key(lead_id) in items else None
        if lead is None or lead.summary is None or alike_key(lead_id) in items:
            return False
        new = _likeness(store, lead)
        if new is None:
            return False
        writes: list[Write] = [new.put(), Put(lead.item(), lead.rev)]
        writes += store.writes_under(new.digests, lead_id, lead.captured_at)
        if new.first and new.first != lead.summary.duplicate_of:
            pk, sk = again_key(new.first, lead_id)
            writes.append(PutIf({"pk": pk, "sk": sk}))
        try:
            store.table.write_all(writes)
        except Stale:
            continue
        return True
    raise Contested(lead_id)


def _likeness(store: AwsStore, lead: LeadItem) -> AlikeItem | None:
    refined = store.refined([lead.lead_id]).get(lead.lead_id)
    made = likeness_of(refined) if refined is not None else None
    if made is None:
        return None
    at = from_iso(lead.captured_at)
    return alike_from(lead.lead_id, at, _first(store, lead), made.traits, made.keys)


def _first(store: AwsStore, lead: LeadItem) -> str:
    """The first lead of the lead's cluster: the end of the chain that an earlier version made."""
    first = ""
    for _ in range(_LONGEST_CHAIN):
        before = lead.summary.duplicate_of if lead.summary else None
        item = store.table.get(lead_key(before)) if before else None
        if item is None:
            break
        lead = lead_of(item)
        first = lead.lead_id
    return first


def _lead_id(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")
