"""An office whose teams give out leads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.alerts.reminding import remind_due
from leadline.journey.assigning.documents import books_of, documents_in
from leadline.journey.assigning.handing_out import assign_due
from leadline.journey.responding.claiming import CLAIM, JUNK, ActionRules, Press, Pressed, press
from leadline.journey.responding.response_clock import clock_due
from leadline.model.handling import UNHANDLED, holder_of
from leadline.model.staff.assigning import WHOLE_LEAD, Decision, Share, TeamRoster
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import roster_of
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import SalesOffice

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""A Monday morning."""
NAMES = ("ada", "bob", "cyd")
PEOPLE = {
    name: MemberConfig(email=f"{name}@example.com", slack=f"U0{name.upper()}", crm=(f"crm-{name}",))
    for name in (*NAMES, "zoe")
}
RULES = {"all": RuleConfig(team="dach", channels=("slack",))}
TEAM = TeamConfig(people=NAMES, fallback="queue")


class TeamOffice(SalesOffice):
    """An office with one team, which is given every lead, and no CRM unless *asks*."""

    def __init__(
        self,
        store: Store,
        clock: HandClock,
        team: TeamConfig = TEAM,
        *,
        people: dict[str, MemberConfig] | None = None,
        others: dict[str, TeamConfig] | None = None,
        hours: dict[str, HoursConfig] | None = None,
        rules: dict[str, RuleConfig] | None = None,
        asks: bool = False,
        **kit: Any,
    ) -> None:
        members = Team(PEOPLE if people is None else people)
        routes = Routes(rules or RULES, hours or {}, members, usual=("slack",))
        pools = {"dach": team, **(others or {})}
        super().__init__(store, clock, asks=asks, routes=routes, team=members, pools=pools, **kit)
        self.posted = 0

    def lead(self, **said: Any) -> str:
        """A lead of somebody new from a company of their own, unless *said* otherwise."""
        self.posted += 1
        mine = {
            "name": f"Person{self.posted} Of{self.posted}",
            "email": self.address(self.posted),
            "message": f"This is request {self.posted}.",
        }
        return self.post(**{**mine, **said})

    @staticmethod
    def address(number: int, who: str = "me") -> str:
        return f"{who}@firm{number}.example"

    def leads(self, count: int, **said: Any) -> list[str]:
        """Leads that come one after another, all refined by the end."""
        ids = []
        for _ in range(count):
            ids.append(self.lead(**said))
            self.clock.advance(seconds=1)
        self.wait(minutes=11)
        return ids

    def turn(self) -> None:
        super().turn()
        while assign_due(self.kit) or clock_due(self.kit):
            super().turn()
        for name in self.messengers:
            while remind_due(self.kit, name) == timedelta():
                pass

    @property
    def places(self) -> list[tuple[Step, str]]:
        return [*super().places, (Step.ASSIGN, ""), (Step.CLOCK, "")]

    def holder(self, lead_id: str) -> str:
        """The name of who has the lead; "" for nobody."""
        handling = self.handling(lead_id) or UNHANDLED
        person = holder_of(self.refined(lead_id), handling)
        return (self.kit.team.name_of(person) or person.shown) if person else ""

    def holders(self, lead_ids: list[str]) -> list[str]:
        return [self.holder(one) for one in lead_ids]

    def decision(self, lead_id: str) -> Decision:
        decision = self.refined(lead_id).decision
        assert decision is not None
        return decision

    def roster(self, team: str = "dach") -> TeamRoster:
        kept = self.store.kept([roster_of(team)])
        return books_of(documents_in(kept)).rosters.get(team, TeamRoster())

    def owed(self, person: str, team: str = "dach") -> float:
        return self.share(person, team).owed / WHOLE_LEAD

    def share(self, person: str, team: str = "dach") -> Share:
        return self.roster(team).shares.get(person, Share())

    def queue(self, team: str = "dach") -> list[str]:
        return list(self.store.queue_of(team))

    def claims(self, lead_id: str, person: str) -> Pressed:
        return self._press(CLAIM, lead_id, person)

    def junks(self, lead_id: str, person: str) -> Pressed:
        return self._press(JUNK, lead_id, person)

    def _press(self, action: str, lead_id: str, person: str) -> Pressed:
        request = Press(action=action, lead_id=lead_id, user=Person(slack=f"U0{person.upper()}"))
        rules = ActionRules(teams=self.kit.teams)
        return press(self.store, self.kit.team, request, self.clock.now, rules)

    def changed(self, **team: Any) -> None:
        """Change the settings of the team."""
        config = msgspec.structs.replace(self.kit.pools["dach"], **team)
        self.kit = msgspec.structs.replace(self.kit, pools={**self.kit.pools, "dach": config})
