"""Routing: which channels are alerted to a lead, and which team gets one that nobody owns."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

import msgspec

from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.rules import Looked, Rules
from leadline.team.matching.subject import NO_FACTS, Facts, Subject, ownership_of
from leadline.team.people import Team


class Routes(msgspec.Struct, frozen=True, dict=True):
    """The rules (`[rules]`), in the order of the settings. `usual` are the channels for leads
    without a matching rule; `unassigned` is the channel for those of them without an owner ("":
    the usual ones). If `silent_on_duplicates`, only a rule about duplicates has them alerted.

    The first matching rule with `channels` or `alert = "no"` decides the channels, and the first
    matching rule with `team` or `assign` decides the team; these may be different rules.
    `left_out` are the rules that do not apply to leads of an arm of an experiment, by experiment
    and arm; by "" to those that do not take part.
    """

    rules: Mapping[str, RuleConfig] = {}
    hours: Mapping[str, HoursConfig] = {}
    team: Team = Team()
    usual: tuple[str, ...] = ()
    unassigned: str = ""
    silent_on_duplicates: bool = False
    left_out: Mapping[str, Mapping[str, frozenset[str]]] = {}

    def look(self, lead: RefinedLead, at: datetime, facts: Facts = NO_FACTS) -> Looked:
        """What the rules say of the lead at this moment; *facts* are about earlier leads of the
        same person."""
        subject = Subject(lead, at, facts, hours=self.hours, team=self.team)
        return self._rules_of(lead).look(subject, silent=self.is_silent(lead))

    def channels(self, lead: RefinedLead, at: datetime, facts: Facts = NO_FACTS) -> tuple[str, ...]:
        """The names of the channels to alert (`channels_of`)."""
        return self.channels_of(self.look(lead, at, facts), lead)

    def channels_of(self, looked: Looked, lead: RefinedLead) -> tuple[str, ...]:
        """The names of the channels to alert, without repetition. If no rule decides, unassigned
        leads go to the channel `unassigned`, all others to the usual channels. If the CRM did not
        answer, the lead may have an owner, so it goes to the usual channels too."""
        if looked.channels is not None:
            return looked.channels
        if self.is_silent(lead):
            return ()
        if self.unassigned and ownership_of(lead) is Ownership.UNASSIGNED:
            return (self.unassigned,)
        return tuple(dict.fromkeys(self.usual))

    def is_silent(self, lead: RefinedLead) -> bool:
        """Whether nobody is alerted to the lead unless a rule about duplicates says so."""
        return self.silent_on_duplicates and lead.duplicate_of is not None

    @property
    def ask_history(self) -> bool:
        """Whether a look needs facts about earlier leads of the person."""
        return self._compiled.ask_history

    def _rules_of(self, lead: RefinedLead) -> Rules:
        """The rules that apply to a lead, by the experiments that it takes part in."""
        if not self.left_out:
            return self._compiled
        without = frozenset[str]().union(
            *(arms.get(lead.experiments.get(n, ""), arms[""]) for n, arms in self.left_out.items())
        )
        if without not in self._fewer:
            rest = {name: rule for name, rule in self.rules.items() if name not in without}
            self._fewer[without] = Rules.compile(rest)
        return self._fewer[without]

    @cached_property
    def _compiled(self) -> Rules:
        return Rules.compile(self.rules)

    @cached_property
    def _fewer(self) -> dict[frozenset[str], Rules]:
        return {}


def with_owner(lead: RefinedLead, owner: Person | None, ownership: Ownership) -> RefinedLead:
    """The lead with this owner."""
    details = msgspec.structs.replace(
        lead.lead_details,
        owner=owner.shown if owner else None,
        owner_id=(owner.id or None) if owner else None,
        owner_email=(owner.email or None) if owner else None,
        ownership=ownership,
    )
    return msgspec.structs.replace(lead, lead_details=details)
