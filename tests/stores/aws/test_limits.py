"""What grows without end outside stays within what AWS takes, and what AWS will not give of one
lead keeps no other from its way."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import key_of
from leadline.model.lead import Fate, Kind, Status
from leadline.model.task import Step, Task
from leadline.stores.aws.items import MOST_RELATED, lead_of
from leadline.stores.aws.values import typed
from tests.standins.aws_faults import Actor, ToldSlack, id_at, named, world
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def actor(moto: str, clock: HandClock) -> Iterator[Actor]:
    with world(moto, clock, 1) as (one,):
        yield one


def test_a_record_that_is_updated_without_end_fills_no_item(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.aws.capture.inbox.MOST_RELATED", 2)
    lead = named(captured(clock, record="contact:1", delay=timedelta()))
    actor.store.accept([lead])
    receipts = []
    for number in range(4):
        kind = Kind.CREATED if number == 3 else Kind.UPDATED
        raw = b'{"company":"Looms %d"}' % number
        event = captured(clock, f"u{number}", kind=kind, record="contact:1", raw=raw)
        receipts += actor.store.accept([named(event)])
    assert [(r.fate, r.why) for r in receipts] == [
        (Fate.FOLDED, ""),
        (Fate.FOLDED, ""),
        (Fate.FILTERED, "too_many_events"),
        (Fate.FILTERED, "too_many_events"),
    ]
    refine_due(actor.kit(Task(Step.REFINE, lead.id)))
    assert b"Looms 1" in actor.store.documents([lead.id])[lead.id]
    known = actor.leads()
    assert len(known[lead.id].related) == 2
    assert actor.raws() == known.keys(), "the archive keeps them all"
    assert actor.store.readmit([r.lead_id for r in receipts[2:]], clock.now) == []


def test_a_lead_with_all_the_events_that_it_may_have_is_far_from_the_largest_item(
    actor: Actor, clock: HandClock
) -> None:
    lead = named(captured(clock, record="contact:1"))
    actor.store.accept([lead])
    item = actor.leads()[lead.id]
    ids = tuple(id_at(clock.now) for _ in range(MOST_RELATED))
    full = msgspec.structs.replace(item, related=ids, updates=ids)
    for number in range(200):
        full = full.note(clock.now, "refine.failed", f"{number}" + "w" * 200)
    assert lead_of(full.item()) == full
    assert len(msgspec.json.encode(typed(full.item()))) < 200_000, "of 400,000, with every quote"


def test_a_lead_that_is_given_on_and_on_is_far_from_the_largest_item(
    actor: Actor, clock: HandClock
) -> None:
    actor.store.accept([named(captured(clock))])
    (item,) = actor.leads().values()
    for number in range(90):
        item = item.note(clock.now, "assigned", f'{{"number":{number},"rules":"{"w" * 5_000}"}}')
    assert [line.detail[10:12] for line in item.timeline] == [str(n) for n in range(79, 90)]
    assert len(msgspec.json.encode(typed(item.item()))) < 100_000


def test_a_document_that_aws_does_not_give_keeps_no_other_lead_from_its_way(
    actor: Actor, clock: HandClock
) -> None:
    """Without the right to list a bucket, a document that is missing is refused like this."""
    leads = [named(captured(clock, name, delay=timedelta())) for name in ("ada", "bob", "cy")]
    actor.store.accept(leads)
    actor.caller.forbidden = leads[1].id
    tasks = [Task(Step.REFINE, lead.id) for lead in leads]
    refine_due(actor.kit(*tasks))
    known = actor.leads()
    assert [known[lead.id].status for lead in leads] == ["refined", "waiting", "refined"]
    task = known[leads[1].id].task
    assert task is not None
    assert (task.failures, task.leased, task.error) == (1, False, "storage.AccessDenied")
    actor.caller.forbidden = ""
    clock.advance(minutes=1)
    refine_due(actor.kit(tasks[1]))
    assert actor.leads()[leads[1].id].status is Status.REFINED


def test_an_update_that_aws_does_not_give_is_waited_for(actor: Actor, clock: HandClock) -> None:
    lead = named(captured(clock, record="contact:1", delay=timedelta()))
    raw = b'{"company":"Looms"}'
    update = named(captured(clock, "u", kind=Kind.UPDATED, record="contact:1", raw=raw))
    actor.store.accept([lead, update])
    actor.caller.forbidden = update.id
    task = Task(Step.REFINE, lead.id)
    refine_due(actor.kit(task))
    assert actor.leads()[lead.id].status is Status.WAITING
    actor.caller.forbidden = ""
    clock.advance(minutes=1)
    refine_due(actor.kit(task))
    assert b"Looms" in actor.store.documents([lead.id])[lead.id]


def test_a_document_that_aws_never_gives_makes_a_dead_letter_in_the_end(
    actor: Actor, clock: HandClock
) -> None:
    lead = named(captured(clock, delay=timedelta()))
    actor.store.accept([lead])
    actor.caller.forbidden = lead.id
    for _ in range(26):
        refine_due(actor.kit(Task(Step.REFINE, lead.id)))
        clock.advance(hours=1)
    task = actor.leads()[lead.id].task
    assert task is not None
    assert task.reason == "lead.missing"


def test_an_alert_whose_document_aws_does_not_give_waits(actor: Actor, clock: HandClock) -> None:
    lead = named(captured(clock, delay=timedelta()))
    actor.store.accept([lead])
    refine_due(actor.kit(Task(Step.REFINE, lead.id)))
    actor.caller.forbidden = f"refined/2026/03/02/{lead.id}"
    task, slack = Task(Step.NOTIFY, lead.id, "slack"), ToldSlack()
    assert deliver_due(actor.kit(task, slack=slack), "slack") == timedelta()
    assert actor.leads()[lead.id].status is Status.REFINED
    actor.caller.forbidden = ""
    clock.advance(minutes=1)
    deliver_due(actor.kit(task, slack=slack), "slack")
    assert actor.leads()[lead.id].status is Status.ALERTED


def test_a_damaged_document_is_a_dead_letter_and_harms_no_other(
    actor: Actor, clock: HandClock
) -> None:
    leads = [named(captured(clock, name, delay=timedelta())) for name in ("ada", "bob")]
    actor.store.accept(leads)
    actor.bucket.put(key_of("raw", leads[0].id, clock.now), b"{")
    refine_due(actor.kit(*(Task(Step.REFINE, lead.id) for lead in leads)))
    known = actor.leads()
    assert [known[lead.id].status for lead in leads] == ["dead", "refined"]


def test_a_version_that_is_gone_is_replaced_by_the_one_that_is_left(
    actor: Actor, clock: HandClock
) -> None:
    """As when a worker that had lost its lease wrote over it, and noncurrent versions expired."""
    lead = named(captured(clock, delay=timedelta()))
    actor.store.accept([lead])
    refine_due(actor.kit(Task(Step.REFINE, lead.id)))
    summary = actor.leads()[lead.id].summary
    assert summary is not None
    key = key_of("refined", lead.id, clock.now)
    left = actor.store.documents([lead.id])[lead.id].replace(b"Ada", b"ADA")
    actor.bucket.put(key, left)
    assert actor.store.documents([lead.id])[lead.id] != left, "it is not the version that counts"
    path = f"/{actor.bucket.name}/{key}"
    actor.caller.call("s3", "DELETE", path, query={"versionId": summary.version})
    assert actor.store.documents([lead.id])[lead.id] == left


def test_a_backlog_of_alerts_is_not_counted_to_its_end_for_each_of_them(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.aws.work.batch_store._ENOUGH", 1)
    leads = [named(captured(clock, f"lead{number}", delay=timedelta())) for number in range(20)]
    actor.store.accept(leads)
    tasks = [Task(Step.NOTIFY, lead.id, "slack") for lead in leads]
    actor.store.put(tasks, clock.now)
    assert actor.store.count_due(Step.NOTIFY, "slack") == 20
    counted = actor.handed(tasks[0]).count_due(Step.NOTIFY, "slack")
    assert 1 < counted <= 4, "one a shard"
