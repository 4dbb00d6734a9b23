"""What Leadline costs on AWS in a month: what each lead uses, times a dated list of prices.

Pure: `estimate` takes the list as `prices.read_prices` reads it from `infra/prices.toml`.
"""

import math

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.operations.cost.prices import PriceList
from leadline.operations.cost.quantities import Used, Workload, needed, optional_items


class CostLine(msgspec.Struct, frozen=True):
    """One line of the bill; `formula` says how the quantity comes about."""

    meter: str
    service: str
    what: str
    quantity: float
    unit: str
    formula: str
    usd: float
    per: int
    free: float = 0.0

    @property
    def dollars(self) -> float:
        """What is to be paid for it."""
        return max(0.0, self.quantity - self.free) * self.usd / self.per


class Estimate(msgspec.Struct, frozen=True):
    """A month's bill: what Leadline needs, and what it can do without."""

    region: str
    dated: str
    workload: Workload
    lines: tuple[CostLine, ...]
    options: tuple[CostLine, ...]

    @property
    def total(self) -> float:
        """Dollars a month without the optional parts."""
        return math.fsum(line.dollars for line in self.lines)

    def excess(self, budget: float) -> list[CostLine]:
        """The dearest lines, as many as must go for the others to fit the budget (dollars)."""
        left, found = self.total, []
        for line in sorted(self.lines, key=lambda one: -one.dollars):
            if left <= budget:
                break
            found.append(line)
            left -= line.dollars
        return found


def estimate(
    workload: Workload, prices: PriceList, region: str, *, free_tier: bool = False
) -> Estimate:
    """What the workload costs a month; raises ConfigurationError for a region without prices."""
    if region not in prices.regions:
        known = ", ".join(sorted(prices.regions))
        raise ConfigurationError(f"no prices of {region!r} are known; there are those of {known}")
    left = {name: meter.free if free_tier else 0.0 for name, meter in prices.meters.items()}

    def priced(used: Used) -> CostLine:
        meter, price = prices.meters[used.meter], prices.regions[region].prices[used.meter]
        free = min(left[used.meter], used.quantity)
        left[used.meter] -= free
        return CostLine(
            used.meter, meter.service, used.what, used.quantity, meter.unit, used.formula,
            price.usd, price.per, free,
        )  # fmt: skip

    lines = tuple(priced(used) for used in needed(workload))
    options = tuple(priced(used) for used in optional_items(workload))
    return Estimate(region, prices.dated, workload, lines, options)
