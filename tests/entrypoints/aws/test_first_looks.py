"""A first look on AWS: Capture puts it, Deliver does it, and Refine gets a hot lead at once."""

import json
from datetime import datetime

import pytest

from leadline.model.task import Step, Task
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import lead_key, task_key
from tests.worlds.aws_functions import Functions, now

POINTS = '[score]\nhot = 50\n{}\n[score.points.demo]\nwhen = "message contains demo"\npoints = 60\n'


@pytest.fixture
def looking(functions: Functions) -> Functions:
    """A stack in which leads wait, and new ones are looked at."""
    functions.forget({**functions.environ, "LEADLINE_DELAY": "10m"})
    functions.write(functions.settings_text() + POINTS.format('first_look = "yes"'))
    return functions


def lead(functions: Functions, message: str) -> str:
    body = json.dumps({"email": "ada@example.com", "name": "Ada Vance", "message": message})
    lead_id: str = functions.post(body.encode())["body"]["lead_id"]
    return lead_id


def due_of(functions: Functions, lead_id: str) -> datetime:
    item = functions.actor.table.get(lead_key(lead_id))
    assert item is not None
    task = lead_of(item).task
    assert task is not None
    return datetime.fromisoformat(task.due_at)


def test_the_wait_of_a_hot_lead_ends_and_refine_gets_a_message_for_now(looking: Functions) -> None:
    hot = lead(looking, "Please show me a demo")
    (look,) = looking.messages(Step.NOTIFY)
    assert (look["step"], look["lead_id"]) == ("first_look", hot)
    assert (due_of(looking, hot) - now()).total_seconds() > 500
    assert looking.deliver(look) == []
    assert due_of(looking, hot) <= now()
    (message,) = looking.messages(Step.REFINE)
    assert looking.refine(message) == []
    assert looking.actor.store.refined([hot])
    assert looking.actor.table.get(task_key(Task(Step.FIRST_LOOK, hot))) is None


def test_any_other_lead_waits_and_its_look_leaves_nothing(looking: Functions) -> None:
    usual = lead(looking, "When do you open?")
    (look,) = looking.messages(Step.NOTIFY)
    assert looking.deliver(look) == []
    assert looking.messages(Step.REFINE) == []
    assert (due_of(looking, usual) - now()).total_seconds() > 500
    assert looking.actor.table.get(task_key(Task(Step.FIRST_LOOK, usual))) is None


def test_a_look_that_is_handed_out_twice_ends_the_wait_once(looking: Functions) -> None:
    hot = lead(looking, "Please show me a demo")
    (look,) = looking.messages(Step.NOTIFY)
    assert looking.deliver(look, look) == []
    assert looking.deliver(look) == []
    assert len(looking.messages(Step.REFINE)) == 1
    item = looking.actor.table.get(lead_key(hot))
    assert item is not None
    assert [line.what for line in lead_of(item).timeline].count("look.hot") == 1


def test_a_stack_that_does_not_look_sends_no_further_message(functions: Functions) -> None:
    functions.forget({**functions.environ, "LEADLINE_DELAY": "10m"})
    functions.write(functions.settings_text() + POINTS.format(""))
    sent = functions.watch_sends()
    lead(functions, "Please show me a demo")
    assert len(sent) == 1
    assert functions.messages(Step.NOTIFY) == []
