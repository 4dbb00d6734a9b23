"""Puts leads that an earlier version refined under their candidate keys, some in each sweep, until
all are there.

It goes through the refined documents, oldest first; a mark says how far it came. It begins an hour
after the first sweep of this version, when no function of an earlier one runs any more. Until it is
done, these leads are found by the keys that the earlier version made of e-mail and phone.

Leads that are under keys by earlier rules (`model.facts.likeness.RULES`) get those of today in the
same way, by a second look at all documents; until then they are found by the keys that they are
under.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec

from leadline.model.batches import batched
from leadline.model.facts.likeness import RULES
from leadline.model.formats import from_iso, iso
from leadline.stores.aws.base import Contested
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import LIKENESSES, again_key, alike_key, lead_key
from leadline.stores.aws.people.likeness import AlikeItem, alike_from, alike_of
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
_NOTED = ("begun", "rules", "anew", "after")


def make_likenesses(store: AwsStore, state: Item, time_is_left: Callable[[], bool]) -> int:
    """Do the next part; returns how many leads were put under their keys. Raises StorageFailed,
    after which the next sweep tries these leads again."""
    now, made = store.clock(), 0
    about = _begun(store, state, now)
    begun = about["begun"]
    if now < from_iso(begun) + _AFTER:
        return 0
    mark: str = about.get("after", "")
    make = _make_anew if about.get("anew") else _make
    with ThreadPoolExecutor(_PARALLEL) as pool:
        for keys in batched(_documents(store, mark, from_iso(begun) + _AFTER), _BATCH):
            if not time_is_left():
                return made
            ids = [_lead_id(key) for key in keys]
            if make is _make:
                there = store.table.get_all([alike_key(i) for i in ids], exact=False)
                ids = [i for i in ids if alike_key(i) not in there]
            made += sum(pool.map(lambda i: make(_copy(store), i), ids))
            mark = keys[-1]
            _save(store, {**about, "after": mark})
    _save(store, {"begun": begun, "rules": RULES, "done": True})
    log.info("likenesses.made", extra={"count": made})
    return made


def _begun(store: AwsStore, state: Item, now: datetime) -> Item:
    """What is noted of the work that is under way, begun now if none is. What was begun by earlier
    rules begins at the first document again, and looks at all leads (`anew`)."""
    if state and not state.get("done") and state.get("rules") == RULES:
        return {name: state[name] for name in _NOTED if name in state}
    if not state:
        about: Item = {"begun": iso(now), "rules": RULES}
    else:
        begun = iso(now) if state.get("done") else state.get("begun", iso(now))
        about = {"begun": begun, "rules": RULES, "anew": True}
    _save(store, about)
    return about


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


def _make_anew(store: AwsStore, lead_id: str) -> bool:
    """Put one lead under the keys of today's rules, and take it from under the others, as `_make`
    does; returns whether anything had to change."""
    for _ in range(_MOST_ROUNDS):
        store.recent.clear()
        items = store.table.get_all([lead_key(lead_id), alike_key(lead_id)])
        if alike_key(lead_id) not in items:
            return _make(store, lead_id)
        before = alike_of(items[alike_key(lead_id)])
        lead = lead_of(items[lead_key(lead_id)]) if lead_key(lead_id) in items else None
        made = _likeness(store, lead) if lead is not None and lead.summary is not None else None
        if lead is None or made is None or not before.traits:
            return False
        after = msgspec.structs.replace(before, traits=made.traits, keys=made.keys)
        if after == before:
            return False
        come = [key for key in after.digests if key not in before.digests]
        gone = [key for key in before.digests if key not in after.digests]
        writes: list[Write] = [after.put(), Put(lead.item(), lead.rev)]
        writes += store.writes_under(come, lead_id, lead.captured_at, gone)
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
    keys = tuple(dict.fromkeys(made.keys))
    return alike_from(lead.lead_id, at, _first(store, lead), made.traits, keys)


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
