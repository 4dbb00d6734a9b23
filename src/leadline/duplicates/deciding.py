"""Puts a lead into the cluster of its person, or up for review."""

from collections.abc import Sequence
from datetime import datetime
from math import fsum

import msgspec

from leadline.duplicates.comparing import LINES, SHARED, Comparison, compared
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Candidate, FirstSeen, Judgement, Possible, Reason, Ruling


class Cluster(msgspec.Struct, frozen=True):
    """Leads about one person: the id and the time of capture of the first one, and the members,
    the first included."""

    first: str
    captured_at: datetime
    members: tuple[Candidate, ...]


class Thresholds(msgspec.Struct, frozen=True):
    """From which probability on leads are linked, and put up for review."""

    link: float = 0.95
    review: float = 0.5


class Placement(msgspec.Struct, frozen=True):
    """The first lead of the cluster that a lead belongs to, None if it is nobody's duplicate, and
    the leads that may be about the same person, the most probable first. `joined` are the first
    leads of other clusters that the lead shows to be about that person, too: their members are to
    be refined again, and then find themselves in the one cluster. `rivals` are the first leads of
    clusters that the lead fits, too, while their members contradict those of its own: now that it
    is there they may fit, so that they are to be refined again if the lead is new."""

    first: FirstSeen | None = None
    possible: tuple[Possible, ...] = ()
    joined: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


USUAL = Thresholds()
MOST_POSSIBLE = 5
"""The greatest number of leads that one is put up for review with."""

MOST_DOUBTFUL = 8
"""The size from which on a cluster takes in only leads that fit half of its members on average."""

LEAST_ON_AVERAGE = 0.2
"""The average probability, over all members, below which one of them does not decide."""
MOST_CERTAIN = 0.9999
"""The greatest probability that comparisons give: only people are certain."""
MOST_CROSSED = 8
"""The greatest number of members of a cluster that are compared with those of another one."""
CLEAR = 5.0
"""By how many bits a lead must fit one of two people better than the other."""

_MATCHED: dict[str, tuple[set[str], ...]] = {
    "email": ({"email.same"}, {"email.shared"}),
    "phone": ({"phone.same"}, {"phone.line"}),
    "name": ({"first.same", "last.same"},),
    "company": ({"company.same"},),
    "address": ({"house.same", "street.same"},),
}
"""What two leads have the same, by the outcomes that say so (`FirstSeen.matched`)."""


class _Scored(msgspec.Struct, frozen=True):
    """A cluster with the average bits of its members, or of the better half of those of one that
    has grown; the best member and its likeness; and the likenesses of all."""

    cluster: Cluster
    average: float
    member: Candidate
    best: Comparison
    likenesses: Sequence[Comparison]


def decide(
    lead: Candidate,
    clusters: Sequence[Cluster],
    weights: Weights,
    judgements: Sequence[Judgement] = (),
    thresholds: Thresholds = USUAL,
) -> Placement:
    """Whose duplicate *lead* is, of the clusters of its candidates.

    A cluster with a member that was judged APART from the lead is left out, whatever else speaks
    for it; one with a member judged the SAME is linked. The order of clusters and members makes no
    difference.
    """
    rulings = _rulings(lead.lead_id, judgements)
    open_to = [one for one in clusters if one.first != lead.lead_id]
    if rulings:
        open_to = [one for one in open_to if Ruling.APART not in _ruled(one, rulings)]
    scored = [one for c in open_to if (one := _score(lead, c, weights)) is not None]
    judged = [one for one in scored if rulings and Ruling.SAME in _ruled(one.cluster, rulings)]
    if judged:
        best = min(judged, key=_age)
        reason = Reason("judged.same", 0.0)
        return Placement(_first_seen(best, 1.0, (reason,)))
    if not scored:
        return Placement()
    links = [one for one in scored if _links(one, thresholds.link)]
    chosen, others = _one_person(links, weights)
    kept = {one.cluster.first for one in (chosen, *others) if one}
    possible = _possible(
        [one for one in scored if one.cluster.first not in kept], thresholds.review
    )
    if chosen is None:
        return Placement(None, possible)
    chance = min(probability(chosen.best.bits), MOST_CERTAIN)
    first = _first_seen(chosen, chance, reasons_of(chosen.best))
    joined = tuple(one.cluster.first for one in others)
    rivals = sorted({one.cluster.first for one in links} - {chosen.cluster.first, *joined})
    return Placement(first, possible, joined, tuple(rivals))


def _one_person(links: Sequence[_Scored], weights: Weights) -> tuple[_Scored | None, list[_Scored]]:
    """Of the clusters that a lead fits, the earliest of those that are about the person of the one
    it fits best, and the others of that person. None if it fits one of several people hardly
    better than another."""
    ordered = sorted(links, key=lambda one: (-one.best.bits, one.cluster.first))
    if not ordered:
        return None, []
    best, *rest = ordered
    same = [one for one in rest if _fit(one.cluster, best.cluster, weights)]
    rival = next((one for one in rest if one not in same), None)
    if rival is not None and best.best.bits - rival.best.bits < CLEAR:
        return None, []
    chosen, *others = sorted([best, *same], key=_age)
    return chosen, others


def _age(scored: _Scored) -> tuple[datetime, str]:
    return scored.cluster.captured_at, scored.cluster.first


def _fit(one: Cluster, other: Cluster, weights: Weights) -> bool:
    """Whether two clusters can be about one person: hardly any members contradict each other, and
    what they have in common does not speak against it."""
    pairs = [
        compared(a.traits, b.traits, weights)
        for a in sorted(one.members, key=_id)[:MOST_CROSSED]
        for b in sorted(other.members, key=_id)[:MOST_CROSSED]
    ]
    telling = [likeness for likeness in pairs if likeness.is_telling]
    if not telling:
        return True
    against = sum(likeness.is_contradicted for likeness in telling)
    evidence = fsum(likeness.bits - weights.prior for likeness in telling)
    return 3 * against < 2 * len(telling) and evidence >= 0


def _id(candidate: Candidate) -> str:
    return candidate.lead_id


def _links(scored: _Scored, least: float) -> bool:
    """Whether the best member proves it, and the others don't speak against it; a cluster that has
    grown takes in only what fits the better half of it."""
    if not scored.best.may_link or probability(scored.best.bits) < least:
        return False
    if _is_disputed(scored.best, scored.likenesses):
        return False
    return probability(scored.average) >= (
        least if _has_grown(scored.cluster) else LEAST_ON_AVERAGE
    )


def _has_grown(cluster: Cluster) -> bool:
    return len(cluster.members) >= MOST_DOUBTFUL


def probability(bits: float) -> float:
    """The probability that belongs to the logarithm of the odds, in bits."""
    return 1 / (1 + 2.0**-bits) if bits > -60 else 0.0


def reasons_of(likeness: Comparison) -> tuple[Reason, ...]:
    """The findings, the weightiest first."""
    ordered = sorted(likeness.findings, key=lambda one: (-abs(one[1]), one[0]))
    return tuple(Reason(code, round(bits, 1)) for code, bits in ordered)


def _rulings(lead_id: str, judgements: Sequence[Judgement]) -> dict[str, Ruling]:
    """The last ruling about the lead with each other lead."""
    rulings: dict[str, Ruling] = {}
    for judgement in sorted(judgements, key=lambda one: (one.at, one.ruling is Ruling.APART)):
        if lead_id in (judgement.one, judgement.other):
            other = judgement.other if judgement.one == lead_id else judgement.one
            rulings[other] = judgement.ruling
    return rulings


def _ruled(cluster: Cluster, rulings: dict[str, Ruling]) -> set[Ruling]:
    """What people decided about the lead and leads of a cluster."""
    ids = {cluster.first, *map(_id, cluster.members)}
    return {rulings[one] for one in ids if one in rulings}


def _score(lead: Candidate, cluster: Cluster, weights: Weights) -> _Scored | None:
    likened = [
        (member, compared(lead.traits, member.traits, weights))
        for member in cluster.members
        if member.lead_id != lead.lead_id
    ]
    if not likened:
        return None
    if len(likened) == 1:  # as most clusters
        ((member, best),) = likened
        return _Scored(cluster, best.bits, member, best, (best,))
    member, best = max(likened, key=lambda one: (one[1].may_link, one[1].bits, one[0].lead_id))
    telling = sorted((one.bits for _, one in likened if one.is_telling), reverse=True)
    if _has_grown(cluster):
        telling = telling[: (len(telling) + 1) // 2]
    average = fsum(telling) / len(telling) if telling else best.bits
    return _Scored(cluster, average, member, best, [one for _, one in likened])


def _is_disputed(best: Comparison, all_of_them: Sequence[Comparison]) -> bool:
    """Whether a phone line speaks for the best member of a cluster, or the mailbox of one without
    a first name, and at least half of the members with names are other people: of another first
    name, or of another last name where the best has none. So a lead without a name brings no two
    people together."""
    codes = best.codes
    if codes.isdisjoint(SHARED if not best.is_named else LINES):
        return False
    others = sum(
        one.is_of_another or (one.is_contradicted and "last.same" not in codes)
        for one in all_of_them
    )
    named = sum(one.is_named or one.is_of_another for one in all_of_them)
    return others > 0 and 2 * others >= named


def _possible(scored: Sequence[_Scored], least: float) -> tuple[Possible, ...]:
    found = [
        one for one in scored if probability(one.best.bits) >= least and not _are_two(one.best)
    ]
    ordered = sorted(found, key=lambda one: (-one.best.bits, one.member.lead_id))
    return tuple(
        Possible(
            one.member.lead_id,
            round(min(probability(one.best.bits), MOST_CERTAIN), 4),
            reasons_of(one.best),
        )
        for one in ordered[:MOST_POSSIBLE]
    )


def _are_two(likeness: Comparison) -> bool:
    """Whether the names are those of two people who do not share a mailbox: of one household, or
    colleagues of one name. There is nothing to decide about them."""
    return likeness.is_contradicted and all(code != "email.same" for code, _ in likeness.findings)


def _first_seen(scored: _Scored, chance: float, reasons: tuple[Reason, ...]) -> FirstSeen:
    codes = {reason.code for reason in reasons}
    matched = tuple(name for name, same in _MATCHED.items() if any(codes >= one for one in same))
    cluster = scored.cluster
    return FirstSeen(cluster.first, cluster.captured_at, matched, round(chance, 4), reasons)
