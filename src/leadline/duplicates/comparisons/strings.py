"""How alike two texts are. rapidfuzz is loaded at the first comparison, so that leads without
candidates don't pay for it."""

from collections import Counter
from functools import cache
from typing import Protocol

_SHORT = 5


class _Measure(Protocol):
    def __call__(self, s1: str, s2: str, /) -> float: ...


@cache
def _jaro_winkler() -> _Measure:
    from rapidfuzz.distance import JaroWinkler

    return JaroWinkler.similarity


@cache
def _edits() -> _Measure:
    from rapidfuzz.distance import OSA

    return OSA.distance


@cache
def _tokens() -> _Measure:
    from rapidfuzz.fuzz import token_sort_ratio

    return token_sort_ratio


def ratio(one: str, other: str) -> float:
    """The Jaro-Winkler similarity of two texts, from 0 to 1."""
    return 1.0 if one == other and one else _jaro_winkler()(one, other)


def edits(one: str, other: str) -> int:
    """The number of letters to insert, delete, replace or swap with their neighbour."""
    return 0 if one == other else int(_edits()(one, other))


def words_alike(one: str, other: str) -> float:
    """How alike two texts are whatever the order of their words, from 0 to 1."""
    return _tokens()(one, other) / 100


def same_order(one: str, other: str) -> float:
    """The share of the letters that two texts have in common in the same order, from 0 to 1."""
    return 1 - edits(one, other) / max(len(one), len(other), 1)


def is_typo(one: str, other: str) -> bool:
    """Whether a slip of the pen makes one word of the other: one edit in words of four letters or
    more, two in those of eight or more. Figures tell people and places apart ("Road 7", "Road 8")
    and are no slip."""
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < 4 else 1 if shorter < 8 else 2
    if abs(len(one) - len(other)) > allowed or edits(one, other) > allowed:
        return False
    return _figures(one) == _figures(other)


def is_another_letter(one: str, other: str) -> bool:
    """Whether two words differ by one letter in the same place, as names do (Rajesh and Ramesh)
    and slips of the pen more seldom than by one that is missing, doubled or swapped."""
    if len(one) != len(other):
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _figures(word: str) -> list[str]:
    return [letter for letter in word if letter.isdecimal()]


def is_jumbled(one: str, other: str) -> bool:
    """Whether two words have the same letters in another order, of longer ones but for one."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 3:
        return False
    if min(len(one), len(other)) <= _SHORT:
        return sorted(one) == sorted(other)
    if len(set(one) ^ set(other)) > 2:
        return False
    a, b = Counter(one), Counter(other)
    return (a - b).total() + (b - a).total() <= 2


def without_umlauts(word: str) -> str:
    """A folded word with one letter for an umlaut that was written out: "muller" for "mueller"."""
    return word.replace("ue", "u").replace("oe", "o").replace("ae", "a")
