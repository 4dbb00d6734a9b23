"""What each comparison is worth as evidence, from versioned JSON."""

from collections.abc import Mapping
from functools import cache
from math import log2
from pathlib import Path

import msgspec

FORMAT = 1


class Frequencies(msgspec.Struct, frozen=True):
    """How often values occur: `per_million` of those that are known. `values` is the number of
    values that were counted: one that is not known is as rare as 1 in `values` + 1."""

    values: int
    per_million: Mapping[str, int] = {}

    def bits(self, value: str) -> float:
        """How much the agreement of two leads in this value says, in bits."""
        known = self.per_million.get(value)
        return log2(1e6 / known) if known else log2(self.values + 1)


class Weights(msgspec.Struct, frozen=True):
    """The weights of the comparisons, in bits: base-2 logarithms of likelihood ratios.

    `prior` is the weight of no evidence at all: the logarithm of the odds that two leads taken by
    chance are about one person. `levels` has the weight of each outcome of a comparison by its
    code; to that of an agreement in a first or last name, or a company, comes the rarity of the
    value from `first`, `last` and `company`.
    """

    format: int
    prior: float
    levels: Mapping[str, float]
    first: Frequencies
    last: Frequencies
    company: Frequencies

    @classmethod
    def load_default(cls) -> "Weights":
        """The weights that come with this version of Leadline."""
        return _default()

    @classmethod
    def read(cls, path: Path) -> "Weights":
        """The weights in a file of `leadline duplicates fit`. Raises OSError if it can't be read,
        and ValueError if it does not have them."""
        return weights_in(path.read_bytes())


def weights_in(text: bytes) -> Weights:
    """Weights as JSON. Raises ValueError if they are of another format, or one is missing."""
    weights = msgspec.json.decode(text, type=Weights)
    if weights.format != FORMAT:
        raise ValueError(f"weights of format {weights.format}; this version reads {FORMAT}")
    if missing := _default().levels.keys() - weights.levels.keys():
        raise ValueError(f"no weight for {', '.join(sorted(missing))}")
    return weights


def written(weights: Weights) -> bytes:
    """Weights as JSON, which `Weights.read` reads."""
    return msgspec.json.format(msgspec.json.encode(weights), indent=1) + b"\n"


@cache
def _default() -> Weights:
    text = Path(__file__).with_name("weights.json").read_bytes()
    return msgspec.json.decode(text, type=Weights)
