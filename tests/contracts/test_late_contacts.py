"""Contact data that come after the alert complete the lead, and the alert is put right."""

import json
from typing import Any

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Delivery, LeadFields
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.close.webhook import Close
from tests.worlds.leads import HandClock, capture
from tests.worlds.sales_office import SalesOffice


def close_event(number: int, kind: str, **data: Any) -> bytes:
    """An event of one Close lead, or of a contact of it."""
    return json.dumps({
        "subscription_id": "whsub_1",
        "event": {
            "id": f"ev_{number}", "object_type": kind, "object_id": f"{kind}_1",
            "lead_id": "lead_1", "action": "created", "data": data,
        },
    }).encode()  # fmt: skip


class CloseOffice(SalesOffice):
    """One that hears of leads from Close, and can ask nobody."""

    def __init__(self, store: Store, clock: HandClock, *, edits: bool = True) -> None:
        super().__init__(store, clock, edits=edits, asks=False)
        sources = {"close": Close(SourceConfig())}
        self.front = CaptureKit(sources, self.front.delay)
        self.kit = msgspec.structs.replace(self.kit, sources=sources)

    def hears(self, raw: bytes) -> str:
        delivery = Delivery("close", raw, self.clock.now)
        told = json.loads(capture(delivery, self.front, self.store).body)
        return str(told.get("lead_id", ""))


COMPANY = close_event(1, "lead", name="Vance & Sons", display_name="Vance & Sons")
ADA = close_event(
    2, "contact", name="Ada Vance", emails=[{"email": "ada@example.com", "type": "office"}],
    phones=[{"phone": "+12015550123", "type": "office"}],
)  # fmt: skip
BOB = close_event(3, "contact", name="Bob Other", emails=[{"email": "bob@example.com"}])


def test_a_contact_that_comes_after_the_alert_of_its_lead_completes_it_and_corrects_the_alert(
    store: Store, clock: HandClock
) -> None:
    office = CloseOffice(store, clock)
    lead_id = office.hears(COMPANY)
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["email"] is None
    office.hears(ADA)
    office.wait(minutes=1)
    contact = office.refined(lead_id).contact
    assert (contact.name, contact.email) == ("Ada Vance", "ada@example.com")
    assert (contact.company, contact.phone_e164) == ("Vance & Sons", "+12015550123")
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["email"] == "ada@example.com"
    assert data["edits"]


def test_where_the_alert_can_not_be_changed_the_lead_is_told_anew_once(
    store: Store, clock: HandClock
) -> None:
    office = CloseOffice(store, clock, edits=False)
    lead_id = office.hears(COMPANY)
    office.wait(minutes=11)
    office.hears(ADA)
    office.wait(hours=2)
    told = office.messengers["slack"].about(lead_id)
    assert [one["email"] for one in told] == [None, "ada@example.com"]
    steps = [alert.step for alert in store.alerts([lead_id])[lead_id]]
    assert steps == [Step.NOTIFY, Step.UPDATE]


def test_another_contact_of_a_lead_changes_nothing_of_what_was_told(
    store: Store, clock: HandClock
) -> None:
    office = CloseOffice(store, clock, edits=False)
    lead_id = office.hears(COMPANY)
    office.hears(ADA)
    office.wait(minutes=11)
    office.hears(BOB)
    office.wait(hours=2)
    assert office.refined(lead_id).contact.email == "ada@example.com"
    assert [one["email"] for one in office.messengers["slack"].about(lead_id)] == [
        "ada@example.com"
    ]


@pytest.mark.parametrize("late", ["not an address", ""])
def test_what_completes_nothing_has_no_lead_refined_anew(
    store: Store, clock: HandClock, late: str
) -> None:
    office = CloseOffice(store, clock, edits=False)
    lead_id = office.hears(COMPANY)
    office.hears(ADA)
    office.wait(minutes=11)
    before = office.refined(lead_id)
    office.hears(close_event(4, "contact", title="CTO", emails=[{"email": late}]))
    office.wait(hours=2)
    assert office.refined(lead_id).processed_at == before.processed_at


def test_a_lead_that_is_completed_is_recognised_by_its_address(
    store: Store, clock: HandClock
) -> None:
    office = CloseOffice(store, clock)
    lead_id = office.hears(COMPANY)
    office.wait(minutes=11)
    office.hears(ADA)
    office.wait(minutes=1)
    other = close_event(5, "lead", name="Elsewhere", contacts=[
        {"name": "Ada Vance", "emails": [{"email": "ada@example.com"}]},
    ]).replace(b"lead_1", b"lead_2")  # fmt: skip
    second = office.hears(other)
    office.wait(minutes=11)
    found = office.refined(second).duplicate_of
    assert found is not None
    assert found.lead_id == lead_id


def test_a_crm_that_knows_the_contact_later_completes_the_lead(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(company="Vance & Sons", record="r1")
    office.crm.has("r1", fields=LeadFields(company="Vance & Sons"))
    office.wait(minutes=11)
    office.crm.has("r1", fields=LeadFields(name="Ada Vance", email="ada@example.com"))
    office.post(company="Vance & Sons", record="r1", event="updated")
    office.wait(minutes=5)
    assert office.refined(lead_id).contact.email == "ada@example.com"
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["email"] == "ada@example.com"


def test_a_lead_that_has_ended_is_not_told_anew(store: Store, clock: HandClock) -> None:
    office = CloseOffice(store, clock, edits=False)
    lead_id = office.hears(COMPANY)
    office.wait(minutes=11)
    assert store.handle(lead_id, UNHANDLED, Handling(ending=Ending.JUNK))
    office.hears(ADA)
    office.wait(hours=2)
    assert office.refined(lead_id).contact.email == "ada@example.com"
    assert len(office.messengers["slack"].about(lead_id)) == 1
