"""What people here correct about a lead: it counts more than the sender and the CRM, for good."""

from datetime import timedelta

import pytest

from leadline.journey.corrections.proposing import (
    CorrectionProposal,
    NotCorrected,
    correct,
    correctable,
    propose_correction,
)
from leadline.journey.personal_data.erasing import end_erased
from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import CORRECTED_RULE, MOST_CORRECTIONS, Correction
from leadline.model.facts.likeness import Trust
from leadline.model.lead import Change, LeadFields
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.task import Done, Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle
from tests.worlds.sales_office import SalesOffice

WRONG = {"name": "Ada Vance", "email": "ada@exmaple.com", "company": "Vance & Sons"}


def proposed(office: SalesOffice, lead_id: str, **values: str) -> CorrectionProposal:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return propose_correction(office.kit, lead_id, named, "ada", office.clock.now)


def corrects(office: SalesOffice, lead_id: str, **values: str) -> None:
    correct(office.kit, proposed(office, lead_id, **values), office.clock.now)
    office.wait(minutes=1)


def test_a_correction_is_applied_to_the_lead_and_its_message_and_the_senders_bytes_stay(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG)
    office.wait(minutes=11)
    sent = store.archived([lead_id])[lead_id]
    corrects(office, lead_id, email="ada@example.com")
    lead = office.refined(lead_id)
    assert lead.contact.email == "ada@example.com"
    assert lead.contact.company == "Vance & Sons"
    change = Change("email", "ada@exmaple.com", "ada@example.com", CORRECTED_RULE)
    assert lead.changes[0] == change
    assert store.archived([lead_id])[lead_id] == sent
    (told,) = office.messengers["slack"].about(lead_id)
    assert told["email"] == "ada@example.com"


def test_a_dry_run_tells_what_would_become_of_the_lead_and_stores_nothing(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG)
    office.wait(minutes=11)
    found = proposed(
        office, lead_id, email=" ADA@example.com", phone="+1 415 555 0101", name="Ada Vance"
    )
    assert [(one.name, one.before, one.after) for one in found.said] == [
        ("email", "ada@exmaple.com", "ADA@example.com"),
        ("phone", None, "+1 415 555 0101"),
    ]
    then = {one.name: one.after for one in found.refined}
    assert then["email_canonical"] == "ada@example.com"
    assert then["phone_e164"] == "+14155550101"
    assert store.waiting([lead_id])[lead_id].corrections == ()
    assert store.next_due(Step.REFINE) is None


def test_a_correction_counts_more_than_later_updates_and_the_crm_and_is_kept_by_every_replay(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG, record="r1")
    office.crm.has("r1", fields=LeadFields(email="ada@exmaple.com", phone="+1 415 555 0199"))
    office.wait(minutes=11)
    corrects(office, lead_id, email="ada@example.com", phone="")
    office.post(**WRONG, record="r1", event="updated")
    office.wait(minutes=5)
    store.put([Task(Step.REFINE, lead_id)], clock.now)
    office.wait(minutes=1)
    contact = office.refined(lead_id).contact
    assert (contact.email, contact.phone) == ("ada@example.com", None)


def test_the_newest_correction_of_a_field_counts_and_others_stay(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG, budget="5")
    office.wait(minutes=11)
    corrects(office, lead_id, email="eva@example.com", company="Vance", custom__budget="50")
    corrects(office, lead_id, email="ada@example.com", custom__city="Vienna")
    lead = office.refined(lead_id)
    assert (lead.contact.email, lead.contact.company) == ("ada@example.com", "Vance")
    assert lead.custom == {**lead.custom, "budget": "50", "city": "Vienna"}
    corrects(office, lead_id, custom__budget="")
    assert "budget" not in office.refined(lead_id).custom


def test_a_corrected_name_replaces_the_parts_that_the_sender_wrote(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(first_name="Adda", last_name="Vans", email="ada@example.com")
    office.wait(minutes=11)
    assert proposed(office, lead_id, name="Ada Vance").said[0].before == "Adda Vans"
    corrects(office, lead_id, name="Ada Vance")
    contact = office.refined(lead_id).contact
    assert (contact.name, contact.first_name, contact.last_name) == ("Ada Vance", "Ada", "Vance")


def test_a_lead_that_waits_is_refined_with_the_correction_when_its_wait_ends(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock)
    store.accept([lead])
    office = SalesOffice(store, clock)
    found = propose_correction(office.kit, lead.id, {"email": "eve@example.com"}, "ada", clock.now)
    assert found.channels == ("slack",)
    correct(office.kit, found, clock.now, lead.due_at)
    assert store.next_due(Step.REFINE) == lead.due_at
    office.wait(minutes=11)
    assert office.refined(lead.id).contact.email == "eve@example.com"


def test_a_worker_that_has_not_seen_the_correction_loses_its_lease(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    lease = lease_task(store, Step.REFINE)
    office = SalesOffice(store, clock)
    found = propose_correction(office.kit, lead.id, {"email": "eve@example.com"}, "ada", clock.now)
    correct(office.kit, found, clock.now, lead.due_at)
    assert not settle(store, lease, Done(refined=refined(lead, clock)))
    office.wait(minutes=1)
    assert office.refined(lead.id).contact.email == "eve@example.com"


def test_a_dead_letter_of_an_event_without_any_field_is_refined_once_it_is_corrected(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, raw=b"[]", delay=timedelta())
    store.accept([lead])
    office = SalesOffice(store, clock)
    office.wait(minutes=1)
    assert store.next_due(Step.REFINE) is None
    assert store.refined([lead.id]) == {}
    corrects(office, lead.id, email="ada@example.com", name="Ada Vance")
    assert office.refined(lead.id).contact.email == "ada@example.com"


def test_a_corrected_value_fills_blanks_of_other_leads_before_what_senders_wrote(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    first = office.post(name="Ada Vance", email="ada@example.com", company="Vans")
    office.wait(minutes=11)
    corrects(office, first, company="Vance & Sons")
    newer = office.post(name="Ada Vance", email="ada@example.com", company="Vanse")
    office.wait(minutes=11)
    third = office.post(name="Ada Vance", email="ada@example.com")
    office.wait(minutes=11)
    assert office.refined(newer).contact.company == "Vanse"
    lead = office.refined(third)
    assert lead.contact.company == "Vance & Sons"
    assert lead.filled["company"].trust is Trust.EDITED


def test_an_erasure_takes_the_corrections_too_and_none_is_made_afterwards(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG)
    office.wait(minutes=11)
    corrects(office, lead_id, email="ada@example.com")
    end_erased(office.kit, office.refined(lead_id), proved=True)
    assert store.waiting([lead_id])[lead_id].corrections == (ERASED_WORDS,)
    with pytest.raises(NotCorrected, match="erased"):
        correctable(office.kit, lead_id)
    store.put([Task(Step.REFINE, lead_id)], clock.now)
    office.wait(minutes=1)
    assert office.refined(lead_id).contact.email is None


def test_what_is_no_correction_is_refused(store: Store, clock: HandClock) -> None:
    office = SalesOffice(store, clock)
    lead_id = office.post(**WRONG)
    office.wait(minutes=11)
    for values, why in (
        ({"email": "ada@exmaple.com "}, "nothing would change"),
        ({"owner": "ann"}, "no field"),
        ({"custom.": "1"}, "no field"),
        ({"message": "x" * 20_001}, "longer"),
        ({f"custom.{'n' * 201}": "1"}, "no field"),
    ):
        with pytest.raises(NotCorrected, match=why):
            propose_correction(office.kit, lead_id, values, "ada", clock.now)
    with pytest.raises(NotCorrected, match="no such lead"):
        correctable(office.kit, captured(clock).id)
    for number in range(MOST_CORRECTIONS):
        made = Correction("ada", clock.now, {"email": f"{number}@example.com"})
        store.accept([event_of_correction(lead_id, "generic", made)])
    with pytest.raises(NotCorrected, match="50 times"):
        proposed(office, lead_id, email="x@example.com")
