"""What Zoho CRM alone has: data centres, tokens, checks for newer changes, queries by time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.model.handling import Ending
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.vendors.zoho.api import ZohoCrm, _accounts
from tests.standins.crm_api import START, CrmFailure, CrmLead
from tests.vendors.zoho.standin import ZohoStandIn


@pytest.fixture
def zoho() -> Iterator[ZohoStandIn]:
    with ZohoStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def read_one(zoho: ZohoStandIn, name: str, **settings: object) -> CrmRecord:
    records = zoho.crm(msgspec.structs.replace(zoho.config(), **settings)).read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    return record


@pytest.mark.parametrize(
    ("api", "accounts"),
    [
        ("https://www.zohoapis.com", "https://accounts.zoho.com"),
        ("https://www.zohoapis.eu/", "https://accounts.zoho.eu"),
        ("https://www.zohoapis.com.au", "https://accounts.zoho.com.au"),
        ("https://www.zohoapis.ca", "https://accounts.zohocloud.ca"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_tokens_are_had_at_the_data_centre_of_the_api(api: str, accounts: str) -> None:
    assert _accounts(api) == accounts


def test_one_token_serves_many_requests(zoho: ZohoStandIn) -> None:
    crm, name = zoho.crm(), zoho.put(CrmLead())
    for _ in range(3):
        crm.read([name])
    assert len(zoho.asked("POST", "/oauth")) == 1


def test_a_token_that_has_run_out_is_renewed_once(zoho: ZohoStandIn) -> None:
    crm, name = zoho.crm(), zoho.put(CrmLead())
    crm.read([name])
    zoho.tokens += 1  # whatever was given before is no good now
    records = crm.read([name])
    assert isinstance(records, dict)
    assert isinstance(records[name], CrmRecord)
    assert len(zoho.asked("POST", "/oauth")) == 2


def test_a_change_that_knows_its_time_does_not_touch_a_newer_record(zoho: ZohoStandIn) -> None:
    crm, name = zoho.crm(), zoho.put(CrmLead())
    seen = read_one(zoho, name).modified
    crm.write([CrmChange(name, {"Rating": "a colleague's"})])
    results = crm.write([CrmChange(name, {"Rating": "ours"}, seen)])
    assert results == {name: Unreachable("crm.modified_meanwhile")}
    assert zoho.leads[name.partition(":")[2]]["Rating"] == "a colleague's"


def test_a_change_that_knows_the_latest_time_is_written(zoho: ZohoStandIn) -> None:
    crm, name = zoho.crm(), zoho.put(CrmLead())
    results = crm.write([CrmChange(name, {"Designation": "CTO"}, read_one(zoho, name).modified)])
    assert isinstance(results, dict)
    written = results[name]
    assert isinstance(written, Written)
    assert written.modified == read_one(zoho, name).modified


def test_changes_without_a_time_are_written_in_one_request(zoho: ZohoStandIn) -> None:
    names = [zoho.put(CrmLead()) for _ in range(5)]
    crm = zoho.crm()
    results = crm.write([CrmChange(name, {"Designation": "CTO"}) for name in names])
    assert isinstance(results, dict)
    assert [isinstance(results[name], Written) for name in names] == [True] * 5
    assert len(zoho.asked("PUT", "/Leads")) == 1


def test_a_pause_among_checked_changes_tells_what_was_done(zoho: ZohoStandIn) -> None:
    names = [zoho.put(CrmLead()) for _ in range(3)]
    crm = zoho.crm()
    crm.read(names)
    zoho.trouble(None, CrmFailure.BUSY)
    results = crm.write([CrmChange(name, {"Designation": "CTO"}, START) for name in names])
    assert isinstance(results, dict)
    assert list(results) == names[:2]
    assert isinstance(results[names[0]], Written)
    assert isinstance(results[names[1]], Busy)


def test_a_missing_record_with_a_time_is_not_yet(zoho: ZohoStandIn) -> None:
    results = zoho.crm().write([CrmChange(zoho.unknown, {"Designation": "CTO"}, START)])
    assert results == {zoho.unknown: NotYet()}


def test_other_modules_are_refused_and_never_asked_for(zoho: ZohoStandIn) -> None:
    records = zoho.crm().read(["Deals:5725767000003000010"])
    assert records == {"Deals:5725767000003000010": Refused("crm.unknown_record", "")}
    assert zoho.requests == []


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("Contacted", Ending.OPEN),
        ("Junk Lead", Ending.DISQUALIFIED),
        ("lost lead", Ending.LOST),
        ("Bought a lens", Ending.WON),
    ],
)
def test_a_status_ends_the_lead(zoho: ZohoStandIn, status: str, ending: Ending) -> None:
    name = zoho.put(CrmLead(ended=status))
    assert read_one(zoho, name, endings={"Bought a lens": "won"}).ending is ending


def test_a_converted_lead_is_won(zoho: ZohoStandIn) -> None:
    name = zoho.put(CrmLead())
    zoho.leads[name.partition(":")[2]]["Converted__s"] = True
    assert read_one(zoho, name).ending is Ending.WON


def test_fields_that_the_settings_name_are_asked_for_first(zoho: ZohoStandIn) -> None:
    read_one(zoho, zoho.put(CrmLead()), read={"score": "Heat"}, write={"status": "Lead_State"})
    fields = zoho.asked("GET", "/Leads")[0].one("fields").split(",")
    assert fields[:2] == ["Heat", "Lead_State"]


def test_many_leads_of_one_second_are_all_found(zoho: ZohoStandIn) -> None:
    names = [zoho.put(CrmLead()) for _ in range(250)]
    last = zoho.put(CrmLead(created=START + timedelta(seconds=1)))
    crm, after, found = zoho.crm(), "", list[str]()
    while True:
        page = crm.since(datetime(2026, 1, 1, tzinfo=UTC), after)
        assert isinstance(page, Page)
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            break
    assert found == [*names, last]


def test_the_class_that_settings_name_is_this_one(zoho: ZohoStandIn) -> None:
    assert isinstance(zoho.crm(), ZohoCrm)
