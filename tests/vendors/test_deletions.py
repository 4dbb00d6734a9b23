"""Which vendor's deletions erase a person: the table in the manual says what the code does."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leadline.model.lead import DELETED, ERASED, Delivery, Event, Kind
from leadline.plugins import own_sources
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.registry import find

PAGE = Path(__file__).parents[2] / "docs/how-to/connect-a-sender.md"
HEAD = "| sender | event of a privacy deletion |"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHANGE = {"entityName": "Lead", "recordIds": ["00Q1"], "transactionKey": "t", "sequenceNumber": 1}
BODIES: dict[str, Any] = {
    "attio": lambda name: {"event_type": name, "id": {"object_id": "people", "record_id": "r"}},
    "close": lambda name: {
        "event": {"object_type": "lead", "action": name, "object_id": "lead_1", "id": "ev_1"}
    },
    "copper": lambda name: {"event": name, "type": "lead", "ids": [1], "subscription_id": 1},
    "generic": lambda name: {"event": name, "id": "r1"},
    "hubspot": lambda name: [{"subscriptionType": name, "objectId": 5, "eventId": 1}],
    "linkedin": lambda name: {
        "type": "LEAD_ACTION",
        "leadAction": name,
        "leadGenFormResponse": "urn:li:leadGenFormResponse:abc",
    },
    "pipedrive": lambda name: {
        "meta": {"action": name, "entity": "person", "object": "person", "entity_id": 7, "id": 7},
        "previous": {"id": 7, "first_name": "Ada"},
    },
    "salesforce": lambda name: {"ChangeEventHeader": {**CHANGE, "changeType": name}},
    "standard_webhooks": lambda name: {"type": name, "id": "r1"},
    "tryton": lambda name: {
        "model": "sale.opportunity",
        "action": name,
        "record": {"id": 4, "write_date": "2026-03-02"},
    },
    "zoho": lambda name: {"module": "Leads", "operation": name, "ids": ["9"], "server_time": 1},
}


def rows() -> dict[str, tuple[list[str], list[str]]]:
    """The names of the events in the table, by sender: those of privacy deletions, and others."""
    lines = PAGE.read_text(encoding="utf-8").split(HEAD)[1].splitlines()[2:]
    found = {}
    for line in lines[: lines.index("")]:
        name, erased, deleted = (cell.split("`")[1::2] for cell in line.strip("|").split("|"))
        found[name[0]] = (erased, deleted)
    return found


ROWS = rows()
NAMED = [(source, name) for source, (_, deleted) in ROWS.items() for name in deleted]


def read(source: str, name: str) -> Event:
    mapping = {"record": "id"} if source in ("generic", "standard_webhooks") else {}
    body = json.dumps(BODIES[source](name)).encode()
    delivery = Delivery(source, body, NOW, {"content-type": "application/json"})
    (event,) = find(source)(SourceConfig(map=mapping)).events(delivery)
    return event


def test_the_table_has_every_source() -> None:
    assert sorted(ROWS) == sorted(own_sources())


@pytest.mark.parametrize(("source", "name"), NAMED)
def test_an_ordinary_deletion_ends_the_lead_and_erases_nothing(source: str, name: str) -> None:
    event = read(source, name)
    assert (event.kind, event.why) == (Kind.IGNORED, DELETED)
    assert event.record


def test_only_the_privacy_deletions_in_the_table_erase() -> None:
    erasing = {source for source, (erased, _) in ROWS.items() if erased}
    assert erasing == {"hubspot"}
    assert {read("hubspot", name).why for name in ROWS["hubspot"][0]} == {ERASED}


@pytest.mark.parametrize("source", sorted(set(own_sources()) - {"hubspot"}))
def test_no_other_source_knows_a_privacy_deletion(source: str) -> None:
    module = __import__(find(source).__module__, fromlist=["SOURCE"])
    assert ERASED not in {value for value in vars(module).values() if isinstance(value, str)}
    tables = [table for table in vars(module).values() if isinstance(table, dict)]
    assert not any(ERASED in table.values() for table in tables if _is_flat(table))


def _is_flat(table: dict[Any, Any]) -> bool:
    return all(isinstance(value, str) for value in table.values())
