"""Whether arms got the shares that they should: the sequential multinomial test.

The odds are those of a Dirichlet distribution around the wanted shares against the wanted shares
themselves; without a mismatch they exceed 1/alpha at any time with a probability of at most alpha
(Lindon and Malek, "Anytime-valid inference for multinomial count data", 2022). A chi-square test
at every look would find a mismatch where there is none.
"""

import math
from collections.abc import Sequence

CONCENTRATION = 100.0
"""How close to the wanted shares the Dirichlet distribution lies."""
ALPHA = 0.01
"""The share of experiments with right shares in which a mismatch may ever be told."""


def mismatch_odds(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The natural logarithm of the odds that the numbers of the arms do not follow their shares,
    which add up to 1."""
    whole = math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + sum(counts))
    return whole + sum(
        math.lgamma(CONCENTRATION * share + count)
        - math.lgamma(CONCENTRATION * share)
        - count * math.log(share)
        for count, share in zip(counts, shares, strict=True)
    )


def is_mismatch(counts: Sequence[int], shares: Sequence[float]) -> bool:
    """Whether the numbers of the arms can hardly come from these shares."""
    return mismatch_odds(counts, shares) >= math.log(1 / ALPHA)
