"""In a run of Deliver nobody waits for a CRM who need not."""

import pytest

from leadline.model.task import Step, Task
from tests.worlds.aws_functions import Functions, message, now


def test_an_alert_is_sent_before_the_crm_is_asked_whichever_tasks_are_more(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [functions.lead(name) for name in ("ada", "bob", "cleo")]
    functions.refine(*map(message, ids))
    functions.actor.store.put([Task(Step.LOOK_UP, ids[0])], now())
    told: list[int] = []
    monkeypatch.setattr(
        "leadline.journey.responding.follow_up.look_up_due",
        lambda *_: told.append(len(functions.slack.messages)),
    )
    look_up = {**message(ids[0]), "step": "look_up"}
    functions.deliver(look_up, *(message(lead_id, "slack") for lead_id in ids))
    assert told == [3]
