"""What rules and teams have done of late, by the decisions that leads keep.

Nothing of a lead's person is in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.operations.rules.rule_effects import RuleEffect, RuleEffects
from leadline.ports.reading.ledger import Followed


class RulesLately(msgspec.Struct, frozen=True):
    """The effects of rules by their names, without what people did with their leads; how many leads
    each team was asked for, and how many leads were counted; if `is_cut`, only the newest ones
    were."""

    leads: int
    rules: Mapping[str, RuleEffect]
    teams: Mapping[str, int]
    is_cut: bool = False

    def of(self, rule: str) -> RuleEffect:
        """What a rule did."""
        return self.rules.get(rule, RuleEffect())


def counted_lately(leads: Iterable[RefinedLead], *, is_cut: bool = False) -> RulesLately:
    """What rules and teams did with these leads, without quarantined ones."""
    effects, teams, number = RuleEffects(()), Counter[str](), 0
    for lead in leads:
        if lead.status != "refined":
            continue
        number += 1
        effects.add(Followed(lead, UNHANDLED, None))
        if lead.decision is not None and lead.decision.team:
            teams[lead.decision.team] += 1
    return RulesLately(number, effects.found(), dict(teams), is_cut)
