"""Putting a refined lead under its candidate keys.

At the first refinement of a lead its keys and what it is compared by are written before the
transaction that settles it, one by one, because a write in a transaction costs twice. Until the
lead is settled, others find it all the same: what they compare is true, and a worker that died
in between is followed by another one, which finds what was written (*exact*). If the lead comes to
nothing then, what was written early is taken back, and those that were linked to it are handed on.

All workers write keys in the same order, so that of two leads with common keys the one that is
first at the smallest of these goes on; the other one is Overtaken there.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from leadline.model.facts.likeness import FirstSeen
from leadline.model.task import Done
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.keys import again_key, digest_key, maybe_key
from leadline.stores.aws.people.duplicates import AwsDuplicates
from leadline.stores.aws.people.likeness import (
    AlikeItem,
    KeyItem,
    alike_from,
    packed,
    revisions,
    seen_in,
)
from leadline.stores.aws.summaries import is_without_person
from leadline.stores.aws.table import Delete, Key, PutIf, Write

_MINE_OR_FREE = "attribute_not_exists(pk) OR lead_id = :me"


class Overtaken(Exception):
    """Another lead has come under one of the keys since candidates were looked for."""


class AwsRecognition(AwsDuplicates):
    """What a settlement writes about candidates for duplicates."""

    def _recognition(
        self, done: Done, lead: LeadItem, taken: AbstractSet[Key], *, exact: bool
    ) -> Iterator[Write]:
        """The writes by which later duplicates find this lead; raises Overtaken. *taken* are match
        keys that other leads have; see `_likeness_writes` for *exact*."""
        if done.traits is not None or lead.summary is not None or exact:
            yield from self._likeness_writes(done, lead, exact=exact)
        if done.traits is None:
            yield from self._match_keys(done, lead, taken)
        if done.refined is not None:
            yield from link_writes(lead, done.refined.duplicate_of)

    def _match_keys(self, done: Done, lead: LeadItem, taken: AbstractSet[Key]) -> Iterator[Write]:
        """The writes of match keys without traits, except keys that are *taken* by other leads."""
        mine = {"lead_id": lead.lead_id, "taken_at": lead.captured_at}
        for key in dict.fromkeys(done.match_keys.values()):
            pk, sk = digest_key("M", key)
            if (pk, sk) not in taken:
                item = {"pk": pk, "sk": sk, **mine}
                yield PutIf(item, _MINE_OR_FREE, {":me": lead.lead_id})

    def _likeness_writes(self, done: Done, lead: LeadItem, *, exact: bool) -> list[Write]:
        """The writes that put the lead under its keys and keep what it is compared by, without
        those that were carried out at once. *exact* reads what is there; else what the search found
        is assumed.

        Raises Overtaken, or Stale if something else was there.
        """
        before: AlikeItem | None = None
        if exact or lead.summary is not None:
            before = self._alike([lead.lead_id]).get(lead.lead_id)
        had = before.digests if before else ()
        keys = tuple(dict.fromkeys(done.match_keys.values())) if done.traits is not None else ()
        # A worker that died before the lead was settled may not have come to all of its keys.
        come = sorted(key for key in keys if key not in had or lead.summary is None)
        there = self._read(come, [key for key in had if key not in keys], exact=exact)
        if done.as_of:
            self._check(done.as_of, come, there, lead.lead_id)
        after = self._after(done, lead, before, keys)
        kept = after != (before or AlikeItem(lead.lead_id, lead.captured_at))
        new = [there[k] for k in come if not (lead.lead_id in there[k].leads or there[k].is_full)]
        come_under = [one.with_lead(lead.lead_id, lead.captured_at) for one in new]
        writes: list[Write] = [after.put()] if kept else []
        if lead.summary is None and done.traits is not None and not after.possible:
            self._write_early(lead.lead_id, writes, come_under)
            writes = []
        else:
            writes += [one.write() for one in come_under]
            self.recent.under.update((one.key, one.written()) for one in come_under)
        writes += [there[k].without(lead.lead_id).write() for k in had
                   if k not in keys and lead.lead_id in there[k].leads]  # fmt: skip
        return [*writes, *_review_writes(before, after)]

    def _write_early(
        self, lead_id: str, alike: Sequence[Write], come_under: Sequence[KeyItem]
    ) -> None:
        """Write what the lead is compared by, and then put it under its keys, in the given order:
        who finds it under a key can compare it."""
        self.table.write_in_turn(alike)
        early = self.recent.early.setdefault(lead_id, [])
        for one in come_under:
            early.append(one.key)
            self.table.write(one.write())
            self.recent.under[one.key] = one.written()

    def _read(self, come: list[bytes], gone: list[bytes], *, exact: bool) -> dict[bytes, KeyItem]:
        known: Mapping[bytes, KeyItem] = {} if exact else self.recent.under
        found = {key: known[key] for key in come if key in known}
        return found | self._key_items([key for key in (*come, *gone) if key not in found])

    def _check(
        self, as_of: str, come: list[bytes], there: Mapping[bytes, KeyItem], lead_id: str
    ) -> None:
        seen = revisions(as_of)
        for key in come:
            if lead_id in there[key].leads:
                continue  # whoever came later has seen this lead
            new = there[key].newcomers(seen_in(seen, key))
            if new - self.recent.batch:
                raise Overtaken

    def _after(
        self, done: Done, lead: LeadItem, before: AlikeItem | None, keys: tuple[bytes, ...]
    ) -> AlikeItem:
        """What is to be kept of the lead."""
        before = before or AlikeItem(lead.lead_id, lead.captured_at)
        if done.refined is None or done.traits is None:
            return _without_traits(before)
        first = done.refined.duplicate_of
        new = alike_from(
            lead.lead_id,
            done.refined.captured_at,
            first.lead_id if first else "",
            done.traits,
            keys,
        )
        possible = [one.lead_id for one in done.refined.possible[:CAP]]
        possible = [one for one in possible if one not in before.judged]
        if possible:
            alive = self._alike(possible)
            possible = [i for i in possible if i in alive and alive[i].traits]
        return msgspec.structs.replace(
            before, first=new.first, traits=new.traits, keys=packed(keys), possible=tuple(possible)
        )

    def _hand_on_cluster(self, lead: LeadItem, done: Done) -> None:
        """A lead that was refined again is no candidate any more, or has joined another cluster:
        those that are linked to it stay together. So it is with a lead that an interrupted
        refinement made a candidate."""
        if done.refined is None or (lead.summary and lead.summary.duplicate_of):
            return
        if done.refined.duplicate_of is not None:
            self._follow(done.refined.duplicate_of.lead_id, lead.lead_id)
        elif done.refined.status != "refined":
            self._succeed(lead.lead_id)

    def _leave_early(self, lead_id: str, lead: LeadItem | None) -> None:
        """Take a lead from under the keys that a worker wrote whose lease was over by then, unless
        they are those that another worker has given it. Of a lead that has ended, or whose person
        is erased, nothing stays by which it is compared."""
        if (early := self.recent.early.pop(lead_id, None)) is None:
            return
        if _is_no_candidate(lead):
            for key in early:
                self.leave_key(key, lead_id)
            self._change_alike(lead_id, _without_traits)
            self._succeed(lead_id)
            return
        there = self._alike([lead_id]).get(lead_id)
        for key in set(early).difference(there.digests if there else ()):
            self.leave_key(key, lead_id)

    def _taking_back(self, lead: LeadItem) -> list[Write]:
        """The writes that forget what an interrupted refinement wrote about a lead that is given up
        before it was refined; empty if there is nothing."""
        before = self._alike([lead.lead_id]).get(lead.lead_id)
        if before is None or not before.traits:
            return []
        after = _without_traits(before)
        there = self._key_items(before.digests).values()
        gone = [one.without(lead.lead_id).write() for one in there if lead.lead_id in one.leads]
        return [*gone, after.put(), *_review_writes(before, after)]


def _is_no_candidate(lead: LeadItem | None) -> bool:
    """Whether nobody works on a lead any more, and it was not refined or its person is erased."""
    if lead is None:
        return True
    is_over = lead.task is None or bool(lead.task.dead_at)
    return is_over and (lead.summary is None or is_without_person(lead))


def _without_traits(alike: AlikeItem) -> AlikeItem:
    """What is kept of a lead that is no candidate."""
    return msgspec.structs.replace(alike, first="", traits="", keys="", possible=())


def link_writes(lead: LeadItem, first: FirstSeen | None) -> Iterator[Write]:
    """The writes by which a first lead lists a later one, and an earlier first lead does not."""
    before = lead.summary.duplicate_of if lead.summary else None
    if first is not None:
        pk, sk = again_key(first.lead_id, lead.lead_id)
        yield PutIf({"pk": pk, "sk": sk})
    if before is not None and (first is None or first.lead_id != before):
        yield Delete(again_key(before, lead.lead_id), None)


def _review_writes(before: AlikeItem | None, after: AlikeItem) -> Iterator[Write]:
    """The writes by which others list the lead as one that may be their duplicate."""
    old = before.possible if before else ()
    for other in after.possible:
        if other not in old:
            pk, sk = maybe_key(other, after.lead_id)
            yield PutIf({"pk": pk, "sk": sk})
    for other in old:
        if other not in after.possible:
            yield Delete(maybe_key(other, after.lead_id), None)
