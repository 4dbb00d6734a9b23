"""The clusters around the leads of a batch: those of their candidates, as they are stored and as
this batch has changed them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from leadline.duplicates.deciding import Cluster
from leadline.model.lead import RefinedLead
from leadline.model.likeness import Candidate, Candidates, Judgement, Ruling
from leadline.ports.duplicates import Duplicates
from leadline.ports.store import Leads

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
        was_in = [earlier.duplicate_of.lead_id] if earlier and earlier.duplicate_of else []
        near = (
            *(one.lead_id for one in found.candidates),
            *mates,
            *self._partners.get(lead_id, ()),
        )
        firsts = dict.fromkeys([*(self._first_of(i) for i in near), *map(self._root, was_in)])
        made = []
        for first in firsts:
            others = tuple(one for one in self.members(first) if one.lead_id != lead_id)
            if first and first != lead_id and others:
                began = next((one for one in others if one.lead_id == first), others[0])
                made.append(Cluster(first, began.captured_at, others))
        return made

    def members(self, first: str) -> list[Candidate]:
        """The members of a cluster, oldest first."""
        there = self._by_first.get(first, {}).values()
        return sorted(there, key=lambda one: (one.captured_at, one.lead_id))

    def followers(self, lead_id: str) -> tuple[str, ...]:
        """The ids of the other leads whose first lead this one is."""
        return tuple(one.lead_id for one in self.members(lead_id) if one.lead_id != lead_id)

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


def _same(lead_id: str, judged: Iterable[Judgement]) -> frozenset[str]:
    """The leads that are about the same person as this one by these decisions."""
    pairs = ({one.one, one.other} - {lead_id} for one in judged if one.ruling is Ruling.SAME)
    return frozenset(other for pair in pairs for other in pair)
