"""What every store promises of deliveries that nobody can read."""

from datetime import timedelta
from typing import Any

import msgspec

from leadline.journey.receiving.capture import CaptureKit, read, read_again
from leadline.model.lead import CapturedLead, Delivery, Fate, Kind
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.quotas import Quota
from leadline.model.task import Step
from leadline.operations.repair import replay
from leadline.operations.repair.replay import Start
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock, captured
from tests.worlds.ledger import LedgerWorld

LEASE = timedelta(seconds=60)
BROKEN = b'{"name":"Ada "The Loom" Vance","email":"ada@example.com"}'
MENDED = b'{"name":"Ada Vance","email":"ada@example.com"}'
SECRET = {"authorization": "Bearer s"}


def kit(**config: Any) -> CaptureKit:
    return CaptureKit({"generic": Generic(SourceConfig(**config))}, timedelta(minutes=10))


def unreadable(clock: HandClock, body: bytes = BROKEN) -> CapturedLead:
    delivery = Delivery("generic", body, clock.now, SECRET)
    (lead,) = read(delivery, kit(secret=("s",)))
    return lead


def unproven(clock: HandClock, body: bytes) -> CapturedLead:
    (lead,) = read(Delivery("generic", body, clock.now, {}), kit(keep_unreadable=True))
    return lead


def test_what_nobody_can_read_is_a_dead_letter_with_its_bytes(
    store: Store, clock: HandClock
) -> None:
    lead = unreadable(clock)
    (receipt,) = store.accept([lead])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.CAPTURED)
    assert store.next_due(Step.REFINE) is None
    clock.advance(days=1)
    assert store.lease(Step.REFINE, 9, LEASE) == []
    kept = store.archived([lead.id])[lead.id]
    assert (kept.kind, kept.body, kept.fate) == (Kind.UNREADABLE, BROKEN, Fate.CAPTURED)
    (again,) = store.accept([unreadable(clock)])
    assert (again.lead_id, again.fate) == (lead.id, Fate.REDELIVERED)


def test_what_is_read_at_last_is_a_lead_of_the_same_id(store: Store, clock: HandClock) -> None:
    lead = unreadable(clock)
    store.accept([lead])
    clock.advance(minutes=5)
    kept = store.archived([lead.id])[lead.id]
    (now,) = read_again(kept, kit(secret=("s",)), clock.now, MENDED)
    assert store.read_again(lead.id, now)
    assert store.waiting([lead.id])[lead.id].raw == MENDED
    kept = store.archived([lead.id])[lead.id]
    assert (kept.kind, kept.body) == (Kind.CREATED, BROKEN)
    (lease,) = store.lease(Step.REFINE, 9, LEASE)
    assert (lease.task.lead_id, lease.failures) == (lead.id, 0)
    assert not store.read_again(lead.id, now), "it is a lead already"
    mended = Delivery("generic", MENDED, clock.now, SECRET)
    (receipt,) = store.accept(read(mended, kit(secret=("s",))))
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.REDELIVERED)


def test_no_second_lead_is_made_of_a_record_that_has_one(store: Store, clock: HandClock) -> None:
    lost, known = unreadable(clock), captured(clock, record="contact:1")
    store.accept([lost, known])
    again = captured(clock, "again", record="contact:1")
    assert not store.read_again(lost.id, again)
    assert store.archived([lost.id])[lost.id].kind is Kind.UNREADABLE
    fresh = captured(clock, "fresh", record="contact:2")
    assert store.read_again(lost.id, fresh)
    (receipt,) = store.accept([captured(clock, "update", kind=Kind.UPDATED, record="contact:2")])
    assert (receipt.lead_id, receipt.fate) == (lost.id, Fate.FOLDED)


def test_an_update_that_came_before_its_lead_could_be_read_is_folded_into_it(
    store: Store, clock: HandClock
) -> None:
    lost = unreadable(clock)
    early = captured(clock, "early", kind=Kind.UPDATED, record="contact:1")
    (_, receipt) = store.accept([lost, early])
    assert receipt.fate is Fate.FILTERED
    assert not store.read_again(lost.id, captured(clock, kind=Kind.UPDATED, record="contact:1"))
    assert store.read_again(lost.id, captured(clock, "lead", record="contact:1"))
    assert store.waiting([lost.id])[lost.id].updates == (early.raw,)
    assert store.archived([early.id])[early.id].fate is Fate.FOLDED
    clock.advance(minutes=11)
    (lease,) = store.lease(Step.REFINE, 9, LEASE)
    assert lease.task.lead_id == lost.id


def test_another_person_under_the_key_of_what_was_read_at_last_is_another_lead(
    store: Store, clock: HandClock
) -> None:
    lost = unreadable(clock)
    store.accept([lost])
    assert store.read_again(lost.id, captured(clock, "one", record="contact:1"))
    other = captured(clock, "one", record="contact:2")
    (receipt,) = store.accept([other])
    assert (receipt.lead_id != lost.id, receipt.fate) == (True, Fate.CAPTURED)
    assert receipt.lead_id in store.waiting([receipt.lead_id])


def test_what_turns_out_to_be_no_new_lead_is_kept_as_filtered(
    store: Store, clock: HandClock
) -> None:
    lost = unreadable(clock)
    store.accept([lost])
    assert store.read_again(lost.id, captured(clock, kind=Kind.IGNORED, why="deleted"))
    assert store.archived([lost.id])[lost.id].fate is Fate.FILTERED
    assert store.next_due(Step.REFINE) is None


def test_a_replay_from_capture_reads_again_and_from_elsewhere_does_not(
    store: Store, clock: HandClock
) -> None:
    lost = unreadable(clock)
    store.accept([lost])

    def todo(start: Start) -> replay.Plan:
        return replay.plan(store, {}, lambda leads: {}, [lost.id], start)

    assert todo(Start.REFINE).skipped == {lost.id: "it could not be read"}
    assert todo(Start.DEAD).skipped == {lost.id: "it could not be read"}
    still = replay.carry_out(
        store, todo(Start.CAPTURE), clock.now, read=lambda k: read_again(k, kit(), clock.now)
    )
    assert still == 0
    assert store.archived([lost.id])[lost.id].kind is Kind.UNREADABLE
    two = b'{"leads":[{"email":"ada@example.com"},{"email":"ben@example.com"}]}'
    done = replay.carry_out(
        store, todo(Start.CAPTURE), clock.now, read=lambda k: read_again(k, kit(), clock.now, two)
    )
    assert done == 2
    leases = store.lease(Step.REFINE, 9, LEASE)
    assert len(leases) == 2
    assert lost.id in {lease.task.lead_id for lease in leases}


def test_what_turns_out_to_be_an_update_of_a_known_record_is_folded_into_its_lead(
    store: Store, clock: HandClock
) -> None:
    lost, known = unreadable(clock), captured(clock, record="contact:1")
    store.accept([lost, known])
    update = captured(clock, "update", kind=Kind.UPDATED, record="contact:1")
    todo = replay.plan(store, {}, lambda leads: {}, [lost.id], Start.CAPTURE)
    done = replay.carry_out(store, todo, clock.now, read=lambda kept: [update])
    assert done == 1
    assert store.waiting([known.id])[known.id].updates == (update.raw,)
    assert store.archived([lost.id])[lost.id].fate is Fate.FILTERED
    sources = {"generic": Generic(SourceConfig())}
    again = replay.plan(store, sources, lambda leads: {}, [lost.id], Start.CAPTURE)
    assert again == replay.Plan(skipped={lost.id: "what it said is with its record"})


def test_what_its_sender_sent_again_so_that_it_could_be_read_makes_no_second_lead(
    store: Store, clock: HandClock
) -> None:
    lost = unreadable(clock)
    store.accept([lost])
    clock.advance(minutes=1)
    (sent,) = store.accept(read(Delivery("generic", MENDED, clock.now, SECRET), kit()))
    assert sent.fate is Fate.CAPTURED
    clock.advance(minutes=1)
    todo = replay.plan(store, {}, lambda leads: {}, [lost.id], Start.CAPTURE)
    replay.carry_out(store, todo, clock.now, read=lambda k: read_again(k, kit(), clock.now, MENDED))
    clock.advance(minutes=10)
    leases = store.lease(Step.REFINE, 9, LEASE)
    assert [lease.task.lead_id for lease in leases] == [sent.lead_id]
    assert store.archived([lost.id])[lost.id].fate is Fate.FILTERED


def test_of_what_proves_nothing_a_hundred_a_minute_are_kept(store: Store, clock: HandClock) -> None:
    few = Quota(per_minute=3)

    def post(number: int) -> Fate:
        lead = msgspec.structs.replace(unproven(clock, b"{%d" % number), quota=few)
        (receipt,) = store.accept([lead])
        events = store.archived([receipt.lead_id])
        assert bool(events) is (receipt.fate is not Fate.REFUSED)
        return receipt.fate

    assert [post(n) for n in range(4)] == [Fate.CAPTURED] * 3 + [Fate.REFUSED]
    assert post(1) is Fate.REDELIVERED
    clock.advance(seconds=61)
    assert [post(n) for n in (3, 4, 5, 6)] == [Fate.CAPTURED] * 3 + [Fate.REFUSED]


def test_so_many_bytes_lie_there_and_what_is_read_gives_its_own_back(
    store: Store, clock: HandClock
) -> None:
    def post(body: bytes) -> tuple[str, Fate]:
        clock.advance(minutes=2)
        lead = msgspec.structs.replace(unproven(clock, body), quota=Quota(most_bytes=100))
        (receipt,) = store.accept([lead])
        return receipt.lead_id, receipt.fate

    first, fate = post(b"{" + b"a" * 59)
    assert fate is Fate.CAPTURED
    assert post(b"{" + b"b" * 59)[1] is Fate.REFUSED
    assert post(b"{" + b"c" * 39)[1] is Fate.CAPTURED
    assert post(b"{d")[1] is Fate.REFUSED
    assert store.read_again(first, captured(clock, "mended"))
    assert post(b"{" + b"b" * 59)[1] is Fate.CAPTURED


def test_the_usual_quota() -> None:
    assert Quota() == Quota(per_minute=100, most_bytes=50_000_000)


def test_the_dead_letter_is_listed_with_its_reason_and_all_adds_up(world: LedgerWorld) -> None:
    world.store.accept([unreadable(world.clock)])
    (group,) = world.ledger.dead()
    assert (group.step, group.reason, group.count) == (Step.REFINE, NOT_READ, 1)
    assert "not JSON" in group.error
    account = world.ledger.account(deep=True)
    assert account.balanced
    assert (account.accepted, account.dead, account.waiting) == (1, 1, 0)


def test_a_dead_letter_of_a_known_record_is_shown_with_its_lead_and_all_adds_up(
    world: LedgerWorld,
) -> None:
    store, clock = world.store, world.clock
    lost, known = unreadable(clock), captured(clock, record="contact:1")
    store.accept([lost, known])
    update = captured(clock, "update", kind=Kind.UPDATED, record="contact:1")
    todo = replay.plan(store, {}, lambda leads: {}, [lost.id], Start.CAPTURE)
    replay.carry_out(store, todo, clock.now, read=lambda kept: [update])
    story = world.ledger.story(known.id)
    assert story is not None
    assert {one.lead_id for one in story.related} >= {update.id, lost.id}
    account = world.ledger.account(deep=True)
    assert account.balanced
    assert (account.accepted, account.dead, account.waiting) == (3, 0, 1)
