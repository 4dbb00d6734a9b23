"""Ad networks are told what became of leads: each stage once, in order, with a recorded consent."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from leadline.journey.pushing.remembering import SENT
from leadline.journey.pushing.sending import NO_NETWORK, WITHHELD, push_due
from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import Consent
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.handling import Ending
from leadline.model.task import Drop, Step, Task
from leadline.ports.store import Store
from tests.standins.ad_networks import AdNetworkServer, hashed
from tests.worlds.ad_office import ANN, AdOffice
from tests.worlds.leads import HandClock

KINDS = ("meta", "google", "linkedin")


@pytest.fixture
def network(clock: HandClock) -> Iterator[AdNetworkServer]:
    with AdNetworkServer(clock.now) as server:
        yield server


@pytest.fixture
def office(store: Store, clock: HandClock, network: AdNetworkServer) -> AdOffice:
    return AdOffice(store, clock, network, "meta")


@pytest.mark.parametrize("kind", KINDS)
def test_all_stages_are_told_once_and_in_order(
    store: Store, clock: HandClock, network: AdNetworkServer, kind: str
) -> None:
    office = AdOffice(store, clock, network, kind)
    lead_id = office.lead()
    office.pass_time(hours=1)
    office.change(lead_id, claimed_by=ANN, claimed_at=clock.now, touched_at=clock.now)
    office.push(lead_id)
    assert office.told(lead_id) == ["lead", "contacted"]
    office.pass_time(days=1)
    office.end(lead_id, Ending.WON, value=1500.0)
    office.push(lead_id)
    office.push(lead_id)
    assert office.told(lead_id) == ["lead", "contacted", "won"]
    assert (len(network.taken), network.repeated) == (3, 0)
    won = office.pushed(lead_id)[-1]
    assert (won.value, won.currency, won.consent) == (1500.0, "EUR", "generic")
    assert won.digest
    assert won.at == office.handling(lead_id).ended_at


def test_an_answer_that_is_lost_makes_the_same_event_come_again(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead()
    network.loses_answers = 1
    office.push(lead_id)
    assert office.told(lead_id) == []
    office.pass_time(minutes=5)
    office.work()
    assert office.told(lead_id) == ["lead"]
    assert (len(network.taken), network.repeated) == (1, 1)
    assert network.requests[0] == network.requests[1]


@pytest.mark.parametrize("ads", ["", "no", "unknown"])
def test_without_a_recorded_yes_nothing_is_sent(
    office: AdOffice, network: AdNetworkServer, ads: str
) -> None:
    lead_id = office.lead(ads=ads)
    office.push(lead_id)
    assert not network.requests
    assert not office.told(lead_id)


def test_a_yes_of_which_nobody_knows_when_it_was_said_is_not_enough(
    office: AdOffice, network: AdNetworkServer
) -> None:
    office.push(office.lead(consent={"ads": Consent("yes", "CRM hubspot")}))
    assert not network.requests


@pytest.mark.parametrize("purpose", ["phone", "data"])
def test_somebody_who_is_not_to_be_called_or_processed_is_never_sent(
    office: AdOffice, network: AdNetworkServer, purpose: str
) -> None:
    office.push(office.lead(consent={purpose: Consent("no", "generic", office.clock.now)}))
    assert not network.requests


@pytest.mark.parametrize(
    ("said", "is_sent"), [("Yes, of course", True), ("no", False), (None, False)]
)
def test_a_further_field_of_the_lead_can_hold_the_consent(
    store: Store, clock: HandClock, network: AdNetworkServer, said: str | None, is_sent: bool
) -> None:
    office = AdOffice(store, clock, network, "meta", consent="marketing_ok")
    lead_id = office.lead(ads="", custom={"marketing_ok": said} if said else {})
    office.push(lead_id)
    assert (office.told(lead_id) == ["lead"]) is is_sent
    if is_sent:
        assert office.pushed(lead_id)[0].consent_at == office.pushed(lead_id)[0].at


def test_a_retry_after_consent_was_withdrawn_sends_nothing(
    office: AdOffice, network: AdNetworkServer, store: Store
) -> None:
    lead_id = office.lead()
    network.replies = [(503, {}, {})]
    office.push(lead_id)
    withdraw(office, lead_id)
    office.pass_time(minutes=5)
    office.work()
    assert len(network.requests) == 1
    assert not network.taken
    assert store.next_due(Step.PUSH, "ads") is None


def withdraw(office: AdOffice, lead_id: str) -> None:
    """The lead is refined again with a no."""
    lead = office.store.refined([lead_id])[lead_id]
    no = {"ads": Consent("no", "generic", office.clock.now)}
    office.refine(msgspec.structs.replace(lead, consent=no))


def test_a_later_refusal_in_another_lead_of_the_person_counts(
    office: AdOffice, network: AdNetworkServer
) -> None:
    first = office.lead("ada")
    office.pass_time(hours=1)
    office.lead("ada2", ads="no", twin_of=first)
    office.push(first)
    assert not network.requests


def test_a_lead_whose_record_was_deleted_is_not_sent(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead()
    office.change(lead_id, gone="deleted")
    office.push(lead_id)
    assert not network.requests


def test_a_person_whom_the_crm_had_known_before_is_not_sent(
    office: AdOffice, network: AdNetworkServer
) -> None:
    office.push(office.lead(problems=(KNOWN_PERSON,)))
    assert not network.requests


def test_a_quarantined_lead_and_one_of_another_source_are_not_sent(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "meta", sources=("generic",))
    office.push(office.lead(status="quarantined"), office.lead("bea", source="meta"))
    assert not network.requests


def test_an_erased_lead_is_not_sent_and_its_digests_go(
    office: AdOffice, network: AdNetworkServer, store: Store
) -> None:
    lead_id = office.lead()
    office.push(lead_id)
    assert office.pushed(lead_id)[0].digest
    left = office.erase(lead_id)
    assert "1 conversion of ads" in left
    office.end(lead_id, Ending.WON)
    office.push(lead_id)
    assert len(network.requests) == 1
    assert office.pushed(lead_id)[0].digest == ""


def test_one_bad_event_does_not_keep_the_others_from_being_taken(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    for kind in KINDS:
        office = AdOffice(store, clock, network, kind)
        good = [office.lead(f"{kind}{n}") for n in range(4)]
        bad = office.lead(f"{kind}bad")
        office.end(bad, Ending.LOST)
        network.bad = {"Lost", "14"}
        office.push(*good, bad)
        assert [office.told(one) for one in good] == [["lead"]] * 4
        assert office.told(bad) == ["lead"]
        assert store.next_due(Step.PUSH, "ads") is None


def test_an_error_that_names_no_event_is_found_by_halves(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "google")
    network.names_bad_places = False
    leads = [office.lead(f"a{n}") for n in range(5)]
    office.end(leads[2], Ending.LOST)
    network.bad = {"14"}
    office.push(*leads)
    assert [office.told(one) for one in leads] == [["lead"]] * 5


def test_a_batch_for_which_there_is_no_time_does_not_come_again_together_for_ever(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    """A slow network that names no event: each round has time for two requests."""
    office = AdOffice(store, clock, network, "meta")
    chances = iter([n / 8 for n in range(8)] * 9)
    office.kit = msgspec.structs.replace(office.kit, chance=lambda: next(chances))
    network.meanwhile = lambda: office.pass_time(seconds=6)
    leads = [office.lead(f"a{n}") for n in range(8)]
    office.end(leads[0], Ending.LOST)
    network.bad = {"Lost"}
    office.push(*leads)
    for _ in range(20):
        office.pass_time(seconds=8)
        office.work()
    assert [office.told(one) for one in leads] == [["lead"]] * 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_asks_for_a_pause_is_left_alone(
    store: Store, clock: HandClock, network: AdNetworkServer, kind: str
) -> None:
    office = AdOffice(store, clock, network, kind)
    lead_id = office.lead()
    network.replies = [(429, {"error": {"message": "slow down"}}, {"retry-after": "90"})]
    office.push(lead_id)
    office.pass_time(seconds=30)
    other = office.lead("bea")
    store.put([Task(Step.PUSH, other, "ads")], clock.now)
    assert push_due(office.kit, "ads") == timedelta(seconds=60)
    assert len(network.requests) == 1
    office.pass_time(seconds=61)
    office.work()
    assert (office.told(lead_id), office.told(other)) == (["lead"], ["lead"])


def test_a_token_that_ended_is_named_and_tried_again(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "meta", token="old")
    lead_id = office.lead()
    office.push(lead_id)
    for _ in range(3):
        office.pass_time(minutes=5)
        office.work()
    (dead,) = office.dead
    assert dead.detail.startswith("meta.unauthorized Invalid OAuth access token")
    assert office.told(lead_id) == []


@pytest.mark.parametrize(("kind", "days"), [("meta", 7), ("google", 90), ("linkedin", 90)])
def test_what_is_older_than_the_network_takes_is_not_sent(
    store: Store, clock: HandClock, network: AdNetworkServer, kind: str, days: int
) -> None:
    office = AdOffice(store, clock, network, kind)
    lead_id = office.lead()
    office.pass_time(days=days, hours=1)
    office.end(lead_id, Ending.WON)
    office.push(lead_id)
    assert office.told(lead_id) == ["won"]


def test_no_request_to_a_network_is_kept_as_an_attempt(
    office: AdOffice, network: AdNetworkServer
) -> None:
    """It holds hashes and ids by which people are known, which nobody here needs to see."""
    network.replies = [(400, {"error": {"code": 100, "message": "no"}}, {}), (503, {}, {})]
    office.push(office.lead(), office.lead("bea"))
    assert network.requests
    assert not office.kept


def test_a_lead_by_which_the_network_knows_nobody_is_not_sent(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "linkedin")
    office.push(office.lead(email="", phone_e164="+493023125123"))
    assert not network.requests


def test_the_timeline_says_what_was_sent_and_why_it_was_not(
    office: AdOffice, network: AdNetworkServer
) -> None:
    sent, kept = office.lead("sent"), office.lead("kept", ads="no")
    office.push(sent, kept)
    assert f"{SENT} ads: lead as Lead" in office.lines(sent)
    (line,) = [line for line in office.lines(kept) if line.startswith(WITHHELD)]
    assert line.startswith(f"{WITHHELD} ads: consent was refused")


def test_tasks_of_a_network_that_is_not_in_the_settings_are_dead_letters(
    office: AdOffice, store: Store
) -> None:
    lead_id = office.lead()
    store.put([Task(Step.PUSH, lead_id, "ads")], office.clock.now)
    office.kit = msgspec.structs.replace(office.kit, outcomes={}, ad_networks={})
    office.work()
    (dead,) = office.dead
    assert dead == Drop(NO_NETWORK, "there is no [outcomes.ads]; put it back and replay")


def test_meta_is_told_of_its_own_leads_by_their_number(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "meta")
    office.push(office.lead(source="meta", record="123456789012345", phone_e164="+493023125123"))
    (event,) = network.requests[0]["data"]
    assert event["user_data"] == {
        "lead_id": 123456789012345,
        "em": [hashed("ada@example.com")],
        "ph": [hashed("493023125123")],
    }


def test_google_is_told_of_the_click_and_the_hashed_person(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "google")
    click = Attribution(gclid="Cj0K", gbraid="other")
    office.push(office.lead(click=click, email="Ada.Byron+x@GMail.com", phone_e164="+493023125123"))
    (event,) = network.requests[0]["events"]
    assert event["adIdentifiers"] == {"gclid": "Cj0K"}
    assert event["userData"]["userIdentifiers"] == [
        {"emailAddress": hashed("adabyron@gmail.com")},
        {"phoneNumber": hashed("+493023125123")},
    ]
    assert network.tokens_given == 1


def test_linkedin_is_told_of_the_click_and_of_its_own_leads(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "linkedin")
    click = Attribution(li_fat_id="df5gf5")
    office.push(office.lead(click=click, source="linkedin", record="r-5"))
    (event,) = network.requests[0]["elements"]
    assert event["user"] == {
        "userIds": [
            {"idType": "SHA256_EMAIL", "idValue": hashed("ada@example.com")},
            {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": "df5gf5"},
        ],
        "lead": "urn:li:leadGenFormResponse:r-5",
    }
    assert event["conversion"] == "urn:lla:llaPartnerConversion:11"
