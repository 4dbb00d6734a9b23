"""Compares the names of two people."""

from functools import lru_cache

from leadline.duplicates.comparisons.sounds import spelt_plainly
from leadline.duplicates.comparisons.strings import is_jumbled, is_typo, ratio, without_umlauts
from leadline.duplicates.weights import Frequencies, Weights
from leadline.model.facts.likeness import Traits
from leadline.refine.names.nicknames import are_nicknames, has_nicknames

_ENDINGS = frozenset(
    [("", "a"), ("", "e"), ("", "ia"), ("", "ie"), ("", "na"), ("", "ne"), ("a", "o"), ("a", "e"),
     ("a", "us"), ("a", "us"), ("er", "ra"), ("a", "s"), ("e", "o"), ("a", "y"), ("a", "i")]
)  # fmt: skip
Finding = tuple[str, float]
"""The code of an outcome of a comparison, and its weight in bits."""

_REMEMBERED = 8192
_COMMON = 60  # per million: names that are no typo of each other


def names_alike(one: Traits, other: Traits, weights: Weights) -> list[Finding]:
    """What the names of two leads say; a part that one of them lacks says nothing."""
    if _scripts_differ(one, other):
        return []
    if one.first != other.first and (found := _crossed(one, other, weights)):
        return found
    found = []
    if one.first and other.first:
        found.append(_first(one.first, other.first, weights))
    if one.last and other.last:
        last = _last(one.last, other.last, weights)
        if last[0] == "last.other" and (shared := _in_the_middle(one, other)):
            last = "last.part", weights.levels["last.part"] + weights.last.bits(shared)
        found.append(last)
    return found


def _in_the_middle(one: Traits, other: Traits) -> str:
    """The last name of one lead, if it stands before the last name of the other: the first of two
    last names (Marta Robledo Anaya), or one from before a wedding; "" if none does."""
    for a, b in ((one, other), (other, one)):
        if len(a.last) > 2 and a.last in b.other.get("middle", "").split():
            return a.last
    return ""


def _scripts_differ(one: Traits, other: Traits) -> bool:
    """Whether only one of two names is in Latin letters, as folded names of most scripts are: then
    nothing can be said about them (小明 and Xiaoming)."""
    if not (one.first or one.last) or not (other.first or other.last):
        return False
    is_latin = one.first.isascii() and one.last.isascii()
    return is_latin != (other.first.isascii() and other.last.isascii())


def _crossed(one: Traits, other: Traits, weights: Weights) -> list[Finding]:
    """First and last name in each other's place, or a last name alone in that of the first."""
    levels = weights.levels
    straight = one.last == other.last or not one.first or not other.first
    if straight and one.last and other.last:
        return []
    crossing = [(one.first, other.last), (other.first, one.last)]
    if all(a and b for a, b in crossing):
        if all(a == b or is_typo(a, b) for a, b in crossing):
            rarity = min(_rarity(one, weights), _rarity(other, weights))
            return [("name.swapped", levels["name.swapped"] + rarity)]
        if any(a == b and len(a) > 2 for a, b in crossing):
            return [("name.mixed", levels["name.mixed"])]
        return []
    for a, b in crossing:
        if a and a == b:
            return [("name.crossed", levels["name.crossed"] + weights.last.bits(a))]
    return []


def _rarity(traits: Traits, weights: Weights) -> float:
    return weights.first.bits(traits.first) + weights.last.bits(traits.last)


def _first(a: str, b: str, weights: Weights) -> Finding:
    levels = weights.levels
    if a == b:
        code = "first.same" if len(a) > 1 else "first.initial"
        return code, levels[code] + (weights.first.bits(a) if len(a) > 1 else 0)
    code = _first_code(a, b, both_common=are_common(a, b, weights.first))
    if code == "first.part":
        short = min(a, b, key=len).partition(" ")[0]
        return code, levels[code] + weights.first.bits(short)
    return code, levels[code]


@lru_cache(_REMEMBERED)  # the same names meet again
def _first_code(a: str, b: str, *, both_common: bool) -> str:
    if len(a) == 1 or len(b) == 1:
        return "first.initial" if a[0] == b[0] else "first.other"
    if " " in a or " " in b:
        code = _parts(a.split(), b.split())
        if code:
            return code
    if both_common and _differ_by_a_vowel(a, b):
        return "first.ending"
    if are_nicknames(a, b):
        return "first.nickname"
    if spelt_plainly(a) == spelt_plainly(b) or without_umlauts(a) == without_umlauts(b):
        return "first.near"
    if both_common:
        return "first.other"
    if _differ_at_the_end(a, b):
        return "first.ending"
    if is_typo(a, b):
        are_names = has_nicknames(a) and has_nicknames(b)
        return "first.similar" if are_names else "first.near"
    return "first.similar" if ratio(a, b) >= 0.78 or is_jumbled(a, b) else "first.other"


def are_common(a: str, b: str, frequencies: Frequencies) -> bool:
    """Whether both are names of their own, so that neither is a typo of the other."""
    known = frequencies.per_million
    return known.get(a, 0) >= _COMMON and known.get(b, 0) >= _COMMON


def _differ_at_the_end(a: str, b: str) -> bool:
    """Whether only the endings differ, as in the names of men and women (Martin and Martina,
    Mario and Maria, Alexander and Alexandra)."""
    same = next(
        (at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return (min(a[same:], b[same:], key=_order), max(a[same:], b[same:], key=_order)) in _ENDINGS


def _differ_by_a_vowel(a: str, b: str) -> bool:
    """Whether two names differ only by their last vowel ("anna", "anne", "ann"): lists of nicknames
    have such pairs, but where both are common they are two names."""
    return a.rstrip("aeo") == b.rstrip("aeo")


def _order(ending: str) -> tuple[int, str]:
    return len(ending), ending


def _parts(a: list[str], b: list[str]) -> str:
    """ "first.part" if both have a name in common ("Jean" and "Jean Pierre", "Anna M."),
    "first.other" if each has another one beside it ("Jean Pierre", "Jean Marc"), "" if this does
    not decide."""
    if common := {one for one in a if len(one) > 1} & {one for one in b if len(one) > 1}:
        mine, theirs = ([one for one in each if one not in common] for each in (a, b))
        return "first.other" if _are_others(mine, theirs) else "first.part"
    if a[0][0] == b[0][0] and (len(a[0]) == 1 or len(b[0]) == 1):
        return "first.initial"
    return ""


def _are_others(mine: list[str], theirs: list[str]) -> bool:
    """Whether none of these given names can be one of the others: by a slip, or as its initial."""
    return bool(mine and theirs) and not any(
        a[0] == b[0] if min(len(a), len(b)) == 1 else is_typo(a, b) or are_nicknames(a, b)
        for a in mine
        for b in theirs
    )


def _last(a: str, b: str, weights: Weights) -> Finding:
    levels = weights.levels
    if a == b:
        if len(a) == 1:
            return "last.initial", levels["last.initial"]
        return "last.same", levels["last.same"] + weights.last.bits(a)
    if len(a) == 1 or len(b) == 1:
        code = "last.initial" if a[0] == b[0] else "last.other"
        return code, levels[code]
    if " " in a or " " in b:
        if common := {one for one in a.split() if len(one) > 2} & set(b.split()):
            rarity = max(weights.last.bits(one) for one in common)
            return "last.part", levels["last.part"] + rarity
        if a.replace(" ", "") == b.replace(" ", ""):
            return "last.near", levels["last.near"]
    if without_umlauts(a) == without_umlauts(b):
        return "last.near", levels["last.near"]
    if is_typo(a, b):
        code = "last.similar" if are_common(a, b, weights.last) else "last.near"
        return code, levels[code]
    code = "last.similar" if ratio(a, b) >= 0.85 or is_jumbled(a, b) else "last.other"
    return code, levels[code]
