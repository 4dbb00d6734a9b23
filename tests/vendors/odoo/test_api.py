"""What Odoo alone has: JSON-RPC's errors with status 200, false for empty, archived leads."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, CrmRecord, NotYet
from leadline.ports.messenger import Refused, Unreachable
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse
from tests.vendors.odoo.standin import OdooStandIn


class FailingOdoo(OdooStandIn):
    """Answers with an error of Odoo's, where one is set."""

    error: tuple[str, str] | None = None

    def _executed(
        self, body: Any, what: str, args: list[Any], options: dict[str, Any]
    ) -> CrmResponse:
        if self.error:
            return self._error(body, *self.error)
        return super()._executed(body, what, args, options)


@pytest.fixture
def odoo() -> Iterator[FailingOdoo]:
    with FailingOdoo() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def read_one(odoo: OdooStandIn, name: str, **settings: object) -> CrmRecord:
    records = odoo.crm(msgspec.structs.replace(odoo.config(), **settings)).read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    return record


def methods(odoo: OdooStandIn) -> list[str]:
    return [call.json["params"]["args"][4] for call in odoo.requests if len(args(call)) > 4]


def args(call: CrmRequest) -> list[Any]:
    return list(call.json["params"]["args"])


def test_empty_is_none_and_a_reference_is_its_id(odoo: FailingOdoo) -> None:
    values = read_one(odoo, odoo.put(CrmLead(owned=True))).values
    assert values["function"] is None
    assert values["active"] is True
    assert (values["user_id"], values["country_id"]) == (odoo.ada, 233)


def test_what_is_the_owners_already_needs_no_writing(odoo: FailingOdoo) -> None:
    record = read_one(odoo, odoo.put(CrmLead(owned=True)))
    given = odoo.crm().owner_value(Person(email=ADA.email))
    assert given == {"user_id": odoo.ada}
    assert record.values["user_id"] == odoo.ada


def test_none_empties_a_field(odoo: FailingOdoo) -> None:
    name = odoo.put(CrmLead())
    odoo.crm().write([CrmChange(name, {"phone": None})])
    assert odoo.leads[1]["phone"] is False
    assert read_one(odoo, name).values["phone"] is None


def test_a_time_is_written_as_odoo_notes_it(odoo: FailingOdoo) -> None:
    name = odoo.put(CrmLead())
    odoo.crm().write([CrmChange(name, {"write_date": "2026-03-02T10:00:00+01:00"})])
    assert odoo.leads[1]["write_date"] == "2026-03-02 09:00:00"


def test_the_user_and_the_fields_are_asked_for_once(odoo: FailingOdoo) -> None:
    crm, name = odoo.crm(), odoo.put(CrmLead())
    for _ in range(3):
        crm.read([name])
    assert methods(odoo) == ["fields_get", "search_read", "search_read", "search_read"]
    assert len(odoo.requests) == 5


def test_fields_of_the_settings_are_read_where_they_exist(odoo: FailingOdoo) -> None:
    name = odoo.put(CrmLead())
    odoo.leads[1]["x_score"] = 70
    record = read_one(odoo, name, read={"score": "x_score", "message": "x_not_there"})
    assert record.fields.score == 70


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ({}, Ending.OPEN),
        ({"active": False, "probability": 0}, Ending.LOST),
        ({"probability": 100.0}, Ending.WON),
        ({"stage_id": [9, "No budget"]}, Ending.DISQUALIFIED),
    ],
)
def test_a_lead_ends(odoo: FailingOdoo, values: dict[str, Any], ending: Ending) -> None:
    name = odoo.put(CrmLead())
    odoo.leads[1] |= values
    assert read_one(odoo, name, endings={"no budget": "disqualified"}).ending is ending


def test_the_state_that_newer_versions_tell_wins_over_the_probability(odoo: FailingOdoo) -> None:
    name = odoo.put(CrmLead())
    odoo.types = {**odoo.types, "won_status": "selection"}
    odoo.leads[1] |= {"probability": 100.0, "won_status": "pending"}
    assert read_one(odoo, name).ending is Ending.OPEN
    odoo.leads[1]["won_status"] = "lost"
    assert read_one(odoo, name).ending is Ending.LOST


def test_a_key_that_was_taken_away_is_unauthorized(odoo: FailingOdoo) -> None:
    crm, name = odoo.crm(), odoo.put(CrmLead())
    crm.read([name])
    odoo.error = ("odoo.exceptions.AccessDenied", f"{odoo.secret} is no key")
    records = crm.read([name])
    assert isinstance(records, Refused)
    assert records.reason == "crm.unauthorized"
    assert odoo.secret not in records.words


def test_what_the_user_may_not_do_is_forbidden(odoo: FailingOdoo) -> None:
    crm, name = odoo.crm(), odoo.put(CrmLead())
    crm.read([name])
    odoo.error = ("odoo.exceptions.AccessError", "You are not allowed to modify leads")
    results = crm.write([CrmChange(name, {"function": "CTO"})])
    assert results == {name: Refused("crm.forbidden", "You are not allowed to modify leads")}


def test_a_value_that_odoo_will_not_take_is_refused_with_its_words(odoo: FailingOdoo) -> None:
    crm, name = odoo.crm(), odoo.put(CrmLead())
    crm.read([name])
    odoo.error = ("odoo.exceptions.ValidationError", "The probability must be below 100")
    results = crm.write([CrmChange(name, {"probability": 400})])
    words = "The probability must be below 100"
    assert results == {name: Refused("crm.ValidationError", words)}


def test_a_database_in_trouble_is_unreachable(odoo: FailingOdoo) -> None:
    crm, name = odoo.crm(), odoo.put(CrmLead())
    crm.read([name])
    odoo.error = ("psycopg2.errors.SerializationFailure", "could not serialize access")
    results = crm.write([CrmChange(name, {"function": "CTO"})])
    assert results == {name: Unreachable("crm.SerializationFailure")}


def test_records_of_other_models_are_refused(odoo: FailingOdoo) -> None:
    records = odoo.crm().read(["res.partner:1", "crm.lead:1"])
    assert records == {
        "res.partner:1": Refused("crm.unknown_record", ""),
        "crm.lead:1": NotYet(),
    }
