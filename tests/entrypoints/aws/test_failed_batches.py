"""Batches of which nothing at all could be done: they raise, or no alarm would hear of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from leadline.alerts import sending
from leadline.entrypoints.aws import deliver, refine
from leadline.journey.refinement.refining import refine_due
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.lead import Status
from leadline.model.task import Step, Task
from leadline.standins.slack_inbox import Reply
from tests.standins.aws_faults import id_at
from tests.worlds.aws_functions import Context, Functions, batch, message, now


def received(functions: Functions) -> dict[str, Any]:
    """What SQS gives to Refine, with the handles by which messages are deleted."""
    url = functions.actor.rooms.urls[Step.REFINE]
    records = [
        {"messageId": f"m{number}", "body": body, "receiptHandle": handle}
        for number, (body, handle) in enumerate(functions.actor.queues.receive(url))
    ]
    return {"Records": records}


def depth(functions: Functions) -> dict[str, int]:
    return functions.actor.queues.depths(functions.actor.rooms.urls[Step.REFINE])


def make_due(functions: Functions, step: Step, *lead_ids: str) -> None:
    """The minute passes for which a task waits after an outage, and the pace of the channel."""
    caller, channel = functions.actor.caller, "slack" if step is Step.NOTIFY else ""
    broken, caller.broken = caller.broken, ""
    functions.actor.store.put([Task(step, lead_id, channel) for lead_id in lead_ids], now())
    while channel and functions.actor.store.reserve(channel, timedelta()):
        pass
    caller.broken = broken


def test_settings_that_cant_be_read_or_are_wrong_fail_the_run(functions: Functions) -> None:
    functions.forget(functions.environ | {"SETTINGS_REFERENCE": "ssm:/nowhere"})
    for handler, channel in ((refine.handler, ""), (deliver.handler, "slack")):
        with pytest.raises(StorageFailed):
            handler(batch((message(id_at(now()), channel),)), Context())
    functions.write("retry_base = 7")
    functions.forget(functions.environ)
    for handler, channel in ((refine.handler, ""), (deliver.handler, "slack")):
        with pytest.raises(ConfigurationError):
            handler(batch((message(id_at(now()), channel),)), Context())


@pytest.mark.parametrize("broken", ["dynamodb", "s3 GET", "s3 PUT"])
def test_a_service_that_refuses_everything_fails_the_runs_of_refine(
    functions: Functions, broken: str
) -> None:
    lead_id = functions.lead()
    functions.fallible().broken = broken
    for _ in range(3):
        with pytest.raises(StorageFailed):
            functions.refine(message(lead_id))
        make_due(functions, Step.REFINE, lead_id)


@pytest.mark.parametrize("broken", ["dynamodb", "s3 GET"])
def test_a_service_that_refuses_everything_fails_the_runs_of_deliver(
    functions: Functions, broken: str
) -> None:
    lead_id = functions.lead()
    functions.refine(message(lead_id))
    functions.fallible().broken = broken
    for _ in range(3):
        with pytest.raises(StorageFailed):
            functions.deliver(message(lead_id, "slack"))
        make_due(functions, Step.NOTIFY, lead_id)
    assert functions.slack.posts == 0


def test_an_error_that_nobody_expected_fails_the_run_where_it_was_for_nothing(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = functions.lead()
    functions.refine(message(lead_id))

    def wrong(*_: object) -> Sequence[object]:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(sending, "notices", wrong)
    with pytest.raises(KeyError):
        functions.deliver(message(lead_id, "slack"))


def test_a_batch_that_was_half_done_fails_no_run(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refine, "SLICE", 1)
    one, two = functions.lead("one"), functions.lead("two")
    caller = functions.fallible()
    whole = refine_due

    def then_broken(*asked: Any) -> int:
        done = whole(*asked)
        caller.broken = "s3 GET"
        return done

    monkeypatch.setattr(refine, "refine_due", then_broken)
    assert functions.refine(message(one), message(two)) == []
    refined = [lead.summary is not None for lead in functions.actor.leads().values()]
    assert sorted(refined) == [False, True]


def test_what_fails_alone_fails_no_run(functions: Functions) -> None:
    """Neither a bad lead, nor one whose document is withheld, nor Slack, which has its retries."""
    answer = functions.post(b'{"nothing":"known"}')
    assert functions.refine(message(answer["body"]["lead_id"])) == []
    assert functions.refine("no JSON") == ["m0"]
    withheld = functions.lead("withheld")
    caller = functions.fallible()
    caller.forbidden = withheld
    assert functions.refine(message(withheld)) == []
    caller.forbidden = ""
    text = functions.lead("told")
    assert functions.refine(message(text)) == []
    functions.slack.behave = lambda _: Reply(500, b"down", {})
    assert functions.deliver(message(text, "slack")) == []
    assert functions.slack.posts == 1


def test_an_outage_leaves_one_message_a_lead_and_no_dead_letter(functions: Functions) -> None:
    """A run that raises has all of its messages come again; one for which a new one was sent must
    not, or each would make another."""
    leads = [functions.lead(f"lead{number}") for number in range(3)]
    caller = functions.fallible()
    caller.broken = "s3 GET"
    with pytest.raises(StorageFailed):
        refine.handler(received(functions), Context())
    assert depth(functions) == {"visible": 0, "held": 0, "delayed": 3}
    caller.broken = ""
    make_due(functions, Step.REFINE, *leads)
    assert refine.handler(received(functions), Context()) == {"batchItemFailures": []}
    assert {lead.status for lead in functions.actor.leads().values()} == {Status.REFINED}


def test_messages_that_no_new_one_could_be_sent_for_come_again(functions: Functions) -> None:
    functions.lead()
    caller = functions.fallible()
    event = received(functions)
    caller.broken = "dynamodb"
    with pytest.raises(StorageFailed):
        refine.handler(event, Context())
    assert depth(functions)["held"] == 1, "until its visibility timeout is over"
