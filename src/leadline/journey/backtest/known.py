"""The leads that a backtest has met, as the search for duplicates needs them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from leadline.journey.same_person.linking import Linked
from leadline.model.facts.likeness import Candidate, Candidates, Judgement, Traits
from leadline.model.lead import RefinedLead
from leadline.ports.store_parts.duplicates import CAP, MOST_CANDIDATES

_traits = msgspec.msgpack.Decoder(Traits)
_leads = msgspec.msgpack.Decoder(RefinedLead)
_packed = msgspec.msgpack.Encoder()


class _Kept(NamedTuple):
    """A lead, packed, so that 100,000 of them take little memory."""

    captured_at: datetime
    traits: bytes
    lead: bytes


class Known:
    """What `journey.same_person.linking` asks of a store, for leads that come in the order of their
    capture."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._under: dict[bytes, list[str]] = {}
        self._first_of: dict[str, str] = {}
        self._followers: dict[str, list[str]] = {}
        self._judged: dict[str, dict[tuple[str, str], Judgement]] = {}

    def keep(self, linked: Linked) -> None:
        """Keep a lead, or put it into the cluster that it was found to be in now."""
        lead, lead_id = linked.lead, linked.lead.lead_id
        if linked.traits is None:
            return
        if lead_id not in self._kept:
            for key in dict.fromkeys(linked.keys.values()):
                mine = self._under.setdefault(key, [])
                if len(mine) < CAP:
                    mine.append(lead_id)
        packed = _packed.encode(msgspec.structs.replace(lead, changes=()))
        self._kept[lead_id] = _Kept(lead.captured_at, _packed.encode(linked.traits), packed)
        self._put(lead_id, lead.duplicate_of.lead_id if lead.duplicate_of else "")

    def _put(self, lead_id: str, first: str) -> None:
        before = self._first_of.pop(lead_id, "")
        if before:
            self._followers[before].remove(lead_id)
        if not first:
            return
        for one in (lead_id, *self._followers.pop(lead_id, ())):
            self._first_of[one] = first
            self._followers.setdefault(first, []).append(one)

    def judge(self, judgements: Iterable[Judgement]) -> None:
        """Take in what people decided about leads; of one pair the latest decision counts."""
        for one in judgements:
            pair = (min(one.one, one.other), max(one.one, one.other))
            for lead_id in pair:
                self._judged.setdefault(lead_id, {})[pair] = one

    def first_of(self, lead_id: str) -> str:
        """The first lead of the cluster that a lead is in: itself, unless it is a duplicate."""
        return self._first_of.get(lead_id, lead_id)

    def members(self, first: str) -> list[str]:
        """The leads of a cluster, oldest first."""
        return sorted((first, *self._followers.get(first, ())), key=self._age)

    def has(self, lead_id: str) -> bool:
        """Whether a lead is kept."""
        return lead_id in self._kept

    def traits(self, lead_id: str) -> Traits | None:
        """The traits of a lead; None if it is not kept."""
        kept = self._kept.get(lead_id)
        return None if kept is None else _traits.decode(kept.traits)

    def captured_at(self, lead_id: str) -> datetime:
        """When a lead that is kept was captured."""
        return self._kept[lead_id].captured_at

    def _age(self, lead_id: str) -> tuple[datetime, str]:
        return self._kept[lead_id].captured_at, lead_id

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""
        return {i: Candidates(self._ranked(i, mine)) for i, mine in keys.items()}

    def _ranked(self, own: str, keys: Sequence[bytes]) -> tuple[Candidate, ...]:
        places: dict[str, list[int]] = {}
        for place, key in enumerate(dict.fromkeys(keys)):
            for lead_id in self._under.get(key, ()):
                if lead_id != own:
                    places.setdefault(lead_id, []).append(place)
        order = sorted(places, key=lambda i: (-len(places[i]), places[i][0], i))
        return tuple(map(self._candidate, order[:MOST_CANDIDATES]))

    def _candidate(self, lead_id: str) -> Candidate:
        kept = self._kept[lead_id]
        traits = _traits.decode(kept.traits)
        return Candidate(lead_id, kept.captured_at, self.first_of(lead_id), traits)

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """See `ports.store_parts.duplicates.Duplicates.clusters`."""
        return {
            first: [self._candidate(i) for i in self.members(first)[:CAP]]
            for first in firsts
            if first in self._kept and first not in self._first_of
        }

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""
        return {i: tuple(self._judged[i].values()) for i in lead_ids if i in self._judged}

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """See `ports.store.Leads.refined`."""
        return {i: _leads.decode(self._kept[i].lead) for i in lead_ids if i in self._kept}
