"""A sweep reads a bounded part of a backlog, goes on where it stopped, and says if it is behind."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.formats import key_of
from leadline.model.task import Step, Task
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.clocks.message_queues import FAR
from leadline.stores.aws.sweep import overdue
from leadline.stores.aws.sweep.sweep import GRACE, Swept, sweep
from tests.standins.aws_faults import Actor, named, world
from tests.worlds.leads import HandClock, captured

LATER = (overdue.OVERDUE + timedelta(seconds=1)).total_seconds()
KINDS = [(Step.NOTIFY, "slack")]


@pytest.fixture
def actor(moto: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    """Pages of four entries, in one shard."""
    monkeypatch.setattr(overdue, "_PAGE", 4)
    with world(moto, clock, 1) as (one,):
        one.table.shards = 1
        yield one


def emptied(actor: Actor) -> None:
    """The queues lose all that they have."""
    for url in set(actor.rooms.urls.values()):
        while some := actor.queues.receive(url):
            for _, handle in some:
                actor.queues.delete(url, handle)
    actor.caller.sent.clear()


def backlog(actor: Actor, clock: HandClock, count: int) -> list[str]:
    """Overdue leads without messages, those due longest first, a second apart; the sweep has looked
    at their documents before."""
    ids = []
    for number in range(count):
        lead = named(captured(clock, f"lead{number}", delay=timedelta()))
        actor.store.accept([lead])
        ids.append(lead.id)
        clock.advance(seconds=1)
    emptied(actor)
    clock.advance(seconds=LATER)
    listed = {"pk": "S#sweep", "sk": "state", "after": key_of("raw", ids[-1], clock.now)}
    actor.table.put_if({**listed, "again": []}, "", {})
    return ids


def told(actor: Actor) -> list[str]:
    """The leads for which messages were sent since the last look."""
    sent = [str(one["MessageBody"]).split('"lead_id":"')[1][:36] for one in actor.caller.sent]
    actor.caller.sent.clear()
    return sent


def swept_for(actor: Actor, times: int) -> Swept:
    """A sweep in which there is time so often."""
    left = iter([True] * times)
    return sweep(actor.store, actor.queues, KINDS, lambda: next(left, False))


def test_all_of_a_backlog_of_several_pages_gets_messages_once(
    actor: Actor, clock: HandClock
) -> None:
    ids = backlog(actor, clock, 15)
    swept = actor.swept()
    assert sorted(told(actor)) == sorted(ids)
    assert (swept.overdue, swept.finished, swept.behind_s) == (15, True, 0)


def test_without_time_a_sweep_reads_one_page_of_the_longest_due_and_says_how_far_it_is_behind(
    actor: Actor, clock: HandClock
) -> None:
    ids = backlog(actor, clock, 15)
    swept = swept_for(actor, 0)
    assert sorted(told(actor)) == sorted(ids[:4])
    assert not swept.finished
    assert swept.behind_s == pytest.approx(LATER + 12)
    reads = [call for call in actor.caller.calls if call.endswith(".Query")]
    assert len(reads) <= 12, "a page of each partition, however many are due"


def test_the_next_sweep_goes_on_where_one_stopped(actor: Actor, clock: HandClock) -> None:
    """Though the longest due tasks were not done in between."""
    ids = backlog(actor, clock, 15)
    swept_for(actor, 1)
    first = told(actor)
    assert sorted(first) == sorted(ids[:7])
    emptied(actor)
    actor.swept()
    assert sorted(told(actor)) == sorted([*ids[:4], *ids[7:]])
    emptied(actor)
    actor.swept()
    assert sorted(told(actor)) == sorted(ids), "the end was reached, so it begins again"


def test_a_backlog_that_has_its_messages_is_not_read_further(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "_MOST_IN_DOUBT", 2)
    for number in range(15):
        actor.store.accept([named(captured(clock, f"lead{number}", delay=timedelta()))])
    clock.advance(seconds=LATER)
    actor.caller.sent.clear()
    swept = actor.swept()
    assert (swept.overdue, swept.finished, swept.behind_s) == (2, True, 0)


def test_no_more_messages_are_sent_for_one_kind_than_can_be_worked_on_until_the_next_sweep(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "_MOST_FURTHER", 3)
    backlog(actor, clock, 15)
    assert not actor.swept().finished
    assert len(told(actor)) == 7


def test_tasks_due_soon_get_messages_in_spite_of_a_backlog(actor: Actor, clock: HandClock) -> None:
    ids = backlog(actor, clock, 12)
    actor.store.put([Task(Step.NOTIFY, lead_id, "slack") for lead_id in ids], clock.now)
    clock.advance(seconds=LATER)
    far = clock.now + FAR + timedelta(minutes=1)
    soon = named(captured(clock, "soon"))
    actor.store.accept([soon])
    actor.store.put([Task(Step.NOTIFY, soon.id, "slack")], far)
    emptied(actor)
    clock.advance(minutes=10)
    swept = actor.swept()
    assert swept.coming == 1
    assert soon.id in told(actor)


def test_an_archive_that_is_not_listed_to_its_end_is_told_by_its_age(
    actor: Actor, clock: HandClock
) -> None:
    for number in range(120):
        lead = named(captured(clock, f"lead{number}"))
        actor.bucket.put_new(key_of("raw", lead.id, lead.captured_at), document_of(lead))
    clock.advance(seconds=GRACE.total_seconds() + 1)
    swept = swept_for(actor, 1)
    assert (swept.recaptured, swept.finished) == (100, False)
    assert swept.behind_s == pytest.approx(GRACE.total_seconds() + 1, abs=0.01)
