"""What Leadline costs on AWS per month: the quantities used, times a dated list of prices.

Pure functions: the list comes from `prices.read_prices`, which reads `infra/prices.toml`.
"""

import math
from collections.abc import Mapping

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.operations.cost.parts import BY_DEFAULT
from leadline.operations.cost.prices import PriceList
from leadline.operations.cost.quantities import Used, Workload, needed, optional_items


class CostLine(msgspec.Struct, frozen=True):
    """One line of the bill: `quantity` units of a meter at `usd` for `per` units, of which `free`
    are not charged. `formula` explains the quantity."""

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

    @property
    def dollars(self) -> float:
        """The cost of this line in US dollars."""
        return max(0.0, self.quantity - self.free) * self.usd / self.per


class Estimate(msgspec.Struct, frozen=True):
    """A month's bill: required lines, and optional ones."""

    region: str
    dated: str
    workload: Workload
    lines: tuple[CostLine, ...]
    options: tuple[CostLine, ...]

    @property
    def total(self) -> float:
        """US dollars per month without the optional lines."""
        return math.fsum(line.dollars for line in self.lines)

    def deployed(self, parts: Mapping[str, float] = BY_DEFAULT) -> float:
        """Dollars a month of the stack as it is deployed: everything it needs, and its optional
        *parts*, by their number."""
        chosen = (line.dollars * parts.get(line.part, 0) for line in self.options)
        return self.total + math.fsum(chosen)

    def excess(self, budget: float) -> list[CostLine]:
        """The most expensive lines, as many as must be removed for the rest to fit *budget* (US
        dollars)."""
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
    """What the workload costs per month; raises ConfigurationError for a region without prices."""
    if region not in prices.regions:
        known = ", ".join(sorted(prices.regions))
        raise ConfigurationError(f"no prices are known for region {region!r}; known: {known}")
    left = {name: meter.free if free_tier else 0.0 for name, meter in prices.meters.items()}

    def priced(used: Used) -> CostLine:
        meter, price = prices.meters[used.meter], prices.regions[region].prices[used.meter]
        free = min(left[used.meter], used.quantity)
        left[used.meter] -= free
        return CostLine(
            used.meter, meter.service, used.what, used.quantity, meter.unit, used.formula,
            price.usd, price.per, free, used.part,
        )  # fmt: skip

    lines = tuple(priced(used) for used in needed(workload))
    options = tuple(priced(used) for used in optional_items(workload))
    return Estimate(region, prices.dated, workload, lines, options)
