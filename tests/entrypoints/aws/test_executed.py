"""A function that an execution invokes: what it hands back, starts, and raises."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline.entrypoints.aws.executed import (
    ExecutionClock,
    GivenUp,
    in_execution,
    is_of_execution,
)
from leadline.entrypoints.aws.messages import NotDone
from leadline.entrypoints.aws.parts import Parts
from leadline.model.task import Step, Task
from leadline.stores.aws.clocks.wakeups import Wakeup
from tests.worlds.aws_resources import REGION, AwsResources

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = "0195a1b2-0000-7000-8000-000000000001"
OTHER = "0195a1b2-0000-7000-8000-000000000002"
REFINE = Task(Step.REFINE, LEAD)
ALERT = Task(Step.NOTIFY, LEAD, "slack")
EVENT = {
    "execution": LEAD,
    "message": {"lead_id": LEAD, "s3_key": "raw/x.json", "timestamp": "2026-03-02T09:00:00Z"},
}
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


@pytest.fixture
def parts(moto: str, rooms: AwsResources) -> Iterator[Parts]:
    made = Parts(
        {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": moto,
            "SQS_QUEUE_URL": rooms.urls[Step.REFINE],
            "DELIVERY_QUEUE_URL": rooms.urls[Step.NOTIFY],
            "REFINE_DLQ_URL": rooms.dead_urls[Step.REFINE],
        }
    )
    with closing(made.caller):
        yield made


def sent(rooms: AwsResources) -> list[tuple[str, str]]:
    """The lead and channel of each message that the stack's clock sent."""
    urls = dict.fromkeys(rooms.urls.values())
    messages = [message for url in urls for message in rooms.messages(url)]
    return sorted((one["lead_id"], one.get("channel", "")) for one in messages)


def test_what_is_due_after_refinement_is_handed_to_the_execution(rooms: AwsResources) -> None:
    clock = ExecutionClock(rooms.queues, REFINE)
    others = [Wakeup(Task(Step.NOTIFY, OTHER, "slack"), AT, AT)]
    clock.send([Wakeup(ALERT, AT, AT), *others], AT)
    assert [one["channel"] for one in clock.messages] == ["slack"]
    assert sent(rooms) == [(OTHER, "slack")]


def test_what_is_due_later_and_what_follows_a_delivery_has_a_wake_up_of_its_own(
    rooms: AwsResources,
) -> None:
    after_refining = ExecutionClock(rooms.queues, REFINE)
    after_refining.send([Wakeup(Task(Step.LOOK_UP, LEAD), AT + timedelta(minutes=1), AT)], AT)
    after_alert = ExecutionClock(rooms.queues, ALERT)
    after_alert.send([Wakeup(Task(Step.UPDATE, LEAD, "slack"), AT, AT)], AT)
    assert after_refining.messages == after_alert.messages == []


def test_a_task_that_is_not_due_yet_comes_at_least_a_second_later(rooms: AwsResources) -> None:
    clock = ExecutionClock(rooms.queues, REFINE)
    clock.send([Wakeup(REFINE, AT + timedelta(milliseconds=40), AT)], AT)
    assert clock.next == AT + timedelta(seconds=1)
    clock.send([Wakeup(REFINE, AT + timedelta(minutes=3), AT)], AT)
    assert clock.next == AT + timedelta(minutes=3)
    assert clock.messages == []


def test_the_answer_has_the_messages_of_what_comes_next(parts: Parts, rooms: AwsResources) -> None:
    seen: list[Mapping[str, Any]] = []

    def work(event: Mapping[str, Any]) -> dict[str, Any]:
        seen.extend(event["Records"])
        parts.wakeups.send([Wakeup(ALERT, AT, AT)], AT)
        return DONE

    usual = parts.wakeups
    answer = in_execution(parts, EVENT, work)
    assert [one["messageId"] for one in seen] == [LEAD]
    assert [one["channel"] for one in answer["messages"]] == ["slack"]
    assert answer["next"] is None
    assert parts.wakeups is usual
    assert sent(rooms) == []


def test_a_task_that_became_a_dead_letter_is_an_error_of_its_own(
    parts: Parts, rooms: AwsResources
) -> None:
    def work(_event: Mapping[str, Any]) -> dict[str, Any]:
        parts.wakeups.dead_letter(REFINE, AT, "refine.failed")
        return DONE

    with pytest.raises(GivenUp, match="leadline dead --aws"):
        in_execution(parts, EVENT, work)
    (dead,) = rooms.messages(rooms.dead_urls[Step.REFINE])
    assert dead["reason"] == "refine.failed"


def test_a_message_that_would_stay_on_the_queue_is_an_error_that_is_tried_again(
    parts: Parts,
) -> None:
    left = {"batchItemFailures": [{"itemIdentifier": LEAD}]}
    with pytest.raises(NotDone, match=f"the refine of lead {LEAD} was not done"):
        in_execution(parts, EVENT, lambda _event: left)


def test_a_lead_that_was_refined_goes_on_though_its_end_could_not_be_read(parts: Parts) -> None:
    def work(_event: Mapping[str, Any]) -> dict[str, Any]:
        parts.wakeups.send([Wakeup(ALERT, AT, AT)], AT)
        return {"batchItemFailures": [{"itemIdentifier": LEAD}]}

    assert len(in_execution(parts, EVENT, work)["messages"]) == 1


def test_a_message_that_names_no_task_is_refused(parts: Parts) -> None:
    broken = {"execution": LEAD, "message": {"lead_id": "nobody"}}
    with pytest.raises(NotDone, match="names no task"):
        in_execution(parts, broken, lambda _event: DONE)


def test_messages_of_sqs_are_not_of_an_execution() -> None:
    assert is_of_execution(EVENT)
    assert not is_of_execution({"Records": []})
