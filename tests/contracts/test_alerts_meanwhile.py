"""An alert that is stored while its lead's handling is changed shows the change in the end."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.claiming import CLAIM, Press, PressResult, press
from leadline.journey.responding.follow_up import look_up_due
from leadline.model.handling import UNHANDLED
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.team.people import Team
from tests.worlds.channels import AlertOffice
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import BEN, SalesOffice

EVE = Person(slack="U03EVE", name="eve")


class Interrupted:
    """A store before one of whose methods something else happens, once."""

    def __init__(self, store: Store, method: str, happens: Callable[[], object]) -> None:
        self._store, self._method, self._happens = store, method, [happens]

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._happens:
            self._happens.pop()()
        return getattr(self._store, name)


@pytest.fixture
def office(store: Store, clock: HandClock) -> AlertOffice:
    return AlertOffice(store, clock)


def claim(store: Any, lead_id: str, office: AlertOffice) -> None:
    wish = Press(action=CLAIM, lead_id=lead_id, user=EVE)
    assert press(store, Team(), wish, office.clock.now).result is PressResult.CLAIMED


def deliver(office: AlertOffice) -> None:
    assert deliver_due(office.kit, "slack") is not None


def shows_the_claim(office: AlertOffice, lead_id: str) -> bool:
    """Whether Slack's message, after all that is due, names who claimed the lead."""
    office.clock.advance(seconds=5)  # the channel's pace
    while office.store.count_due(Step.UPDATE, "slack"):
        update_due(office.kit, "slack")
        office.clock.advance(seconds=5)
    assert office.store.handling([lead_id])[lead_id].claimed_by == EVE
    return any("U03EVE" in str(said) for said in office.slack.changed + office.slack.accepted)


def test_a_claim_between_the_last_look_of_the_sender_and_its_record_is_shown(
    office: AlertOffice,
) -> None:
    lead_id = office.lead()
    kit = office.kit
    late = Interrupted(office.store, "settle", lambda: claim(office.store, lead_id, office))
    office.kit = msgspec.structs.replace(kit, store=late)
    deliver(office)
    office.kit = kit
    assert shows_the_claim(office, lead_id)


def test_an_alert_that_is_recorded_while_a_claim_is_stored_is_updated(office: AlertOffice) -> None:
    lead_id = office.lead()
    claim(Interrupted(office.store, "handle", lambda: deliver(office)), lead_id, office)
    assert shows_the_claim(office, lead_id)


def test_an_alert_that_a_claim_found_is_updated_once(office: AlertOffice) -> None:
    lead_id = office.lead()
    deliver(office)
    claim(office.store, lead_id, office)
    assert shows_the_claim(office, lead_id)
    assert len(office.slack.changed + office.slack.accepted) == 2


def test_an_alert_of_a_lead_that_nobody_touched_has_no_update(office: AlertOffice) -> None:
    lead_id = office.lead()
    deliver(office)
    assert office.store.count_due(Step.UPDATE, "slack") == 0
    assert office.store.handling([lead_id]).get(lead_id, UNHANDLED) == UNHANDLED


def test_an_alert_that_is_recorded_while_the_crm_names_an_owner_is_updated(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    office.crm.has("r1")
    lead_id = office.post(email="ada@example.com", record="r1")
    clock.advance(minutes=11)
    refine_due(office.kit)
    office.crm.has("r1", BEN)
    clock.advance(minutes=6)
    kit = office.kit
    (name,) = [n for n in kit.channels if store.count_due(Step.NOTIFY, n)]
    happens = Interrupted(store, "handle", lambda: deliver_due(kit, name))
    assert look_up_due(msgspec.structs.replace(kit, store=happens)) == 1
    assert store.handling([lead_id])[lead_id].owner == BEN
    assert store.count_due(Step.NOTIFY, name) == 0
    assert store.count_due(Step.UPDATE, name) == 1
