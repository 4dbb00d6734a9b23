"""Presses and commands from Slack at Capture, against a real API of AWS on this machine."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from leadline.entrypoints.aws import capture, refine, slack_actions
from leadline.journey.responding.claiming import CLAIM
from leadline.model.task import Alert, Done, Step
from leadline.standins.slack_inbox import Reply, SlackInbox
from leadline.stores.aws.audit import AwsAudit
from tests.standins.aws_faults import world
from tests.standins.slack_presses import (
    SECRET,
    command_body,
    press_body,
    press_payload,
    signed_headers,
)
from tests.worlds.aws_functions import Context, Functions, message, now
from tests.worlds.leads import lease_task, settle


class SlackWorkspace:
    """A workspace that posts to the function."""

    def __init__(self, functions: Functions, inbox: SlackInbox) -> None:
        self.functions, self.inbox = functions, inbox

    def post(
        self, path: str, body: bytes, otherwise: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        event = {
            "httpMethod": "POST",
            "path": path,
            "resource": path,
            "headers": signed_headers(body, now()),
            "body": body.decode(),
            "requestContext": {"domainName": "api.example.com", "path": f"/prod{path}"},
            **(otherwise or {}),
        }
        return capture.handler(event, Context(30_000))

    def press(self, lead_id: str, user: str = "U01ANN", *, answered: bool = True) -> int:
        url = f"{self.inbox.url}/services/reply" if answered else ""
        payload = press_payload(CLAIM, lead_id, user, response_url=url)
        answer = self.post("/slack/actions", press_body(payload))
        status: int = answer["statusCode"]
        assert status != 200 or answer["body"] == ""
        return status

    def command(self, text: str = "") -> str:
        answer = self.post("/slack/commands", command_body(text))
        assert answer["statusCode"] == 200
        assert json.loads(answer["body"])["response_type"] == "ephemeral"
        message: str = answer["body"]
        return message

    @property
    def told(self) -> list[str]:
        return [m["text"] for m in self.inbox.messages]

    def lead(self) -> str:
        """A refined lead."""
        lead_id = self.functions.lead()
        assert self.functions.refine(message(lead_id)) == []
        return lead_id


@pytest.fixture
def slack(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackWorkspace]:
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    with SlackInbox() as inbox, world(moto, now, 1) as (actor,):
        made = Functions(actor, inbox)
        made.set(slack_signing_secret=f'["{SECRET}"]')
        for module in (capture, refine):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield SlackWorkspace(made, inbox)
        made.parts.caller.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def test_who_presses_first_has_the_lead_and_the_other_is_told_who(slack: SlackWorkspace) -> None:
    lead_id = slack.lead()
    assert slack.press(lead_id) == 200
    assert slack.press(lead_id, "U02BOB") == 200
    assert slack.told == [
        "ada@example.com is yours.", "<@U01ANN> claimed it just now.",
    ]  # fmt: skip
    handling = slack.functions.actor.store.handling([lead_id])[lead_id]
    assert handling.claimed_by is not None
    assert handling.claimed_by.slack == "U01ANN"


def test_a_press_and_a_command_are_in_the_audit_log(slack: SlackWorkspace) -> None:
    lead_id = slack.lead()
    slack.press(lead_id)
    slack.command("unassigned")
    entries = [one.entry for one in AwsAudit(slack.functions.actor.rooms.table).entries()]
    assert [(one.actor, one.action, one.subject, one.detail) for one in entries] == [
        ("person:U01ANN", "lead.claim", lead_id, ""),
        ("person:U01ANN", "slack.command", "", "unassigned"),
    ]


def test_a_press_wakes_who_changes_the_messages(slack: SlackWorkspace) -> None:
    lead_id = slack.lead()
    assert slack.functions.messages(Step.NOTIFY)  # the alert, which another worker will send
    store = slack.functions.actor.store
    lease = lease_task(store, Step.NOTIFY, "slack")
    assert settle(store, lease, Done(alert=Alert(lead_id, "slack", now(), "new_lead/1")))
    assert slack.press(lead_id) == 200
    (woken,) = slack.functions.messages(Step.NOTIFY)
    assert (woken["lead_id"], woken["step"], woken["channel"]) == (lead_id, "update", "slack")


def test_the_command_lists_ones_own_leads_and_those_nobody_has(slack: SlackWorkspace) -> None:
    mine, free = slack.lead(), slack.functions.lead("bob")
    assert slack.functions.refine(message(free)) == []
    assert slack.press(mine) == 200
    assert "ada@example.com" in slack.command()
    unassigned = slack.command("unassigned")
    assert free in unassigned
    assert mine not in unassigned


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"headers": {}}, 401),
        ({"body": "x=1"}, 401),
        ({"httpMethod": "GET"}, 405),
        ({"path": "/slack/actions/", "resource": "/slack/actions"}, 200),
    ],
    ids=str,
)
def test_what_is_not_slacks_is_refused(
    slack: SlackWorkspace, event: dict[str, Any], status: int
) -> None:
    body = press_body({"type": "view_closed"})
    answer = slack.post("/slack/actions", body, event)
    assert answer["statusCode"] == status
    assert SECRET not in json.dumps(answer)


def test_a_store_that_fails_is_told_or_else_warned_of(
    slack: SlackWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = slack.lead()
    monkeypatch.setattr(slack_actions, "_STORE_WITHIN_S", -1.0)
    assert slack.press(lead_id) == 200
    assert slack.told == ["⚠️ Your action was *not* saved. Please try again."]
    assert slack.press(lead_id, answered=False) == 503
    monkeypatch.undo()
    assert slack.functions.actor.store.handling([lead_id]) == {}


def test_an_answer_that_slack_does_not_take_costs_a_moment_only(
    slack: SlackWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = slack.lead()
    monkeypatch.setattr(slack_actions, "_REPLY_WITHIN_S", 0.2)
    for reply in (Reply(hang_up=True), Reply(500), Reply(delay_s=0.5)):
        slack.inbox.behave = lambda _n, reply=reply: reply  # type: ignore[misc]
        assert slack.press(lead_id) == 200
    assert slack.functions.actor.store.handling([lead_id])[lead_id].claimed_by is not None
