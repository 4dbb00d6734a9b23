"""An office with targets for the first response, whose clock turns."""

from datetime import timedelta
from typing import Any

import msgspec

from leadline.alerts.reminding import remind_due
from leadline.journey.responding.response_clock import clock_due
from leadline.kit import Connected
from leadline.model.handling import UNHANDLED
from leadline.model.retry import RetryPolicy
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from leadline.team.targets import Targets
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, SalesOffice

MINUTE = timedelta(minutes=1)
PATIENT = RetryPolicy(4 * MINUTE, 4 * MINUTE, attempts=100)
TARGET = TargetConfig(
    first_response=15 * MINUTE, remind=13 * MINUTE, escalate=20 * MINUTE, reassign=30 * MINUTE
)
MEMBERS = {
    "ann": MemberConfig(email="ann@example.com", slack="U0ANN", crm=("u1",), next="cleo"),
    "ben": MemberConfig(email="ben@example.com", slack="U0BEN", crm=("u2",)),
    "cleo": MemberConfig(email="cleo@example.com", slack="U0CLEO"),
}


class ClockedOffice(SalesOffice):
    """An office with targets, whose clock turns, too."""

    def __init__(
        self,
        store: Store,
        clock: HandClock,
        *,
        target: TargetConfig = TARGET,
        hours: HoursConfig | None = None,
        members: dict[str, MemberConfig] | None = None,
        assign: tuple[str, ...] = ("ann", "ben"),
        write: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        team = Team(MEMBERS if members is None else members)
        rules = {"turn": RuleConfig(assign=assign)} if assign else {}
        known = {"office": hours} if hours else {}
        super().__init__(
            store,
            clock,
            routes=Routes(rules, team=team, usual=("slack",)),
            team=team,
            targets=Targets({"all": target}, known),
            **more,
        )
        config = CrmConfig(write=write or {})
        crms = {"generic": Connected(self.crm, config)} if self.kit.crms else {}
        self.kit = msgspec.structs.replace(self.kit, crms=crms)

    @property
    def places(self) -> list[tuple[Step, str]]:
        return [*super().places, (Step.CLOCK, "")]

    def turn(self) -> None:
        super().turn()
        while clock_due(self.kit):
            pass
        for name in self.messengers:
            while remind_due(self.kit, name) == timedelta():
                pass
        super().turn()

    def lead(self, name: str = "vera") -> str:
        """A lead of Ann's."""
        self.crm.has(name, ANN)
        return self.post(name=name, email=f"{name}@example.com", record=name)

    def change(self, lead_id: str, **what: Any) -> None:
        before = self.handling(lead_id) or UNHANDLED
        assert self.store.handle(lead_id, before, msgspec.structs.replace(before, **what))

    def level(self, lead_id: str) -> int:
        return (self.handling(lead_id) or UNHANDLED).level

    def reminders(self, lead_id: str) -> list[str]:
        alerts = self.store.alerts([lead_id]).get(lead_id, ())
        return [f"{a.channel} {a.template}" for a in alerts if a.step is Step.REMIND]
