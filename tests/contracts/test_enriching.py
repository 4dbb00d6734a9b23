"""Looking up facts about leads, on every store: the waterfall, the wait, the money, and whom nobody
is asked about."""

import json
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.enrichment.registry import make_provider
from leadline.journey.enriching.books import Day, books, reserve
from leadline.journey.enriching.caching import cached, keep_answer, query_digest
from leadline.journey.enriching.patience import Patience
from leadline.journey.enriching.waterfall import Waterfall
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.facts.consent import NO, Consent
from leadline.model.facts.enrichment import Scalar
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.erasing import person_erased
from leadline.model.personal_data.retiring import person_retired
from leadline.model.task import Step, Task
from leadline.ports.enriching import Answer, FactsFound, NothingFound, NotNow, Query
from leadline.ports.store import Store
from leadline.privacy.masking import masked_lead
from leadline.settings.connected.enrich import ENRICH, AnyEnrichConfig, HttpEnrichConfig
from leadline.stores.memory import MemoryStore
from leadline.team.people import Team
from leadline.vendors.registry import find
from tests.standins.enrichment_services import KEY, EnrichmentServices
from tests.worlds.channels import ScriptedMessenger, slack_channel
from tests.worlds.leads import HandClock, captured

HOW_TO = Path(__file__).parents[2] / "docs/how-to/enrich-leads.md"
KNOWN = "example.com"


@pytest.fixture
def services() -> Iterator[EnrichmentServices]:
    with EnrichmentServices(KNOWN) as running:
        yield running


class ScriptedProvider:
    """A provider that answers as it is told, and takes as long as it is told."""

    is_local = False

    def __init__(self, clock: HandClock, gives: str = "size", needs: str = "domain", **config: Any):
        self.config = AnyEnrichConfig(**config)
        self.needs, self.gives = frozenset(needs.split()), frozenset(gives.split())
        self.answer: Answer = NothingFound()
        self.takes = timedelta()
        self.asked: list[tuple[dict[str, str], float]] = []
        self._clock = clock

    def fits(self, lead: RefinedLead) -> bool:
        del lead
        return True

    def ask(self, query: Query, timeout: float) -> Answer:
        self.asked.append((dict(query), timeout))
        self._clock.advance(seconds=min(self.takes.total_seconds(), timeout))
        if self.takes.total_seconds() > timeout:
            return NotNow("http.timeout", charged=True)
        return self.answer


def found(**values: Scalar) -> FactsFound:
    return FactsFound(values, 0.8)


class LookUpOffice:
    """A kit with providers, and a way to put leads through it."""

    def __init__(self, store: Store, clock: HandClock, **providers: Any) -> None:
        self.store, self.clock = store, clock
        self.slack = ScriptedMessenger()
        self.kit = Kit(
            store,
            {"generic": find("generic")()},
            {"slack": slack_channel(self.slack)},
            clock,
            chance=lambda: 0.5,
            enrichers=providers,
        )

    def wait_patiently(self) -> None:
        """For services that really answer, on a machine that is busy."""
        for provider in self.kit.enrichers.values():
            config = provider.config
            most = max(config.timeout, timedelta(seconds=60))
            if config.timeout > timedelta(seconds=1):
                provider.config = msgspec.structs.replace(config, timeout=most)  # type: ignore[misc]
        long = timedelta(seconds=600)
        self.kit = msgspec.structs.replace(self.kit, enrichment_wait=long, lease_duration=long)

    def lead(self, name: str = "ada", /, **said: Any) -> str:
        fields = {"name": f"{name.title()} Byron", "email": f"{name}@{KNOWN}", **said}
        one = captured(
            self.clock, name, raw=json.dumps(fields).encode(), delay=timedelta(), key=name
        )
        one = msgspec.structs.replace(one, source="generic")
        self.store.accept([one])
        return one.id

    def refine(self) -> None:
        refine_due(self.kit)

    def refined(self, lead_id: str) -> RefinedLead:
        return self.store.refined([lead_id])[lead_id]

    def put_through(self, name: str = "ada", /, **said: Any) -> RefinedLead:
        lead_id = self.lead(name, **said)
        self.refine()
        return self.refined(lead_id)


def values_of(lead: RefinedLead) -> dict[str, Scalar]:
    known = lead.enrichment
    return {name: one.value for name, one in known.values.items()} if known else {}


def test_later_providers_are_asked_only_for_what_is_missing(store: Store, clock: HandClock) -> None:
    first, second, third = (
        ScriptedProvider(clock, one) for one in ("size company", "size sector", "size")
    )
    first.answer = found(size=40, company="Northwind")
    second.answer = found(size=99, sector="tea")
    lead = LookUpOffice(store, clock, first=first, second=second, third=third).put_through()
    assert values_of(lead) == {"size": 40, "company": "Northwind", "sector": "tea"}
    assert lead.contact.company == "Northwind"
    assert [(c.field, c.after, c.rule) for c in lead.changes if c.rule.startswith("enrich.")] == [
        ("company", "Northwind", "enrich.first")
    ]
    assert lead.enrichment is not None
    one = lead.enrichment.values["sector"]
    assert (one.provider, one.at, one.confidence) == ("second", clock.now, 0.8)
    assert third.asked == []


def test_what_the_sender_said_stays(store: Store, clock: HandClock) -> None:
    provider = ScriptedProvider(clock, "company size")
    provider.answer = found(company="Wrong", size=3)
    lead = LookUpOffice(store, clock, one=provider).put_through(company="Own Words")
    assert lead.contact.company == "Own Words"
    assert values_of(lead) == {"size": 3}


def test_only_the_fields_that_are_named_leave(store: Store, clock: HandClock) -> None:
    provider = ScriptedProvider(clock, needs="domain")
    LookUpOffice(store, clock, one=provider).put_through(message="secret words")
    assert provider.asked == [({"domain": KNOWN}, 2.0)]


@pytest.mark.parametrize(
    "said", [{"consent": {"data": "no"}}, {"email": f"test@{KNOWN}", "test": True}]
)
def test_nobody_is_asked_about_leads_that_may_not_be_processed(
    store: Store, clock: HandClock, said: dict[str, Any]
) -> None:
    provider = ScriptedProvider(clock)
    office = LookUpOffice(store, clock, one=provider)
    config = find("generic")().config
    config = msgspec.structs.replace(config, map={"consent.data": "consent.data"})
    kit = msgspec.structs.replace(office.kit, sources={"generic": find("generic")(config)})
    office.kit = kit
    lead = office.put_through(**said)
    assert provider.asked == []
    assert lead.enrichment is None


def test_the_alert_goes_when_the_wait_is_over_and_is_completed_later(
    store: Store, clock: HandClock
) -> None:
    slow, never = ScriptedProvider(clock, "size"), ScriptedProvider(clock, "sector")
    slow.takes, slow.answer = timedelta(seconds=4), found(size=40)
    office = LookUpOffice(store, clock, slow=slow, never=never)
    began = clock.now
    lead_id = office.lead()
    office.refine()
    assert clock.now - began == timedelta(seconds=2)
    assert values_of(office.refined(lead_id)) == {}
    assert store.count_due(Step.NOTIFY, "slack") == 1
    assert never.asked == []
    clock.advance(minutes=2)
    office.refine()
    assert [timeout for _, timeout in slow.asked] == [2.0, 5.0]
    assert values_of(office.refined(lead_id)) == {"size": 40}
    assert store.count_due(Step.NOTIFY, "slack") == 1
    assert len(never.asked) == 1


def test_a_provider_that_never_answers_is_asked_no_more_after_some_tries(
    store: Store, clock: HandClock
) -> None:
    down = ScriptedProvider(clock)
    down.answer = NotNow("http.503")
    office = LookUpOffice(store, clock, down=down)
    lead_id = office.lead()
    for _ in range(10):
        office.refine()
        clock.advance(hours=2)
    assert len(down.asked) == 4
    assert office.refined(lead_id).enrichment is not None
    assert store.next_due(Step.REFINE) is None


def test_a_pause_that_a_provider_asks_for_is_kept_for_all_leads(
    store: Store, clock: HandClock
) -> None:
    busy = ScriptedProvider(clock)
    busy.answer = NotNow("http.429", timedelta(minutes=5))
    office = LookUpOffice(store, clock, busy=busy)
    office.put_through("ada")
    office.put_through("bea")
    assert len(busy.asked) == 1
    clock.advance(minutes=6)
    busy.answer = found(size=1)
    assert values_of(office.put_through("cleo")) == {"size": 1}


def test_an_answer_about_a_company_is_asked_once_and_one_about_a_person_each_time(
    store: Store, clock: HandClock
) -> None:
    firm, person = (
        ScriptedProvider(clock, cost=1, per_day=100.0),
        ScriptedProvider(clock, "role", "email"),
    )
    firm.answer, person.answer = found(size=40), found(role="buyer")
    office = LookUpOffice(store, clock, firm=firm, person=person)
    for name in ("ada", "bea", "cleo"):
        assert values_of(office.put_through(name)) == {"size": 40, "role": "buyer"}
    assert (len(firm.asked), len(person.asked)) == (1, 3)
    day = books(store, {"firm": firm})["firm"].days[f"{clock.now:%Y-%m-%d}"]
    assert day == Day(asked=1, hits=1, cached=2, spent=1_000_000)
    clock.advance(days=31)
    office.put_through("dora")
    assert len(firm.asked) == 2


def test_a_lead_that_is_refined_again_keeps_what_was_said_and_asks_nobody(
    store: Store, clock: HandClock
) -> None:
    person = ScriptedProvider(clock, "role", "email")
    person.answer = found(role="buyer")
    office = LookUpOffice(store, clock, person=person)
    lead = office.put_through()
    store.put([Task(Step.REFINE, lead.lead_id)], clock.now)
    office.refine()
    assert values_of(office.refined(lead.lead_id)) == {"role": "buyer"}
    assert len(person.asked) == 1


def test_no_more_than_the_budget_of_a_day_is_spent(store: Store, clock: HandClock) -> None:
    dear = ScriptedProvider(clock, needs="email", cost=0.4, per_day=1.0)
    dear.answer = found(size=1)
    office = LookUpOffice(store, clock, dear=dear)
    for name in ("ada", "bea", "cleo", "dora"):
        office.put_through(name)
    day = books(store, {"dear": dear})["dear"].days[f"{clock.now:%Y-%m-%d}"]
    assert day == Day(asked=2, hits=2, refused=2, spent=800_000)
    clock.advance(days=1)
    assert values_of(office.put_through("emma")) == {"size": 1}


def test_what_is_not_charged_is_given_back(store: Store, clock: HandClock) -> None:
    fair = ScriptedProvider(clock, needs="email", cost=1.0, per_day=1.0, charge="hit")
    office = LookUpOffice(store, clock, fair=fair)
    office.put_through("ada")
    fair.answer = NotNow("http.503")
    office.put_through("bea")
    day = books(store, {"fair": fair})["fair"].days[f"{clock.now:%Y-%m-%d}"]
    assert (day.spent, day.trouble, day.asked) == (0, 1, 2)
    fair.takes = timedelta(seconds=60)
    clock.advance(minutes=2)
    office.put_through("cleo")
    day = books(store, {"fair": fair})["fair"].days[f"{clock.now:%Y-%m-%d}"]
    assert day.spent == 1_000_000  # without an answer it may have charged


def test_two_workers_never_spend_more_than_the_budget(store: Store, clock: HandClock) -> None:
    results = [reserve(store, "one", clock.now, 3, 10) for _ in range(6)]
    assert results == [True, True, True, False, False, False]


def test_a_provider_that_raises_keeps_no_lead_from_its_alert(
    store: Store, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(ScriptedProvider):
        def ask(self, query: Query, timeout: float) -> Answer:
            raise RuntimeError("oh")

    lead = LookUpOffice(store, clock, broken=Broken(clock)).put_through()
    assert lead.status == "refined"
    assert "enrich.failed" in caplog.text
    assert store.count_due(Step.NOTIFY, "slack") == 1


def test_a_cache_forgets_the_oldest(store: Store, clock: HandClock) -> None:
    lasting = timedelta(days=30)
    keys = [f"00{number:030x}" for number in range(60)]
    for key in keys:
        keep_answer(store, "one", key, found(n=1), clock.now, lasting)
        clock.advance(seconds=1)
    there = [cached(store, "one", key, clock.now, lasting) is not None for key in keys]
    assert there == [False] * 12 + [True] * 48


def test_a_digest_is_of_what_is_asked() -> None:
    assert query_digest({"domain": "A.example.com"}) == query_digest({"domain": "a.example.com"})
    assert query_digest({"domain": "a.example.com"}) != query_digest({"company": "a.example.com"})


def documented(services: EnrichmentServices, clock: HandClock, *names: str) -> dict[str, Any]:
    """The providers of the how-to, which reach the stand-in."""
    blocks = HOW_TO.read_text().split("```toml\n")[1:]
    tables: dict[str, Any] = {}
    for block in blocks:
        tables |= tomllib.loads(block.split("```")[0]).get("enrich", {})
    made = {}
    for name in names:
        said = dict(tables[name])
        host = said["url"].split("/")[2]
        said["url"] = said["url"].replace(f"https://{host}", services.endpoint)
        config = msgspec.structs.replace(HttpEnrichConfig(), **_read(said), key=KEY)
        made[name] = make_provider(name, config, clock, {}, Team())
    return made


def _read(said: dict[str, Any]) -> dict[str, Any]:
    from leadline.settings.declaration import settings_of

    known = settings_of(HttpEnrichConfig)
    return {
        name: known[name].notation.read(value) if name in known else value
        for name, value in said.items()
    }


def test_both_documented_services_are_asked_as_the_how_to_says(
    store: Store, clock: HandClock, services: EnrichmentServices
) -> None:
    office = LookUpOffice(store, clock, **documented(services, clock, "pdl", "apollo"))
    office.wait_patiently()
    lead = office.put_through()
    assert values_of(lead) == {
        "company": "Northwind Traders", "website": KNOWN, "country": "germany", "size": 120,
        "industry": "wholesale", "revenue": 12000000.0,
    }  # fmt: skip
    assert lead.enrichment is not None
    assert lead.enrichment.values["size"].confidence == 0.6
    assert [one.query for one in services.asked] == [{"website": KNOWN}, {"domain": KNOWN}]
    assert all("ada" not in repr(one).lower() for one in services.asked)
    unknown = office.put_through("bea", email="bea@example.org")
    assert values_of(unknown) == {}


MOODS = [
    400, 401, 402, 404, 408, 418, 429, 500, 503, "hang", "garbage", "deep", "huge", "list",
    "wrong types", "half", "redirect",
]  # fmt: skip


@pytest.mark.parametrize("mood", MOODS)
def test_a_service_that_misbehaves_costs_no_lead_its_alert(
    clock: HandClock, services: EnrichmentServices, mood: int | str
) -> None:
    store = MemoryStore(clock, timedelta(days=7))
    services.mood = mood
    made = documented(services, clock, "pdl")
    provider = made["pdl"]
    patient, provider.config = (
        provider.config,
        msgspec.structs.replace(
            provider.config, timeout=timedelta(seconds=0.3 if mood == "hang" else 60)
        ),
    )
    office = LookUpOffice(store, clock, **made)
    office.wait_patiently()
    lead = office.put_through()
    assert lead.status == "refined"
    assert values_of(lead) == {}
    assert len(services.asked) == 1
    assert store.count_due(Step.NOTIFY, "slack") == 1
    services.mood = ""
    provider.config = msgspec.structs.replace(patient, timeout=timedelta(seconds=60))
    clock.advance(hours=2)
    office.refine()
    is_over = mood in (400, 404, 418, "garbage", "deep", "huge", "list", "wrong types", "redirect")
    known = office.refined(lead.lead_id)
    assert (values_of(known) == {}) is is_over
    assert store.count_due(Step.NOTIFY, "slack") == 1


def test_the_kinds_of_providers_are_those_of_the_settings() -> None:
    assert {*ENRICH} == {"", "domain", "phone", "csv", "http"}


def test_what_was_looked_up_goes_when_the_person_refuses_is_erased_or_is_too_old(
    store: Store, clock: HandClock
) -> None:
    person = ScriptedProvider(clock, "role", "email")
    person.answer = found(role="byron buyer")
    office = LookUpOffice(store, clock, person=person)
    lead = office.put_through()
    masked = masked_lead(lead).enrichment
    assert masked is not None
    assert "byron" not in repr(masked)
    assert query_digest({"email": f"ada@{KNOWN}"}) in repr(lead.enrichment)
    assert query_digest({"email": f"ada@{KNOWN}"}) not in repr(masked)
    assert person_erased(lead).enrichment is None
    assert person_retired(lead).enrichment is None
    refused = {"data": Consent(NO, "generic")}
    again = msgspec.structs.replace(lead, consent=refused, enrichment=None)
    assert Waterfall(office.kit, Patience(timedelta(seconds=2))).enriched(again, lead) == again
