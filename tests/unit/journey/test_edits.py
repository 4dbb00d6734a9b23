"""`leadline.journey.refinement.folding`: which values of a lead a person wrote in the vendor's own
pages."""

import json
from datetime import UTC, datetime

import pytest

from leadline.journey.refinement.folding import edited_by_people, fields_of_events
from leadline.model.facts.likeness import EDITED_RULE
from leadline.model.lead import Change, RefinedLead
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.refine import About, refine
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.hubspot.webhook import HubSpot
from leadline.vendors.pipedrive.webhook import Pipedrive

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
T0 = 1_772_442_000_000  # milliseconds
SECRET = SourceConfig(secret=("s3cret",))
FIRST = {"vid": 7, "properties": {"email": {"value": "ada@example.com"}}, "updatedAt": T0}


def change(name: str, value: str, source: str, at: int) -> dict[str, object]:
    """A change of a property, as HubSpot tells it."""
    return {
        "objectId": 7, "subscriptionType": "contact.propertyChange", "propertyName": name,
        "propertyValue": value, "changeSource": source, "occurredAt": T0 + at,
    }  # fmt: skip


def refined(source: Source, *updates: dict[str, object]) -> RefinedLead:
    raws = tuple(json.dumps(one).encode() for one in updates)
    waiting = Waiting("lead-1", source.name, AT, json.dumps(FIRST).encode(), updates=raws)
    about = About("lead-1", AT, AT, source.name, "")
    return edited_by_people(source, waiting, refine(fields_of_events(source, waiting), about))


def edits(lead: RefinedLead) -> list[Change]:
    return [one for one in lead.changes if one.rule == EDITED_RULE]


def test_a_value_that_a_person_wrote_in_hubspot_is_told_with_what_was_there() -> None:
    lead = refined(HubSpot(SECRET), change("email", "ada.l@example.com", "CRM_UI", 2000))
    assert lead.contact.email == "ada.l@example.com"
    assert edits(lead) == [Change("email", "ada@example.com", "ada.l@example.com", EDITED_RULE)]


@pytest.mark.parametrize("program", ["FORM", "API", "INTEGRATION", "IMPORT", None])
def test_a_value_that_a_program_wrote_is_nobodys_edit(program: str) -> None:
    assert edits(refined(HubSpot(SECRET), change("company", "Alder", program, 2000))) == []


def test_what_a_program_wrote_later_is_no_edit_and_the_order_of_arrival_does_not_count() -> None:
    ours = change("company", "Alder", "CRM_UI", 2000)
    theirs = change("company", "Birch", "INTEGRATION", 3000)
    for order in ((ours, theirs), (theirs, ours)):
        lead = refined(HubSpot(SECRET), *order)
        assert (lead.contact.company, edits(lead)) == ("Birch", [])
    same = change("company", "Alder", "INTEGRATION", 3000)
    assert [one.field for one in edits(refined(HubSpot(SECRET), ours, same))] == ["company"]


def test_without_a_secret_anybody_could_say_so() -> None:
    lead = refined(HubSpot(), change("email", "ada.l@example.com", "CRM_UI", 2000))
    assert edits(lead) == []


@pytest.mark.parametrize(("where", "is_by_person"), [("app", True), ("api", False), ("", False)])
def test_pipedrive_names_its_own_pages(where: str, is_by_person: bool) -> None:
    event = {"meta": {"action": "change", "change_source": where}, "data": {"id": 7}}
    assert Pipedrive(SECRET).is_by_person(json.dumps(event).encode()) is is_by_person
    assert not Pipedrive(SECRET).is_by_person(b"[]")
    assert not HubSpot(SECRET).is_by_person(b"null")
