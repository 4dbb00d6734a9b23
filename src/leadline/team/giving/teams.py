"""The teams that give out leads: those of the settings, and one for each rule with `assign`."""

from collections.abc import Iterator, Mapping

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Absence
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.presence import Attendance, attendances
from leadline.team.giving.turns import LEARNED
from leadline.team.matching.rules import own_team

QUEUE = "queue"
"""The `fallback` of a team whose leads wait in its queue."""
_OF_RULE = own_team("")


class Teams(msgspec.Struct, frozen=True):
    """The teams by name (`[teams]`), with what giving out leads depends on. The people of a rule's
    `assign` are the team "rule NAME", which takes turns."""

    configs: Mapping[str, TeamConfig] = {}
    rules: Mapping[str, RuleConfig] = {}
    members: Mapping[str, MemberConfig] = {}
    hours: Mapping[str, HoursConfig] = {}

    @property
    def asked(self) -> bool:
        """Whether any rule gives out leads."""
        return any(rule.team or rule.assign for rule in self.rules.values())

    def of(self, name: str) -> TeamConfig | None:
        """The team with this name; None if there is none."""
        if (config := self.configs.get(name)) is not None or not name.startswith(_OF_RULE):
            return config
        rule = self.rules.get(name.removeprefix(_OF_RULE))
        if rule is None or not rule.assign:
            return None
        return TeamConfig(people=tuple(dict.fromkeys(rule.assign)))

    def of_rule(self, name: str) -> str:
        """The name of the team to which a rule gives leads; "" if it gives them to nobody."""
        rule = self.rules.get(name)
        if rule is None:
            return ""
        return rule.team or (own_team(name) if rule.assign else "")

    def names(self) -> list[str]:
        """The names of all teams: first those of the settings, then those of rules."""
        implied = (self.of_rule(n) for n, rule in self.rules.items() if not rule.team)
        return list(dict.fromkeys([*self.configs, *filter(None, implied)]))

    def having(self, person: str) -> list[str]:
        """The names of the teams that somebody is in."""
        pairs = ((name, self.of(name)) for name in self.names())
        return [name for name, config in pairs if config is not None and person in config.people]

    def of_lead(self, lead: RefinedLead, handling: Handling) -> str:
        """The name of the team to which a rule gave a lead; "" if none did."""
        decision = lead.decision
        if decision is not None and (team := self.of_rule(decision.rule)):
            return team
        if handling.charge is not None:
            return handling.charge.team
        return handling.queued.team if handling.queued is not None else ""

    def chain(self, name: str) -> list[str]:
        """A team and the teams that are asked after it (`fallback`), in order."""
        found: list[str] = []
        while name and name not in found and (config := self.of(name)) is not None:
            found.append(name)
            name = config.fallback if config.fallback in self.configs else ""
        return found

    def is_channel(self, fallback: str) -> bool:
        """Whether a team's `fallback` is a channel."""
        return fallback not in ("", QUEUE, *self.configs, *self.members)

    def learns(self, name: str) -> bool:
        """Whether a team has the order `learned`."""
        config = self.of(name)
        return config is not None and config.order == LEARNED

    def kind_fields(self, name: str) -> tuple[str, ...]:
        """By which fields of a lead a team, or those asked after it, tell what they learn apart."""
        asked = (self.of(one) for one in self.chain(name) if self.learns(one))
        return tuple(dict.fromkeys(f for one in asked if one is not None for f in one.kinds))

    def zone(self, name: str) -> str:
        """The time zone of a team's days: that of its hours, else UTC ("")."""
        config = self.of(name)
        hours = self.hours.get(config.hours) if config is not None else None
        return hours.zone if hours is not None else ""

    def attending(self, name: str, said: Mapping[str, Absence]) -> Iterator[tuple[str, Attendance]]:
        """When the people of a team are there; *said* are the absences that people announced."""
        config = self.of(name)
        if config is not None:
            yield from attendances(self.members, config.people, said, self.hours, config.hours)

    def attendance(
        self, person: str, said: Mapping[str, Absence], team: str = ""
    ) -> Attendance | None:
        """When somebody is there to take leads of a team; None if they are not in `[people]`."""
        config = self.of(team)
        of_team = config.hours if config is not None else ""
        found = attendances(self.members, (person,), said, self.hours, of_team)
        return next((one for _, one in found), None)
