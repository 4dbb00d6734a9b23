"""A stack of commit 173241e becomes one of today (profile standard) with leads at every place where
one may be: nothing is lost and nobody is alerted twice.

The stack is deployed and filled by the code of that commit itself (tests/data/stack_173241e), so
that its rows, documents, messages and resources are those that it made. Its functions are stopped
before the last leads come: what these left in the queues is read by today's functions alone.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.old_stack import OldStack
from tests.aws.test_end_to_end import eventually, keys_of, post, send, settings_text, told
from tests.aws.test_profiles import alarms_of
from tests.aws.test_troubles import dead_messages, sweep
from tests.standins.emulator import Emulator
from tests.standins.slack_presses import SECRET, press_body, press_payload, signed_headers

pytestmark = pytest.mark.aws

LEASE_S = 20
"""How long the leases last that functions of the old version took and never settled."""
CLAIMER = "U02BOB"
HALF = {"name": "Half Done", "email": "half@example.com"}
KEPT = ("BucketName", "TableName")
GIVEN_UP = ("untellable", "empty")


@dataclass(frozen=True)
class Update:
    """The stack after the update; the ids of the leads by where they stood before it."""

    stack: OldStack
    ids: Mapping[str, Sequence[str]]

    def asked(self, *words: str, code: int = 0) -> Any:
        """What a command of today tells of the stack, as JSON; *code* is how it ends."""
        done = self.stack.run(*words, "--aws", self.stack.stack, "--json")
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def updated(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Update:
    emulator.reset()
    stack = OldStack(
        emulator,
        tmp_path_factory.mktemp("old"),
        stack="old",
        parameters={
            "Alarms": "plain",  # its others are of metric math, which the emulator can't do
            "RefineTimeout": "10",
            "DeliverTimeout": "10",
            "SweepSchedule": "rate(1 day)",
        },
        settings=settings_text(slack, slack_signing_secret=f'["{SECRET}"]'),
    )
    ids = told_and_dead(stack, slack) | in_flight(stack)
    # Leads and alerts that wait or are leased have messages; the one without a task has none.
    assert [messages(stack, name) for name in ("RefineQueueUrl", "DeliveryQueueUrl")] == [4, 3]
    kept = {name: stack.outputs[name] for name in KEPT}
    stack.deploy(Alarms="by-profile")  # without --allow-replacement
    assert {name: stack.outputs[name] for name in KEPT} == kept
    work(stack, enabled=True)
    return Update(stack, ids)


def work(stack: Deployment, queue: str = "", *, enabled: bool) -> None:
    """Let functions take messages from a queue (all queues: ""), or let them lie."""
    client = stack.client("lambda")
    for source in client.list_event_source_mappings()["EventSourceMappings"]:
        if source["EventSourceArn"].endswith(queue):
            client.update_event_source_mapping(UUID=source["UUID"], Enabled=enabled)


def alerts(slack: SlackInbox) -> Counter[str]:
    """How many alerts spoke of each lead; that somebody owns one now is told besides."""
    payloads = [
        one["metadata"]["event_payload"]
        for one in slack.messages
        if one["metadata"]["event_type"] != "lead_owner"
    ]
    return Counter(one["lead_id"] for told in payloads for one in told.get("leads", [told]))


def come(stack: Deployment, name: str, n: int = 1) -> list[str]:
    return [
        send(stack, name=f"{name.title()} {i}", email=f"{name}{i}@example.com") for i in range(n)
    ]


def told_and_dead(stack: OldStack, slack: SlackInbox) -> dict[str, list[str]]:
    """Leads that were told, one of them claimed, and two dead letters."""
    ids = {"told": come(stack, "told"), "claimed": come(stack, "claimed")}
    eventually(lambda: {*ids["told"], *ids["claimed"]} <= set(told(slack)))
    slack.behave = lambda _number: Reply(404, b"no_service")
    ids["untellable"] = come(stack, "untellable")
    eventually(lambda: dead_messages(stack, "DeliveryDeadLettersUrl") == 1)
    slack.behave = lambda _number: None
    ids["empty"] = [send(stack, name="", nothing="that makes a lead")]
    eventually(lambda: dead_messages(stack) == 1)
    pressed = press_body(press_payload("lead.claim", ids["claimed"][0], CLAIMER, response_url=""))
    answer = post(stack, "/slack/actions", pressed, **signed_headers(pressed, datetime.now(UTC)))
    assert answer.status == 200, answer.data
    return ids


def in_flight(stack: OldStack) -> dict[str, list[str]]:
    """Leads that are under way when the functions stop: alerts and leads that wait, both with their
    messages in the queues, others that are leased, and a raw document without a task."""
    ids: dict[str, list[str]] = {}
    work(stack, "delivery", enabled=False)
    ids["alert leased"] = come(stack, "leased alert")
    eventually(lambda: are_refined(stack, ids["alert leased"]))
    eventually(lambda: stack.lease("notify", LEASE_S, "slack") == ids["alert leased"])
    ids["alert waits"] = come(stack, "alert", 2)
    eventually(lambda: are_refined(stack, ids["alert waits"]))
    work(stack, enabled=False)
    ids["leased"] = come(stack, "leased")
    eventually(lambda: stack.lease("refine", LEASE_S) == ids["leased"])
    ids["waits"] = come(stack, "waiting", 3)
    ids["without task"] = [stack.capture_half(json.dumps(HALF))]
    return ids


def messages(stack: Deployment, queue: str) -> int:
    """How many messages a queue has, delayed and received ones too."""
    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "Delayed", "NotVisible")]
    told_of = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[queue], AttributeNames=names
    )
    return sum(int(told_of["Attributes"][name]) for name in names)


def are_refined(stack: Deployment, lead_ids: list[str]) -> bool:
    keys = keys_of(stack, "refined/")
    return all(any(one in key for key in keys) for one in lead_ids)


def test_what_was_under_way_is_told_of_once(updated: Update, slack: SlackInbox) -> None:
    stack, ids = updated.stack, updated.ids
    to_tell = {one for place, some in ids.items() if place not in GIVEN_UP for one in some}

    def swept() -> bool:
        sweep(stack)
        return to_tell <= set(alerts(slack))

    eventually(swept)
    assert alerts(slack) == dict.fromkeys(to_tell, 1)


def test_a_delivery_that_was_half_captured_is_the_same_lead_when_it_comes_again(
    updated: Update, slack: SlackInbox
) -> None:
    (half,) = updated.ids["without task"]
    assert send(updated.stack, **HALF) == half
    assert alerts(slack)[half] == 1


def test_dead_letters_are_listed_and_can_be_replayed(updated: Update, slack: SlackInbox) -> None:
    stack, (untellable,) = updated.stack, updated.ids["untellable"]
    listed = json.dumps(updated.asked("dead"))
    assert [one for place in GIVEN_UP for one in updated.ids[place] if one not in listed] == []
    updated.asked("replay", untellable, "--from", "dead", "--yes")
    eventually(lambda: untellable in alerts(slack))
    assert alerts(slack)[untellable] == 1
    assert dead_messages(stack, "DeliveryDeadLettersUrl") == 0


def test_a_claim_stands(updated: Update) -> None:
    (claimed,) = updated.ids["claimed"]
    assert CLAIMER in json.dumps(updated.asked("show", claimed))


def test_every_lead_is_listed_and_accounted_for(updated: Update, slack: SlackInbox) -> None:
    everybody = {one for some in updated.ids.values() for one in some}
    listed = {one["lead_id"]: one["status"] for one in updated.asked("leads")}
    assert listed.keys() == everybody
    dead = updated.ids["empty"]
    assert {one for one, status in listed.items() if status != "alerted"} == set(dead)
    assert updated.asked("verify", "--deep")["balanced"] is True
    state = updated.asked("status", code=1)  # there is still a dead letter
    waiting = {name: queue["visible"] for name, queue in state["queues"].items()}
    assert waiting == {
        "refine": 0, "delivery": 0, "refine dead letters": 1, "delivery dead letters": 0,
    }  # fmt: skip
    assert set(alerts(slack)) == everybody - set(dead)


def test_the_stack_is_one_of_the_profile_standard(updated: Update) -> None:
    assert len(alarms_of(updated.stack)) == 7
    assert "DashboardUrl" not in updated.stack.outputs
