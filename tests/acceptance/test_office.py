"""A lead's way through a whole office: the CRM, Slack, mail and the warehouse are stand-ins on
loopback; Leadline is the real processes, set by a file as a user would write it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.journey.responding.claiming import CLAIM
from tests.acceptance.office import (
    ADA_SLACK,
    BEN_SLACK,
    MANAGERS,
    POOL,
    SALES,
    RunningOffice,
    person,
)
from tests.standins.crm_api import ADA, CrmFailure
from tests.standins.slack_api import WrongAnswer

DOWN = WrongAnswer(503, {"ok": False, "error": "service_unavailable"})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    """One that all share whose tests harm nobody else's."""
    with RunningOffice(tmp_path_factory.mktemp("office")) as running:
        yield running
        assert running.installation.stop() == 0
        logged = running.installation.log.read_text()
        assert '"level":"error"' not in logged
        assert "Grace" not in logged
        assert "@" not in logged
        assert '"event":"unnamed"' not in logged
    assert running.slack.complaints == running.portal.complaints == []


def owner_of(message: dict[str, Any]) -> str:
    """What a message says of the owner."""
    sections = [block for block in message["blocks"] if "fields" in block]
    (field,) = [f["text"] for f in sections[0]["fields"] if f["text"].startswith("*Owner:*")]
    return str(field.partition("\n")[2])


def test_an_owner_who_is_assigned_during_the_wait_is_mentioned(office: RunningOffice) -> None:
    record, lead = office.contact("Grace")
    theirs = office.form(id="77", name="Max Roe", email="max@example.com")
    office.portal.change(record, hubspot_owner_id=office.portal.ada)
    office.document("77", owner_email="ben@example.org")
    (alert,) = office.wait("the alert", lambda: office.told(SALES, lead, "new_lead"))
    assert owner_of(alert) == f"<@{ADA_SLACK}>"
    assert "Grace Hale" in alert["text"], "the webhook had its id only; the CRM told the rest"
    (other,) = office.wait("the other alert", lambda: office.told(SALES, theirs, "new_lead"))
    assert owner_of(other) == f"<@{BEN_SLACK}>"
    office.wait("the event", lambda: office.events(lead) and office.events(theirs))
    assert office.events(lead) == office.events(theirs) == ["refined"]
    assert [office.told(POOL, one) for one in (lead, theirs)] == [[], []]


def test_an_unassigned_lead_is_the_pools_until_the_crm_has_an_owner(office: RunningOffice) -> None:
    lead = office.form(id="88", name="Ida Kern", email="ida@example.com")
    (alert,) = office.wait("the pool's alert", lambda: office.told(POOL, lead, "new_lead"))
    assert owner_of(alert) == "Unassigned"
    assert office.told(SALES, lead) == []
    office.document("88", owner_email="ben@example.org", owner="Ben Bell")
    office.wait("the change", lambda: owner_of(office.told(POOL, lead)[0]) == f"<@{BEN_SLACK}>")
    (news,) = office.wait("the news", lambda: office.told(POOL, lead, "owner"))
    assert news["thread_ts"] == alert["ts"]
    assert f"<@{BEN_SLACK}>" in json.dumps(news["blocks"])
    (shown,) = office.wait("his own alert", lambda: office.told(SALES, lead, "new_lead"))
    assert owner_of(shown) == f"<@{BEN_SLACK}>"
    assert "owner.found" in office.timeline(lead)


def test_an_alert_says_that_the_crm_is_down_and_is_put_right_later(office: RunningOffice) -> None:
    office.portal.always(CrmFailure.DOWN)
    try:
        _, lead = office.contact("Wilma", owned=True)
        (alert,) = office.wait("the alert", lambda: office.told(SALES, lead, "new_lead"))
        assert "owner unknown" in owner_of(alert)
        assert "wilma@example.com" not in json.dumps(alert["blocks"])
    finally:
        office.portal.always(None)
    office.wait("the truth", lambda: owner_of(office.told(SALES, lead)[0]) == f"<@{ADA_SLACK}>")
    (shown,) = office.told(SALES, lead, "new_lead")
    assert "wilma@example.com" in json.dumps(shown["blocks"])
    assert office.told(POOL, lead) == []


def test_who_does_not_respond_is_reminded_and_then_the_managers_hear(office: RunningOffice) -> None:
    _, lead = office.contact("Hetty", owned=True, hubspotscore="90")
    (alert,) = office.wait("the alert", lambda: office.told(SALES, lead, "new_lead"))
    (reminder,) = office.wait("the reminder", lambda: office.told(SALES, lead, "reminder"))
    assert reminder["thread_ts"] == alert["ts"]
    assert f"<@{ADA_SLACK}>" in json.dumps(reminder["blocks"])
    (escalated,) = office.wait("the escalation", lambda: office.told(MANAGERS, lead))
    assert f"<@{BEN_SLACK}>" in json.dumps(escalated["blocks"]), "who is next takes over"
    assert "hetty@example.com" in json.dumps(escalated["blocks"])


def test_a_claim_ends_reminders_and_reaches_the_crm_whose_echo_does_nothing(
    office: RunningOffice,
) -> None:
    record, lead = office.contact("Clara", hubspotscore="95")
    _, unclaimed = office.contact("Dora", hubspotscore="95")
    (alert,) = office.wait("the alert", lambda: office.told(POOL, lead, "new_lead"))
    assert office.press(CLAIM, lead, ADA_SLACK, alert) == 200
    contact = office.portal.contacts[record.removeprefix("contact:")]
    office.wait("the claim in the CRM", lambda: contact["hubspot_owner_id"] == office.portal.ada)
    office.wait("the change", lambda: f"Claimed by <@{ADA_SLACK}>" in json.dumps(
        office.told(POOL, lead)[0]["blocks"]
    ))  # fmt: skip
    office.wait("the echo", lambda: "echo" in office.timeline(lead))
    assert contact["leadline_id"] == lead
    assert contact["leadline_claimed_by"] == "ada"
    office.wait("another's escalation", lambda: office.told(MANAGERS, unclaimed))
    assert office.told(MANAGERS, lead) == []
    assert office.told(POOL, lead, "reminder", "escalated", "owner") == []
    writes = [values for one, values in office.portal.written if one == record]
    assert len([values for values in writes if "hubspot_owner_id" in values]) == 1
    assert sum("leadline_id" in values for values in writes) == 1
    told = office.story(lead)
    assert told["handling"]["claimed_by"]["name"] == "ada"
    assert [what for what in office.timeline(lead) if what.startswith("clock.")] == []


def slack_tells_of_a_new_one(office: RunningOffice) -> bool:
    """Whether Slack, and not mail, is told of a lead that comes now."""
    _, lead = office.contact("Dora", owned=True)
    office.wait("any alert", lambda: office.told(SALES, lead) or office.mails(lead))
    return bool(office.told(SALES, lead))


def test_while_slack_is_down_mail_tells_and_says_so_and_slack_never_does(tmp_path: Path) -> None:
    with RunningOffice(tmp_path) as office:
        office.slack.faults["chat.postMessage"] = [DOWN] * 1000
        _, lead = office.contact("Grace", owned=True)
        ((recipients, text),) = office.wait("the mail", lambda: office.mails(lead))
        assert recipients == [ADA.email]
        assert "instead of to the channel sales, which has been failing since" in text
        office.slack.faults.clear()
        office.wait("Slack's word of a later lead", lambda: slack_tells_of_a_new_one(office))
        assert office.told(SALES, lead) == []
        assert len(office.mails(lead)) == 1
        channels = {m["channel"] for m in office.story(lead)["alerts"]}
        assert channels == {"mail", "warehouse"}
        assert office.installation.stop() == 0


def test_commands_tell_of_the_office_what_is_so(office: RunningOffice) -> None:
    record, lead = office.contact("Asta", owned=True, hubspotscore="99")
    office.portal.put(person("Lotte", 99))
    office.wait("the alert", lambda: office.told(SALES, lead) and office.events(lead))
    (row,) = [row for row in office.said("leads") if row["lead_id"] == lead]
    assert (row["owner"], row["status"]) == ("Ada Vance", "alerted")
    assert office.said("verify")["balanced"]
    assert office.said("dead") == []
    shown = office.installation.command("show", lead[:18]).stdout
    for words in ("Ada Vance", "ownership", record, "sales", "warehouse"):
        assert words in shown
    speed = office.installation.command("speed", "--source", "hubspot").stdout
    assert "answered within target" in speed
    told = office.said("reconcile", "--source", "hubspot", "--since", "1h", "--dry-run")
    assert [one["lead_id"] for one in told["found"]] == [""]
    office.wait("the writing", lambda: [r for r, _ in office.portal.written if r == record])
    # Told for each field: what is there, what we have, and why it is written or not.
    (plan,) = office.said("write-back", lead, "--dry-run")
    assert {one["name"]: one["verdict"] for one in plan["fields"]} == {
        "leadline_id": "SAME",
        "hubspot_owner_id": "SAME",
        "leadline_claimed_by": "UNKNOWN",
    }
    for channel in ("sales", "mail"):
        done = office.installation.command("deliver", "test", channel, "--owner", "ada")
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith(f"{channel}: accepted")
    assert office.mail.messages[-1][0] == [ADA.email]
