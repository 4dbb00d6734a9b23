"""What HubSpot alone has."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, Page, Written
from leadline.ports.messenger import Busy, Refused
from tests.standins.crm_api import ADA, START, CrmFailure, CrmLead, many
from tests.vendors.hubspot.standin import HubSpotStandIn
from tests.vendors.reading import healthy, record_of, set_to


@pytest.fixture
def hubspot() -> Iterator[HubSpotStandIn]:
    yield from healthy(HubSpotStandIn())


def test_hubspot_tells_the_first_touch_and_the_time_of_change(hubspot: HubSpotStandIn) -> None:
    name = hubspot.put(CrmLead())
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
    name = hubspot.put(CrmLead())
    hubspot.contacts[name.partition(":")[2]] |= said
    assert record_of(hubspot.crm(), name).ending is ending


def test_hubspot_is_asked_for_what_the_settings_name(hubspot: HubSpotStandIn) -> None:
    name = hubspot.put(CrmLead())
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
    results = hubspot.crm().write(changes)
    assert isinstance(results, dict)
    assert [type(results[name]) for name in names] == [Written, Refused, Written]
    assert "ada at" not in results[names[1]].words
    assert len(hubspot.asked("PATCH", "/contacts/")) == 3


def test_a_hundred_contacts_go_into_a_request_and_never_more(hubspot: HubSpotStandIn) -> None:
    names = [hubspot.put(lead) for lead in many(130)]
    crm = hubspot.crm()
    assert len(crm.read(names)) == 130  # type: ignore[arg-type]
    assert len(hubspot.asked("POST", "batch/read")) == 2
    results = crm.write([CrmChange(name, {"jobtitle": "CTO"}) for name in names])
    assert isinstance(results, dict)
    assert len(results) == 130
    assert len(hubspot.asked("POST", "batch/update")) == 2


def test_a_pause_between_batches_leaves_the_second_out(hubspot: HubSpotStandIn) -> None:
    names = [hubspot.put(lead) for lead in many(130)]
    hubspot.trouble(None, CrmFailure.BUSY)
    results = hubspot.crm().write([CrmChange(name, {"jobtitle": "CTO"}) for name in names])
    assert isinstance(results, dict)
    assert list(results) == names[:101]
    assert isinstance(results[names[100]], Busy), "where the second begins"


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
    name = hubspot.put(CrmLead())
    results = hubspot.crm().write(
        [CrmChange(name, {"score_of_ours": 83.5, "hot": True, "tags": ["a", "b"], "fax": None})]
    )
    assert isinstance(results, dict)
    kept = hubspot.contacts[name.partition(":")[2]]
    assert (kept["score_of_ours"], kept["hot"], kept["tags"], kept["fax"]) == (
        "83.5", "true", "a;b", "",
    )  # fmt: skip
