"""What every CRM's adapter promises (`leadline.ports.crm.Crm`), each asked of a stand-in for its
API.

Who adds a CRM adds its stand-in to `STAND_INS`.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending
from leadline.model.people import Person
from leadline.plugins import crm_kinds
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.crm import CrmConfig
from leadline.settings.crm_kinds import CRM_KINDS
from leadline.vendors import registry
from leadline.vendors.registry import make_crm
from tests.standins.crm_api import ADA, START, Lead, StandIn, Trouble, many
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

STAND_INS: tuple[type[StandIn], ...] = (
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
def vendor(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with request.param() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def writing(vendor: StandIn) -> StandIn:
    if not vendor.writes:
        pytest.skip("nothing is written to this one")
    return vendor


def the_record(vendor: StandIn, name: str) -> CrmRecord:
    told = vendor.crm().read([name])
    assert isinstance(told, dict)
    record = told[name]
    assert isinstance(record, CrmRecord)
    return record


def in_a_hurry(vendor: StandIn) -> CrmConfig:
    return msgspec.structs.replace(vendor.config(), timeout=SHORT)


def test_a_record_is_read_with_its_fields(vendor: StandIn) -> None:
    name = vendor.put(Lead())
    record = the_record(vendor, name)
    assert record.record == name
    assert record.fields.email == "grace.hale@example.com"
    assert record.fields.phone == "+14805550123"
    assert record.fields.company == "Hale Instruments"
    said = record.fields.name or f"{record.fields.first_name} {record.fields.last_name}"
    assert said == "Grace Hale"
    assert record.fields.record == name
    assert record.ending is Ending.OPEN


def test_a_record_with_an_owner_is_read_with_their_name_and_email(vendor: StandIn) -> None:
    if not vendor.crm().knows_owners:
        pytest.skip("no owners here")
    record = the_record(vendor, vendor.put(Lead(owned=True)))
    assert record.owner is not None
    assert (record.owner.name, record.owner.email) == (ADA.name, ADA.email)
    assert record.owner.id
    assert record.fields.owner == ADA.name


def test_a_record_of_nobody_has_no_owner(vendor: StandIn) -> None:
    assert the_record(vendor, vendor.put(Lead())).owner is None


def test_the_users_are_asked_for_once_in_a_while_and_not_for_every_record(vendor: StandIn) -> None:
    crm = vendor.crm()
    names = [vendor.put(lead._replace(owned=True)) for lead in many(3)]
    crm.read(names)
    before = len(vendor.requests)
    crm.read(names)
    again = vendor.requests[before:]
    assert len(again) <= len(names) + 1
    assert not [one for one in again if "user" in one.path or "owners" in one.path]


def test_a_record_that_is_not_there_is_not_yet_beside_one_that_is(vendor: StandIn) -> None:
    name = vendor.put(Lead())
    told = vendor.crm().read([vendor.unknown, name])
    assert isinstance(told, dict)
    assert told[vendor.unknown] == NotYet()
    assert isinstance(told[name], CrmRecord)
    assert len(told) == 2


def test_a_record_of_an_unheard_of_name_spoils_no_other(vendor: StandIn) -> None:
    name, strange = vendor.put(Lead()), "x' OR Id != 'y/../z?"
    told = vendor.crm().read([strange, name])
    assert isinstance(told, dict)
    assert isinstance(told[strange], NotYet | Refused)
    assert isinstance(told[name], CrmRecord)


def test_nothing_is_asked_for_no_records(vendor: StandIn) -> None:
    assert vendor.crm().read([]) == {}
    assert vendor.requests == []


def test_a_pause_that_is_asked_for_is_busy(vendor: StandIn) -> None:
    name = vendor.put(Lead())
    vendor.always(Trouble.BUSY)
    told = vendor.crm().read([name])
    assert isinstance(told, Busy)
    assert timedelta(seconds=5) <= told.after <= timedelta(hours=1)


@pytest.mark.parametrize("kind", [Trouble.DOWN, Trouble.HALF, Trouble.NOT_JSON])
def test_a_broken_answer_is_unreachable(vendor: StandIn, kind: Trouble) -> None:
    name = vendor.put(Lead())
    vendor.always(kind)
    told = vendor.crm().read([name])
    assert isinstance(told, Unreachable)
    assert vendor.url not in told.words


@pytest.mark.parametrize("kind", [Trouble.SILENT, Trouble.DRIP])
def test_a_silent_or_dripping_server_is_unreachable_in_time(vendor: StandIn, kind: Trouble) -> None:
    name = vendor.put(Lead())
    vendor.always(kind)
    crm = vendor.crm(in_a_hurry(vendor))
    began = time.monotonic()
    assert isinstance(crm.read([name]), Unreachable)
    assert time.monotonic() - began < 5 * SHORT.total_seconds()


def test_nobody_listening_is_unreachable(vendor: StandIn) -> None:
    name = vendor.put(Lead())
    config = vendor.config()
    config = msgspec.structs.replace(
        config, url=config.url.replace(vendor.url, "http://127.0.0.1:9")
    )
    assert isinstance(make_crm(vendor.kind, config).read([name]), Unreachable)


def test_a_crm_that_comes_back_is_read_again(vendor: StandIn) -> None:
    name, crm = vendor.put(Lead(owned=True)), vendor.crm()
    vendor.always(Trouble.DOWN)
    assert isinstance(crm.read([name]), Unreachable)
    vendor.always(None)
    told = crm.read([name])
    assert isinstance(told, dict)
    assert isinstance(told[name], CrmRecord)


def test_a_wrong_secret_is_refused_and_not_told(vendor: StandIn) -> None:
    name = vendor.put(Lead())
    crm = vendor.crm(vendor.config(secret="wrong-secret-8899"))
    told = crm.read([name])
    assert isinstance(told, Refused)
    assert told.reason == "crm.unauthorized"
    for hidden in ("8899", "4711", vendor.url):
        assert hidden not in repr(told)


def test_what_was_written_is_read_back(writing: StandIn) -> None:
    crm, name = writing.crm(), writing.put(Lead())
    told = crm.write([CrmChange(name, {writing.title: "Head of Optics"})])
    assert isinstance(told, dict)
    assert isinstance(told[name], Written)
    assert the_record(writing, name).values[writing.title] == "Head of Optics"


def test_writing_twice_changes_nothing(writing: StandIn) -> None:
    crm, name = writing.crm(), writing.put(Lead())
    change = CrmChange(name, {writing.title: "Head of Optics"})
    crm.write([change])
    once = the_record(writing, name).fields
    told = crm.write([change])
    assert isinstance(told, dict)
    assert isinstance(told[name], Written)
    assert the_record(writing, name).fields == once


def test_a_change_of_a_record_that_is_not_there_spoils_no_other(writing: StandIn) -> None:
    name = writing.put(Lead())
    changes = [CrmChange(one, {writing.title: "CTO"}) for one in (writing.unknown, name)]
    told = writing.crm().write(changes)
    assert isinstance(told, dict)
    assert told[writing.unknown] == NotYet()
    assert isinstance(told[name], Written)
    assert the_record(writing, name).values[writing.title] == "CTO"


def test_a_pause_half_way_tells_what_was_done_and_how_long_to_wait(writing: StandIn) -> None:
    if writing.together:
        pytest.skip("several are written in one request")
    names = [writing.put(lead) for lead in many(3)]
    crm = writing.crm()
    crm.read(names[:1])  # whatever else has to be asked first
    writing.trouble(*[None] * writing.requests_a_change, Trouble.BUSY)
    told = crm.write([CrmChange(name, {writing.title: "CTO"}) for name in names])
    assert isinstance(told, dict)
    assert list(told) == names[:2], "the last one was not tried"
    assert isinstance(told[names[0]], Written)
    assert isinstance(told[names[1]], Busy)


def test_a_pause_at_once_is_busy_and_nothing_was_written(writing: StandIn) -> None:
    name, crm = writing.put(Lead()), writing.crm()
    writing.always(Trouble.BUSY)
    assert isinstance(crm.write([CrmChange(name, {writing.title: "CTO"})]), Busy)
    writing.always(None)
    assert the_record(writing, name).values.get(writing.title) != "CTO"


def test_a_silent_server_keeps_no_write_waiting(writing: StandIn) -> None:
    name, crm = writing.put(Lead()), writing.crm(in_a_hurry(writing))
    writing.always(Trouble.SILENT)
    began = time.monotonic()
    told = crm.write([CrmChange(name, {writing.title: "CTO"})])
    assert time.monotonic() - began < 5 * SHORT.total_seconds()
    assert isinstance(told[name] if isinstance(told, dict) else told, Unreachable)


def test_a_record_can_be_given_to_somebody_known_by_email(writing: StandIn) -> None:
    crm, name = writing.crm(), writing.put(Lead())
    if not crm.knows_owners:
        pytest.skip("no owners here")
    values = crm.owner_value(Person(email=ADA.email.upper()))
    if values is None:
        pytest.skip("owners can't be told to this one")
    crm.write([CrmChange(name, values)])
    owner = the_record(writing, name).owner
    assert owner is not None
    assert owner.email == ADA.email


def test_nobody_that_the_crm_knows_can_be_no_owner(vendor: StandIn) -> None:
    if vendor.knows_people:
        assert vendor.crm().owner_value(Person(email="nobody@example.com")) is None
    assert vendor.crm().owner_value(Person(slack="U012")) is None


def test_since_pages_through_all_oldest_first(vendor: StandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    vendor.put(Lead(created=START - timedelta(hours=1)))
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


def test_what_since_finds_is_understood_by_the_source(vendor: StandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    name = vendor.put(Lead())
    page = vendor.crm().since(START)
    assert isinstance(page, Page)
    (found,) = page.found
    assert (found.record, found.created_at) == (name, START)
    fields = registry.find(vendor.kind)().fields(found.raw)
    assert fields.email == "grace.hale@example.com"
    assert fields.record == name


def test_since_when_the_crm_is_busy_or_down_says_so(vendor: StandIn) -> None:
    if not vendor.lists:
        pytest.skip("nothing is listed by this one")
    vendor.always(Trouble.BUSY)
    assert isinstance(vendor.crm().since(START), Busy)
    vendor.always(Trouble.DOWN)
    assert isinstance(vendor.crm().since(START), Unreachable)


def test_fields_stand_where_the_settings_say(writing: StandIn) -> None:
    name = writing.put(Lead())
    writing.crm().write([CrmChange(name, {writing.title: "wants a telescope"})])
    read = {"message": writing.title}
    told = writing.crm(msgspec.structs.replace(writing.config(), read=read)).read([name])
    assert isinstance(told, dict)
    record = told[name]
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
