"""Deliveries that commit 173241e captured are recognised when they come again, and its raw words
are still understood."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leadline import wiring
from leadline.journey.receiving.capture import read
from leadline.model.errors import LeadlineError
from leadline.model.lead import CapturedLead, Delivery
from leadline.ports.source import Source
from leadline.settings.top.general import Settings
from tests.worlds.first_release import FOLDER

CAPTURED: list[dict[str, Any]] = json.loads((FOLDER / "deliveries.json").read_text())
NAMES = [f"{i} {kept['source']}" for i, kept in enumerate(CAPTURED)]


def recognised_by(lead: CapturedLead) -> dict[str, Any]:
    return {
        "kind": lead.kind,
        "event_key": lead.event_key.hex(),
        "lasting": lead.lasting_key,
        "record_key": lead.record_key.hex() if lead.record_key else None,
    }


@pytest.mark.parametrize("kept", CAPTURED, ids=NAMES)
def test_what_stands_for_an_event_and_a_record_has_not_changed(kept: dict[str, Any]) -> None:
    body = kept["body"].encode("latin-1")
    delivery = Delivery(kept["source"], body, datetime.now(UTC), kept["headers"])
    leads = read(delivery, wiring.capture_kit(Settings(), believe_all=True))
    then = [{n: v for n, v in e.items() if n not in ("raw", "fields")} for e in kept["events"]]
    assert [recognised_by(lead) for lead in leads] == then


def understood(source: Source, raw: bytes) -> dict[str, Any] | None:
    """What the source reads there; None where it makes no lead."""
    try:
        fields: dict[str, Any] = json.loads(msgspec.json.encode(source.fields(raw)))
    except LeadlineError:
        return None
    return fields


@pytest.mark.parametrize("kept", CAPTURED, ids=NAMES)
def test_what_an_event_says_has_not_changed(kept: dict[str, Any]) -> None:
    source = wiring.sources(Settings())[kept["source"]]
    for event in kept["events"]:
        raw = kept["body"].encode("latin-1") if event["raw"] is None else event["raw"].encode()
        assert understood(source, raw) == event["fields"]
