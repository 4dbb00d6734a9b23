"""What Leadline costs on AWS per month: the quantities used, times a dated list of prices.

Pure functions: the list comes from `prices.read_prices`, which reads `infra/prices.toml`.
"""

import math
from collections.abc import Mapping

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.operations.cost.optional import further_parts, parts_used
from leadline.operations.cost.parts import BUYS, BY_DEFAULT
from leadline.operations.cost.prices import PriceList, Tier
from leadline.operations.cost.quantities import Used, Workload, needed, with_parts


class CostLine(msgspec.Struct, frozen=True):
    """One line of the bill: `quantity` units of a meter at `usd` for `per` units, of which `free`
    are not charged. `formula` explains the quantity, `buys` what an optional part is for.

    `before` are the charged units of the lines above of the same meter, which use up the first of
    its `tiers`: prices above a quantity.
    """

    meter: str
    service: str
    what: str
    quantity: float
    unit: str
    formula: str
    usd: float
    per: int
    free: float = 0.0
    part: str = ""
    buys: str = ""
    before: float = 0.0
    tiers: tuple[Tier, ...] = ()

    @property
    def charged(self) -> float:
        """The units that are charged."""
        return max(0.0, self.quantity - self.free)

    @property
    def dollars(self) -> float:
        """The cost of this line in US dollars."""
        if not self.tiers:
            return self.charged * self.usd / self.per
        steps = ((0.0, self.usd), *((one.above, one.usd) for one in self.tiers))
        ends = (*(above for above, _ in steps[1:]), math.inf)
        first, last = self.before, self.before + self.charged
        return math.fsum(
            max(0.0, min(last, end) - max(first, above)) * usd / self.per
            for (above, usd), end in zip(steps, ends, strict=True)
        )


class Estimate(msgspec.Struct, frozen=True):
    """A month's bill: `lines` that every stack of this kind needs, the `parts` of this stack that
    it could do without, and the `options` that it lacks, each as it would come on top."""

    region: str
    dated: str
    workload: Workload
    lines: tuple[CostLine, ...]
    parts: tuple[CostLine, ...]
    options: tuple[CostLine, ...]

    @property
    def total(self) -> float:
        """US dollars per month of what is needed."""
        return math.fsum(line.dollars for line in self.lines)

    @property
    def deployed(self) -> float:
        """US dollars per month of the stack as it is deployed, with its parts."""
        return math.fsum(line.dollars for line in (*self.lines, *self.parts))


def estimate(
    workload: Workload,
    prices: PriceList,
    region: str,
    parts: Mapping[str, float] = BY_DEFAULT,
    *,
    free_tier: bool = False,
) -> Estimate:
    """What the workload costs per month on a stack with these *parts* (`parts.parts_of`); raises
    ConfigurationError for a region without prices, or an infinite number."""
    if region not in prices.regions:
        known = ", ".join(sorted(prices.regions))
        raise ConfigurationError(f"no prices are known for region {region!r}; known: {known}")
    numbers = [one for one in msgspec.structs.astuple(workload) if not isinstance(one, str)]
    if not all(map(math.isfinite, numbers)):
        raise ConfigurationError("the numbers of a workload must be finite")
    cash = _CashRegister(prices, region, free_tier=free_tier)
    deployed = with_parts(workload, parts)
    lines = tuple(cash.take(used) for used in needed(deployed))
    used_parts = tuple(cash.take(used) for used in parts_used(deployed, parts))
    options = tuple(cash.price(used) for used in further_parts(deployed, parts))
    return Estimate(region, prices.dated, workload, lines, used_parts, options)


class _CashRegister:
    """Prices quantities one after another: free units and the first tiers are used up once."""

    def __init__(self, prices: PriceList, region: str, *, free_tier: bool) -> None:
        self._meters, self._prices = prices.meters, prices.regions[region].prices
        self._left = {n: meter.free if free_tier else 0.0 for n, meter in self._meters.items()}
        self._charged = dict.fromkeys(self._meters, 0.0)

    def take(self, used: Used) -> CostLine:
        """The line of what the stack has."""
        line = self.price(used)
        self._left[used.meter] -= line.free
        self._charged[used.meter] += line.charged
        return line

    def price(self, used: Used) -> CostLine:
        """The line of what would come on top."""
        meter, price = self._meters[used.meter], self._prices[used.meter]
        return CostLine(
            used.meter, meter.service, used.what, used.quantity, meter.unit, used.formula,
            price.usd, price.per, min(self._left[used.meter], used.quantity), used.part,
            BUYS.get(used.part, ""), self._charged[used.meter], price.tiers,
        )  # fmt: skip
