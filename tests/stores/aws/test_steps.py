"""The steps after refinement on AWS: their messages, their order, and what nobody may undo."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from leadline.entrypoints.aws.messages import Batch
from leadline.entrypoints.aws.step_loop import StepLoop
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD_UNTIL, Alert, Done, Later, Step, Task
from leadline.ports.channel import Channel
from leadline.ports.store import Settlement
from leadline.stores.aws.clocks.message_queues import FAR, LONGEST_DELAY_S
from leadline.stores.aws.clocks.wakeups import task_of
from leadline.stores.aws.items import further_of, lead_of
from leadline.stores.aws.keys import lead_key, task_key
from leadline.stores.aws.sweep.sweep import sweep
from tests.standins.aws_faults import Actor, AwsFault, ToldSlack, failing_anywhere, named, world
from tests.standins.aws_faults import Interleaving as Interleaved
from tests.worlds.leads import FURTHER, HandClock, captured, lease_task, refined, settle

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
ADA, BOB = Person(slack="U01ADA", email="ada@example.com"), Person(slack="U02BOB")


@pytest.fixture
def actor(moto: str, clock: HandClock) -> Iterator[Actor]:
    with world(moto, clock, 1) as (one,):
        yield one


def refined_by(actor: Actor, clock: HandClock, name: str = "ada") -> CapturedLead:
    """A refined lead of which nobody is to be told."""
    lead = named(captured(clock, name, delay=timedelta()))
    actor.store.accept([lead])
    lease = lease_task(actor.store, Step.REFINE)
    assert settle(actor.store, lease, Done(refined=refined(lead, clock)))
    return lead


def told_by_queues(actor: Actor) -> list[dict[str, str]]:
    """All messages after refinement."""
    return actor.rooms.messages(actor.rooms.urls[Step.NOTIFY])


# --- messages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "channel"), [(Step.REFINE, ""), *FURTHER])
def test_a_message_names_its_task(actor: Actor, clock: HandClock, step: Step, channel: str) -> None:
    lead = refined_by(actor, clock)
    actor.rooms.messages(actor.rooms.urls[Step.REFINE])
    task = Task(step, lead.id, channel)
    actor.store.put([task], clock.now)
    (message,) = actor.rooms.messages(actor.rooms.urls[step])
    assert task_of(json.dumps(message)) == task


def test_messages_of_before_are_understood() -> None:
    lead_id = named(captured(HandClock(AT))).id
    told = {"lead_id": lead_id, "s3_key": "raw/x.json", "timestamp": "now"}
    assert task_of(json.dumps(told)) == Task(Step.REFINE, lead_id)
    alert = {**told, "channel": "slack"}
    assert task_of(json.dumps(alert)) == Task(Step.NOTIFY, lead_id, "slack")


@pytest.mark.parametrize(
    "more",
    [
        {"step": "look_up", "channel": "slack"},
        {"step": "write_back"},
        {"step": "notify"},
        {"step": "refine", "channel": "slack"},
        {"step": "dance"},
    ],
)
def test_a_message_that_names_no_task_is_no_use(more: dict[str, str]) -> None:
    told = {"lead_id": named(captured(HandClock(AT))).id, "s3_key": "k", "timestamp": "now"}
    assert task_of(json.dumps({**told, **more})) is None


def test_each_function_leaves_the_messages_of_the_other() -> None:
    lead_id = named(captured(HandClock(AT))).id
    told = {"lead_id": lead_id, "s3_key": "k", "timestamp": "now"}
    bodies = [told, {**told, "channel": "slack"}, {**told, "step": "clock"}]
    records = [{"messageId": f"m{i}", "body": json.dumps(body)} for i, body in enumerate(bodies)]
    assert Batch(records, refining=True).unreadable == ["m1", "m2"]
    assert Batch(records, refining=False).unreadable == ["m0"]


def test_alert_tasks_and_alerts_of_before_are_read(actor: Actor, clock: HandClock) -> None:
    lead = refined_by(actor, clock)
    actor.store.put([Task(Step.NOTIFY, lead.id, "slack")], clock.now)
    place = task_key(Task(Step.NOTIFY, lead.id, "slack"))
    assert place == (f"L#{lead.id}", "notify#slack")
    assert "step" not in (actor.table.get(place) or {}), "as it was before there were others"
    alert = Alert(lead.id, "slack", clock.now, "new_lead/1")
    assert settle(actor.store, lease_task(actor.store, Step.NOTIFY, "slack"), Done(alert=alert))
    item = actor.table.get(lead_key(lead.id)) or {}
    assert item["alerts"][0].keys() == {"channel", "at", "template"}
    assert actor.store.alerts([lead.id]) == {lead.id: (alert,)}


# --- what is far off --------------------------------------------------------------------------


def swept(actor: Actor) -> tuple[int, int]:
    """How many wake-ups a sweep rang, of overdue tasks and of those to come."""
    told = sweep(actor.store, actor.queues, FURTHER, lambda: True)
    assert told.finished
    return told.overdue, told.coming


def test_a_task_that_is_far_off_has_its_message_from_the_sweep_before_it_is_due(
    actor: Actor, clock: HandClock
) -> None:
    lead = refined_by(actor, clock)
    soon, late = Task(Step.LOOK_UP, lead.id), Task(Step.CLOCK, lead.id)
    actor.store.put([soon], clock.now + FAR)
    actor.store.put([late], clock.now + timedelta(hours=1))
    assert actor.messages(Step.NOTIFY) == 1
    assert swept(actor) == (0, 0)
    clock.advance(minutes=30)
    assert settle(actor.store, lease_task(actor.store, Step.LOOK_UP), Done())
    assert swept(actor) == (0, 0)
    clock.advance(minutes=15)
    sent = actor.caller.sent = []
    assert swept(actor) == (0, 1)
    ((message, delay),) = [(json.loads(one["MessageBody"]), one["DelaySeconds"]) for one in sent]
    assert (message["lead_id"], message["step"]) == (lead.id, "clock")
    assert delay == LONGEST_DELAY_S


def test_a_task_that_got_its_message_when_it_was_put_gets_no_other(
    actor: Actor, clock: HandClock
) -> None:
    lead = refined_by(actor, clock)
    actor.store.put([Task(Step.LOOK_UP, lead.id)], clock.now + timedelta(minutes=10))
    assert swept(actor) == (0, 0)
    clock.advance(minutes=16)
    assert swept(actor) == (1, 0), "its message was lost"


def test_a_leased_task_gets_no_message(actor: Actor, clock: HandClock) -> None:
    lead = refined_by(actor, clock)
    actor.store.put([Task(Step.LOOK_UP, lead.id)], clock.now)
    actor.store.lease(Step.LOOK_UP, 1, timedelta(hours=1))
    clock.advance(minutes=50)
    assert swept(actor) == (0, 0)


def test_a_lead_on_hold_has_no_message_that_comes_and_goes(actor: Actor, clock: HandClock) -> None:
    lead = named(captured(clock))
    actor.store.accept([lead])
    assert actor.messages() == 1
    actor.store.put([Task(Step.REFINE, lead.id)], ON_HOLD_UNTIL)
    assert actor.messages() == 1
    actor.store.put([Task(Step.REFINE, lead.id)], clock.now)
    assert actor.messages() == 2


def test_a_task_that_looks_lost_gets_a_message_though_others_wait_for_their_time(
    actor: Actor, clock: HandClock
) -> None:
    leads = [refined_by(actor, clock, f"lead{n}") for n in range(4)]
    for lead in leads[1:]:
        actor.store.put([Task(Step.LOOK_UP, lead.id)], clock.now + timedelta(minutes=10))
    clock.advance(minutes=-6)
    actor.store.put([Task(Step.NOTIFY, leads[0].id, "slack")], clock.now)
    for _ in range(2):
        told_by_queues(actor)  # nobody gives it back in time
    clock.advance(minutes=6)
    actor.store.put([Task(Step.NOTIFY, leads[1].id, "slack")], clock.now + timedelta(minutes=1))
    assert swept(actor)[0] == 1


# --- several kinds ----------------------------------------------------------------------------


def due_tasks(actor: Actor, clock: HandClock, *kinds: tuple[Step, str]) -> list[Task]:
    """A due task of each kind, each of its own lead."""
    tasks = [
        Task(step, refined_by(actor, clock, f"lead{n}").id, channel)
        for n, (step, channel) in enumerate(kinds)
    ]
    actor.store.put(tasks, clock.now)
    return tasks


def test_what_is_for_an_unknown_channel_comes_back_and_harms_no_other(
    actor: Actor, clock: HandClock
) -> None:
    tasks = due_tasks(actor, clock, (Step.NOTIFY, "gone"), (Step.NOTIFY, "slack"))
    slack = ToldSlack()
    kit = actor.kit(*tasks, slack=slack)
    loop = StepLoop(kit, lambda *_: True)
    loop.run([(Step.NOTIFY, "gone"), (Step.NOTIFY, "slack")])
    assert len(slack.sent) == 1
    records = [
        {"messageId": f"m{i}", "body": json.dumps(
            {"lead_id": t.lead_id, "s3_key": "k", "timestamp": "t", "channel": t.channel}
        )}
        for i, t in enumerate(tasks)
    ]  # fmt: skip
    answer = Batch(records, refining=False).end(kit.store, loop.paced)  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_what_goes_wrong_with_one_kind_keeps_no_other_from_being_done(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = due_tasks(actor, clock, (Step.LOOK_UP, ""), (Step.NOTIFY, "slack"))

    def broken(*_: object) -> None:
        raise KeyError("nobody expected this")

    monkeypatch.setattr("leadline.journey.responding.follow_up.look_up_due", broken)
    slack = ToldSlack()
    loop = StepLoop(actor.kit(*tasks, slack=slack), lambda *_: True)
    loop.run([(Step.LOOK_UP, ""), (Step.NOTIFY, "slack")])
    assert len(slack.sent) == 1


def test_what_there_is_no_time_for_comes_again_at_the_channels_pace(
    actor: Actor, clock: HandClock
) -> None:
    tasks = due_tasks(actor, clock, (Step.NOTIFY, "slack"), (Step.NOTIFY, "slack"))
    kit = actor.kit(*tasks)
    channel = kit.channels["slack"]
    assert isinstance(channel, Channel)
    loop = StepLoop(kit, lambda *_: False)
    loop.run([(Step.NOTIFY, "slack")])
    pace = loop.paced[Step.NOTIFY, "slack"]
    sent = actor.caller.sent = []
    records = [
        {"messageId": f"m{i}", "body": json.dumps(
            {"lead_id": t.lead_id, "s3_key": "k", "timestamp": "t", "channel": "slack"}
        )}
        for i, t in enumerate(tasks)
    ]  # fmt: skip
    paced = {(Step.NOTIFY, "slack"): pace}
    answer = Batch(records, refining=False).end(kit.store, paced)  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": []}
    assert sorted(one["DelaySeconds"] for one in sent) == [1, 2]


# --- who handles a lead -----------------------------------------------------------------------


def handled(actor: Actor, lead: CapturedLead, by: Person = ADA) -> bool:
    tell = Later(Task(Step.UPDATE, lead.id, "slack"))
    return actor.store.handle(lead.id, UNHANDLED, Handling(claimed_by=by), [tell], "claimed")


@pytest.mark.parametrize("fault", AwsFault)
def test_a_lease_is_whole_or_nothing_wherever_it_ends(moto: str, fault: AwsFault) -> None:
    clock = HandClock(AT)

    def prepare(actor: Actor) -> CapturedLead:
        return refined_by(actor, clock)

    for actor, lead, done in failing_anywhere(moto, clock, fault, prepare, handled):
        handlings = actor.store.handling([lead.id])
        task = actor.table.get(task_key(Task(Step.UPDATE, lead.id, "slack")))
        notes = [line.what for line in lead_of(actor.table.get(lead_key(lead.id)) or {}).timeline]
        whole = bool(handlings)
        assert bool(task) == whole
        assert ("claimed" in notes) == whole
        assert list(actor.store.work_list("U01ADA")) == ([lead.id] if whole else [])
        assert done is not True or whole
        assert done is not False, "nobody else was there"
        assert handled(actor, lead, BOB) is not whole
        assert list(actor.store.work_list("ada@example.com")) == ([lead.id] if whole else [])


@pytest.mark.parametrize("schedule", [[0, 1] * 6, [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1], []])
def test_of_two_who_press_in_the_same_moment_one_has_it(moto: str, schedule: list[int]) -> None:
    clock = HandClock(AT)
    with world(moto, clock) as actors:
        lead = refined_by(actors[0], clock)
        people = [ADA, BOB]
        won = Interleaved(schedule).run(
            actors, [partial(handled, lead=lead, by=who) for who in people]
        )
        assert sorted(won) == [False, True]
        winner = people[won.index(True)]
        assert actors[0].store.handling([lead.id])[lead.id].claimed_by == winner
        desks = {who.slack: list(actors[0].store.work_list(who.slack)) for who in people}
        assert desks == {who.slack: [lead.id] if who is winner else [] for who in people}
        task = actors[0].table.get(task_key(Task(Step.UPDATE, lead.id, "slack")))
        assert task is not None
        assert further_of(task).task.attempt == 0, "put once"


def test_an_alert_that_is_settled_while_somebody_claims_the_lead_undoes_nothing(
    moto: str, clock: HandClock
) -> None:
    def prepare(actor: Actor) -> CapturedLead:
        lead = refined_by(actor, clock)
        actor.store.put([Task(Step.NOTIFY, lead.id, "slack")], clock.now)
        return lead

    def tell(actor: Actor, lead: CapturedLead) -> bool:
        lease = lease_task(actor.store, Step.NOTIFY, "slack")
        alert = Alert(lead.id, "slack", clock.now, "new_lead/1", ref="1")
        return actor.store.settle([Settlement(lease, Done(alert=alert))])[0]

    def meanwhile(actor: Actor) -> None:
        (lead_id,) = actor.leads()
        actor.store.handle(lead_id, UNHANDLED, Handling(claimed_by=ADA), note="claimed")

    for actor, lead, done in failing_anywhere(moto, clock, meanwhile, prepare, tell):
        assert done is True
        actor.store.handle(lead.id, UNHANDLED, Handling(claimed_by=ADA), note="claimed")
        (alert,) = actor.store.alerts([lead.id])[lead.id]
        assert alert.ref == "1"
        assert actor.store.handling([lead.id])[lead.id].claimed_by == ADA
        notes = [line.what for line in actor.leads()[lead.id].timeline]
        assert sorted(notes) == ["alerted", "claimed", "refined"]


def test_a_name_that_is_no_key_has_a_work_list_all_the_same(actor: Actor, clock: HandClock) -> None:
    lead = refined_by(actor, clock)
    long = Person(id="x" * 5000, email="ü" * 3000)
    assert handled(actor, lead, long)
    assert (
        list(actor.store.work_list("x" * 5000))
        == list(actor.store.work_list("ü" * 3000))
        == [lead.id]
    )
    handling = actor.store.handling([lead.id])[lead.id]
    assert actor.store.handle(lead.id, handling, replace(handling, claimed_by=BOB))
    assert list(actor.store.work_list("x" * 5000)) == []


def test_trouble_that_another_worker_notes_is_seen_by_the_next_who_looks(
    moto: str, clock: HandClock
) -> None:
    with world(moto, clock) as (one, other):
        assert one.store.health("slack").failures == 0
        assert other.store.record_attempt("slack", succeeded=False).failures == 1
        assert one.store.record_attempt("slack", succeeded=True).failures == 0, (
            "it looked a moment ago"
        )
        clock.advance(seconds=31)
        one.store.record_attempt("slack", succeeded=True)
        assert other.store.health("slack").failures == 0
        other.store.record_attempt("slack", succeeded=False)
        assert one.store.record_attempt("slack", succeeded=False).failures == 2
