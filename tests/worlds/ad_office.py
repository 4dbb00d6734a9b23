"""A sales office whose leads' outcomes are told to an ad network on loopback."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import msgspec

from leadline import wiring
from leadline.journey.personal_data.erasing import end_erased
from leadline.journey.pushing.sending import push_due
from leadline.kit import Kit
from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import Consent
from leadline.model.facts.conversions import Pushed
from leadline.model.facts.likeness import FirstSeen, Traits
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.monitoring.attempts import KeptAttempt
from leadline.model.retry import RetryPolicy
from leadline.model.staff.people import Person
from leadline.model.task import Done, Drop, Later, Step, Task
from leadline.ports.store import Settlement, Store
from leadline.settings.connected.outcomes import (
    GoogleOutcomes,
    LinkedInOutcomes,
    MetaOutcomes,
    OutcomesConfig,
)
from leadline.settings.top.general import Settings
from tests.standins.ad_networks import TOKEN, AdNetworkServer
from tests.worlds.leads import HandClock, captured, lease_task, settle
from tests.worlds.timelines import lines_of

ANN = Person(id="u1", name="Ann Archer", email="ann@example.com")
STAGES = {"lead": "Lead", "contacted": "Contacted", "won": "Converted", "lost": "Lost"}
NUMBERS = {"lead": "11", "contacted": "12", "won": "13", "lost": "14"}


def config_of(kind: str, url: str, **more: Any) -> OutcomesConfig:
    """Complete settings of a network of this kind."""
    usual: dict[str, Any] = {
        "consent": "ads", "automatic": True, "per_second": 100.0, "url": url,
        "timeout": timedelta(seconds=10), "currency": "EUR",
    }  # fmt: skip
    oauth = {"client_id": "c", "client_secret": "s", "refresh_token": "r"}
    match kind:
        case "meta":
            own: dict[str, Any] = {"dataset": "123", "token": TOKEN, "stages": STAGES}
            return MetaOutcomes(**{**usual, **own, **more})
        case "google":
            own = {**oauth, "account": "1234567890", "token_url": f"{url}/token", "stages": NUMBERS}
            return GoogleOutcomes(**{**usual, **own, **more})
    return LinkedInOutcomes(**{**usual, "token": TOKEN, "stages": NUMBERS, **more})


class _Noting:
    """A store that also notes the dead letters that are made, and the attempts that are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.dead: list[Drop] = []
        self.kept: list[KeptAttempt] = []

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        self.dead += [one.outcome for one in settlements if isinstance(one.outcome, Drop)]
        self.kept += [one.attempt for one in settlements if one.attempt is not None]
        return self._store.settle(settlements)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class AdOffice:
    """One store, and one ad network "ads" of a kind. `dead` are the dead letters, `kept` the
    attempts that are kept with what was sent."""

    def __init__(
        self, store: Store, clock: HandClock, network: AdNetworkServer, kind: str, **more: Any
    ) -> None:
        self.store, self.clock, self.network = store, clock, network
        config = config_of(kind, network.url, **more)
        settings = Settings(outcomes={"ads": config})
        noting = _Noting(store)
        self.dead, self.kept = noting.dead, noting.kept
        kit = wiring.kit_of(settings, cast(Store, noting), {}, clock)
        retry = RetryPolicy(longest=timedelta(minutes=1), attempts=3)
        self.kit: Kit = msgspec.structs.replace(kit, chance=lambda: 0.5, retry=retry)

    def lead(
        self,
        name: str = "ada",
        *,
        ads: str = "yes",
        custom: dict[str, Any] | None = None,
        consent: dict[str, Consent] | None = None,
        click: Attribution | None = None,
        record: str | None = None,
        source: str = "generic",
        twin_of: str | None = None,
        status: str = "refined",
        problems: tuple[str, ...] = (),
        **contact: str,
    ) -> str:
        """A refined lead with a recorded answer on advertising ("": none)."""
        said = {"name": name, "email": f"{name}@example.com", **(custom or {})}
        raw = json.dumps(said).encode()
        lead = captured(self.clock, name, delay=timedelta(), record=record, raw=raw)
        self.store.accept([lead])
        lease = lease_task(self.store, Step.REFINE)
        answer = {"ads": Consent(ads, source, self.clock.now, "May we?")} if ads else {}
        refined = RefinedLead(
            lead_id=lead.id,
            captured_at=lead.captured_at,
            processed_at=self.clock.now,
            status=status,
            problems=problems,
            contact=Contact(**{"email": f"{name}@example.com", **contact}),
            lead_details=LeadDetails(crm_record=record),
            received_from=source,
            custom=custom or {},
            consent={**answer, **(consent or {})},
            attribution=click,
            duplicate_of=self._first(twin_of) if twin_of else None,
        )
        assert settle(self.store, lease, self._done(refined))
        return lead.id

    def _first(self, lead_id: str) -> FirstSeen:
        at = self.store.refined([lead_id])[lead_id].captured_at
        return FirstSeen(lead_id, at, ("email",))

    @staticmethod
    def _done(lead: RefinedLead) -> Done:
        return Done(refined=lead, traits=Traits(emails=(lead.contact.email or "",)))

    def refine(self, lead: RefinedLead) -> None:
        """The lead is refined again, and this comes of it."""
        self.store.put([Task(Step.REFINE, lead.lead_id)], self.clock.now)
        assert settle(self.store, lease_task(self.store, Step.REFINE), self._done(lead))

    def erase(self, lead_id: str) -> str:
        """An operator erases the lead; returns what is left."""
        left = end_erased(self.kit, self.store.refined([lead_id])[lead_id], proved=True)
        assert left is not None
        return left

    def lines(self, lead_id: str) -> list[str]:
        """What the timeline says."""
        return lines_of(self.store, lead_id)

    def push(self, *lead_ids: str) -> None:
        """Put the tasks, and do what is due until nothing is."""
        self.store.put([Task(Step.PUSH, one, "ads") for one in lead_ids], self.clock.now)
        self.work()

    def work(self) -> None:
        """Do what is due now; waiting for the pace takes no time."""
        for _ in range(50):
            pause = push_due(self.kit, "ads")
            if pause is None:
                return
            self.clock.now += pause
            self.network.now = max(self.network.now, self.clock.now)

    def end(self, lead_id: str, ending: Ending, **more: Any) -> None:
        """The lead ends now."""
        self.change(lead_id, ending=ending, ended_at=self.clock.now, **more)

    def change(self, lead_id: str, *then: Later, **more: Any) -> None:
        """Change the lead's handling."""
        before = self.handling(lead_id)
        assert self.store.handle(lead_id, before, msgspec.structs.replace(before, **more), then)

    def handling(self, lead_id: str) -> Handling:
        return self.store.handling([lead_id]).get(lead_id, UNHANDLED)

    def pushed(self, lead_id: str) -> tuple[Pushed, ...]:
        return self.handling(lead_id).pushed.get("ads", ())

    def told(self, lead_id: str) -> list[str]:
        """The stages that the network was told of."""
        return [str(one.stage) for one in self.pushed(lead_id)]

    def pass_time(self, **span: float) -> None:
        self.clock.advance(**span)
        self.network.now = self.clock.now
