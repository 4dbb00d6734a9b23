"""Functions that are woken by one message as the event itself, as schedules wake them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from leadline.entrypoints.aws import deliver, refine, step_loop
from leadline.entrypoints.aws.messages import NotDone
from leadline.model.errors import StorageFailed
from leadline.model.formats import iso
from leadline.model.lead import Status
from leadline.model.task import Step, Task
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.work.pacing import channel_keys
from tests.standins.aws_faults import id_at
from tests.worlds.aws_functions import Context, Functions, message, now

DONE: dict[str, Any] = {"batchItemFailures": []}


def test_an_event_is_done_like_a_message(functions: Functions) -> None:
    lead_id = functions.lead()
    assert refine.handler(message(lead_id), Context()) == DONE
    assert functions.actor.leads()[lead_id].status is Status.REFINED
    assert deliver.handler(message(lead_id, "slack"), Context(10_000)) == DONE
    assert deliver.handler(message(lead_id, "slack"), Context(10_000)) == DONE
    assert functions.slack.posts == 1


@pytest.mark.parametrize("event", [{}, {"lead_id": "7"}, {"no": "task"}])
def test_an_event_that_names_no_task_fails_so_that_it_becomes_a_dead_letter(
    functions: Functions, event: dict[str, str]
) -> None:
    for handler in (refine.handler, deliver.handler):
        with pytest.raises(NotDone):
            handler(event, Context(10_000))


def test_an_event_of_the_other_function_or_of_no_lead_fails(functions: Functions) -> None:
    lead_id, unknown = functions.lead(), id_at(now())
    for handler, event in (
        (refine.handler, message(lead_id, "slack")),
        (deliver.handler, message(lead_id)),
        (refine.handler, message(unknown)),
        (deliver.handler, message(unknown, "slack")),
    ):
        with pytest.raises(NotDone):
            handler(event, Context(10_000))


def test_an_event_that_comes_early_gets_another_wakeup(functions: Functions) -> None:
    lead_id = functions.lead()
    functions.messages()
    functions.actor.store.put([Task(Step.REFINE, lead_id)], now() + timedelta(minutes=5))
    functions.messages()
    sent = functions.watch_sends()
    assert refine.handler(message(lead_id), Context()) == DONE
    assert [290 < one["DelaySeconds"] <= 300 for one in sent] == [True]


def test_an_outage_fails_the_event_with_its_own_error(functions: Functions) -> None:
    lead_id = functions.lead()
    functions.fallible().broken = "dynamodb"
    with pytest.raises(StorageFailed):
        refine.handler(message(lead_id), Context())


def test_deliver_waits_for_the_pace_of_a_channel_where_the_clock_is_no_quicker(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = [functions.lead(f"lead{number}") for number in range(3)]
    for lead_id in leads:
        assert refine.handler(message(lead_id), Context()) == DONE
    functions.write(functions.settings_text().replace("per_second = 1000", "per_second = 0.01"))
    functions.forget(functions.environ)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        """Let the channel be free as it is after this wait."""
        waited.append(seconds)
        pk, sk = channel_keys("slack")[0]
        free = {"pk": pk, "sk": sk, "free_at": iso(datetime.now(UTC))}
        functions.actor.store.table.put_if(free, "", {})

    monkeypatch.setattr(step_loop, "time", SimpleNamespace(sleep=wait))
    for lead_id in leads[:2]:
        assert deliver.handler(message(lead_id, "slack"), Context(200_000)) == DONE
    assert functions.slack.posts == 1, "a queue brings the second back in time"
    assert waited == []
    monkeypatch.setattr(Queues, "precision", timedelta(minutes=2))
    for lead_id in leads:
        assert deliver.handler(message(lead_id, "slack"), Context(200_000)) == DONE
    assert functions.slack.posts == 3
    assert [0 < seconds <= 100 for seconds in waited] == [True, True]


def test_deliver_does_not_wait_for_longer_than_it_may_run(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Queues, "precision", timedelta(minutes=2))
    lead_id = functions.lead()
    assert refine.handler(message(lead_id), Context()) == DONE
    functions.actor.store.reserve("slack", timedelta(minutes=5))
    sent = functions.watch_sends()
    assert deliver.handler(message(lead_id, "slack"), Context(10_000)) == DONE
    assert functions.slack.posts == 0
    assert [290 < one["DelaySeconds"] <= 300 for one in sent] == [True]
