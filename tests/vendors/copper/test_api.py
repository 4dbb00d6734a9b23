"""What Copper alone has: custom fields by number, statuses, times in seconds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, CrmRecord
from leadline.ports.messenger import Refused
from tests.standins.crm_api import ADA, START, CrmLead, CrmRequest, CrmResponse
from tests.vendors.copper.standin import CopperStandIn
from tests.vendors.reading import read_one


@pytest.fixture
def copper() -> Iterator[CopperStandIn]:
    with CopperStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def test_custom_fields_are_read_and_written_by_number(copper: CopperStandIn) -> None:
    name = copper.put(CrmLead())
    results = copper.crm().write([CrmChange(name, {"custom_field.100764": 70, "title": "CTO"})])
    assert isinstance(results, dict)
    record = read_one(copper, name, read={"score": "custom_field.100764"})
    assert record.values["custom_field.100764"] == 70
    assert record.fields.score == 70
    assert "custom_field.100764" not in copper.asked("PUT", "leads")[0].json


def test_an_address_is_written_as_copper_has_it_and_read_as_text(copper: CopperStandIn) -> None:
    name = copper.put(CrmLead())
    copper.crm().write([CrmChange(name, {"email": "grace@example.org"})])
    assert copper.leads[89_011_972]["email"] == {"email": "grace@example.org", "category": "work"}
    assert read_one(copper, name).values["email"] == "grace@example.org"


@pytest.mark.parametrize(
    ("status", "ending"),
    [("Contacted", Ending.OPEN), ("Unqualified", Ending.DISQUALIFIED), ("Sold", Ending.WON)],
)
def test_a_status_ends_a_lead(copper: CopperStandIn, status: str, ending: Ending) -> None:
    name = copper.put(CrmLead(ended=status))
    assert read_one(copper, name, endings={"sold": "won"}).ending is ending


def test_an_owner_is_an_id_where_users_may_not_be_seen(copper: CopperStandIn) -> None:
    class Closed(CopperStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if "users" in request.path:
                return CrmResponse(403, {"success": False, "status": 403, "message": "Forbidden"})
            return super().answer(request)

    with Closed() as vendor:
        assert read_one(vendor, vendor.put(CrmLead(owned=True))).owner == Person(id="137658")
        assert vendor.crm().owner_value(Person(email=ADA.email)) is None


def test_people_are_searched_by_themselves(copper: CopperStandIn) -> None:
    class Both(CopperStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if request.path.endswith("/people/search"):
                assert "include_converted_leads" not in request.json
                person = {"id": 5, "name": "Grace Hale", "emails": [{"email": "g@example.com"}]}
                return CrmResponse(body=[person])
            return super().answer(request)

    with Both() as vendor:
        lead = vendor.put(CrmLead())
        records = vendor.crm().read([lead, "person:5", "company:6"])
        assert isinstance(records, dict)
        person = records["person:5"]
        assert isinstance(person, CrmRecord)
        assert person.fields.email == "g@example.com"
        assert isinstance(records[lead], CrmRecord)
        assert isinstance(records["company:6"], Refused)


def test_times_are_seconds_since_1970(copper: CopperStandIn) -> None:
    name = copper.put(CrmLead(created=START + timedelta(minutes=5)))
    assert read_one(copper, name).modified == START + timedelta(minutes=5)
