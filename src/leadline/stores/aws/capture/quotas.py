"""Each source's use of its quota for unreadable deliveries, on AWS."""

from leadline.model.formats import from_iso, iso
from leadline.model.lead import CapturedLead
from leadline.model.quotas import Spent, given_back, spend
from leadline.stores.aws.base import Contested
from leadline.stores.aws.keys import quota_key
from leadline.stores.aws.table import Put, Stale, Table
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 20


def is_within_quota(table: Table, lead: CapturedLead) -> bool:
    """Charge a delivery to its quota, if it has one; False, and nothing is charged, if it does not
    fit."""
    if lead.quota is None:
        return True
    for _ in range(_MOST_ROUNDS):
        item = table.get(quota_key(lead.source))
        spent = spend(lead.quota, _spent(item), lead.captured_at, len(lead.body or b""))
        if spent is None:
            return False
        try:
            table.write(_put(lead.source, spent, item))
        except Stale:
            continue  # another delivery was charged first
        return True
    raise Contested(lead.id)


def give_back(table: Table, source: str, size: int) -> None:
    """Note that a source no longer uses so many bytes."""
    for _ in range(_MOST_ROUNDS):
        item = table.get(quota_key(source))
        spent = _spent(item)
        if spent is None:
            return
        try:
            table.write(_put(source, given_back(spent, size), item))
        except Stale:
            continue
        return
    raise Contested(source)


def _spent(item: Item | None) -> Spent | None:
    return Spent(from_iso(item["since"]), int(item["count"]), int(item["bytes"])) if item else None


def _put(source: str, spent: Spent, seen: Item | None) -> Put:
    pk, sk = quota_key(source)
    item = {"pk": pk, "sk": sk, "since": iso(spent.since), "count": spent.count}
    return Put({**item, "bytes": spent.bytes}, int(seen["rev"]) if seen else None)
