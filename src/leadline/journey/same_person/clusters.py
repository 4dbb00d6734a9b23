"""The clusters around the leads of a batch: those of their candidates, as they are stored and as
this batch has changed them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Protocol

import msgspec

from leadline.duplicates.deciding import Cluster
from leadline.duplicates.members import MOST_CLUSTERS, compared_members
from leadline.model.facts.likeness import Candidate, Candidates, Judgement, Ruling
from leadline.model.lead import RefinedLead
from leadline.ports.store import Leads
from leadline.ports.store_parts.duplicates import Duplicates

_MOST_STEPS = 4


class ClusterStore(Leads, Duplicates, Protocol):
    """The parts of a store that know clusters."""


class Neighbours:
    """The clusters near the leads of a batch.

    *found* are the candidates of each lead, *before* the earlier results of leads that are refined
    again. The first lead of a cluster may have been linked to another cluster a moment ago, while
    its own members still name it: then both are one cluster here.
    """

    def __init__(
        self,
        store: ClusterStore,
        found: Mapping[str, Candidates],
        before: Mapping[str, RefinedLead],
    ) -> None:
        self._store = store
        self._before = before
        self._known: dict[str, Candidate] = {}
        self._by_first: dict[str, dict[str, Candidate]] = {}
        candidates = [one for each in found.values() for one in each.candidates]
        near = [i for i, each in found.items() if each.candidates]
        asked = list(dict.fromkeys([*near, *before]))
        self._judged = store.judgements(asked) if asked else {}
        self._partners = {i: _same(i, some) for i, some in self._judged.items()}
        firsts = {one.first for one in candidates} | before.keys() | self._firsts_of_others()
        for one in candidates:
            self.place(one)
        self._read(firsts)

    def clusters(self, lead_id: str, found: Candidates, mates: Iterable[str]) -> list[Cluster]:
        """The clusters of a lead's candidates, of its *mates* in the batch, of the lead that it was
        linked to before, and of those that people said to be about the same person; without the
        lead itself, and without its own cluster."""
        earlier = self._before.get(lead_id)
        near: dict[str, list[str]] = {}
        if earlier and earlier.duplicate_of:
            near[self._root(earlier.duplicate_of.lead_id)] = []
        for one in (*self._partners.get(lead_id, ()), *_nearest_first(found, mates)):
            near.setdefault(self._first_of(one), []).append(one)
        made = []
        judged = self._judged_with(lead_id)
        for first, ids in near.items():
            others = [one for one in self.members(first) if one.lead_id != lead_id]
            if first and first != lead_id and others:
                began = next((one for one in others if one.lead_id == first), others[0])
                compared = compared_members(others, ids, judged)
                made.append(Cluster(first, began.captured_at, compared))
            if len(made) == MOST_CLUSTERS:
                break
        return made

    def _judged_with(self, lead_id: str) -> set[str]:
        """The leads that people decided about with this one, and itself."""
        return {i for one in self._judged.get(lead_id, ()) for i in (one.one, one.other)}

    def members(self, first: str) -> list[Candidate]:
        """The members of a cluster, oldest first."""
        there = self._by_first.get(first, {}).values()
        if len(there) < 2:
            return list(there)
        return sorted(there, key=lambda one: (one.captured_at, one.lead_id))

    def followers(self, lead_id: str) -> tuple[str, ...]:
        """The ids of the other leads whose first lead this one is."""
        if lead_id not in self._by_first:
            return ()
        return tuple([one.lead_id for one in self.members(lead_id) if one.lead_id != lead_id])

    def judgements(self, lead_id: str) -> Sequence[Judgement]:
        """What people decided about the lead and others."""
        return self._judged.get(lead_id, ())

    def partners(self, lead_id: str) -> frozenset[str]:
        """The leads that people said to be about the same person as this one."""
        return self._partners.get(lead_id, frozenset())

    def place(self, candidate: Candidate) -> None:
        """Put a lead into the cluster of its first lead, and take it out of any other."""
        before = self._known.get(candidate.lead_id)
        if before is not None:
            self._by_first[before.first].pop(candidate.lead_id, None)
        self._known[candidate.lead_id] = candidate
        self._by_first.setdefault(candidate.first, {})[candidate.lead_id] = candidate

    def _read(self, firsts: Iterable[str]) -> None:
        """Read these clusters, and those that their first leads were linked to since."""
        unread = sorted(firsts)
        for _ in range(_MOST_STEPS):
            read = self._store.clusters(unread) if unread else {}
            for members in read.values():
                for one in members:
                    self.place(one)
            unread = sorted({self._first_of(i) for i in read} - read.keys() - {""})
        for one in list(self._known.values()):
            if (root := self._root(one.first)) != one.first:
                self.place(msgspec.structs.replace(one, first=root))

    def _firsts_of_others(self) -> set[str]:
        """The first leads of those that our leads were linked to before, and of those that people
        said to be about the same person as one of ours."""
        named = {one.duplicate_of.lead_id for one in self._before.values() if one.duplicate_of}
        ids = sorted(named.union(*self._partners.values()))
        leads = self._store.refined(ids) if ids else {}
        return {one.duplicate_of.lead_id if one.duplicate_of else i for i, one in leads.items()}

    def _first_of(self, lead_id: str) -> str:
        """The first lead of the cluster that a lead is in; "" if the lead is not known here."""
        known = self._known.get(lead_id)
        return self._root(known.first) if known is not None else ""

    def _root(self, first: str) -> str:
        """The first lead of the cluster that *first* belongs to: itself, unless it was linked."""
        for _ in range(_MOST_STEPS):
            known = self._known.get(first)
            if known is None or known.first == first:
                break
            first = known.first
        return first


def _nearest_first(found: Candidates, mates: Iterable[str]) -> Iterator[str]:
    """The ids of candidates and of *mates*, which are named once for each key that they share with
    the lead: in turns, those with most keys first."""
    shared = Counter(mates)
    if not shared:
        return (one.lead_id for one in found.candidates)
    pairs = zip_longest(
        (one.lead_id for one in found.candidates),
        sorted(shared, key=lambda one: (-shared[one], one)),
    )
    return (one for pair in pairs for one in pair if one is not None)


def _same(lead_id: str, judged: Iterable[Judgement]) -> frozenset[str]:
    """The leads that are about the same person as this one by these decisions."""
    pairs = ({one.one, one.other} - {lead_id} for one in judged if one.ruling is Ruling.SAME)
    return frozenset(other for pair in pairs for other in pair)
