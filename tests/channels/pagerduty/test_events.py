"""PagerDuty: one alert per lead, which follows what becomes of the lead."""

import json
from typing import Any

import pytest

from leadline.channels.pagerduty.events import PagerDutyWriter, dedup_key
from leadline.model.handling import Ending, Handling
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice, OutgoingMessage
from tests.channels.leads import CAPTURED, ID, lead

WRITER = PagerDutyWriter()
TOLD = Alert(ID, "ops", CAPTURED, "new_lead/1")


def notice(**more: Any) -> Notice:
    links = Links("https://leads.example.com/{lead_id}")
    return Notice(lead=lead(), now=CAPTURED, links=links, **more)


def read(message: OutgoingMessage | None) -> dict[str, Any]:
    assert message is not None
    event: dict[str, Any] = json.loads(message.body)
    return event


def test_a_lead_triggers_an_alert_that_tells_of_it() -> None:
    event = read(WRITER.alert(notice()))
    assert (event["event_action"], event["dedup_key"]) == ("trigger", ID)
    assert event["payload"]["summary"] == "New lead: Ada Lovelace, Byron & Sons"
    assert event["payload"]["severity"] == "warning"
    assert event["payload"]["custom_details"]["Phone"] == "+1 555-010-0123"
    assert {"href": f"https://leads.example.com/{ID}", "text": "Show in Leadline"} in event["links"]


def test_a_test_wakes_nobody() -> None:
    assert read(WRITER.alert(notice(test=True)))["payload"]["severity"] == "info"


@pytest.mark.parametrize(("level", "severity"), [(1, "error"), (2, "critical"), (3, "critical")])
def test_a_late_lead_is_graver(level: int, severity: str) -> None:
    event = read(WRITER.reminder(notice(handling=Handling(level=level)), None))
    assert event["payload"]["severity"] == severity
    assert event["dedup_key"] == ID


def test_a_claim_acknowledges_and_an_ending_resolves() -> None:
    ann = Person(name="Ann")
    claimed = Handling(claimed_by=ann)
    assert read(WRITER.update(notice(handling=claimed), TOLD)) == {
        "event_action": "acknowledge",
        "dedup_key": ID,
    }
    won = Handling(claimed_by=ann, ending=Ending.WON)
    assert read(WRITER.update(notice(handling=won), TOLD))["event_action"] == "resolve"
    assert WRITER.update(notice(handling=Handling(owner=ann)), TOLD) is None


def test_an_id_that_is_too_long_has_a_stand_in() -> None:
    assert dedup_key(ID) == ID
    assert dedup_key("x" * 300) == dedup_key("x" * 300) != dedup_key("x" * 301)
    assert len(dedup_key("x" * 300)) <= 255
