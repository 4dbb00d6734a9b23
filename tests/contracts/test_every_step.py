"""What holds of every step in the table, on a worker and on AWS; a new one needs no line here."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.entrypoints.aws import deliver, refine
from leadline.entrypoints.embedded.worker import work
from leadline.model.task import Addressee, Done, Step, Task, event_name
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.outcomes import MetaOutcomes
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.targets import TargetConfig
from leadline.settings.top.general import Settings
from leadline.standins.slack_inbox import SlackInbox
from leadline.steps import function_of, kinds_after_refinement, patience
from leadline.stores.aws.items import task_holder_of
from leadline.stores.aws.keys import task_key
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.aws_faults import Actor, world
from tests.worlds.aws_functions import Functions, now
from tests.worlds.leads import FURTHER, HandClock, captured, kind_of, lease_task, refined, settle

LONGEST_S = 20
CRM = {"close": CrmConfig(token="none", write={"phone": "phone"})}
OUTCOMES = {"ads": MetaOutcomes(consent="ads", dataset="1", token="none", stages={"lead": "Lead"})}


@pytest.mark.parametrize("step", Step)
def test_the_row_of_a_step_names_a_function_and_a_table_of_settings(step: Step) -> None:
    assert callable(function_of(step))
    assert not step.row.needs or hasattr(Settings(), step.row.needs)


def test_a_message_of_each_step_has_a_word_of_its_own() -> None:
    assert len({event_name(step) for step in Step}) == len(Step)


@pytest.mark.parametrize("step", Step)
def test_a_worker_does_what_is_due_of_every_step(step: Step, tmp_path: Path) -> None:
    with SlackInbox() as slack, closing(SqliteStore(tmp_path)) as store:
        task = due_task(store, step)
        settings = Settings(
            data=tmp_path, slack_webhook_url=slack.webhook_url, crm=CRM, outcomes=OUTCOMES
        )
        with working(settings, step):
            end = time.monotonic() + LONGEST_S
            while store.next_due(step, task.channel) is not None and time.monotonic() < end:
                time.sleep(0.02)
        assert store.next_due(step, task.channel) is None


def due_task(store: SqliteStore, step: Step) -> Task:
    """A task of this step that is due: of a lead that is refined already, or of one that is not."""
    clock = HandClock(datetime.now(UTC) - timedelta(seconds=1))
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    task = Task(step, lead.id, kind_of(step)[1])
    if step is not Step.REFINE:
        settle(
            store, lease_task(store, Step.REFINE), Done(refined=refined(lead, clock), then=(task,))
        )
    return task


@contextmanager
def working(settings: Settings, step: Step) -> Iterator[None]:
    """A worker that does one step."""
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(settings, [step], stop))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


@pytest.fixture
def functions(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """The functions that do steps; what they do to logging is undone."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        made.set()
        for module in (refine, deliver):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


@pytest.mark.parametrize("step", Step)
def test_a_function_does_what_a_message_of_any_step_names(functions: Functions, step: Step) -> None:
    actor = functions.actor
    task = due_on_aws(actor, step)
    (message,) = functions.messages(step)
    function = functions.refine if step is Step.REFINE else functions.deliver
    assert function(message) == []
    item = actor.table.get(task_key(task))
    state = task_holder_of(item).task if item is not None else None
    assert state is None or state.dead_at


def due_on_aws(actor: Actor, step: Step) -> Task:
    """The same as `due_task`, of which the queue has a message."""
    clock = HandClock(now() - timedelta(seconds=1))
    lead = captured(clock, delay=timedelta())
    actor.store.accept([lead])
    task = Task(step, lead.id, kind_of(step)[1])
    if step is not Step.REFINE:
        settle(
            actor.store, lease_task(actor.store, Step.REFINE), Done(refined=refined(lead, clock))
        )
        actor.store.put([task], clock.now)
    return task


def test_the_sweep_looks_for_tasks_of_every_step_that_settings_allow() -> None:
    targets = {"all": TargetConfig(first_response=timedelta(minutes=5))}
    rules = {"all": RuleConfig(assign=("ann",))}
    everything = Settings(
        crm=CRM, targets=targets, rules=rules, score_first_look=True, outcomes=OUTCOMES
    )
    assert {*kinds_after_refinement(everything)} == {*FURTHER}
    steps = {step for step, _ in kinds_after_refinement(Settings())}
    assert steps == {
        step for step in Step if step is not Step.REFINE
        and not step.row.needs and step.addressee is not Addressee.CRM
    }  # fmt: skip


@pytest.mark.parametrize("step", Step)
def test_there_is_time_for_the_answer_of_everybody_whom_a_step_asks(step: Step) -> None:
    lease = timedelta(seconds=60)
    settings = Settings(crm=CRM, slack_timeout=timedelta(seconds=3), outcomes=OUTCOMES)
    expected = {
        Addressee.LEAD: 30 + 10, Addressee.CHANNEL: 3, Addressee.CRM: 10, Addressee.AD_NETWORK: 20,
    }[step.addressee]  # fmt: skip
    assert patience(kind_of(step), settings, lease) == timedelta(seconds=expected)
