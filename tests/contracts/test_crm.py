"""What every CRM's adapter promises (`leadline.ports.crm.Crm`), each asked of a stand-in for its
API.

Who adds a CRM adds its stand-in to `STAND_INS`.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from leadline.entrypoints.cli.doctor.contacts import check_crm
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.plugins import crm_kinds
from leadline.ports.crm import CrmChange, CrmRecord, CrmUsers, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.crm_kinds import CRM_KINDS
from leadline.vendors import registry
from leadline.vendors.registry import make_crm
from tests.standins.crm_api import ADA, START, CrmFailure, CrmLead, CrmStandIn, many
from tests.vendors.attio.standin import AttioStandIn
from tests.vendors.close.standin import CloseStandIn
from tests.vendors.copper.standin import CopperStandIn
from tests.vendors.document.standin import DocumentStandIn
from tests.vendors.hubspot.standin import HubSpotStandIn
from tests.vendors.linkedin.standin import LinkedInStandIn
from tests.vendors.meta.standin import MetaStandIn
from tests.vendors.odoo.standin import OdooStandIn
from tests.vendors.pipedrive.standin import PipedriveStandIn
from tests.vendors.salesforce.standin import SalesforceStandIn
from tests.vendors.tryton.standin import TrytonStandIn
from tests.vendors.zoho.standin import ZohoStandIn

STAND_INS: tuple[type[CrmStandIn], ...] = (
    CloseStandIn,
    HubSpotStandIn,
    PipedriveStandIn,
    SalesforceStandIn,
    ZohoStandIn,
    OdooStandIn,
    AttioStandIn,
    CopperStandIn,
    MetaStandIn,
    LinkedInStandIn,
    DocumentStandIn,
    TrytonStandIn,
)
SHORT = timedelta(seconds=0.4)


@pytest.fixture(params=STAND_INS, ids=lambda one: one.kind)
def vendor(request: pytest.FixtureRequest) -> Iterator[CrmStandIn]:
    with request.param() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def writing(vendor: CrmStandIn) -> CrmStandIn:
    if not vendor.writes:
        pytest.skip("nothing is written to this one")
    return vendor


def the_record(vendor: CrmStandIn, name: str) -> CrmRecord:
    records = vendor.crm().read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    return record


def in_a_hurry(vendor: CrmStandIn) -> CrmConfig:
    return msgspec.structs.replace(vendor.config(), timeout=SHORT)


def test_a_record_is_read_with_its_fields(vendor: CrmStandIn) -> None:
    name = vendor.put(CrmLead())
    record = the_record(vendor, name)
    assert record.record == name
    assert record.fields.email == "grace.hale@example.com"
    assert record.fields.phone == "+14805550123"
    assert record.fields.company == "Hale Instruments"
    said = record.fields.name or f"{record.fields.first_name} {record.fields.last_name}"
    assert said == "Grace Hale"
    assert record.fields.record == name
    assert record.ending is Ending.OPEN


def test_a_record_with_an_owner_is_read_with_their_name_and_email(vendor: CrmStandIn) -> None:
    if not vendor.crm().knows_owners:
        pytest.skip("no owners here")
    record = the_record(vendor, vendor.put(CrmLead(owned=True)))
    assert record.owner is not None
    assert (record.owner.name, record.owner.email) == (ADA.name, ADA.email)
    assert record.owner.id
    assert record.fields.owner == ADA.name


def test_a_record_of_nobody_has_no_owner(vendor: CrmStandIn) -> None:
    assert the_record(vendor, vendor.put(CrmLead())).owner is None


def test_the_users_are_asked_for_once_in_a_while_and_not_for_every_record(
    vendor: CrmStandIn,
) -> None:
    crm = vendor.crm()
    names = [vendor.put(lead._replace(owned=True)) for lead in many(3)]
    crm.read(names)
    before = len(vendor.requests)
    crm.read(names)
    again = vendor.requests[before:]
    assert len(again) <= len(names) + 1
    assert not [one for one in again if "user" in one.path or "owners" in one.path]


def test_a_crm_with_owners_names_its_active_users(vendor: CrmStandIn) -> None:
    crm = vendor.crm()
    if not isinstance(crm, CrmUsers):
        pytest.skip("no users here")
    assert crm.knows_owners
    users = crm.users()
    assert isinstance(users, dict)
    assert ADA.email in {one.email for one in users.values()}
    assert all(one.id == ident for ident, one in users.items())


def test_a_record_that_is_not_there_is_not_yet_beside_one_that_is(vendor: CrmStandIn) -> None:
    name = vendor.put(CrmLead())
    records = vendor.crm().read([vendor.unknown, name])
    assert isinstance(records, dict)
    assert records[vendor.unknown] == NotYet()
    assert isinstance(records[name], CrmRecord)
    assert len(records) == 2


def test_a_record_of_an_unheard_of_name_spoils_no_other(vendor: CrmStandIn) -> None:
    name, strange = vendor.put(CrmLead()), "x' OR Id != 'y/../z?"
    records = vendor.crm().read([strange, name])
    assert isinstance(records, dict)
    assert isinstance(records[strange], NotYet | Refused)
    assert isinstance(records[name], CrmRecord)


def test_nothing_is_asked_for_no_records(vendor: CrmStandIn) -> None:
    assert vendor.crm().read([]) == {}
    assert vendor.requests == []


def test_a_pause_that_is_asked_for_is_busy(vendor: CrmStandIn) -> None:
    name = vendor.put(CrmLead())
    vendor.always(CrmFailure.BUSY)
    records = vendor.crm().read([name])
    assert isinstance(records, Busy)
    assert timedelta(seconds=5) <= records.after <= timedelta(hours=1)


@pytest.mark.parametrize("kind", [CrmFailure.DOWN, CrmFailure.HALF, CrmFailure.NOT_JSON])
def test_a_broken_answer_is_unreachable(vendor: CrmStandIn, kind: CrmFailure) -> None:
    name = vendor.put(CrmLead())
    vendor.always(kind)
    records = vendor.crm().read([name])
    assert isinstance(records, Unreachable)
    assert vendor.url not in records.words


@pytest.mark.parametrize("kind", [CrmFailure.SILENT, CrmFailure.DRIP])
def test_a_silent_or_dripping_server_is_unreachable_in_time(
    vendor: CrmStandIn, kind: CrmFailure
) -> None:
    name = vendor.put(CrmLead())
    vendor.always(kind)
    crm = vendor.crm(in_a_hurry(vendor))
    began = time.monotonic()
    assert isinstance(crm.read([name]), Unreachable)
    assert time.monotonic() - began < 5 * SHORT.total_seconds()


def test_nobody_listening_is_unreachable(vendor: CrmStandIn) -> None:
    name = vendor.put(CrmLead())
    config = vendor.config()
    config = msgspec.structs.replace(
        config, url=config.url.replace(vendor.url, "http://127.0.0.1:9")
    )
    assert isinstance(make_crm(vendor.kind, config).read([name]), Unreachable)


def test_a_crm_that_comes_back_is_read_again(vendor: CrmStandIn) -> None:
    name, crm = vendor.put(CrmLead(owned=True)), vendor.crm()
    vendor.always(CrmFailure.DOWN)
    assert isinstance(crm.read([name]), Unreachable)
    vendor.always(None)
    records = crm.read([name])
    assert isinstance(records, dict)
    assert isinstance(records[name], CrmRecord)


def test_a_wrong_secret_is_refused_and_not_told(vendor: CrmStandIn) -> None:
    name = vendor.put(CrmLead())
    crm = vendor.crm(vendor.config(secret="wrong-secret-8899"))
    records = crm.read([name])
    assert isinstance(records, Refused)
    assert records.reason == "crm.unauthorized"
    for hidden in ("8899", "4711", vendor.url):
        assert hidden not in repr(records)


def test_what_was_written_is_read_back(writing: CrmStandIn) -> None:
    crm, name = writing.crm(), writing.put(CrmLead())
    results = crm.write([CrmChange(name, {writing.title: "Head of Optics"})])
    assert isinstance(results, dict)
    assert isinstance(results[name], Written)
    assert the_record(writing, name).values[writing.title] == "Head of Optics"


def test_writing_twice_changes_nothing(writing: CrmStandIn) -> None:
    crm, name = writing.crm(), writing.put(CrmLead())
    change = CrmChange(name, {writing.title: "Head of Optics"})
    crm.write([change])
    once = the_record(writing, name).fields
    results = crm.write([change])
    assert isinstance(results, dict)
    assert isinstance(results[name], Written)
    assert the_record(writing, name).fields == once


def test_a_change_of_a_record_that_is_not_there_spoils_no_other(writing: CrmStandIn) -> None:
    name = writing.put(CrmLead())
    changes = [CrmChange(one, {writing.title: "CTO"}) for one in (writing.unknown, name)]
    results = writing.crm().write(changes)
    assert isinstance(results, dict)
    assert results[writing.unknown] == NotYet()
    assert isinstance(results[name], Written)
    assert the_record(writing, name).values[writing.title] == "CTO"


def test_a_pause_half_way_tells_what_was_done_and_how_long_to_wait(writing: CrmStandIn) -> None:
    if writing.together:
        pytest.skip("several are written in one request")
    names = [writing.put(lead) for lead in many(3)]
    crm = writing.crm()
    crm.read(names[:1])  # whatever else has to be asked first
    writing.trouble(*[None] * writing.requests_a_change, CrmFailure.BUSY)
    results = crm.write([CrmChange(name, {writing.title: "CTO"}) for name in names])
    assert isinstance(results, dict)
    assert list(results) == names[:2], "the last one was not tried"
    assert isinstance(results[names[0]], Written)
    assert isinstance(results[names[1]], Busy)


def test_a_pause_at_once_is_busy_and_nothing_was_written(writing: CrmStandIn) -> None:
    name, crm = writing.put(CrmLead()), writing.crm()
    writing.always(CrmFailure.BUSY)
    assert isinstance(crm.write([CrmChange(name, {writing.title: "CTO"})]), Busy)
    writing.always(None)
    assert the_record(writing, name).values.get(writing.title) != "CTO"


def test_a_silent_server_keeps_no_write_waiting(writing: CrmStandIn) -> None:
    name, crm = writing.put(CrmLead()), writing.crm(in_a_hurry(writing))
    writing.always(CrmFailure.SILENT)
    began = time.monotonic()
    results = crm.write([CrmChange(name, {writing.title: "CTO"})])
    assert time.monotonic() - began < 5 * SHORT.total_seconds()
    assert isinstance(results[name] if isinstance(results, dict) else results, Unreachable)


def test_a_record_can_be_given_to_somebody_known_by_email(writing: CrmStandIn) -> None:
    crm, name = writing.crm(), writing.put(CrmLead())
    if not crm.knows_owners:
        pytest.skip("no owners here")
    values = crm.owner_value(Person(email=ADA.email.upper()))
    if values is None:
        pytest.skip("owners can't be told to this one")
    crm.write([CrmChange(name, values)])
    owner = the_record(writing, name).owner
    assert owner is not None
    assert owner.email == ADA.email


def test_nobody_that_the_crm_knows_can_be_no_owner(vendor: CrmStandIn) -> None:
    if vendor.knows_people:
        assert vendor.crm().owner_value(Person(email="nobody@example.com")) is None
    assert vendor.crm().owner_value(Person(slack="U012")) is None


def test_since_pages_through_all_oldest_first(vendor: CrmStandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    vendor.put(CrmLead(created=START - timedelta(hours=1)))
    names = [vendor.put(lead) for lead in many(vendor.page + 3)]
    crm, after = vendor.crm(), ""
    found: list[str] = []
    for _ in range(9):
        page = crm.since(START, after)
        assert isinstance(page, Page)
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            break
    assert after == ""
    assert list(dict.fromkeys(found)) == names
    assert found.count(names[-1]) == 1


def test_what_since_finds_is_understood_by_the_source(vendor: CrmStandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    name = vendor.put(CrmLead())
    page = vendor.crm().since(START)
    assert isinstance(page, Page)
    (found,) = page.found
    assert (found.record, found.created_at) == (name, START)
    fields = registry.find(vendor.kind)().fields(found.raw)
    assert fields.email == "grace.hale@example.com"
    assert fields.record == name


def test_since_when_the_crm_is_busy_or_down_says_so(vendor: CrmStandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    vendor.always(CrmFailure.BUSY)
    assert isinstance(vendor.crm().since(START), Busy)
    vendor.always(CrmFailure.DOWN)
    assert isinstance(vendor.crm().since(START), Unreachable)


def test_fields_stand_where_the_settings_say(writing: CrmStandIn) -> None:
    name = writing.put(CrmLead())
    writing.crm().write([CrmChange(name, {writing.title: "wants a telescope"})])
    read = {"message": writing.title}
    records = writing.crm(msgspec.structs.replace(writing.config(), read=read)).read([name])
    assert isinstance(records, dict)
    record = records[name]
    assert isinstance(record, CrmRecord)
    assert record.fields.message == "wants a telescope"


def test_a_kind_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"\[crm\.acme\].*'acme'.*close.*salesforce"):
        make_crm("acme", CrmConfig())


@pytest.mark.parametrize("kind", sorted({one.kind for one in STAND_INS}))
def test_a_crm_without_credentials_says_which_setting_is_missing(kind: str) -> None:
    assert kind in crm_kinds()
    with pytest.raises(ConfigurationError, match=rf"^\[crm\.{kind}\]: \w+.* must be set for"):
        make_crm(kind, CRM_KINDS[kind]())


def test_a_harmless_read_shows_whether_a_crm_answers_and_takes_the_credentials(
    vendor: CrmStandIn,
) -> None:
    vendor.put(CrmLead())
    crm = vendor.crm(in_a_hurry(vendor))
    assert check_crm("CRM", vendor.crm())[0] == "ok"
    assert not [one for one in vendor.requests if one.method in ("PUT", "PATCH", "DELETE")]
    vendor.always(CrmFailure.DOWN)
    assert check_crm("CRM", crm)[0] == "WRONG"
    vendor.always(CrmFailure.UNAUTHORIZED)
    assert check_crm("CRM", crm)[0] == "WRONG"
