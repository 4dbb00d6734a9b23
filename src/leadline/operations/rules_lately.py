"""What rules and teams have done of late, by the decisions that leads keep.

Nothing of a lead's person is in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from leadline.model.lead import RefinedLead


class RuleCounts(msgspec.Struct, frozen=True):
    """What a rule did: to how many leads it was put, how many of them met all its conditions, how
    many it gave to somebody or a queue, and of how many it chose the channels."""

    looked: int = 0
    fitted: int = 0
    given: int = 0
    alerted: int = 0


class RulesLately(msgspec.Struct, frozen=True):
    """The effects of rules by their names, how many leads each team was asked for, and how many
    leads were counted; if `is_cut`, only the newest ones were."""

    leads: int
    rules: Mapping[str, RuleCounts]
    teams: Mapping[str, int]
    is_cut: bool = False

    def of(self, rule: str) -> RuleCounts:
        """What a rule did."""
        return self.rules.get(rule, RuleCounts())


def counted_lately(leads: Iterable[RefinedLead], *, is_cut: bool = False) -> RulesLately:
    """What rules and teams did with these leads, without quarantined ones."""
    looked, fitted, given, alerted, teams = (Counter[str]() for _ in range(5))
    number = 0
    for lead in leads:
        if lead.status != "refined":
            continue
        number += 1
        if (decision := lead.decision) is None:
            continue
        for one in decision.rules:
            looked[one.rule] += 1
            fitted[one.rule] += not one.failed
        given[decision.rule] += bool(decision.rule)
        alerted[decision.channels_rule] += bool(decision.channels_rule)
        teams[decision.team] += bool(decision.team)
    rules = {
        name: RuleCounts(looked[name], fitted[name], given[name], alerted[name])
        for name in {*looked, *given, *alerted}
        if name
    }
    return RulesLately(number, rules, {name: n for name, n in teams.items() if name}, is_cut)
