"""Ad networks are told as soon as something becomes of a lead, if the settings say so."""

from datetime import timedelta

import msgspec
import pytest

from leadline.journey.responding.claiming import CLAIM, JUNK, ActionRules, Press, press
from leadline.model.facts.consent import ConsentSaid
from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.task import Done, Step, Task
from leadline.ports.crm import CrmRecord
from leadline.ports.source import TRUSTED
from leadline.ports.store import Settlement, Store
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.outcomes import OutcomesConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.team.people import Team
from leadline.vendors._api.records import settled
from leadline.vendors.generic.webhook import Generic
from tests.worlds.ad_office import config_of
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, BEN, SalesOffice


@pytest.fixture
def office(store: Store, clock: HandClock) -> SalesOffice:
    made = SalesOffice(store, clock)
    source = Generic(SourceConfig(map={"record": "record", "consent.ads": "ads"}, owner=TRUSTED))
    made.kit = msgspec.structs.replace(
        made.kit, sources={"generic": source}, outcomes={"ads": config(automatic=True)}
    )
    return made


def config(**more: object) -> OutcomesConfig:
    stages = {"lead": "Lead", "contacted": "Contacted", "won": "Converted", "junk": "Junk"}
    return config_of("meta", "http://127.0.0.1:9", stages=stages, **more)


def come_in(office: SalesOffice, ads: str = "yes", record: str = "r1") -> str:
    office.crm.has(record, ANN)
    lead_id = office.post(record=record, name="Ada", email="ada@example.com", ads=ads)
    office.wait(minutes=11)
    return lead_id


def waiting(office: SalesOffice) -> int:
    """The tasks of the network that are due; they are done."""
    found = office.store.lease(Step.PUSH, 9, timedelta(minutes=1), "ads")
    office.store.settle([Settlement(one, Done()) for one in found])
    return len(found)


def test_a_refined_lead_that_consents_is_told_of(office: SalesOffice) -> None:
    come_in(office)
    assert waiting(office) == 1


@pytest.mark.parametrize("ads", ["no", "", "perhaps"])
def test_no_task_is_put_for_a_lead_without_consent(office: SalesOffice, ads: str) -> None:
    come_in(office, ads)
    assert office.store.next_due(Step.PUSH, "ads") is None


def test_nothing_is_told_at_once_unless_the_settings_say_so(office: SalesOffice) -> None:
    office.kit = msgspec.structs.replace(office.kit, outcomes={"ads": config(automatic=False)})
    come_in(office)
    assert office.store.next_due(Step.PUSH, "ads") is None


def test_an_ending_that_the_crm_tells_of_is_told_with_its_value(office: SalesOffice) -> None:
    lead_id = come_in(office)
    assert waiting(office) == 1
    office.crm.has("r1", ANN, ending=Ending.WON, value=1500.0)
    office.store.put([Task(Step.LOOK_UP, lead_id)], office.clock.now)
    office.wait(seconds=1)
    handling = office.store.handling([lead_id])[lead_id]
    assert (handling.ending, handling.value) == (Ending.WON, 1500.0)
    assert waiting(office) == 1


@pytest.mark.parametrize("action", [CLAIM, JUNK])
def test_a_press_is_told(office: SalesOffice, action: str) -> None:
    lead_id = come_in(office)
    assert waiting(office) == 1
    rules = ActionRules(outcomes=office.kit.outcomes)
    request = Press(action=action, lead_id=lead_id, user=BEN)
    assert press(office.store, Team(), request, office.clock.now, rules).changed
    assert waiting(office) == 1


def test_a_field_of_the_crm_names_the_value() -> None:
    named = CrmConfig(token="none", read={"value": "deal.amount"})
    record = CrmRecord(record="r1", fields=LeadFields(), values={"deal": {"amount": "1500.50"}})
    assert settled(named, record, (), {}).value == 1500.5
    assert settled(CrmConfig(token="none"), record, (), {}).value is None


def test_a_said_consent_is_no_consent_to_ads(office: SalesOffice) -> None:
    said = {"email": ConsentSaid("yes", "newsletter")}
    office.crm.has("r1", ANN, fields=LeadFields(consent=said))
    office.post(record="r1", name="Ada", email="ada@example.com")
    office.wait(minutes=11)
    assert office.store.next_due(Step.PUSH, "ads") is None
