"""Candidates for duplicates, and decisions about them, in the store in memory."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from leadline.model.facts.likeness import Candidate, Candidates, Judgement
from leadline.model.lead import CapturedLead, RefinedLead
from leadline.model.task import Done
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.likeness import Likeness, note_of, ranked


class MemoryDuplicates:
    """`ports.store_parts.duplicates.Duplicates` in dictionaries. A key has its leads in the order
    in which they came under it, each with its number in that order."""

    events: dict[str, CapturedLead]
    refined_leads: dict[str, RefinedLead]
    notes: list[tuple[str, str]]

    def __init__(self) -> None:
        self.alike: dict[str, Likeness] = {}
        self.under: dict[bytes, dict[str, int]] = {}
        self.came = 0
        self.judged: dict[frozenset[str], Judgement] = {}
        self.firsts: dict[str, str] = {}
        """The first lead of the cluster that each later one is in."""

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""
        return {
            lead_id: Candidates(
                tuple(self._candidate(i) for i in ranked(mine, self.under, lead_id)),
                str(self.came),
            )
            for lead_id, mine in keys.items()
        }

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """See `ports.store_parts.duplicates.Duplicates.clusters`."""
        found = {}
        for first in firsts:
            members = [
                self._candidate(i) for i in sorted(self.alike) if self._cluster_of(i) == first
            ]
            if members:
                found[first] = members[:CAP]
        return found

    def judge(self, judgement: Judgement) -> None:
        """See `ports.store_parts.duplicates.Duplicates.judge`."""
        pair = frozenset((judgement.one, judgement.other))
        if len(pair) == 2 and pair <= self.events.keys():
            self.judged[pair] = judgement
            for lead_id in sorted(pair):
                self.notes.append((lead_id, " ".join(note_of(judgement, lead_id))))

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""
        told = {i: tuple(j for pair, j in self.judged.items() if i in pair) for i in lead_ids}
        return {i: some for i, some in told.items() if some}

    def in_review(self, limit: int) -> Sequence[str]:
        """See `ports.store_parts.duplicates.Duplicates.in_review`."""
        return sorted((i for i in self.alike if any(self._undecided(i))), reverse=True)[:limit]

    def _undecided(self, lead_id: str) -> Iterator[bool]:
        for possible in self.refined_leads[lead_id].possible:
            pair = frozenset((lead_id, possible.lead_id))
            yield possible.lead_id in self.alike and pair not in self.judged

    def _candidate(self, lead_id: str) -> Candidate:
        lead, alike = self.refined_leads[lead_id], self.alike[lead_id]
        return Candidate(lead_id, lead.captured_at, self._cluster_of(lead_id), alike.traits)

    def _cluster_of(self, lead_id: str) -> str:
        """The first lead of the lead's cluster; earlier versions made chains."""
        seen = [lead_id]
        while (first := self.firsts.get(seen[-1])) and first not in seen:
            seen.append(first)
        return seen[-1]

    def _is_overtaken(self, lead_id: str, done: Done, batch: AbstractSet[str]) -> bool:
        """Whether a lead that is not in the batch has come under a new key since the search."""
        if done.traits is None or not done.as_of:
            return False
        mine = self.alike[lead_id].keys if lead_id in self.alike else ()
        return any(
            came > int(done.as_of) and other not in batch
            for key in done.match_keys.values()
            if key not in mine
            for other, came in self.under.get(key, {}).items()
        )

    def _keep_likeness(self, lead_id: str, done: Done) -> None:
        """Put a refined lead under its keys, and take it from under those that it had."""
        keys = tuple(dict.fromkeys(done.match_keys.values())) if done.traits is not None else ()
        was_there = lead_id in self.alike
        self._leave(lead_id, but=keys)
        if done.traits is None:
            if was_there:
                self._succeed(lead_id)
            return
        self.alike[lead_id] = Likeness(done.traits, keys)
        first = done.refined.duplicate_of if done.refined else None
        if first is not None:
            self._hand_on(first.lead_id, lead_id)
            self.firsts[lead_id] = first.lead_id
        else:
            self.firsts.pop(lead_id, None)
        for key in keys:
            leads = self.under.setdefault(key, {})
            if lead_id not in leads and len(leads) < CAP:
                self.came += 1
                leads[lead_id] = self.came

    def _leave(self, lead_id: str, but: Sequence[bytes] = ()) -> None:
        alike = self.alike.pop(lead_id, None)
        for key in alike.keys if alike else ():
            if key not in but:
                self.under.get(key, {}).pop(lead_id, None)

    def _succeed(self, first: str) -> None:
        """Make the earliest of the others the first of the cluster that a lead was the first of."""
        mine = [i for i, one in self.firsts.items() if one == first]
        heir = min((i for i in mine if i in self.alike), default=None)
        if heir is not None:
            self._hand_on(heir, first)

    def _hand_on(self, first: str, before: str) -> None:
        """Make a lead the first of those whose first lead was the one *before*."""
        for lead_id in [i for i, one in self.firsts.items() if one == before]:
            self.firsts[lead_id] = first
        self.firsts.pop(first, None)

    def _forget_duplicates(self, lead_id: str) -> None:
        """Forget everything by which a lead that is erased could be found."""
        self._leave(lead_id)
        self._succeed(lead_id)
        self.judged = {pair: j for pair, j in self.judged.items() if lead_id not in pair}
