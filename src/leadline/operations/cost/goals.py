"""What a stack of each profile may cost, and whether it does."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from leadline.operations.cost.estimate import CostLine, Estimate

GOAL_LEADS = 10_000
"""The leads a month for which there are goals."""


class Goal(msgspec.Struct, frozen=True):
    """Dollars a month that a stack of a profile may cost as it is deployed, at GOAL_LEADS leads."""

    list_price: float
    free_tier: float


GOALS: Mapping[str, Goal] = MappingProxyType(
    {"small": Goal(0.70, 0.25), "standard": Goal(2.50, 0.60)}
)
"""The goals by profile; a full stack has none."""


class GoalCheck(msgspec.Struct, frozen=True):
    """How a bill compares with its goal (both in dollars a month), and its most expensive lines: as
    many as must go for the rest to meet it, or the first few where it is met."""

    goal: float
    cost: float
    lines: Sequence[CostLine]

    @property
    def met(self) -> bool:
        """Whether the cost, in whole cents, is within the goal."""
        return round(self.cost, 2) <= self.goal

    @property
    def missed_by(self) -> float:
        """Dollars above the goal; 0 if it is met."""
        return 0.0 if self.met else self.cost - self.goal


_SHOWN = 3


def compare(bill: Estimate, goal: float) -> GoalCheck:
    """How the bill of a stack as it is deployed compares with a *goal* in dollars."""
    lines = sorted((*bill.lines, *bill.parts), key=lambda one: -one.dollars)
    left, shown = bill.deployed, 0
    while shown < len(lines) and (shown < _SHOWN or left > goal):
        left = math.fsum(one.dollars for one in lines[shown + 1 :])
        shown += 1
    return GoalCheck(goal, bill.deployed, tuple(lines[:shown]))
