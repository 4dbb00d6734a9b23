"""What a CRM says of consent, beside what the lead's own form said."""

import msgspec
import pytest

from leadline.model.facts.consent import Consent, ConsentSaid, refused
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.model.task import Step, Task
from leadline.ports.messenger import Unreachable
from leadline.ports.source import TRUSTED
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, SalesOffice


@pytest.fixture
def office(store: Store, clock: HandClock) -> SalesOffice:
    made = SalesOffice(store, clock)
    mapping = {"record": "record", "consent.phone": "may_call"}
    source = Generic(SourceConfig(map=mapping, owner=TRUSTED))
    made.kit = msgspec.structs.replace(made.kit, sources={"generic": source})
    return made


def says(office: SalesOffice, record: str, value: str, owner: Person | None = None) -> None:
    """The CRM has the record, and on calls says this."""
    said = {"phone": ConsentSaid(value, "DoNotCall")}
    office.crm.has(record, owner, fields=LeadFields(consent=said))


def of_phone(office: SalesOffice, lead_id: str) -> Consent:
    return office.store.refined([lead_id])[lead_id].consent["phone"]


def post(office: SalesOffice, may_call: str) -> str:
    return office.post(record="r1", name="Ada", phone="+14155550101", may_call=may_call)


def test_a_refusal_in_the_crm_outweighs_what_a_form_says(office: SalesOffice) -> None:
    says(office, "r1", "no", owner=ANN)
    lead_id = post(office, "yes")
    office.wait(minutes=11)
    assert of_phone(office, lead_id) == Consent("no", "CRM generic", None, "DoNotCall")


def test_a_yes_in_the_crm_does_not_outweigh_a_refusal_in_a_form(office: SalesOffice) -> None:
    says(office, "r1", "yes", owner=ANN)
    lead_id = post(office, "no")
    office.wait(minutes=11)
    assert (of_phone(office, lead_id).value, of_phone(office, lead_id).source) == ("no", "generic")


def test_a_yes_in_the_crm_counts_where_the_lead_says_nothing(office: SalesOffice) -> None:
    says(office, "r1", "yes", owner=ANN)
    lead_id = post(office, "")
    office.wait(minutes=11)
    assert (of_phone(office, lead_id).value, of_phone(office, lead_id).source) == (
        "yes",
        "CRM generic",
    )


def test_a_refusal_that_the_crm_tells_of_after_the_alert_corrects_it(office: SalesOffice) -> None:
    says(office, "r1", "yes")
    lead_id = post(office, "yes")
    office.wait(minutes=11)
    assert refused(office.store.refined([lead_id])[lead_id].consent) == ()
    says(office, "r1", "no")
    office.wait(minutes=11)
    assert of_phone(office, lead_id).value == "no"
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["edits"]


def test_a_refusal_in_the_crm_stays_while_it_does_not_answer(office: SalesOffice) -> None:
    says(office, "r1", "no", owner=ANN)
    lead_id = post(office, "yes")
    office.wait(minutes=11)
    office.crm.trouble = Unreachable("down")
    office.store.put([Task(Step.REFINE, lead_id)], office.clock.now)
    office.wait(minutes=11)
    assert of_phone(office, lead_id) == Consent("no", "CRM generic", None, "DoNotCall")
