"""The sweep finds what was left behind, whatever stands in its way, and nothing twice."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import key_of
from leadline.model.lead import CapturedLead
from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.overdue import OVERDUE
from leadline.stores.aws.sweep.sweep import GRACE, sweep
from tests.standins.aws_faults import Actor, AwsFault, named, world
from tests.worlds.leads import HandClock, captured

LATER = (OVERDUE + timedelta(seconds=1)).total_seconds()
AGED = (GRACE + timedelta(seconds=1)).total_seconds()


@pytest.fixture
def actor(moto: str, clock: HandClock) -> Iterator[Actor]:
    with world(moto, clock, 1) as (one,):
        yield one


def archive(actor: Actor, lead: CapturedLead) -> str:
    """Put a delivery where a capture leaves it that dies behind its first put."""
    key = key_of("raw", lead.id, lead.captured_at)
    actor.bucket.put_new(key, document_of(lead))
    return key


class SilentWakeups:
    """SQS when it is down."""

    def send(self, *_: object) -> None:
        raise AwsFailed("sqs SendMessage", "ServiceUnavailable")

    dead_letter = send


def silent(actor: Actor, clock: HandClock, name: str) -> CapturedLead:
    """A lead that is due and for which no wake-up was ever sent."""
    lead = named(captured(clock, name, delay=timedelta()))
    actor.store.wakeups = SilentWakeups()
    actor.store.accept([lead])
    actor.store.wakeups = actor.queues
    assert lead.id in actor.leads()
    return lead


def test_what_is_archived_but_unknown_is_brought_in_once(actor: Actor, clock: HandClock) -> None:
    known = named(captured(clock, "known"))
    actor.store.accept([known])
    lost = named(captured(clock, "lost"))
    archive(actor, lost)
    assert actor.swept().looked_at == 0, "both may be on their way"
    clock.advance(seconds=AGED)
    swept = actor.swept()
    assert (swept.looked_at, swept.recaptured) == (2, 1)
    assert actor.leads().keys() == {known.id, lost.id}
    assert actor.store.waiting([lost.id])[lost.id].raw == lost.raw
    assert actor.swept().looked_at == 0


def test_a_refined_lead_that_only_the_table_forgot_is_left_to_a_rebuild(
    actor: Actor, clock: HandClock
) -> None:
    forgotten, lost = named(captured(clock, "forgotten")), named(captured(clock, "lost"))
    archive(actor, forgotten)
    actor.bucket.put(key_of("refined", forgotten.id, forgotten.captured_at), b"{}")
    archive(actor, lost)
    clock.advance(seconds=AGED)
    swept = actor.swept()
    assert (swept.recaptured, swept.unrecovered) == (1, 1)
    assert actor.leads().keys() == {lost.id}, "to take it in would tell it again"


def test_the_sweep_goes_on_where_it_stopped_across_days(actor: Actor, clock: HandClock) -> None:
    for _ in range(4):
        for name in ("one", "two"):
            archive(actor, named(captured(clock, f"{name}{clock.now}")))
        clock.advance(days=1)
    clock.advance(days=30)
    archive(actor, named(captured(clock, "late")))
    clock.advance(seconds=AGED)
    assert actor.swept().recaptured == 9
    clock.advance(days=3)
    archive(actor, named(captured(clock, "later")))
    clock.advance(seconds=AGED)
    swept = actor.swept()
    assert (swept.looked_at, swept.recaptured) == (1, 1)


def test_what_there_is_no_time_for_is_the_next_sweeps(actor: Actor, clock: HandClock) -> None:
    for number in range(120):
        archive(actor, named(captured(clock, f"lead{number}")))
    clock.advance(seconds=AGED)
    left = [True, False]
    first = sweep(actor.store, actor.queues, [], lambda: left.pop(0))
    assert (first.looked_at, first.recaptured, first.finished) == (100, 100, False)
    second = actor.swept()
    assert (second.looked_at, second.recaptured, second.finished) == (20, 20, True)


def test_a_document_that_nobody_can_read_is_counted_once_and_stops_nothing(
    actor: Actor, clock: HandClock
) -> None:
    broken = archive(actor, named(captured(clock, "broken")))
    actor.bucket.put(broken, b"{")
    clock.advance(milliseconds=1)
    whole = named(captured(clock, "whole"))
    archive(actor, whole)
    clock.advance(seconds=AGED)
    swept = actor.swept()
    assert (swept.unrecovered, swept.recaptured) == (1, 1)
    assert actor.leads().keys() == {whole.id}
    assert actor.swept().unrecovered == 0


def test_a_document_that_aws_kept_from_us_is_tried_again_until_it_is_in(
    moto: str, clock: HandClock
) -> None:
    """Whichever call of its capture is refused."""
    at = 0
    while True:
        with world(moto, clock) as (failing, actor):
            one, two = (named(captured(clock, name)) for name in ("one", "two"))
            archive(actor, one)
            archive(actor, two)
            clock.advance(seconds=AGED)
            failing.caller.plan(at, AwsFault.REFUSED)
            try:
                failed = failing.swept().unrecovered
            except AwsFailed:
                failed = 0
            actor.swept()
            assert actor.leads().keys() == {one.id, two.id}, failing.caller.calls[at]
            assert failed <= 1
            if len(failing.caller.calls) <= at:
                return
            at += 1


def test_ids_that_do_not_sort_by_time_hide_nothing_that_comes_after_them(
    actor: Actor, clock: HandClock
) -> None:
    foreign = named(captured(clock, "foreign"))
    foreign = msgspec.structs.replace(foreign, id=str(uuid.UUID(int=2**128 - 1, version=4)))
    archive(actor, foreign)
    clock.advance(seconds=AGED)
    assert actor.swept().recaptured == 1
    ours = named(captured(clock, "ours"))
    archive(actor, ours)
    clock.advance(seconds=AGED)
    assert actor.swept().recaptured == 1
    assert ours.id in actor.leads()


def test_a_sweep_by_hand_that_looks_at_the_youngest_hides_nothing_either(
    actor: Actor, clock: HandClock
) -> None:
    slow = named(captured(clock, "slow"))
    clock.advance(seconds=1)
    archive(actor, named(captured(clock, "fast")))
    swept = sweep(actor.store, actor.queues, [], lambda: True, grace=timedelta())
    assert swept.recaptured == 1
    archive(actor, slow)
    clock.advance(seconds=AGED)
    assert actor.swept().recaptured == 1
    assert slow.id in actor.leads()


def test_a_capture_that_was_gone_on_with_later_and_died_again_is_brought_in(
    moto: str, clock: HandClock
) -> None:
    """Its document has an id of the first try, where the sweep has been already."""
    with world(moto, clock) as (sender, sweeper):
        sender.caller.plan(1, AwsFault.REFUSED)
        with pytest.raises(AwsFailed):
            sender.store.accept([named(captured(clock, "ada"))])
        assert sender.raws() == set()
        clock.advance(seconds=1)
        sweeper.store.accept([named(captured(clock, "bob"))])
        clock.advance(hours=1)
        assert sweeper.swept().looked_at == 1
        sender.caller.plan(4, AwsFault.REFUSED)
        with pytest.raises(AwsFailed):
            sender.store.accept([named(captured(clock, "ada"))])
        (lost,) = sender.raws() - sender.leads().keys()
        assert sweeper.swept().recaptured == 0, "it may be on its way"
        clock.advance(seconds=AGED)
        assert sweeper.swept().recaptured == 1
        assert lost in sender.leads()
        assert sweeper.swept().recaptured == 0
        assert not [i for i in sender.items("E#").values() if "due_pk" in i], "nothing is left open"


def test_a_lead_without_a_message_gets_one_though_others_wait_in_the_queue(
    actor: Actor, clock: HandClock
) -> None:
    lost = silent(actor, clock, "lost")
    clock.advance(seconds=LATER)
    for number in range(5):
        actor.store.accept([named(captured(clock, f"lead{number}"))])
    assert actor.messages() == 5
    assert actor.swept().overdue == 1
    assert actor.messages() == 6
    assert [m["lead_id"] for m in actor.rooms.messages(actor.rooms.urls[Step.REFINE])] == [lost.id]


def test_a_full_queue_is_not_filled_further_but_for_what_is_due_longest(
    actor: Actor, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.aws.sweep.overdue._MOST_IN_DOUBT", 2)
    lost = silent(actor, clock, "lost")
    clock.advance(seconds=1)
    for number in range(5):
        lead = named(captured(clock, f"lead{number}", delay=timedelta()))
        actor.store.accept([lead])
    actor.queues.send([Wakeup(Task(Step.REFINE, lead.id), clock.now, clock.now)], clock.now)
    clock.advance(seconds=LATER)
    assert actor.messages() == 6, "as many as there are leads"
    assert actor.swept().overdue == 2
    rung = actor.rooms.messages(actor.rooms.urls[Step.REFINE])
    assert lost.id in [message["lead_id"] for message in rung]


def test_an_alert_without_a_message_gets_one(actor: Actor, clock: HandClock) -> None:
    lead = named(captured(clock, delay=timedelta()))
    actor.store.accept([lead])
    kit = actor.kit(Task(Step.REFINE, lead.id))
    assert isinstance(kit.store, AwsStore)
    kit.store.wakeups = SilentWakeups()
    refine_due(kit)
    assert actor.messages(Step.NOTIFY) == 0
    clock.advance(seconds=LATER)
    assert actor.swept().overdue == 1
    (message,) = actor.rooms.messages(actor.rooms.urls[Step.NOTIFY])
    assert (message["lead_id"], message["channel"]) == (lead.id, "slack")


def test_a_queue_that_fails_keeps_no_archived_delivery_from_coming_in(
    actor: Actor, clock: HandClock
) -> None:
    silent(actor, clock, "silent")
    lost = named(captured(clock, "lost"))
    archive(actor, lost)
    clock.advance(seconds=LATER)
    nowhere = Queues(actor.caller, dict.fromkeys(Step, "http://127.0.0.1/1/nowhere"))
    with pytest.raises(AwsFailed):
        sweep(actor.store, nowhere, [(Step.NOTIFY, "slack")], lambda: True)
    assert lost.id in actor.leads()
