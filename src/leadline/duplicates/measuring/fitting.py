"""Fits the weights to leads: to pairs that are known, or without, by expectation-maximisation.

For each outcome of a comparison, the weight is the logarithm of how much more often it occurs among
pairs of one person (m) than among pairs of two (u). u is taken from pairs of chance, m from the
candidates: weighed by what is known about them, or by how probable the weights so far say it is
that they are one person, again and again until that does not change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import log2

import msgspec

from leadline.duplicates.comparing import compared
from leadline.duplicates.deciding import probability
from leadline.duplicates.keys import CAP, candidate_keys
from leadline.duplicates.weights import FORMAT, Frequencies, Weights
from leadline.model.facts.likeness import Traits

RARER = frozenset(
    ("first.same", "first.part", "last.same", "last.part", "company.same", "name.swapped",
     "name.crossed")
)  # fmt: skip
"""Outcomes to which the rarity of the value comes: it stands for u."""
KEPT = frozenset(("name.only", "site.other", "name.mixed", "judged.same"))
"""Outcomes that correct others, and are not fitted."""
_LEAST_SEEN = 5
_MOST_CHANCE = 20_000
_ROUNDS = 25
_SETTLED = 0.01
GREATEST = 30.0
_LEAST_COUNTED = 2_000
"""The number of leads from which their own names say how frequent names are."""

_Outcomes = tuple[str, ...]


def weights_fitted_to(
    leads: Sequence[Traits], start: Weights, clusters: Sequence[str] | None = None
) -> Weights:
    """The weights for *leads*, beginning with those of *start*; *clusters* are their true clusters,
    None if they are not known. What hardly occurs keeps its weight."""
    start = msgspec.structs.replace(start, **_frequencies(leads, start))
    near = list(_candidates(leads))
    if not near:
        return start
    known = set(near)
    random = [pair for pair in _by_chance(len(leads)) if not _may_be_one(clusters, pair, known)]
    chance = [_outcomes(leads[a], leads[b], start) for a, b in random]
    outcomes = [_outcomes(leads[a], leads[b], start) for a, b in near]
    if clusters is not None:
        one = [float(clusters[a] == clusters[b]) for a, b in near]
        return _weighted(start, outcomes, one, chance, len(leads))
    weights = start
    for _ in range(_ROUNDS):
        one = [probability(compared(leads[a], leads[b], weights).bits) for a, b in near]
        after = _weighted(weights, outcomes, one, chance, len(leads))
        moved = max(abs(after.levels[code] - bits) for code, bits in weights.levels.items())
        weights = after
        if moved < _SETTLED:
            break
    return weights


def _may_be_one(
    clusters: Sequence[str] | None, pair: tuple[int, int], near: set[tuple[int, int]]
) -> bool:
    """Whether a pair of chance is one person, or, where that is not known, may be."""
    if clusters is None:
        return pair in near
    return clusters[pair[0]] == clusters[pair[1]]


def _outcomes(one: Traits, other: Traits, weights: Weights) -> _Outcomes:
    return tuple(code for code, _ in compared(one, other, weights).findings if code not in KEPT)


def _candidates(leads: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    under: dict[bytes, list[int]] = defaultdict(list)
    for number, traits in enumerate(leads):
        for key in candidate_keys(traits).values():
            if len(under[key]) < CAP:
                under[key].append(number)
    yield from sorted({pair for numbers in under.values() for pair in combinations(numbers, 2)})


def _by_chance(count: int) -> Iterator[tuple[int, int]]:
    """Pairs spread evenly over all there are, the same at each call."""
    if count * (count - 1) // 2 <= _MOST_CHANCE:
        yield from combinations(range(count), 2)
        return
    for number in range(_MOST_CHANCE):
        a, b = number * 7919 % count, (number * 104729 + number // count + 1) % count
        if a != b:
            yield min(a, b), max(a, b)


def _weighted(
    before: Weights,
    outcomes: Sequence[_Outcomes],
    one: Sequence[float],
    chance: Sequence[_Outcomes],
    leads: int,
) -> Weights:
    """The weights by pairs that are one person with the probabilities *one*."""
    matched, seen = _shares(outcomes, one), Counter(code for each in outcomes for code in each)
    random = _shares(chance, [1.0] * len(chance))
    levels = dict(before.levels)
    for code, m in matched.items():
        if code in levels and seen[code] >= _LEAST_SEEN:
            u = 1.0 if code in RARER else random.get(code, 1 / (len(chance) + 1))
            levels[code] = round(max(-GREATEST, min(GREATEST, log2(m / u))), 2)
    expected = sum(one) / max(1.0, leads * (leads - 1) / 2)
    prior = log2(max(expected, 1e-9) / max(1 - expected, 1e-9))
    return Weights(FORMAT, round(prior, 2), levels, before.first, before.last, before.company)


def _shares(pairs: Sequence[_Outcomes], weight: Sequence[float]) -> Mapping[str, float]:
    """How often each outcome occurs, of the pairs whose field both leads have; half a pair more
    each, so that nothing is impossible."""
    fields: dict[str, float] = defaultdict(float)
    codes: dict[str, float] = defaultdict(float)
    for outcomes, each in zip(pairs, weight, strict=True):
        for code in outcomes:
            codes[code] += each
            fields[code.partition(".")[0]] += each
    return {
        code: (count + 0.5) / (fields[code.partition(".")[0]] + 1) for code, count in codes.items()
    }


def _frequencies(leads: Sequence[Traits], start: Weights) -> dict[str, Frequencies]:
    """How frequent first names, last names and companies are among many leads."""
    if len(leads) < _LEAST_COUNTED:
        return {}
    found = {}
    for name in ("first", "last", "company"):
        counts = Counter(value for lead in leads if (value := getattr(lead, name)))
        total = sum(counts.values())
        if total >= _LEAST_COUNTED:
            often = {v: round(n / total * 1e6) for v, n in sorted(counts.items()) if n >= 5}
            found[name] = Frequencies(max(total, getattr(start, name).values), often)
    return found
