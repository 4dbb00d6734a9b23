"""Measures how well duplicates are found, on rows whose true clusters are known."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from leadline.duplicates.deciding import USUAL, Cluster, Thresholds, decide
from leadline.duplicates.keys import CAP, candidate_keys
from leadline.duplicates.members import MOST_CLUSTERS, compared_members
from leadline.duplicates.traits import traits_of
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Candidate
from leadline.model.lead import LeadFields
from leadline.refine import About, refine


class Score(msgspec.Struct, frozen=True):
    """Precision (how much of what was found is right), recall (how much of what is right was
    found), and their harmonic mean."""

    precision: float
    recall: float
    f1: float


class Evaluation(msgspec.Struct, frozen=True):
    """How well the clusters found agree with the true ones.

    `pairs` counts pairs of rows in one cluster. `clusters` is B-cubed: the average, over all rows,
    of the share of the row's cluster that belongs there, and of its true cluster that was found.
    `exact` counts clusters that are found whole and with nothing else.
    """

    rows: int
    pairs: Score
    clusters: Score
    exact: Score


def evaluated(found: Sequence[Hashable], true: Sequence[Hashable]) -> Evaluation:
    """Compare the cluster found for each row with its true one."""
    both, ours, theirs = Counter(zip(found, true, strict=True)), Counter(found), Counter(true)
    hits = _pairs(both.values())
    whole = sum(count == ours[a] == theirs[b] for (a, b), count in both.items())
    precision = sum(count * count / ours[a] for (a, _), count in both.items())
    recall = sum(count * count / theirs[b] for (_, b), count in both.items())
    return Evaluation(
        rows=len(found),
        pairs=_score(hits, _pairs(ours.values()), hits, _pairs(theirs.values())),
        clusters=_score(precision, len(found), recall, len(found)),
        exact=_score(whole, len(ours), whole, len(theirs)),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _score(right: float, found: int, recalled: float, true: int) -> Score:
    precision = right / found if found else 1.0
    recall = recalled / true if true else 1.0
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)


def clusters_found(
    rows: Iterable[LeadFields], weights: Weights, thresholds: Thresholds = USUAL, region: str = ""
) -> list[str]:
    """The id of the first lead of its cluster for each row, as refinement finds it: rows arrive in
    this order, each is refined, finds its candidates by its keys and is decided about."""
    leads = _Leads(weights, thresholds)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number, fields in enumerate(rows):
        at = start + timedelta(seconds=number)
        refined = refine(fields, About(f"{number:08}", at, at, "evaluation", region))
        leads.take(Candidate(refined.lead_id, at, refined.lead_id, traits_of(refined)))
    return leads.firsts()


class _Leads:
    """The leads known so far, under their keys and in their clusters: a small store."""

    def __init__(self, weights: Weights, thresholds: Thresholds) -> None:
        self._weights, self._thresholds = weights, thresholds
        self._leads: dict[str, Candidate] = {}
        self._keys: dict[str, tuple[bytes, ...]] = {}
        self._under: dict[bytes, list[str]] = defaultdict(list)
        self._members: dict[str, list[str]] = defaultdict(list)

    def firsts(self) -> list[str]:
        return [lead.first for lead in self._leads.values()]

    def take(self, lead: Candidate) -> None:
        """Refine a lead, then again those of the clusters that it brought together."""
        keys = tuple(candidate_keys(lead.traits).values())
        self._leads[lead.lead_id], self._keys[lead.lead_id] = lead, keys
        self._members[lead.first].append(lead.lead_id)
        waiting = self._link(lead, is_new=True)
        for key in keys:
            if len(self._under[key]) < CAP:
                self._under[key].append(lead.lead_id)
        turns = Counter(waiting)
        while waiting:
            again = self._leads[waiting.pop(0)]
            for one in self._link(again):
                turns[one] += 1
                if turns[one] <= _MOST_TURNS:
                    waiting.append(one)

    def _link(self, lead: Candidate, *, is_new: bool = False) -> list[str]:
        """Put a lead into its cluster; return the leads that are to be refined again."""
        decision = decide(lead, self._clusters(lead), self._weights, (), self._thresholds)
        if decision.first is None:
            return []
        self._members[lead.first].remove(lead.lead_id)
        followers = list(self._members.get(lead.lead_id, ()))
        moved = msgspec.structs.replace(lead, first=decision.first.lead_id)
        self._leads[lead.lead_id] = moved
        self._members[moved.first].append(lead.lead_id)
        joined = [one for first in decision.joined for one in self._members[first]]
        rivals = decision.rivals if is_new else ()
        return [i for i in dict.fromkeys([*followers, *joined, *rivals]) if i != lead.lead_id]

    def _clusters(self, lead: Candidate) -> list[Cluster]:
        hits = Counter(one for key in self._keys[lead.lead_id] for one in self._under[key])
        near = [one for one, _ in hits.most_common(MOST_CANDIDATES) if one != lead.lead_id]
        firsts = dict.fromkeys(self._leads[one].first for one in near)
        others = [first for first in firsts if first != lead.lead_id]
        return [self._cluster(first, near) for first in others[:MOST_CLUSTERS]]

    def _cluster(self, first: str, near: Sequence[str]) -> Cluster:
        """A cluster with the members that a lead is compared with, as
        `journey.same_person.clusters` has it."""
        members = [self._leads[one] for one in sorted(self._members[first])[:CAP]]
        return Cluster(first, self._leads[first].captured_at, compared_members(members, near))


_MOST_TURNS = 3
MOST_CANDIDATES = 64
"""The greatest number of candidates for one lead
(`ports.store_parts.duplicates.MOST_CANDIDATES`)."""
