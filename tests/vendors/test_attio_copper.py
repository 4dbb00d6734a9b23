"""What Attio and Copper alone have: a team's own attributes, references, custom fields."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.model.handling import Ending
from leadline.model.people import Person
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Page
from leadline.ports.messenger import Refused
from leadline.vendors.attio.webhook import Attio
from tests.standins.crm_api import ADA, START, Asked, Lead, StandIn, Told
from tests.vendors.attio_copper import AttioStandIn, CopperStandIn


@pytest.fixture
def attio() -> Iterator[AttioStandIn]:
    with AttioStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def copper() -> Iterator[CopperStandIn]:
    with CopperStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def read_one(vendor: StandIn, name: str, **settings: object) -> CrmRecord:
    told = vendor.crm(msgspec.structs.replace(vendor.config(), **settings)).read([name])
    assert isinstance(told, dict)
    record = told[name]
    assert isinstance(record, CrmRecord)
    return record


def of(attio: AttioStandIn, name: str) -> dict[str, list[dict[str, object]]]:
    values: dict[str, list[dict[str, object]]] = attio.records[name.partition(":")[2]]["values"]
    return values


def test_the_owner_stands_in_the_attribute_that_the_settings_name(attio: AttioStandIn) -> None:
    name = attio.put(Lead(owned=True))
    values = of(attio, name)
    values["sales_rep"] = values.pop("owner")
    assert read_one(attio, name).owner is None
    owner = read_one(attio, name, read={"owner": "sales_rep"}).owner
    assert owner == Person(id=attio.ada, name=ADA.name, email=ADA.email)


def test_what_is_the_owners_already_is_seen_as_such(attio: AttioStandIn) -> None:
    given = attio.crm().owner_value(Person(email=ADA.email))
    assert given == {"owner": attio.ada}
    assert read_one(attio, attio.put(Lead(owned=True))).values["owner"] == attio.ada


def test_a_team_without_that_attribute_has_no_owners(attio: AttioStandIn) -> None:
    name = attio.put(Lead())
    del of(attio, name)["owner"]
    assert read_one(attio, name).owner is None


def test_a_record_changed_when_its_latest_value_did(attio: AttioStandIn) -> None:
    name = attio.put(Lead())
    assert read_one(attio, name).modified == START
    attio.crm().write([CrmChange(name, {"job_title": "CTO"})])
    assert read_one(attio, name).modified == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_companies_are_asked_for_once_for_many_people(attio: AttioStandIn) -> None:
    names = [attio.put(Lead()) for _ in range(4)]
    attio.crm().read(names)
    assert len(attio.asked("POST", "companies")) == 1


def test_companies_that_may_not_be_seen_leave_the_person(attio: AttioStandIn) -> None:
    class Closed(AttioStandIn):
        def answer(self, asked: Asked) -> Told:
            if "companies" in asked.path:
                return Told(403, {"status_code": 403, "message": "Missing scope"})
            return super().answer(asked)

    with Closed() as vendor:
        record = read_one(vendor, vendor.put(Lead()))
        assert record.fields.company is None
        assert record.fields.email == "grace.hale@example.com"


def test_an_object_that_is_not_there_is_not_yet(attio: AttioStandIn) -> None:
    class Gone(AttioStandIn):
        def answer(self, asked: Asked) -> Told:
            return Told(404, {"status_code": 404, "code": "not_found", "message": "No object"})

    with Gone() as vendor:
        assert vendor.crm().read(["deals:1"]) == {"deals:1": NotYet()}
        told = vendor.crm().since(START)
        assert isinstance(told, Refused)
        assert told.reason == "crm.no_such_object"


def test_a_found_person_comes_with_the_companys_name(attio: AttioStandIn) -> None:
    attio.put(Lead())
    page = attio.crm().since(START)
    assert isinstance(page, Page)
    assert Attio().fields(page.found[0].raw).company == "Hale Instruments"


def test_custom_fields_are_read_and_written_by_number(copper: CopperStandIn) -> None:
    name = copper.put(Lead())
    told = copper.crm().write([CrmChange(name, {"custom_field.100764": 70, "title": "CTO"})])
    assert isinstance(told, dict)
    record = read_one(copper, name, read={"score": "custom_field.100764"})
    assert record.values["custom_field.100764"] == 70
    assert record.fields.score == 70
    assert "custom_field.100764" not in copper.asked("PUT", "leads")[0].json


def test_an_address_is_written_as_copper_has_it_and_read_as_text(copper: CopperStandIn) -> None:
    name = copper.put(Lead())
    copper.crm().write([CrmChange(name, {"email": "grace@example.org"})])
    assert copper.leads[89_011_972]["email"] == {"email": "grace@example.org", "category": "work"}
    assert read_one(copper, name).values["email"] == "grace@example.org"


@pytest.mark.parametrize(
    ("status", "ending"),
    [("Contacted", Ending.OPEN), ("Unqualified", Ending.DISQUALIFIED), ("Sold", Ending.WON)],
)
def test_a_status_ends_a_lead(copper: CopperStandIn, status: str, ending: Ending) -> None:
    name = copper.put(Lead(ended=status))
    assert read_one(copper, name, endings={"sold": "won"}).ending is ending


def test_an_owner_is_an_id_where_users_may_not_be_seen(copper: CopperStandIn) -> None:
    class Closed(CopperStandIn):
        def answer(self, asked: Asked) -> Told:
            if "users" in asked.path:
                return Told(403, {"success": False, "status": 403, "message": "Forbidden"})
            return super().answer(asked)

    with Closed() as vendor:
        assert read_one(vendor, vendor.put(Lead(owned=True))).owner == Person(id="137658")
        assert vendor.crm().owner_value(Person(email=ADA.email)) is None


def test_people_are_searched_by_themselves(copper: CopperStandIn) -> None:
    class Both(CopperStandIn):
        def answer(self, asked: Asked) -> Told:
            if asked.path.endswith("/people/search"):
                assert "include_converted_leads" not in asked.json
                person = {"id": 5, "name": "Grace Hale", "emails": [{"email": "g@example.com"}]}
                return Told(body=[person])
            return super().answer(asked)

    with Both() as vendor:
        lead = vendor.put(Lead())
        told = vendor.crm().read([lead, "person:5", "company:6"])
        assert isinstance(told, dict)
        person = told["person:5"]
        assert isinstance(person, CrmRecord)
        assert person.fields.email == "g@example.com"
        assert isinstance(told[lead], CrmRecord)
        assert isinstance(told["company:6"], Refused)


def test_times_are_seconds_since_1970(copper: CopperStandIn) -> None:
    name = copper.put(Lead(created=START + timedelta(minutes=5)))
    assert read_one(copper, name).modified == START + timedelta(minutes=5)
