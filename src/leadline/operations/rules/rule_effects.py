"""The effect of each rule: how often it was looked at and fitted, and what became of its leads."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.model.handling import Ending
from leadline.ports.reading.ledger import Followed


class RuleEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, by the decisions about refined leads: how often it was `looked` at and `fitted`,
    how many leads it assigned (`gave`) and for how many it chose the channels (`channels`); of the
    leads that it assigned, how many were `claimed` and how many `won`. `is_set` is whether it is in
    the settings."""

    looked: int = 0
    fitted: int = 0
    gave: int = 0
    channels: int = 0
    claimed: int = 0
    won: int = 0
    is_set: bool = True

    @property
    def share(self) -> float | None:
        """The share (0 to 1) of the leads looked at that fitted; None if there were none."""
        return self.fitted / self.looked if self.looked else None


class RuleEffects:
    """Counts the effects of rules, lead by lead; *names* are those of the settings in order."""

    def __init__(self, names: Sequence[str]) -> None:
        self._set = frozenset(names)
        self._counts: dict[str, dict[str, int]] = {name: {} for name in names}

    def add(self, one: Followed) -> None:
        """Count the decision of a lead's refinement, if one is known."""
        decision = one.lead.decision
        if decision is None:
            return
        for looked in decision.rules:
            self._count(looked.rule, "looked")
            if not looked.failed:
                self._count(looked.rule, "fitted")
        if decision.channels_rule:
            self._count(decision.channels_rule, "channels")
        if decision.rule:
            self._count(decision.rule, "gave")
            if one.handling.claimed_by is not None:
                self._count(decision.rule, "claimed")
            if one.handling.ending is Ending.WON:
                self._count(decision.rule, "won")

    def found(self) -> Mapping[str, RuleEffect]:
        """The effect of each rule of the settings, in their order, and of others after them."""
        return {
            name: RuleEffect(**counts, is_set=name in self._set)
            for name, counts in self._counts.items()
        }

    def _count(self, rule: str, what: str) -> None:
        counts = self._counts.setdefault(rule, {})
        counts[what] = counts.get(what, 0) + 1
