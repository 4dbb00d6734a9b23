"""What a stack of commit 173241e left behind goes on with the functions of this version."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from leadline.entrypoints.aws import capture, deliver, refine, sweep
from leadline.model.formats import from_iso
from leadline.model.lead import Status
from leadline.model.task import Step, Task
from leadline.ports.reading.ledger import Account, LeadFilter
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.aws.items import holds_a_task, task_holder_of
from leadline.stores.aws.reading.ledger import AwsLedger
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import SECRET, Context, Functions, now
from tests.worlds.first_release import TOLD, UNTOLD, FirstReleaseData

BATCH = 10
MOST_BATCHES = 50


class UpdatedStack:
    """The stack after the update: its functions, and what the earlier ones left."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.left = FirstReleaseData()
        self.left.put_into(functions.actor.rooms)

    def hand(self, step: Step, bodies: list[Any]) -> None:
        """Hand messages to the step's function in batches, some again as SQS would."""
        act = self.functions.refine if step is Step.REFINE else self.functions.deliver
        for _ in range(MOST_BATCHES):
            batch, bodies = bodies[:BATCH], bodies[BATCH:]
            if not batch:
                return
            failed = {int(name.removeprefix("m")) for name in act(*batch)}
            bodies += [body for place, body in enumerate(batch) if place in failed]
        raise AssertionError(f"{len(bodies)} messages come again and again")

    def go_on(self) -> None:
        """Hand out whatever is in the queues, until there is nothing."""
        steps = (Step.REFINE, Step.NOTIFY)
        for _ in range(MOST_BATCHES):
            found = {step: self.functions.messages(step) for step in steps}
            if not any(found.values()):
                return
            for step, bodies in found.items():
                self.hand(step, bodies)
        raise AssertionError("each message makes another one")

    def sweep(self) -> dict[str, Any]:
        return sweep.handler({"grace_s": 0, "overdue_s": 0}, Context(120_000))

    def told(self) -> Counter[str]:
        """How often Slack was told of which lead since the update."""
        names = {lead_id: name for name, lead_id in self.left.ids.items()}
        payloads = [m["metadata"]["event_payload"] for m in self.functions.slack.messages]
        return Counter(names[one["lead_id"]] for p in payloads for one in p.get("leads", [p]))

    def ledger(self) -> AwsLedger:
        rooms = self.functions.actor.rooms
        return AwsLedger(rooms.table, rooms.bucket)

    def statuses(self) -> dict[str, str]:
        names = {lead_id: name for name, lead_id in self.left.ids.items()}
        with closing(self.ledger()) as ledger:
            rows = ledger.find(LeadFilter(limit=50))
        return {names[row.lead_id]: row.status for row in rows}

    def account(self) -> Account:
        with closing(self.ledger()) as ledger:
            return ledger.account(deep=True)


@pytest.fixture
def updated(moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[UpdatedStack]:
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        functions = Functions(actor, slack)
        functions.set()
        for module in (capture, refine, deliver, sweep):
            monkeypatch.setattr(module, "_parts", lambda: functions.parts)
        yield UpdatedStack(functions)
        functions.parts.caller.close()


ONCE = Counter(dict.fromkeys(UNTOLD, 1))
AT_REST = {
    **dict.fromkeys((*TOLD, *UNTOLD), Status.ALERTED), "held": Status.WAITING,
    "spam": Status.QUARANTINED, "dead": Status.DEAD, "untellable": Status.DEAD,
}  # fmt: skip


def test_messages_that_were_under_way_are_understood(updated: UpdatedStack) -> None:
    assert updated.account().balanced
    for _ in range(2):  # SQS may hand out every one of them more than once
        updated.hand(Step.REFINE, updated.left.messages("refine"))
        updated.hand(Step.NOTIFY, updated.left.messages("delivery"))
        updated.go_on()
    updated.sweep()  # a retry that was further off than SQS waits has no message yet
    updated.go_on()
    assert updated.told() == ONCE
    assert updated.statuses() == AT_REST
    assert updated.account().balanced
    assert "phish" not in json.dumps(updated.functions.slack.messages)


def test_the_sweep_alone_finds_all_that_waits(updated: UpdatedStack) -> None:
    for _ in range(3):
        updated.sweep()
        updated.go_on()
    assert updated.told() == ONCE
    assert updated.statuses() == AT_REST
    assert updated.account().balanced


def test_deliveries_that_come_again_are_the_leads_that_they_were(updated: UpdatedStack) -> None:
    before = updated.account()
    for name in ("told", "leased", "held", "dead"):
        headers = {"X-Webhook-Secret": SECRET, "Idempotency-Key": name}
        body = json.dumps({"name": name, "email": f"{name}@example.com"}).encode()
        answer = updated.functions.post(
            body, headers={"Content-Type": "application/json", **headers}
        )
        assert answer["body"]["lead_id"] == updated.left.ids[name]
    assert updated.account().accepted == before.accepted
    assert updated.told() == Counter()


def test_what_was_held_or_dead_goes_on_when_it_is_told_to(updated: UpdatedStack) -> None:
    updated.sweep()
    updated.go_on()
    ids = updated.left.ids
    tasks = [Task(Step.REFINE, ids["held"]), Task(Step.NOTIFY, ids["untellable"], "slack")]
    updated.functions.actor.store.put(tasks, now(), note="replayed")
    updated.go_on()
    assert updated.told() == ONCE + Counter(("held", "untellable"))
    assert updated.account().balanced


def test_how_late_it_all_is_counts_from_when_it_is_due(updated: UpdatedStack) -> None:
    store = updated.functions.actor.store
    dues = [
        task.due_at
        for item in updated.functions.actor.table.scan()
        if holds_a_task(item) and (task := task_holder_of(item).task) is not None
        if not task.dead_at and item["due_pk"].startswith(("refine#", "notify#slack#"))
    ]
    assert store.untold_since(["slack"]) == from_iso(min(dues))
    for _ in range(3):
        updated.sweep()
        updated.go_on()
    assert updated.told() == ONCE
    assert store.untold_since(["slack"]) is None, "the lead that is held is not late"
