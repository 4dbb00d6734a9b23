"""Values of an earlier lead of the same person that fill blanks, and the CRM."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.duplicates.policy import DuplicatePolicy
from leadline.journey.same_person.judging import join, part
from leadline.journey.writing_back.write_back_leads import preview_changes
from leadline.journey.writing_back.write_back_plan import FieldVerdict
from leadline.model.task import Step, Task
from leadline.ports.store import Store
from tests.standins.writable_crm import WritingOffice
from tests.worlds.leads import HandClock

WRITE = {"phone": "phone", "company": "firm"}
ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


class CarefulOffice(WritingOffice):
    """An office whose CRM gets fields that may be filled in; *yes* is the setting."""

    def __init__(self, store: Store, clock: HandClock, *, yes: bool, **config: Any) -> None:
        super().__init__(store, clock, write=WRITE, **config)
        policy = DuplicatePolicy(writes_back=yes)
        self.kit = msgspec.structs.replace(self.kit, duplicates=policy)

    def comes(self, record: str, **said: Any) -> str:
        self.desk.has(record, owner="u1")
        lead_id = self.post(record=record, event="lead.created", **said)
        self.wait(minutes=11)
        return lead_id

    def pair(self) -> tuple[str, str]:
        """A lead with a phone number and a company, and one of the same person without."""
        first = self.comes("r1", **ADA, phone="+1 415 555 2671", company="Engines")
        again = self.comes("r2", **ADA)
        link = self.refined(again).duplicate_of
        assert link is not None
        assert link.lead_id == first
        assert set(self.refined(again).filled) >= {"phone", "company"}
        return first, again

    def part(self, one: str, other: str) -> None:
        part(self.store, self.refined(one), self.refined(other), "ops", self.clock())
        self.wait(minutes=1)


def test_filled_values_are_not_written_to_the_crm(store: Store, clock: HandClock) -> None:
    office = CarefulOffice(store, clock, yes=False)
    _, again = office.pair()
    assert {"phone", "firm"}.isdisjoint(office.desk.records["r2"])
    plans = preview_changes(office.kit, "generic", [again])[again]
    assert not isinstance(plans, str)
    assert {plan.verdict for plan in plans} == {FieldVerdict.BORROWED}


def test_filled_values_are_written_if_the_settings_say_so_and_taken_back_by_unlink(
    store: Store, clock: HandClock
) -> None:
    office = CarefulOffice(store, clock, yes=True)
    first, again = office.pair()
    there = office.desk.records["r2"]
    assert there["phone"] == office.refined(first).contact.phone
    assert there["firm"] == "Engines"
    office.part(first, again)
    assert (there["phone"], there["firm"]) == ("", "")
    join(store, office.refined(first), office.refined(again), "ops", clock())
    office.wait(minutes=1)
    assert there["firm"] == "Engines"


def test_a_borrowed_value_that_the_crm_gives_back_does_not_become_the_leads_own(
    store: Store, clock: HandClock
) -> None:
    office = CarefulOffice(store, clock, yes=True)
    first, again = office.pair()
    phone = office.desk.records["r2"]["phone"]
    office.post(record="r2", event="lead.updated", phone=phone, company="ENGINES")
    office.wait(minutes=1)
    office.store.put([Task(Step.REFINE, again)], clock())
    office.wait(minutes=1)
    assert set(office.refined(again).filled) >= {"phone", "company"}
    office.part(first, again)
    contact = office.refined(again).contact
    assert (contact.phone, contact.company) == (None, None)
    assert office.desk.records["r2"]["phone"] == ""


def test_what_somebody_wrote_over_a_filled_value_is_not_taken_back(
    store: Store, clock: HandClock
) -> None:
    office = CarefulOffice(store, clock, yes=True)
    first, again = office.pair()
    office.desk.has("r2", firm="Engines and Sons")
    office.part(first, again)
    assert office.desk.records["r2"]["firm"] == "Engines and Sons"
    assert office.desk.records["r2"]["phone"] == ""


def test_filled_values_never_replace_what_the_crm_has(store: Store, clock: HandClock) -> None:
    office = CarefulOffice(store, clock, yes=True, overwrite=("phone", "company"))
    office.comes("r1", **ADA, phone="+1 415 555 2671", company="Engines")
    office.desk.has("r2", firm="Sons")
    office.comes("r2", **ADA)
    assert office.desk.records["r2"]["firm"] == "Sons"


@pytest.mark.parametrize("yes", [True, False])
def test_values_of_the_lead_itself_are_written_whatever_the_setting(
    store: Store, clock: HandClock, yes: bool
) -> None:
    office = CarefulOffice(store, clock, yes=yes)
    office.comes("r1", **ADA, phone="+1 415 555 2671", company="Engines")
    assert office.desk.records["r1"]["firm"] == "Engines"


def test_turning_the_setting_off_takes_nothing_back(store: Store, clock: HandClock) -> None:
    office = CarefulOffice(store, clock, yes=True)
    _, again = office.pair()
    office.kit = msgspec.structs.replace(office.kit, duplicates=DuplicatePolicy())
    office.store.put([Task(Step.WRITE_BACK, again, "generic")], clock() + timedelta(seconds=1))
    office.wait(minutes=1)
    assert office.desk.records["r2"]["firm"] == "Engines"
