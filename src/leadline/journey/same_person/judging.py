"""What people decide about duplicates: that two leads are one person, or that they are not.

A decision is kept for good, and outweighs every comparison. What follows from it is worked out by
refining the leads concerned again: links, filled blanks, alerts, and what was written to the CRM.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Protocol

import msgspec

from leadline.duplicates.comparing import compared
from leadline.duplicates.deciding import probability, reasons_of
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Candidate, Judgement, Reason, Ruling
from leadline.model.lead import RefinedLead
from leadline.model.task import Step, Task
from leadline.ports.store import Leads, Queue
from leadline.ports.store_parts.duplicates import Duplicates

JUDGED = "duplicates.judged"
"""The timeline note on a lead that is refined again because of a decision."""
_OTHERS_AFTER = timedelta(seconds=5)
_MOST_STEPS = 4


class JudgingStore(Queue, Leads, Duplicates, Protocol):
    """The parts of a store that decisions need."""


class Edge(msgspec.Struct, frozen=True):
    """How alike two leads of a cluster are, and what people decided about them, if they did.
    `links` is whether the comparison alone would link the two."""

    one: str
    other: str
    probability: float
    reasons: tuple[Reason, ...]
    links: bool
    ruling: Ruling | None = None


def cluster_of(store: JudgingStore, lead: RefinedLead) -> tuple[str, Sequence[Candidate]]:
    """The first lead of the cluster that a refined lead is in, and all members, oldest first."""
    first = lead.duplicate_of.lead_id if lead.duplicate_of else lead.lead_id
    for _ in range(_MOST_STEPS):
        if members := store.clusters([first]).get(first, ()):
            return first, members
        there = store.refined([first]).get(first)
        if there is None or there.duplicate_of is None:
            break
        first = there.duplicate_of.lead_id
    return first, ()


def edges_of(
    members: Sequence[Candidate],
    judged: Mapping[str, Sequence[Judgement]],
    weights: Weights,
    link: float,
) -> list[Edge]:
    """How alike each two members of a cluster are; *judged* are the decisions about them by lead
    id, *link* is the probability from which two are linked."""
    rulings = {
        frozenset((one.one, one.other)): one.ruling
        for some in judged.values()
        for one in sorted(some, key=lambda one: one.at)
    }
    found = []
    for one, other in combinations(members, 2):
        alike = compared(one.traits, other.traits, weights)
        chance = probability(alike.bits)
        links = alike.may_link and chance >= link
        if not links:
            chance = min(chance, round(link - 0.01, 4))  # as it is put up for review
        ruling = rulings.get(frozenset((one.lead_id, other.lead_id)))
        reasons = reasons_of(alike)
        found.append(Edge(one.lead_id, other.lead_id, chance, reasons, links, ruling))
    return found


def join(
    store: JudgingStore, one: RefinedLead, other: RefinedLead, by: str, now: datetime
) -> Sequence[str]:
    """Decide that two refined leads are about one person; returns the leads refined again now.

    Two clusters become one, of which the earlier first lead is the first. Leads of the later one
    follow when its first lead has been linked (`journey.refinement.refining`).
    """
    ours, theirs = cluster_of(store, one)[0], cluster_of(store, other)[0]
    pairs = {frozenset((one.lead_id, other.lead_id)), frozenset((ours, theirs))}
    for pair in sorted(tuple(sorted(pair)) for pair in pairs if len(pair) == 2):
        store.judge(Judgement(pair[0], pair[1], Ruling.SAME, by, now))
    if ours == theirs:
        again = sorted({one.lead_id, other.lead_id} - {ours})
    else:
        leads = store.refined([ours, theirs])
        again = [max((ours, theirs), key=lambda i: _order(leads.get(i), i))]
    _refine(store, again, now)
    return again


def part(
    store: JudgingStore, one: RefinedLead, other: RefinedLead, by: str, now: datetime
) -> Sequence[str]:
    """Decide that two refined leads are to be kept apart for good; returns the leads that are
    refined again, the one that leaves the cluster first. It is empty if they were not linked.

    The other leads of the cluster follow a moment later, because they may have been linked through
    the one that leaves.
    """
    first, members = cluster_of(store, one)
    store.judge(Judgement(one.lead_id, other.lead_id, Ruling.APART, by, now))
    if other.lead_id not in {member.lead_id for member in members}:
        return ()
    leads = [lead for lead in (one, other) if lead.lead_id != first]
    leaving = max(leads, key=lambda lead: _order(lead, lead.lead_id)).lead_id
    others = [m.lead_id for m in members if m.lead_id not in (first, leaving)]
    _refine(store, [leaving], now)
    _refine(store, others, now + _OTHERS_AFTER)
    return [leaving, *others]


def leaving(
    store: JudgingStore,
    first: str,
    members: Sequence[Candidate],
    judged: Mapping[str, Sequence[Judgement]],
) -> frozenset[str]:
    """The members that are still linked to the cluster of *first*, though people have parted them
    from one of it: they leave it when they are refined again. Those that can't be are left out."""
    at = {one.lead_id: (one.captured_at, one.lead_id) for one in members}
    pairs = {
        frozenset((one.one, one.other))
        for some in judged.values()
        for one in some
        if one.ruling is Ruling.APART
    }
    gone = {max(pair - {first}, key=at.__getitem__) for pair in pairs if pair <= at.keys()}
    return frozenset(gone.difference(without_raw(store, sorted(gone))))


def without_raw(store: JudgingStore, lead_ids: Sequence[str]) -> list[str]:
    """Those of these leads that can't be refined again, because their raw text is gone: a decision
    about them is kept, and their links stay as they are."""
    there = store.waiting(lead_ids)
    return [i for i in lead_ids if i not in there]


def _refine(store: JudgingStore, lead_ids: Sequence[str], at: datetime) -> None:
    gone = without_raw(store, lead_ids)
    if tasks := [Task(Step.REFINE, i) for i in lead_ids if i not in gone]:
        store.put(tasks, at, note=JUDGED)


def _order(lead: RefinedLead | None, lead_id: str) -> tuple[bool, float, str]:
    return (lead is not None, lead.captured_at.timestamp() if lead else 0.0, lead_id)
