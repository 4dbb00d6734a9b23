"""The handlings of refined leads, the open leads of each person, and the queues of teams, on AWS.

A handling is an item of its own; its revision is that of the handling. Each open lead also has an
item for every id and address of its holder, or one in the queue in which it waits. These are items
rather than index entries, because an index is only eventually consistent.
"""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.assigning import Rewrite
from leadline.model.task import Later
from leadline.stores.aws.base import Base, Contested, changed
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import (
    handling_key,
    lead_key,
    queue_key,
    remembered_key,
    short,
    task_key,
    work_list_key,
)
from leadline.stores.aws.table import Delete, Key, Put, PutIf, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.assigning import document_writes, kept_of
from leadline.stores.aws.work.putting import schedule, wakeups_of

_MOST_ROUNDS = 20
_decoder = msgspec.json.Decoder(Handling)


class AwsHandlings(Base):
    """`ports.store.Handlings` on DynamoDB."""

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        items = self.table.get_all([handling_key(i) for i in lead_ids]) if lead_ids else {}
        return {item["lead_id"]: handling_of(item) for item in items.values()}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        lead_place, place = lead_key(lead_id), handling_key(lead_id)
        documents = {remembered_key(name): one.seen.rev for name, one in changes.items()}
        keys = [lead_place, place, *(task_key(one.task) for one in then), *documents]
        for _ in range(_MOST_ROUNDS):
            items = self.table.get_all(keys)
            lead = lead_of(items[lead_place]) if lead_place in items else None
            handling = handling_of(items[place]) if place in items else UNHANDLED
            if lead is None or lead.summary is None or handling.rev != before.rev:
                return False
            if any(kept_of(items.get(key)).rev != rev for key, rev in documents.items()):
                return False
            now = self.clock()
            after = msgspec.structs.replace(after, rev=handling.rev + 1)
            new = with_owner_shown(lead.note(now, note, detail) if note else lead, after)
            new, puts = schedule(new, then, items, now)
            # The lead is always written too: a move detects changes by its revision.
            writes = [Put(new.item(), lead.rev), *handling_writes(lead_id, handling, after), *puts,
                      *document_writes(changes)]  # fmt: skip
            try:
                self.table.write_all(writes)
            except Stale:
                continue
            self.recent.leads.pop(lead_id, None)
            self._send_wakeups(wakeups_of(lead, then, now))
            return True
        raise Contested(lead_id)

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Handlings.work_list`."""
        pk, _ = work_list_key(person, "")
        items = self.table.query("pk = :pk", {":pk": pk}, limit=limit, backwards=True)
        return [item["sk"] for item in items]


def handling_of(item: Item) -> Handling:
    """The handling of an item."""
    return msgspec.structs.replace(_decoder.decode(item["handling"]), rev=item["rev"])


def handling_writes(lead_id: str, handling: Handling, new: Handling) -> list[Write]:
    """The writes that replace the handling *handling* (UNHANDLED if there is none) by *new* with
    its revision, and update the open leads of the holders and the queues of teams."""
    pk, sk = handling_key(lead_id)
    text = msgspec.json.encode(msgspec.structs.replace(new, rev=0)).decode()
    item = {"pk": pk, "sk": sk, "lead_id": lead_id, "rev": new.rev, "handling": text}
    first = handling.rev == UNHANDLED.rev
    condition = "attribute_not_exists(pk)" if first else "rev = :seen"
    change = PutIf(item, condition, {} if first else {":seen": handling.rev})
    return [change, *_listing_writes(lead_id, handling, new)]


def handling_removed(lead_id: str, handling: Handling) -> list[Write]:
    """The writes that remove a handling, and the lead from the open leads of its holder and from
    the queue in which it waits."""
    return [
        Delete(handling_key(lead_id), handling.rev),
        *_listing_writes(lead_id, handling, UNHANDLED),
    ]


def first_handling(lead_id: str, handling: Handling) -> list[Write]:
    """The writes that store the first handling of a lead."""
    return handling_writes(lead_id, UNHANDLED, msgspec.structs.replace(handling, rev=1))


def with_owner_shown(lead: LeadItem, handling: Handling) -> LeadItem:
    """The lead with the owner that lists show (`model.handling.owner_of`)."""
    if lead.summary is None:
        return lead
    now: str | None = None  # the owner named by the refined lead
    if handling.owner:
        now = short(handling.owner.shown)
    elif handling.ownership is Ownership.UNASSIGNED:
        now = ""
    now = None if now == (lead.summary.owner or "") else now
    return changed(lead, summary=msgspec.structs.replace(lead.summary, owner_now=now))


def _listing_writes(lead_id: str, handling: Handling, new: Handling) -> list[Write]:
    """The writes that update the open leads of the holders, and the queues of teams."""
    before, after = _listings(lead_id, handling), _listings(lead_id, new)
    writes: list[Write] = [Delete(key, None) for key in before if key not in after]
    return writes + [PutIf({"pk": k[0], "sk": k[1]}) for k in after if k not in before]


def _listings(lead_id: str, handling: Handling) -> dict[Key, None]:
    keys = [work_list_key(person, lead_id) for person in handling.work_lists]
    if (queued := handling.waits_in) is not None:
        keys.append(queue_key(queued.team, queued.score, lead_id))
    return dict.fromkeys(keys)
