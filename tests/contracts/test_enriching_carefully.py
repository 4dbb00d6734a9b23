"""What looking up must never do, on every store: tell of nothing, delay others, count money on the
wrong day, pass for what somebody said, or forget whom it told."""

from datetime import timedelta

import msgspec

from leadline.duplicates.merging import as_said
from leadline.journey.enriching.batch import by_patience
from leadline.journey.enriching.books import Day, books
from leadline.journey.enriching.caching import query_digest
from leadline.journey.enriching.patience import Patience
from leadline.journey.same_person.borrowed import borrowed_after, is_borrowed
from leadline.model.facts.enrichment import Enrichment
from leadline.model.handling import UNHANDLED
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.model.task import Alert, Done, Lease, Step, Task
from leadline.ports.crm import CrmChange
from leadline.ports.enriching import NotNow
from leadline.ports.store import Store
from leadline.privacy.hashes import PrivacyKey
from leadline.settings.connected.enrich import HttpEnrichConfig
from tests.contracts.test_enriching import LookUpOffice, ScriptedProvider, found, values_of
from tests.worlds.leads import LEASE, HandClock, lease_task, settle


def alerted(store: Store, clock: HandClock, lead_id: str) -> None:
    """The lead's alert has gone."""
    alert = Alert(lead_id, "slack", clock.now, "new", ref="1.1")
    lease = lease_task(store, Step.NOTIFY, "slack")
    assert settle(store, lease, Done(alert=alert))


def test_a_late_try_that_finds_nothing_new_tells_nobody(store: Store, clock: HandClock) -> None:
    down = ScriptedProvider(clock)
    down.answer = NotNow("http.503")
    office = LookUpOffice(store, clock, down=down)
    lead_id = office.lead()
    office.refine()
    alerted(store, clock, lead_id)
    for _ in range(2):
        clock.advance(hours=2)
        office.refine()
        assert store.count_due(Step.UPDATE, "slack") == 0
    assert len(down.asked) == 3
    down.answer = found(size=40)
    clock.advance(hours=2)
    office.refine()
    assert values_of(office.refined(lead_id)) == {"size": 40}
    assert store.count_due(Step.UPDATE, "slack") == 1


def test_a_lead_that_is_refined_again_by_somebody_is_told_of_as_before(
    store: Store, clock: HandClock
) -> None:
    down = ScriptedProvider(clock)
    down.answer = NotNow("http.503")
    office = LookUpOffice(store, clock, down=down)
    lead_id = office.lead()
    office.refine()
    alerted(store, clock, lead_id)
    store.put([Task(Step.REFINE, lead_id)], clock.now)
    office.refine()
    assert store.count_due(Step.UPDATE, "slack") == 1


def test_what_is_given_back_after_midnight_is_of_the_day_before(
    store: Store, clock: HandClock
) -> None:
    clock.now = clock.now.replace(hour=23, minute=59, second=59)
    fair = ScriptedProvider(clock, needs="email", cost=1.0, per_day=1.0, charge="hit")
    fair.takes = timedelta(seconds=1.5)
    office = LookUpOffice(store, clock, fair=fair)
    first = f"{clock.now:%Y-%m-%d}"
    office.put_through("ada")
    days = books(store, {"fair": fair})["fair"].days
    assert days == {first: Day(asked=1)}
    fair.takes, fair.answer = timedelta(), found(size=1)
    office.put_through("bea")
    office.put_through("cleo")
    second = books(store, {"fair": fair})["fair"].days[f"{clock.now:%Y-%m-%d}"]
    assert (second.spent, second.asked, second.refused) == (1_000_000, 1, 1)


def test_no_new_lead_of_any_group_waits_for_those_that_are_refined_again(
    store: Store, clock: HandClock
) -> None:
    office = LookUpOffice(store, clock, slow=ScriptedProvider(clock, timeout=timedelta(seconds=10)))
    olds = [office.put_through(name).lead_id for name in ("ada", "bea")]
    news = [office.lead(name) for name in ("cleo", "dora")]
    groups = [[leased(clock, one) for one in pair] for pair in zip(olds, news, strict=True)]
    wait = Patience(timedelta(seconds=2))
    parts = by_patience(office.kit, groups, wait)
    assert [[one.task.lead_id for one in some] for some, _ in parts] == [
        [one] for one in (*news, *olds)
    ]
    first, second, third, fourth = (patience for _, patience in parts)
    assert first is second is wait
    assert third is fourth
    assert third.left == timedelta(seconds=10)


def test_providers_take_a_part_of_a_lease_only_whatever_the_settings_say(
    store: Store, clock: HandClock
) -> None:
    slow = ScriptedProvider(clock, needs="email", timeout=timedelta(minutes=5))
    slow.takes = timedelta(hours=1)
    office = LookUpOffice(store, clock, slow=slow)
    office.kit = msgspec.structs.replace(office.kit, enrichment_wait=timedelta(minutes=5))
    began = clock.now
    office.put_through()
    assert clock.now - began <= office.kit.lease_duration / 4
    clock.advance(hours=1)
    began = clock.now
    office.refine()
    assert len(slow.asked) == 2
    assert clock.now - began <= office.kit.lease_duration / 4


def leased(clock: HandClock, lead_id: str) -> Lease:
    return Lease(Task(Step.REFINE, lead_id), 1, 0, "", clock.now, 0, clock.now + LEASE)


def test_what_was_looked_up_about_one_lead_is_no_word_of_the_person_for_another(
    store: Store, clock: HandClock
) -> None:
    guess = ScriptedProvider(clock, "company", "email")
    guess.answer = found(company="Guess Ltd")
    office = LookUpOffice(store, clock, guess=guess)
    said = office.put_through("ada", phone="+1 415 555 2671")
    assert said.contact.company == "Guess Ltd"
    office.kit = msgspec.structs.replace(office.kit, enrichers={})
    clock.advance(minutes=1)
    second = office.put_through("ada2", name="Ada Byron", email="ada@example.com")
    assert second.duplicate_of is not None
    assert second.contact.phone == said.contact.phone
    assert second.contact.company is None


def test_who_was_told_stays_known_without_an_answer_and_after_a_refusal(
    store: Store, clock: HandClock
) -> None:
    silent, unreached = ScriptedProvider(clock, "a"), ScriptedProvider(clock, "b")
    silent.answer = NotNow("http.timeout", charged=True)
    unreached.answer = NotNow("http.not_connected", told=False)
    office = LookUpOffice(store, clock, silent=silent, unreached=unreached)
    lead = office.put_through()
    assert lead.enrichment is not None
    assert lead.enrichment.told == ("silent",)
    office.kit = msgspec.structs.replace(office.kit, enrichers={})
    store.put([Task(Step.REFINE, lead.lead_id)], clock.now)
    office.refine()
    assert office.refined(lead.lead_id).enrichment == Enrichment(told=("silent",))


def test_a_mended_mapping_asks_anew(clock: HandClock) -> None:
    query = {"domain": "example.com"}
    before = HttpEnrichConfig(url="https://api.example.com/{domain}", map={"size": "sise"})
    after = msgspec.structs.replace(before, map={"size": "size"})
    rotated = msgspec.structs.replace(before, key="new")
    assert query_digest(query, before) != query_digest(query, after)
    assert query_digest(query, before) == query_digest(query, rotated)


def test_a_provider_of_this_machine_is_asked_again_and_its_time_stays_while_it_says_the_same(
    store: Store, clock: HandClock
) -> None:
    class Here(ScriptedProvider):
        is_local = True

    file = Here(clock, "size owner")
    file.answer = found(size=40, owner="Bo")
    office = LookUpOffice(store, clock, file=file)
    lead = office.put_through()
    first = clock.now
    clock.advance(days=1)
    file.answer = found(size=50, owner="Bo")
    again(office, lead.lead_id)
    known = office.refined(lead.lead_id).enrichment
    assert known is not None
    assert {n: (one.value, one.at) for n, one in known.values.items()} == {
        "size": (50, clock.now), "owner": ("Bo", first)
    }  # fmt: skip
    file.answer = NotNow("csv.unreadable")
    again(office, lead.lead_id)
    assert values_of(office.refined(lead.lead_id)) == {"size": 50, "owner": "Bo"}


def again(office: LookUpOffice, lead_id: str) -> None:
    office.store.put([Task(Step.REFINE, lead_id)], office.clock.now)
    office.refine()


def test_a_guess_that_was_written_to_the_crm_is_not_its_word_when_it_comes_back(
    store: Store, clock: HandClock
) -> None:
    guess = ScriptedProvider(clock, "company", "email")
    guess.answer = found(company="Guess Ltd")
    lead = LookUpOffice(store, clock, guess=guess).put_through()
    assert as_said(lead).contact.company is None
    assert as_said(lead).enrichment == lead.enrichment
    change = CrmChange("r1", {"firm": "Guess Ltd"})
    borrowed = borrowed_after(lead, UNHANDLED, change, {"company": "firm"})
    handling = msgspec.structs.replace(UNHANDLED, borrowed=borrowed)
    assert is_borrowed("company", "GUESS ltd.", handling)


def test_nobody_is_asked_while_there_is_a_list_that_nobody_here_can_read(
    store: Store, clock: HandClock
) -> None:
    key = PrivacyKey(b"a key for tests that is long enough")
    hidden = key.hash_of("email:bo@example.com")
    store.suppress([Suppressed(hidden, SuppressedBy.EMAIL, key.id, clock.now, "asked")])
    provider = ScriptedProvider(clock)
    office = LookUpOffice(store, clock, one=provider)
    assert office.put_through().status == "refined"
    assert provider.asked == []
    office.kit = msgspec.structs.replace(office.kit, privacy_key=lambda: key)
    office.put_through("cleo")
    office.put_through("bo")
    assert len(provider.asked) == 1


def test_a_value_that_fills_a_blank_is_written_as_if_somebody_had_said_it(
    store: Store, clock: HandClock
) -> None:
    first, second = (
        ScriptedProvider(clock, "company title country", one) for one in ("domain", "email")
    )
    first.answer = found(company="N/A", title="Head &amp; Buyer", country="null")
    second.answer = found(company="  Northwind\u200b  Traders ", country="Germany")
    lead = LookUpOffice(store, clock, first=first, second=second).put_through()
    assert lead.contact.company == "Northwind Traders"
    assert lead.contact.title == "Head & Buyer"
    assert lead.contact.country == "Germany"
    assert values_of(lead)["company"] == "Northwind Traders"
