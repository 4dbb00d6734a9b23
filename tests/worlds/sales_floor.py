"""An installation with people, teams, hours and a target, and leads that were really refined."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.claiming import CLAIM, JUNK, ActionRules, Press, press
from leadline.kit import Kit
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Alert, Done, Step
from tests.worlds.dashboard import Browser, embedded, known_as
from tests.worlds.leads import LEASE, HandClock, captured, settle

FLOOR = """
delay = "0s"
[people.ada]
email = "ada@sales.example"
zone = "Europe/Berlin"
[people.bob]
email = "bob@sales.example"
[people.cyd]
email = "cyd@sales.example"
[people.zoe]
email = "zoe@sales.example"
[channels.desk]
kind = "webhook"
url = "http://127.0.0.1:9/hook"
[hours.day]
open = "08:00"
close = "18:00"
[targets.all]
first_response = "15m"
hours = "day"
[rules.tiny]
max_score = 10
assign = ["zoe"]
[rules.all]
channels = ["desk"]
team = "sales"
[teams.sales]
people = ["ada", "bob", "cyd"]
cap_day = 5
hours = "day"
fallback = "queue"
sticky = "no"
"""


class SalesFloor:
    """The installation, and what comes in and is done in it."""

    def __init__(self, folder: Path, clock: HandClock, settings: str = FLOOR) -> None:
        (folder / "leadline.toml").write_text(settings)
        self.clock = clock
        self.installation = embedded(folder)
        self.accounts = accounts_of(self.installation.loaded().settings)
        self.ids: dict[str, str] = {}

    @property
    def dashboard(self) -> Dashboard:
        return Dashboard(self.installation, self.accounts, self.clock)

    def browser(
        self, role: UserRole = UserRole.OPERATOR, zone: str = "UTC", name: str = "op"
    ) -> Browser:
        door = known_as(name, role, zone)
        return Browser(create_app(msgspec.structs.replace(self.dashboard, door=door)))

    @contextmanager
    def kit(self) -> Iterator[Kit]:
        settings = self.installation.loaded().settings
        with closing(self.installation.store()) as store:
            yield wiring.kit_of(settings, store, wiring.channels_on_demand(settings), self.clock)

    def lead(self, name: str, /, **said: Any) -> str:
        """A lead that has come in a second ago and is refined."""
        lead_id = self.waiting(name, **said)
        with self.kit() as kit:
            while refine_due(kit):
                pass
        self.clock.advance(seconds=1)
        return lead_id

    def waiting(self, name: str, /, **said: Any) -> str:
        """A lead that has come in."""
        body = {"name": f"{name.title()} Vance", "email": f"{name}@{name}.example", **said}
        lead = captured(self.clock, name, raw=json.dumps(body).encode(), delay=timedelta())
        with closing(self.installation.store()) as store:
            store.accept([lead])
        self.ids[name] = lead.id
        return lead.id

    def tell(self) -> None:
        """The alerts that are due are sent now."""
        with self.kit() as kit:
            for lease in kit.store.lease(Step.NOTIFY, 99, LEASE, "desk"):
                alert = Alert(lease.task.lead_id, "desk", self.clock.now, "new_lead/1", ref="1")
                assert settle(kit.store, lease, Done(alert=alert))

    def handling(self, name: str) -> Handling:
        with self.kit() as kit:
            return kit.store.handling([self.ids[name]]).get(self.ids[name], UNHANDLED)

    def owner(self, name: str) -> str:
        holder = self.handling(name).holder
        return holder.name if holder is not None else ""

    def claim(self, name: str, who: str, *, is_junk: bool = False) -> None:
        with self.kit() as kit:
            person = kit.team.person(who)
            assert person is not None
            action = JUNK if is_junk else CLAIM
            asked = Press(action=action, lead_id=self.ids[name], user=person)
            press(kit.store, kit.team, asked, self.clock.now, ActionRules(teams=kit.teams))

    def end(self, name: str, ending: Ending) -> None:
        """The CRM says that a lead has ended so."""
        with self.kit() as kit:
            before = kit.store.handling([self.ids[name]]).get(self.ids[name], UNHANDLED)
            after = msgspec.structs.replace(before, ending=ending, ended_at=self.clock.now)
            assert kit.store.handle(self.ids[name], before, after)
