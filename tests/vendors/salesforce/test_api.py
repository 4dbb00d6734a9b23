"""What Salesforce alone has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from tests.standins.crm_api import ADA, CrmFailure, CrmLead, many
from tests.vendors.reading import healthy, record_of, set_to
from tests.vendors.salesforce.standin import SalesforceStandIn


@pytest.fixture
def salesforce() -> Iterator[SalesforceStandIn]:
    yield from healthy(SalesforceStandIn())


def test_a_lead_in_a_queue_is_nobodys(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(CrmLead())
    record = record_of(salesforce.crm(), name)
    assert record.values["OwnerId"].startswith("00G")
    assert record.owner is None


def test_a_lead_is_found_by_its_short_id_too(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(CrmLead())
    records = salesforce.crm().read([name[:15]])
    assert isinstance(records, dict)
    assert list(records) == [name[:15]]


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
    name = salesforce.put(CrmLead(ended=status))
    assert record_of(salesforce.crm(), name).ending is ending


def test_columns_that_an_organisation_hides_are_left_out_from_then_on(
    salesforce: SalesforceStandIn,
) -> None:
    name, crm = salesforce.put(CrmLead(owned=True)), salesforce.crm()
    salesforce.hidden = {("Website", "Lead"), ("Rating", "Lead"), ("Email", "Name")}
    record = record_of(crm, name)
    assert record.fields.email == "grace.hale@example.com"
    assert (record.owner or Person()).name == ADA.name
    before = len(salesforce.requests)
    record_of(crm, name)
    assert len(salesforce.requests) == before + 1


def test_a_hidden_column_that_the_settings_name_is_told_of(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(CrmLead())
    salesforce.hidden = {("Fit__c", "Lead")}
    records = set_to(salesforce, read={"score": "Fit__c"}).read([name])
    assert records == Refused("crm.no_such_field", "the settings name Fit__c")


def test_a_session_that_ends_is_begun_anew(salesforce: SalesforceStandIn) -> None:
    name, crm = salesforce.put(CrmLead()), salesforce.crm()
    record_of(crm, name)
    salesforce.tokens += 1  # the one that we have is no longer the one that is valid
    record_of(crm, name)
    assert len(salesforce.asked("POST", "/services/oauth2/token")) == 2


def test_a_lead_that_salesforce_rejects_is_refused_alone_and_its_value_not_told(
    salesforce: SalesforceStandIn,
) -> None:
    names = [salesforce.put(lead) for lead in many(2)]
    results = salesforce.crm().write(
        [CrmChange(names[0], {"Email": "ada at example"}), CrmChange(names[1], {"Title": "CTO"})]
    )
    assert isinstance(results, dict)
    assert results[names[0]] == Refused("crm.invalid_email_address", results[names[0]].words)
    assert "example" not in results[names[0]].words
    assert isinstance(results[names[1]], Written)


def test_a_locked_row_may_be_free_later(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(CrmLead())
    salesforce.row_error = "UNABLE_TO_LOCK_ROW"
    results = salesforce.crm().write([CrmChange(name, {"Title": "CTO"})])
    assert results == {name: Unreachable("crm.unable_to_lock_row")}


def test_a_day_whose_calls_are_used_up_asks_for_a_long_pause(salesforce: SalesforceStandIn) -> None:
    name = salesforce.put(CrmLead())
    salesforce.trouble(None, CrmFailure.BUSY)  # the first request is for a token
    assert salesforce.crm().read([name]) == Busy(timedelta(minutes=15), "REQUEST_LIMIT_EXCEEDED")
