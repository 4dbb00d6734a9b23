"""The right person hears of a lead: owners whom the CRM knows, learns, or can't tell yet."""

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest

from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.staff.people import key_of_person
from leadline.model.task import Step
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Store
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, BEN, SalesOffice


@pytest.fixture
def office(store: Store, clock: HandClock) -> SalesOffice:
    return SalesOffice(store, clock)


def test_the_owner_who_was_assigned_during_the_wait_is_in_the_alert(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.wait(minutes=4)
    office.crm.has("r1", ANN)
    office.wait(minutes=7)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["owner"], data["ownership"]) == ("Ann Archer", "assigned")
    details = office.refined(lead_id).lead_details
    assert (details.owner, details.owner_id, details.owner_email) == (
        "Ann Archer",
        "u1",
        "ann@example.com",
    )
    assert office.store.work_list("ann@example.com") == [lead_id]
    assert office.store.next_due(Step.LOOK_UP) is None, "there is nothing left to ask"


def test_due_leads_are_asked_about_together(office: SalesOffice) -> None:
    for number in range(7):
        office.post(email=f"l{number}@example.com", record=f"r{number}")
        office.crm.has(f"r{number}", ANN)
    office.wait(minutes=11)
    assert [len(records) for records in office.crm.reads] == [3, 3, 1]


def test_an_unassigned_lead_goes_to_its_channel_and_is_corrected_when_it_has_an_owner(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock, routes=Routes(usual=("slack",), unassigned="pool"))
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.wait(minutes=15)
    (data,) = office.messengers["pool"].about(lead_id)
    assert data["ownership"] == "unassigned"
    assert not office.messengers["slack"].about(lead_id)
    office.crm.has("r1", BEN)
    office.wait(hours=1)
    (data,) = office.messengers["pool"].about(lead_id)
    assert data["owner"] == "Ben Bell", "the same message says it now"
    (news,) = office.messengers["pool"].about(lead_id, "owner/1")
    assert (news["owner"], news["below"]) == ("Ben Bell", "m1")
    assert office.store.work_list("ben@example.com") == [lead_id]


def test_where_nothing_said_can_be_changed_a_second_message_tells_of_the_owner(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock, edits=False)
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.wait(minutes=12)
    office.crm.has("r1", ANN)
    office.wait(hours=1)
    (first,) = office.messengers["slack"].about(lead_id)
    (second,) = office.messengers["slack"].about(lead_id, "owner/1")
    assert (first["owner"], second["owner"]) == ("", "Ann Archer")


def test_the_crm_is_asked_for_a_day_with_growing_pauses_and_then_no_more(
    office: SalesOffice,
) -> None:
    office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.wait(minutes=10)
    asked_at = []
    for _ in range(60):
        due = office.store.next_due(Step.LOOK_UP)
        if due is None:
            break
        office.clock.now = max(office.clock.now, due)
        before = len(office.crm.reads)
        office.turn()
        asked_at.append(office.clock.now)
        assert len(office.crm.reads) == before + 1
    pauses = [b - a for a, b in pairwise(asked_at)]
    assert pauses[:-1] == sorted(pauses[:-1]), "they grow"
    assert timedelta(hours=23) < asked_at[-1] - asked_at[0] < timedelta(hours=25)
    assert len(asked_at) < 50
    assert max(pauses) <= timedelta(hours=1, minutes=2)


def test_the_alert_goes_out_without_a_crm_that_is_down_and_says_so(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.trouble = Unreachable("crm.down")
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["ownership"], data["email"]) == ("unknown", "ada@example.com")
    office.crm.trouble = None
    office.crm.has("r1", ANN)
    office.wait(minutes=20)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ann Archer"
    assert len(office.messengers["slack"].about(lead_id, "owner/1")) == 1


def test_a_crm_that_hiccups_once_does_not_cost_the_owner(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1", ANN)
    office.wait(minutes=9, seconds=59)
    office.crm.trouble = Unreachable("crm.down")
    office.wait(seconds=2)
    office.crm.trouble = None
    office.wait(seconds=10)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ann Archer"


def test_a_crm_that_asks_for_a_pause_gets_it(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1", ANN)
    office.wait(minutes=9, seconds=59)
    office.crm.trouble = Busy(timedelta(seconds=20))
    office.wait(seconds=2)
    reads = len(office.crm.reads)
    office.wait(seconds=15)
    assert len(office.crm.reads) == reads, "nobody asks before the pause is over"
    office.crm.trouble = None
    office.wait(seconds=10)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ann Archer"


def test_a_crm_that_refuses_us_holds_up_nobody(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.trouble = Refused("crm.unauthorized", "no such token")
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["ownership"] == "unknown"


def test_a_lead_of_which_only_the_id_came_is_completed_by_its_record(office: SalesOffice) -> None:
    lead_id = office.post(record="r1", event="created")
    office.crm.has("r1", ANN, fields=LeadFields(name="Ada Byron", email="ada@example.com"))
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["email"] == "ada@example.com"
    assert office.refined(lead_id).contact.name == "Ada Byron"


def test_what_a_silent_crm_could_not_complete_is_completed_later(office: SalesOffice) -> None:
    lead_id = office.post(record="r1", event="created")
    office.crm.has("r1", ANN, fields=LeadFields(name="Ada Byron", email="ada@example.com"))
    office.crm.trouble = Unreachable("crm.down")
    office.wait(minutes=11)
    office.crm.trouble = None
    office.wait(minutes=30)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["email"], data["owner"]) == ("ada@example.com", "Ann Archer")
    assert office.refined(lead_id).contact.name == "Ada Byron"


def test_an_update_that_came_during_the_wait_names_the_owner_where_nobody_can_be_asked(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock, asks=False)
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.wait(minutes=3)
    office.post(record="r1", event="lead.updated", owner="Ben Bell")
    office.wait(minutes=8)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ben Bell"


def test_an_update_after_the_alert_corrects_it_where_nobody_can_be_asked(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock, asks=False)
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.wait(minutes=12)
    office.post(record="r1", event="lead.updated", owner="Ben Bell")
    office.wait(minutes=1)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ben Bell"


def test_an_owner_who_changes_later_is_told_once(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.crm.has("r1", ANN)
    office.wait(minutes=11)
    office.crm.has("r1", BEN)
    for number in range(3):
        office.post(record="r1", event="lead.updated", number=number)
        office.wait(minutes=1)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ben Bell"
    assert len(office.messengers["slack"].about(lead_id, "owner/1")) == 1
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.owner is not None
    assert key_of_person(handling.owner) == "ben@example.com"


def test_how_a_lead_ended_comes_back_from_the_crm(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.crm.has("r1", ANN)
    office.wait(minutes=11)
    office.crm.has("r1", ANN, ending=Ending.WON)
    office.post(record="r1", event="lead.updated", status="won")
    office.wait(minutes=1)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.ending is Ending.WON
    assert office.store.work_list("ann@example.com") == []


def test_the_rules_for_an_owner_count_when_the_owner_is_found(
    store: Store, clock: HandClock
) -> None:
    rules = {
        "ann": RuleConfig(owners=("ann@example.com",), channels=("slack",)),
        "others": RuleConfig(channels=("pool",)),
    }
    office = SalesOffice(store, clock, routes=Routes(rules=rules, usual=("slack",)))
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.wait(minutes=12)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [0, 1]
    office.crm.has("r1", ANN)
    office.wait(minutes=30)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [1, 1]
    assert office.messengers["pool"].about(lead_id)[0]["owner"] == "Ann Archer"


def test_a_lead_that_a_fallback_told_is_not_told_again_when_it_is_completed(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    slack = msgspec.structs.replace(
        office.kit.channels["slack"], fallback="pool", fallback_after=timedelta(minutes=1)
    )
    office.kit = msgspec.structs.replace(
        office.kit, channels={**office.kit.channels, "slack": slack}
    )
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.trouble = Unreachable("crm.down")
    office.messengers["slack"].trouble = Unreachable("slack.down")
    office.wait(minutes=15)
    assert len(office.messengers["pool"].about(lead_id)) == 1
    office.crm.trouble = office.messengers["slack"].trouble = None
    office.crm.has("r1", ANN)
    office.wait(hours=1)
    assert not office.messengers["slack"].about(lead_id)
    (data,) = office.messengers["pool"].about(lead_id)
    assert data["owner"] == "Ann Archer"
