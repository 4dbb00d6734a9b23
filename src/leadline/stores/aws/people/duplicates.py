"""Candidates for duplicates, clusters, and what people decided about them, on AWS."""
# Long because it is one port, whose methods share the items of keys and of leads.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice

import msgspec

from leadline.model.facts.likeness import Candidate, Candidates, Judgement
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.capture.leads import AwsLeads
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.keys import (
    AGAIN,
    MAYBE,
    REVIEWS,
    again_key,
    alike_key,
    digest_key,
    maybe_key,
)
from leadline.stores.aws.people.likeness import (
    AlikeItem,
    KeyItem,
    alike_from,
    alike_of,
    search_mark,
)
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Delete, Put, Stale, Write
from leadline.stores.likeness import likeness_of, note_of, ranked

_MOST_ROUNDS = 20
_LONGEST_CHAIN = 8


class AwsDuplicates(AwsLeads):
    """`ports.store_parts.duplicates.Duplicates` on DynamoDB."""

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""
        # What another worker writes this second may be missing: then writing that key fails.
        under = self._key_items({key for mine in keys.values() for key in mine}, exact=False)
        self.recent.under.update(under)
        leads = {key: one.leads[:CAP] for key, one in under.items()}
        found = {i: [one for one in ranked(mine, leads) if one != i] for i, mine in keys.items()}
        made = self._as_candidates([one for some in found.values() for one in some])
        return {
            i: Candidates(
                tuple(made[one] for one in some if one in made),
                search_mark(under[key] for key in dict.fromkeys(keys[i])),
            )
            for i, some in found.items()
        }

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """See `ports.store_parts.duplicates.Duplicates.clusters`."""
        members = {first: [first, *self._later_leads(first, CAP)] for first in firsts}
        made = self._as_candidates([one for some in members.values() for one in some])
        found = {
            first: sorted(
                (made[i] for i in dict.fromkeys(some) if i in made and made[i].first == first),
                key=lambda one: one.lead_id,
            )[:CAP]
            for first, some in members.items()
        }
        return {first: some for first, some in found.items() if some}

    def judge(self, judgement: Judgement) -> None:
        """See `ports.store_parts.duplicates.Duplicates.judge`."""
        pair = (judgement.one, judgement.other)
        for _ in range(_MOST_ROUNDS):
            self.recent.leads.clear()
            leads = self._leads(pair)
            if len(leads) < 2:
                return
            alike = self._alike(pair)
            now = self.clock()
            writes: list[Write] = []
            for lead_id, other in (pair, pair[::-1]):
                lead = leads[lead_id]
                noted = lead.note(now, *note_of(judgement, lead_id))
                mine = alike.get(lead_id) or AlikeItem(lead_id, lead.captured_at)
                writes += [
                    Put(noted.item(), lead.rev),
                    mine.with_judgement(other, judgement).put(),
                ]
            try:
                self.table.write_all(writes)
            except Stale:
                continue
            self.recent.leads.clear()
            return
        raise Contested(judgement.one)

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""
        return {i: one.judgements() for i, one in self._alike(lead_ids).items() if one.judged}

    def in_review(self, limit: int) -> Sequence[str]:
        """See `ports.store_parts.duplicates.Duplicates.in_review`. The index may not have the
        latest yet."""
        streams = [
            self.table.query(
                "due_pk = :pk", {":pk": place}, index="due", limit=limit, backwards=True
            )
            for place in due_partitions(self.table, REVIEWS)
        ]
        ids = ((entry["due_sk"] for entry in stream) for stream in streams)
        return list(islice(merge(*ids, reverse=True), limit))

    def _key_items(self, keys: Iterable[bytes], *, exact: bool = True) -> dict[bytes, KeyItem]:
        """The items of candidate keys as they are now, or, unless *exact*, a moment ago."""
        places = {digest_key("M", key): key for key in keys}
        found = self.table.get_all(list(places), exact=exact) if places else {}
        return {key: KeyItem.of(key, found.get(place)) for place, key in places.items()}

    def _alike(self, lead_ids: Iterable[str]) -> dict[str, AlikeItem]:
        """What is kept of leads, by id."""
        places = [alike_key(i) for i in dict.fromkeys(lead_ids)]
        items = self.table.get_all(places) if places else {}
        return {key[0][2:]: alike_of(item) for key, item in items.items()}

    def _as_candidates(self, lead_ids: Sequence[str]) -> dict[str, Candidate]:
        """Those of these leads that are candidates, by id. A lead that an earlier version refined
        and that has no item yet is read from its document."""
        alike = self._alike(lead_ids)
        alike |= self._from_documents([i for i in lead_ids if i not in alike])
        made = {i: one for i, item in alike.items() if (one := item.candidate()) is not None}
        firsts = self._ends({one.first for one in made.values()}, alike)
        return {i: msgspec.structs.replace(one, first=firsts[one.first])
                for i, one in made.items()}  # fmt: skip

    def _from_documents(self, lead_ids: Sequence[str]) -> dict[str, AlikeItem]:
        """The items of refined leads that have none yet."""
        if not lead_ids:
            return {}
        found = {}
        for lead_id, lead in self.refined(list(dict.fromkeys(lead_ids))).items():
            made = likeness_of(lead)
            summary = self.recent.leads[lead_id].summary
            if made is not None and summary is not None:
                first = summary.duplicate_of or ""
                found[lead_id] = alike_from(
                    lead_id, lead.captured_at, first, made.traits, made.keys
                )
        return found

    def _ends(self, firsts: Iterable[str], alike: Mapping[str, AlikeItem]) -> dict[str, str]:
        """The first leads of clusters by the ids that their members have: at the end of the chain,
        where an earlier version made one."""
        before = {i: one.first for i, one in alike.items() if one.first}
        seen = set(alike)
        for _ in range(_LONGEST_CHAIN):
            unseen = {end for first in firsts if (end := _end_of(first, before)) not in seen}
            if not unseen:
                break
            seen |= unseen
            before |= {i: one.first for i, one in self._alike(unseen).items() if one.first}
        return {first: _end_of(first, before) for first in firsts}

    def _later_leads(self, first: str, limit: int = 0) -> list[str]:
        """The later leads that a first lead lists, oldest first."""
        values = {":pk": f"L#{first}", ":again": AGAIN}
        rows = self.table.query("pk = :pk AND begins_with(sk, :again)", values, limit=limit)
        return [row["sk"].removeprefix(AGAIN) for row in rows]

    def _succeed(self, lead_id: str) -> None:
        """Make the earliest of the others the first of the cluster that a lead was the first of."""
        if not (later := self._later_leads(lead_id)):
            return
        if mine := [i for i, a in self._alike(later).items() if a.first == lead_id and a.traits]:
            self._follow(min(mine), lead_id)

    def _follow(self, first: str, before: str) -> None:
        """Make a lead the first of those whose first lead was the one *before*."""
        for lead_id in self._later_leads(before):
            lead = self._lead(lead_id)
            if lead is None or lead.summary is None or lead.summary.duplicate_of != before:
                continue
            new = None if lead_id == first else first
            self._change(lead, lambda item, new=new: _with_first(item, before, new))  # type: ignore[misc]
            self._change_alike(
                lead_id,
                lambda one, new=new: msgspec.structs.replace(one, first=new or ""),  # type: ignore[misc]
            )
            if new is not None:
                pk, sk = again_key(new, lead_id)
                self.table.put_if({"pk": pk, "sk": sk}, "", {})
            self.table.write(Delete(again_key(before, lead_id), None))

    def _change_alike(self, lead_id: str, change: Callable[[AlikeItem], AlikeItem]) -> None:
        """Change what is kept of a lead, if anything is."""
        for _ in range(_MOST_ROUNDS):
            there = self._alike([lead_id]).get(lead_id)
            if there is None or (new := change(there)) == there:
                return
            try:
                self.table.write(
                    Delete(alike_key(lead_id), there.rev) if new.is_empty else new.put()
                )
            except Stale:
                continue
            return
        raise Contested(lead_id)

    def _forget_duplicates(self, lead_id: str) -> None:
        """Forget everything by which an erased lead could be found, and who it was compared with;
        the lead's own item goes last, so that what was interrupted can be done again."""
        there = self._alike([lead_id]).get(lead_id)
        for key in there.digests if there else ():
            self.leave_key(key, lead_id)
        self._succeed(lead_id)
        for other in there.judged if there else ():
            self._change_alike(other, lambda one: one.without_lead(lead_id))
        for other in self._in_review_with(lead_id):
            self._change_alike(other, lambda one: one.without_lead(lead_id))
            self.table.write(Delete(maybe_key(lead_id, other), None))
        if there is not None:
            for other in there.possible:
                self.table.write(Delete(maybe_key(other, lead_id), None))
            self.table.write(Delete(alike_key(lead_id), None))

    def compared_with(self, lead_id: str) -> list[str]:
        """The leads that may be about the same person as this one by what they say, and those that
        people decided about with it."""
        judged = [i for one in self._alike([lead_id]).values() for i in one.judged]
        return list(dict.fromkeys([*self._in_review_with(lead_id), *judged]))

    def _in_review_with(self, lead_id: str) -> list[str]:
        values = {":pk": f"L#{lead_id}", ":maybe": MAYBE}
        rows = self.table.query("pk = :pk AND begins_with(sk, :maybe)", values)
        return [row["sk"].removeprefix(MAYBE) for row in rows]

    def leave_key(self, key: bytes, lead_id: str) -> None:
        """Take a lead from under a key."""
        for _ in range(_MOST_ROUNDS):
            one = self._key_items([key])[key]
            if lead_id not in one.leads:
                return
            try:
                self.table.write(one.without(lead_id).write())
            except Stale:
                continue
            return
        raise Contested(lead_id)

    def keep_likeness(self, new: AlikeItem) -> None:
        """Put a lead that comes from another home or an archive under its keys, and from under
        those that it no longer has, and keep what it is compared by; may be repeated."""
        for key in new.digests:
            self.come_under(key, new.lead_id, new.captured_at)
        for _ in range(_MOST_ROUNDS):
            there = self._alike([new.lead_id]).get(new.lead_id)
            if there is not None:
                for key in set(there.digests).difference(new.digests):
                    self.leave_key(key, new.lead_id)
                new = msgspec.structs.replace(
                    new, rev=there.rev, judged={**there.judged, **new.judged}
                )
            if new.is_empty and there is None:
                return
            try:
                self.table.write(
                    Delete(alike_key(new.lead_id), new.rev) if new.is_empty else new.put()
                )
            except Stale:
                continue
            return
        raise Contested(new.lead_id)

    def writes_under(
        self, keys: Sequence[bytes], lead_id: str, at: str, leaves: Sequence[bytes] = ()
    ) -> Iterator[Write]:
        """The writes that put a lead under keys, and take it from those that it *leaves*."""
        for key, one in self._key_items((*keys, *leaves)).items():
            if key in leaves and lead_id in one.leads:
                yield one.without(lead_id).write()
            elif key not in leaves and lead_id not in one.leads and not one.is_full:
                yield one.with_lead(lead_id, at).write()

    def come_under(self, key: bytes, lead_id: str, captured_at: str) -> None:
        """Put a lead under a key, unless it is there or the key is full."""
        for _ in range(_MOST_ROUNDS):
            one = self._key_items([key])[key]
            if lead_id in one.leads or one.is_full:
                return
            try:
                self.table.write(one.with_lead(lead_id, captured_at).write())
            except Stale:
                continue
            return
        raise Contested(lead_id)


def _end_of(lead_id: str, before: Mapping[str, str]) -> str:
    for _ in range(_LONGEST_CHAIN):
        lead_id = before.get(lead_id, lead_id)
    return lead_id


def _with_first(lead: LeadItem, before: str, first: str | None) -> LeadItem | None:
    """The lead with another first lead; None if it has one already."""
    if lead.summary is None or lead.summary.duplicate_of != before:
        return None
    return changed(lead, summary=msgspec.structs.replace(lead.summary, duplicate_of=first))
