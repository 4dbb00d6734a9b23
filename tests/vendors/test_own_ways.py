"""What is each one's own: Close, HubSpot, Pipedrive and Salesforce before their stand-ins."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
import pytest

from leadline.model.handling import Ending
from leadline.model.people import Person
from leadline.ports.crm import Crm, CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from tests.standins.crm_api import ADA, START, Lead, StandIn, Trouble, many
from tests.vendors.close.standin import CloseStandIn
from tests.vendors.hubspot.standin import HubSpotStandIn
from tests.vendors.pipedrive.standin import PipedriveStandIn
from tests.vendors.salesforce.standin import SalesforceStandIn

S = TypeVar("S", bound=StandIn)


def healthy(stand_in: S) -> Iterator[S]:
    with stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def close() -> Iterator[CloseStandIn]:
    yield from healthy(CloseStandIn())


@pytest.fixture
def hubspot() -> Iterator[HubSpotStandIn]:
    yield from healthy(HubSpotStandIn())


@pytest.fixture
def pipedrive() -> Iterator[PipedriveStandIn]:
    yield from healthy(PipedriveStandIn())


@pytest.fixture
def salesforce() -> Iterator[SalesforceStandIn]:
    yield from healthy(SalesforceStandIn())


def set_to(stand_in: StandIn, **settings: Any) -> Crm:
    return stand_in.crm(msgspec.structs.replace(stand_in.config(), **settings))


def record_of(crm: Crm, name: str) -> CrmRecord:
    told = crm.read([name])
    assert isinstance(told, dict)
    record = told[name]
    assert isinstance(record, CrmRecord)
    return record


def all_since(crm: Crm) -> list[str]:
    found: list[str] = []
    after = ""
    for _ in range(20):
        page = crm.since(START, after)
        assert isinstance(page, Page)
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            return found
    raise AssertionError("there is no end to the pages")


# Close


def test_close_takes_the_user_of_an_opportunity_where_no_field_names_an_owner(
    close: CloseStandIn,
) -> None:
    name = close.put(Lead())
    close.leads[name]["opportunities"] = [{"user_id": close.ada, "status_type": "active"}]
    assert record_of(close.crm(), name).owner is None  # the settings name a field
    assert (record_of(set_to(close, read={}), name).owner or Person()).name == ADA.name


@pytest.mark.parametrize(
    ("status", "kinds", "ending"),
    [
        ("Potential", [], Ending.OPEN),
        ("Potential", ["active", "lost"], Ending.OPEN),
        ("Potential", ["lost", "lost"], Ending.LOST),
        ("Bad Fit", ["won", "lost"], Ending.WON),
        ("Bad Fit", [], Ending.DISQUALIFIED),
        ("bad fit", ["active"], Ending.DISQUALIFIED),
        ("Nurture", [], Ending.OPEN),
    ],
)
def test_close_leads_end_by_their_opportunities_else_by_their_status(
    close: CloseStandIn, status: str, kinds: list[str], ending: Ending
) -> None:
    name = close.put(Lead(ended=status))
    close.leads[name]["opportunities"] = [{"status_type": kind} for kind in kinds]
    assert record_of(close.crm(), name).ending is ending


def test_the_settings_say_what_a_status_means(close: CloseStandIn) -> None:
    name = close.put(Lead(ended="Nurture"))
    assert record_of(set_to(close, endings={"nurture": "lost"}), name).ending is Ending.LOST


def test_close_since_leaves_out_none_of_a_hundred_leads_of_the_same_moment(
    close: CloseStandIn,
) -> None:
    names = [close.put(Lead()) for _ in range(250)]
    names += [close.put(Lead(created=START + timedelta(seconds=n))) for n in range(1, 9)]
    found = all_since(close.crm())
    assert sorted(found) == sorted(names)


def test_an_owner_of_close_without_a_field_for_it_can_not_be_told(close: CloseStandIn) -> None:
    assert set_to(close, read={}).owner_value(Person(email=ADA.email)) is None
    there = set_to(close, read={}, write={"owner": "custom.cf_x"})
    assert there.owner_value(Person(email=ADA.email)) == {"custom.cf_x": close.ada}


# HubSpot


def test_hubspot_tells_the_first_touch_and_the_time_of_change(hubspot: HubSpotStandIn) -> None:
    name = hubspot.put(Lead())
    contact = hubspot.contacts[name.partition(":")[2]]
    contact |= {
        "hs_sa_first_engagement_date": "2026-03-02T10:30:00Z",
        "lastmodifieddate": "2026-03-02T11:00:00Z",
    }
    record = record_of(hubspot.crm(), name)
    assert record.touched_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert record.modified == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    contact["hs_first_outreach_date"] = "2026-03-02T10:15:00Z"
    touched = record_of(hubspot.crm(), name).touched_at
    assert touched == datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def test_a_lead_of_hubspot_is_read_with_whom_it_is_about(hubspot: HubSpotStandIn) -> None:
    properties = {
        "hs_lead_name": "Hale Instruments: telescope", "hs_pipeline_stage": "unqualified-stage-id",
        "hs_associated_contact_firstname": "Grace", "hs_associated_contact_lastname": "Hale",
        "hs_associated_contact_email": "grace.hale@example.com", "hubspot_owner_id": "61",
        "hs_lastmodifieddate": "2026-03-02T09:00:00Z",
    }  # fmt: skip
    hubspot.leads["456"] = {"id": "456", "properties": properties, "archived": False}
    record = record_of(hubspot.crm(), "lead:456")
    assert (record.fields.first_name, record.fields.email) == ("Grace", "grace.hale@example.com")
    assert record.fields.record == "lead:456"
    assert (record.owner or Person()).name == ADA.name
    assert (record.ending, record.modified) == (Ending.DISQUALIFIED, START)
    del properties["hs_associated_contact_firstname"], properties["hs_associated_contact_lastname"]
    assert record_of(hubspot.crm(), "lead:456").fields.name == "Hale Instruments: telescope"


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ({}, Ending.OPEN),
        ({"lifecyclestage": "customer"}, Ending.WON),
        ({"hs_lead_status": "UNQUALIFIED"}, Ending.DISQUALIFIED),
        ({"hs_lead_status": "CONNECTED", "lifecyclestage": "opportunity"}, Ending.OPEN),
    ],
)
def test_hubspot_contacts_end_by_status_or_stage(
    hubspot: HubSpotStandIn, said: dict[str, str], ending: Ending
) -> None:
    name = hubspot.put(Lead())
    hubspot.contacts[name.partition(":")[2]] |= said
    assert record_of(hubspot.crm(), name).ending is ending


def test_hubspot_is_asked_for_what_the_settings_name(hubspot: HubSpotStandIn) -> None:
    name = hubspot.put(Lead())
    hubspot.contacts[name.partition(":")[2]] |= {"fit": "83", "closed_as": "No budget"}
    crm = set_to(
        hubspot, read={"score": "fit", "ending": "closed_as"}, endings={"no budget": "lost"}
    )
    record = record_of(crm, name)
    assert (record.fields.score, record.ending) == (83.0, Ending.LOST)


def test_one_contact_that_hubspot_rejects_keeps_none_of_its_batch_from_being_written(
    hubspot: HubSpotStandIn,
) -> None:
    names = [hubspot.put(lead) for lead in many(3)]
    changes = [CrmChange(name, {"jobtitle": "CTO"}) for name in names]
    changes[1] = CrmChange(names[1], {"email": "ada at example"})
    told = hubspot.crm().write(changes)
    assert isinstance(told, dict)
    assert [type(told[name]) for name in names] == [Written, Refused, Written]
    assert "ada at" not in told[names[1]].words
    assert len(hubspot.asked("PATCH", "/contacts/")) == 3


def test_a_hundred_contacts_go_into_a_request_and_never_more(hubspot: HubSpotStandIn) -> None:
    names = [hubspot.put(lead) for lead in many(130)]
    crm = hubspot.crm()
    assert len(crm.read(names)) == 130  # type: ignore[arg-type]
    assert len(hubspot.asked("POST", "batch/read")) == 2
    told = crm.write([CrmChange(name, {"jobtitle": "CTO"}) for name in names])
    assert isinstance(told, dict)
    assert len(told) == 130
    assert len(hubspot.asked("POST", "batch/update")) == 2


def test_a_pause_between_batches_leaves_the_second_out(hubspot: HubSpotStandIn) -> None:
    names = [hubspot.put(lead) for lead in many(130)]
    hubspot.trouble(None, Trouble.BUSY)
    told = hubspot.crm().write([CrmChange(name, {"jobtitle": "CTO"}) for name in names])
    assert isinstance(told, dict)
    assert list(told) == names[:101]
    assert isinstance(told[names[100]], Busy), "where the second begins"


def test_hubspot_pages_no_farther_than_it_can_and_begins_anew_there(
    hubspot: HubSpotStandIn,
) -> None:
    for lead in many(10_020):
        hubspot.put(lead)
    start = int(START.timestamp() * 1000)
    page = hubspot.crm().since(START, f"{start}|9900")
    assert isinstance(page, Page)
    last = page.found[-1].created_at
    assert page.after == f"{int(last.timestamp() * 1000)}|0"
    rest = hubspot.crm().since(START, page.after)
    assert isinstance(rest, Page)
    assert len(rest.found) == 21
    assert rest.found[0].record == page.found[-1].record


def test_values_are_written_to_hubspot_as_text(hubspot: HubSpotStandIn) -> None:
    name = hubspot.put(Lead())
    told = hubspot.crm().write(
        [CrmChange(name, {"score_of_ours": 83.5, "hot": True, "tags": ["a", "b"], "fax": None})]
    )
    assert isinstance(told, dict)
    kept = hubspot.contacts[name.partition(":")[2]]
    assert (kept["score_of_ours"], kept["hot"], kept["tags"], kept["fax"]) == (
        "83.5", "true", "a;b", "",
    )  # fmt: skip


# Pipedrive


def test_a_lead_of_pipedrive_is_read_with_its_person_and_company(
    pipedrive: PipedriveStandIn,
) -> None:
    name = pipedrive.put_lead(Lead(owned=True))
    record = record_of(pipedrive.crm(), name)
    fields = record.fields
    assert (fields.email, fields.company) == ("grace.hale@example.com", "Hale Instruments")
    assert fields.message == "Hale Instruments lead"
    assert (record.owner or Person()).email == ADA.email
    assert record.ending is Ending.OPEN


def test_a_lead_that_was_put_away_is_disqualified(pipedrive: PipedriveStandIn) -> None:
    name = pipedrive.put_lead(Lead(ended="archived"))
    assert record_of(pipedrive.crm(), name).ending is Ending.DISQUALIFIED
    lost = set_to(pipedrive, endings={"archived": "lost"})
    assert record_of(lost, name).ending is Ending.LOST


@pytest.mark.parametrize(
    ("won", "open_", "lost", "ending"),
    [(0, 0, 0, ""), (1, 1, 1, "won"), (0, 0, 2, "lost"), (0, 1, 2, "")],
)
def test_a_person_of_pipedrive_ends_by_their_deals(
    pipedrive: PipedriveStandIn, won: int, open_: int, lost: int, ending: str
) -> None:
    name = pipedrive.put(Lead())
    pipedrive.counts = {
        "won_deals_count": won, "open_deals_count": open_, "lost_deals_count": lost,
    }  # fmt: skip
    assert record_of(pipedrive.crm(), name).ending == ending


def test_custom_fields_of_a_person_are_written_apart_and_read_by_their_key(
    pipedrive: PipedriveStandIn,
) -> None:
    key, crm = "d4de1c1518b4531717c676029a45911c340390a6", pipedrive.crm()
    name = pipedrive.put(Lead())
    told = crm.write([CrmChange(name, {key: "83", "email": "new@example.com"})])
    assert isinstance(told, dict)
    assert isinstance(told[name], Written)
    person = pipedrive.persons[77]
    assert person["custom_fields"] == {key: "83"}
    assert [one["value"] for one in person["emails"]] == ["new@example.com"]
    values = record_of(crm, name).values
    assert (values[key], values["email"]) == ("83", "new@example.com")


def test_a_lead_of_pipedrive_that_is_gone_is_not_yet(pipedrive: PipedriveStandIn) -> None:
    gone = "lead:11111111-2222-3333-4444-555555555555"
    assert pipedrive.crm().read([gone]) == {gone: NotYet()}


def test_only_persons_created_since_are_found_though_older_ones_were_changed(
    pipedrive: PipedriveStandIn,
) -> None:
    pipedrive.put(Lead(created=START - timedelta(days=9)))
    pipedrive.persons[77]["update_time"] = "2026-03-09T00:00:00Z"
    name = pipedrive.put(Lead())
    assert all_since(pipedrive.crm()) == [name]


# Salesforce


def test_a_lead_in_a_queue_is_nobodys(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(Lead())
    record = record_of(salesforce.crm(), name)
    assert record.values["OwnerId"].startswith("00G")
    assert record.owner is None


def test_a_lead_is_found_by_its_short_id_too(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(Lead())
    told = salesforce.crm().read([name[:15]])
    assert isinstance(told, dict)
    assert list(told) == [name[:15]]


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("Working - Contacted", Ending.OPEN),
        ("Closed - Converted", Ending.WON),
        ("Closed - Not Converted", Ending.DISQUALIFIED),
    ],
)
def test_salesforce_leads_end_by_status(
    salesforce: SalesforceStandIn, status: str, ending: Ending
) -> None:
    name = salesforce.put(Lead(ended=status))
    assert record_of(salesforce.crm(), name).ending is ending


def test_columns_that_an_organisation_hides_are_left_out_from_then_on(
    salesforce: SalesforceStandIn,
) -> None:
    name, crm = salesforce.put(Lead(owned=True)), salesforce.crm()
    salesforce.hidden = {("Website", "Lead"), ("Rating", "Lead"), ("Email", "Name")}
    record = record_of(crm, name)
    assert record.fields.email == "grace.hale@example.com"
    assert (record.owner or Person()).name == ADA.name
    before = len(salesforce.requests)
    record_of(crm, name)
    assert len(salesforce.requests) == before + 1


def test_a_hidden_column_that_the_settings_name_is_told_of(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(Lead())
    salesforce.hidden = {("Fit__c", "Lead")}
    told = set_to(salesforce, read={"score": "Fit__c"}).read([name])
    assert told == Refused("crm.no_such_field", "the settings name Fit__c")


def test_a_session_that_ends_is_begun_anew(salesforce: SalesforceStandIn) -> None:
    name, crm = salesforce.put(Lead()), salesforce.crm()
    record_of(crm, name)
    salesforce.tokens += 1  # the one that we have is no longer the one that is valid
    record_of(crm, name)
    assert len(salesforce.asked("POST", "/services/oauth2/token")) == 2


def test_a_lead_that_salesforce_rejects_is_refused_alone_and_its_value_not_told(
    salesforce: SalesforceStandIn,
) -> None:
    names = [salesforce.put(lead) for lead in many(2)]
    told = salesforce.crm().write(
        [CrmChange(names[0], {"Email": "ada at example"}), CrmChange(names[1], {"Title": "CTO"})]
    )
    assert isinstance(told, dict)
    assert told[names[0]] == Refused("crm.invalid_email_address", told[names[0]].words)
    assert "example" not in told[names[0]].words
    assert isinstance(told[names[1]], Written)


def test_a_locked_row_may_be_free_later(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(Lead())
    salesforce.row_error = "UNABLE_TO_LOCK_ROW"
    told = salesforce.crm().write([CrmChange(name, {"Title": "CTO"})])
    assert told == {name: Unreachable("crm.unable_to_lock_row")}


def test_a_day_whose_calls_are_used_up_asks_for_a_long_pause(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(Lead())
    salesforce.trouble(None, Trouble.BUSY)  # the first request is for a token
    assert salesforce.crm().read([name]) == Busy(timedelta(minutes=15), "REQUEST_LIMIT_EXCEEDED")
