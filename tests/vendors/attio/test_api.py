"""What Attio alone has: a team's own attributes, and references."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, NotYet, Page
from leadline.ports.messenger import Refused
from leadline.vendors.attio.webhook import Attio
from tests.standins.crm_api import ADA, START, CrmLead, CrmRequest, CrmResponse
from tests.vendors.attio.standin import AttioStandIn
from tests.vendors.reading import read_one


@pytest.fixture
def attio() -> Iterator[AttioStandIn]:
    with AttioStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def of(attio: AttioStandIn, name: str) -> dict[str, list[dict[str, object]]]:
    values: dict[str, list[dict[str, object]]] = attio.records[name.partition(":")[2]]["values"]
    return values


def test_the_owner_stands_in_the_attribute_that_the_settings_name(attio: AttioStandIn) -> None:
    name = attio.put(CrmLead(owned=True))
    values = of(attio, name)
    values["sales_rep"] = values.pop("owner")
    assert read_one(attio, name).owner is None
    owner = read_one(attio, name, read={"owner": "sales_rep"}).owner
    assert owner == Person(id=attio.ada, name=ADA.name, email=ADA.email)


def test_what_is_the_owners_already_is_seen_as_such(attio: AttioStandIn) -> None:
    given = attio.crm().owner_value(Person(email=ADA.email))
    assert given == {"owner": attio.ada}
    assert read_one(attio, attio.put(CrmLead(owned=True))).values["owner"] == attio.ada


def test_a_team_without_that_attribute_has_no_owners(attio: AttioStandIn) -> None:
    name = attio.put(CrmLead())
    del of(attio, name)["owner"]
    assert read_one(attio, name).owner is None


def test_a_record_changed_when_its_latest_value_did(attio: AttioStandIn) -> None:
    name = attio.put(CrmLead())
    assert read_one(attio, name).modified == START
    attio.crm().write([CrmChange(name, {"job_title": "CTO"})])
    assert read_one(attio, name).modified == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_companies_are_asked_for_once_for_many_people(attio: AttioStandIn) -> None:
    names = [attio.put(CrmLead()) for _ in range(4)]
    attio.crm().read(names)
    assert len(attio.asked("POST", "companies")) == 1


def test_companies_that_may_not_be_seen_leave_the_person(attio: AttioStandIn) -> None:
    class Closed(AttioStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if "companies" in request.path:
                return CrmResponse(403, {"status_code": 403, "message": "Missing scope"})
            return super().answer(request)

    with Closed() as vendor:
        record = read_one(vendor, vendor.put(CrmLead()))
        assert record.fields.company is None
        assert record.fields.email == "grace.hale@example.com"


def test_an_object_that_is_not_there_is_not_yet(attio: AttioStandIn) -> None:
    class Gone(AttioStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            return CrmResponse(
                404, {"status_code": 404, "code": "not_found", "message": "No object"}
            )

    with Gone() as vendor:
        assert vendor.crm().read(["deals:1"]) == {"deals:1": NotYet()}
        page = vendor.crm().since(START)
        assert isinstance(page, Refused)
        assert page.reason == "crm.no_such_object"


def test_a_found_person_comes_with_the_companys_name(attio: AttioStandIn) -> None:
    attio.put(CrmLead())
    page = attio.crm().since(START)
    assert isinstance(page, Page)
    assert Attio().fields(page.found[0].raw).company == "Hale Instruments"
