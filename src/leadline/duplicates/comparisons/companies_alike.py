"""Compares the companies of two leads."""

from leadline.duplicates.comparisons.mailboxes import firm_name
from leadline.duplicates.comparisons.names_alike import Finding
from leadline.duplicates.comparisons.strings import is_typo, ratio, words_alike
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Traits


def companies_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """What the companies say; None if one lead has none."""
    a, b = one.company, other.company
    if not a or not b:
        return None
    levels = weights.levels
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return "company.same", levels["company.same"] + weights.company.bits(a)
    code = _code(a, b)
    return code, levels[code]


def firm_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """Whether the company of one lead is that of the other's e-mail domain, which names none:
    Alder Bakery and alderbakery.example."""
    for a, b in ((one, other), (other, one)):
        name = a.company.replace(" ", "")
        if len(name) > 3 and not b.company and any(name == firm_name(one) for one in b.emails):
            return "company.near", weights.levels["company.near"]
    return None


def _code(a: str, b: str) -> str:
    if is_typo(a, b):
        return "company.near"
    words, letters = words_alike(a, b), ratio(a, b)
    if words >= 0.9 or letters >= 0.94:
        return "company.near"
    mine, theirs = set(a.split()), set(b.split())
    if mine <= theirs or theirs <= mine or len(mine & theirs) >= 3:
        return "company.part"
    return "company.similar" if words >= 0.7 or letters >= 0.85 else "company.other"
