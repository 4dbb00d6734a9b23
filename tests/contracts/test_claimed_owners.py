"""An owner whom an untrusted sender names decides nothing, whichever way the name gets in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

import msgspec
import pytest

from leadline.journey.refinement.refining import refine_due
from leadline.kit import Connected
from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import LeadFields, Ownership
from leadline.model.staff.people import Person
from leadline.operations.repair.replay import Start, carry_out, plan
from leadline.ports.store import Store
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, BEN, MemoryCrm, SalesOffice

TEAM = Team(
    {"ann": MemberConfig(email=ANN.email, crm=("u1",)), "ben": MemberConfig(email=BEN.email)}
)


class AdForms(MemoryCrm):
    """Keeps the answers of forms, as Meta and LinkedIn do: nobody owns them."""

    knows_owners = False


@pytest.fixture
def office(store: Store, clock: HandClock) -> SalesOffice:
    """Nobody can be asked, and the sender is not trusted to name owners."""
    return SalesOffice(store, clock, asks=False, owner="no", team=TEAM)


def again(office: SalesOffice, lead_id: str) -> None:
    """Refine a lead anew."""
    todo = plan(office.store, office.kit.sources, lambda _: {}, [lead_id], Start.REFINE)
    assert carry_out(office.store, todo, office.clock.now) == 1
    assert refine_due(office.kit) == 1


def test_it_is_kept_beside_and_nobody_holds_the_lead(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", owner=" u1 ")
    office.wait(minutes=11)
    details = office.refined(lead_id).lead_details
    assert (details.owner, details.owner_claimed) == (None, "u1")
    assert details.ownership is Ownership.NOT_ASKED
    assert office.handling(lead_id) is None
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == ""
    for name in (ANN.email, "u1"):
        assert office.store.work_list(name) == []


def test_a_store_that_fails_while_a_lead_is_refined_is_tried_again(
    office: SalesOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = office.post(email="ada@example.com", owner="u1")
    failed: list[Sequence[str]] = []

    def failing(lead_ids: Sequence[str]) -> NoReturn:
        failed.append(lead_ids)
        raise StorageFailed("the table does not answer")

    with monkeypatch.context() as outage:
        outage.setattr(office.store, "handling", failing)
        office.clock.advance(minutes=11)
        assert refine_due(office.kit) == 1
    assert failed == [[lead_id]]
    office.wait(minutes=5)
    assert office.refined(lead_id).contact.email == "ada@example.com"


def test_an_update_that_is_folded_in_names_nobody_either(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.wait(minutes=3)
    office.post(record="r1", event="lead.updated", owner=BEN.email)
    office.wait(minutes=8)
    details = office.refined(lead_id).lead_details
    assert (details.owner, details.owner_claimed) == (None, BEN.email)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == ""


def test_nor_does_one_that_comes_after_the_alert(office: SalesOffice) -> None:
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.wait(minutes=12)
    office.post(record="r1", event="lead.updated", owner=BEN.email)
    office.wait(minutes=1)
    assert office.handling(lead_id) is None
    assert [m["owner"] for m in office.messengers["slack"].hanging.values()] == [""]


def test_rules_take_the_lead_for_one_that_nobody_owns(store: Store, clock: HandClock) -> None:
    rules = {
        "anns": RuleConfig(owners=("ann",), channels=("pool",)),
        "free": RuleConfig(assign=("ben",), channels=("slack",)),
    }
    office = SalesOffice(
        store, clock, asks=False, owner="no", team=TEAM, routes=Routes(rules=rules, team=TEAM)
    )
    lead_id = office.post(email="ada@example.com", owner="ann")
    office.wait(minutes=11)
    assert not office.messengers["pool"].about(lead_id)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "ben", "the rules assign it"
    details = office.refined(lead_id).lead_details
    assert (details.owner, details.owner_claimed) == ("ben", "ann")


def test_the_owner_whom_our_crm_names_counts_beside_it(store: Store, clock: HandClock) -> None:
    office = SalesOffice(store, clock, owner="no")
    lead_id = office.post(email="ada@example.com", record="r1", owner=BEN.email)
    office.crm.has("r1", ANN, fields=LeadFields(owner=ANN.name))
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ann Archer"
    details = office.refined(lead_id).lead_details
    assert (details.owner, details.owner_claimed) == ("Ann Archer", BEN.email)


@pytest.mark.parametrize(("setting", "owner"), [("no", ""), ("trusted", BEN.email)])
def test_answers_that_are_read_from_an_ad_are_the_visitors_too(
    store: Store, clock: HandClock, setting: str, owner: str
) -> None:
    office = SalesOffice(store, clock, owner=setting)
    office.crm = AdForms()
    crms = {"generic": Connected(office.crm, CrmConfig())}
    office.kit = msgspec.structs.replace(office.kit, crms=crms)
    answers = LeadFields(email="ada@example.com", owner=BEN.email)
    office.crm.has("r1", Person(email=BEN.email), fields=answers)
    lead_id = office.post(record="r1")
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == owner
    assert office.refined(lead_id).lead_details.owner_claimed == (None if owner else BEN.email)
    office.post(record="r1", event="lead.updated", email="ada@example.com")
    office.wait(hours=1)
    assert [m["owner"] for m in office.messengers["slack"].about(lead_id)] == [owner]
    handling = office.handling(lead_id) or UNHANDLED
    assert (handling.owner.email if handling.owner else "") == owner


def test_refined_anew_a_lead_loses_the_owner_whom_an_earlier_version_believed(
    office: SalesOffice,
) -> None:
    lead_id = office.post(email="ada@example.com", owner="u9")
    before = Handling(owner=Person(id="u9"), ownership=Ownership.ASSIGNED)
    office.clock.now += timedelta(minutes=11)
    refine_due(office.kit)
    assert office.store.handle(lead_id, UNHANDLED, before, note="owner.found")
    again(office, lead_id)
    handling = office.handling(lead_id)
    assert handling is not None
    assert (handling.owner, handling.ownership) == (None, Ownership.NOT_ASKED)
    assert office.store.work_list("u9") == []


def test_refined_anew_a_lead_loses_the_owner_of_a_sender_who_is_trusted_no_more(
    store: Store, clock: HandClock
) -> None:
    trusting = SalesOffice(store, clock, asks=False, owner="trusted", team=TEAM)
    lead_id = trusting.post(email="ada@example.com", owner=ANN.email)
    trusting.wait(minutes=11)
    assert trusting.handling(lead_id) is not None
    office = SalesOffice(store, clock, asks=False, owner="no", team=TEAM)
    again(office, lead_id)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.owner is None


@pytest.mark.parametrize(
    "given",
    [
        {"crm_owner": "u9"},
        {"claimed_by": Person(id="u9")},
        {"owner": Person(id="u1", name="ann")},
    ],
)
def test_refined_anew_it_keeps_the_owner_whom_somebody_else_gave_it(
    office: SalesOffice, given: dict[str, object]
) -> None:
    lead_id = office.post(email="ada@example.com", owner="u9")
    parts = {"owner": Person(id="u9"), "ownership": Ownership.ASSIGNED, **given}
    before = Handling(**parts)  # type: ignore[arg-type]
    office.clock.now += timedelta(minutes=11)
    refine_due(office.kit)
    assert office.store.handle(lead_id, UNHANDLED, before, note="owner.found")
    again(office, lead_id)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.owner == before.owner
