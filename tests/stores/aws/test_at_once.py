"""The promises on AWS when several work on one lead at once: before each call of the one another
acts as a whole, or several take turns in any order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.journey.refinement.refining import refine_due
from leadline.model.lead import Fate, Kind, Receipt, Status
from leadline.model.task import Step, Task
from leadline.stores.aws.keys import ALIKE
from leadline.stores.aws.people.likeness import alike_of
from tests.standins.aws_faults import Actor, Interleaving, failing_anywhere, named, world
from tests.worlds.leads import HandClock, captured

LEASE = timedelta(seconds=60)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

in_any_order = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def schedules(actors: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, actors - 1), min_size=4, max_size=16)


class ConcurrentCaller:
    """Somebody who acts once: between two calls of another, or else after all of them."""

    def __init__(self, act: Callable[..., Receipt]) -> None:
        self._act = act
        self._receipt: Receipt | None = None

    def __call__(self, actor: Actor) -> None:
        self._receipt = self._act(actor)

    def receipt(self, actor: Actor) -> Receipt:
        """What it got this time."""
        receipt, self._receipt = self._receipt, None
        return receipt or self._act(actor)


def accepting(clock: HandClock, name: str, kind: Kind = Kind.CREATED) -> Callable[..., Receipt]:
    def accept(actor: Actor, _: object = None) -> Receipt:
        raw = b'{"company":"Looms","owner":"owner@example.com"}' if kind is Kind.UPDATED else None
        event = captured(clock, name, kind=kind, record="contact:1", raw=raw)
        return actor.store.accept([named(event)])[0]

    return accept


def nothing(_: Actor) -> None:
    """Nobody was there before."""


def test_one_event_that_comes_twice_at_once_is_one_lead(moto: str, clock: HandClock) -> None:
    other = ConcurrentCaller(accepting(clock, "ada"))
    for actor, _, one in failing_anywhere(moto, clock, other, nothing, accepting(clock, "ada")):
        two = other.receipt(actor)
        (lead,) = actor.leads().values()
        assert one is not None
        assert one.lead_id == two.lead_id == lead.lead_id
        assert actor.raws() == {lead.lead_id}
        assert {one.fate, two.fate} == {Fate.CAPTURED, Fate.REDELIVERED}
        assert lead.redelivered == 1
        assert actor.messages() >= 1


@pytest.mark.parametrize("kind", [Kind.CREATED, Kind.UPDATED])
def test_two_events_of_one_record_at_once_are_one_lead_with_the_other_folded_in(
    moto: str, clock: HandClock, kind: Kind
) -> None:
    other = ConcurrentCaller(accepting(clock, "second", kind))
    for actor, _, one in failing_anywhere(moto, clock, other, nothing, accepting(clock, "first")):
        two = other.receipt(actor)
        known = actor.leads()
        (head,) = [lead for lead in known.values() if lead.fate == Fate.CAPTURED]
        if two.fate is Fate.FILTERED:
            assert two.why == "unknown_record", "it came before its lead"
            continue
        assert one is not None
        assert one.lead_id == two.lead_id == head.lead_id
        # Between the writes of the first its record has no lead yet: the second brings it in then.
        assert {one.fate, two.fate} - {Fate.REDELIVERED} <= {Fate.CAPTURED, Fate.FOLDED}
        assert Fate.FOLDED in (one.fate, two.fate)
        (folded,) = known.keys() - {head.lead_id}
        assert head.updates == (folded,)


@in_any_order
@given(schedules(3))
def test_captures_that_take_turns_in_any_order_make_one_lead_of_a_record(
    moto: str, schedule: list[int]
) -> None:
    clock = HandClock(AT)
    with world(moto, clock, 3) as actors:
        acts = [accepting(clock, name) for name in ("one", "two", "one")]
        receipts = Interleaving(schedule).run(actors, acts)
        known = actors[0].leads()
        (head,) = [lead for lead in known.values() if lead.fate == Fate.CAPTURED]
        assert [receipt.lead_id for receipt in receipts] == [head.lead_id] * 3
        assert len(known) == 2
        assert len(head.updates) == 1
        assert actors[0].raws() == known.keys()


def before(clock: HandClock, name: str = "ada") -> Callable[[Actor], str]:
    """A lead that is due."""

    def before(actor: Actor) -> str:
        lead = named(captured(clock, name, record="contact:1", delay=timedelta()))
        return actor.store.accept([lead])[0].lead_id

    return before


def refine(actor: Actor, lead_id: str) -> bool:
    """A worker refines the lead, if it is to be had; whether that was carried out."""
    kit = actor.kit(Task(Step.REFINE, lead_id))
    refine_due(kit)
    return actor.leads()[lead_id].summary is not None


def test_an_update_that_comes_while_a_worker_has_the_lead_is_never_overlooked(
    moto: str, clock: HandClock
) -> None:
    other = ConcurrentCaller(accepting(clock, "update", Kind.UPDATED))
    for actor, lead_id, refined in failing_anywhere(moto, clock, other, before(clock), refine):
        receipt = other.receipt(actor)
        lead = actor.leads()[lead_id]
        if receipt.fate is Fate.FILTERED:
            assert refined
            assert receipt.why == "already_refined"
            continue
        assert receipt.fate is Fate.FOLDED
        if lead.summary is None:
            assert not refined
            assert lead.task is not None
            assert not lead.task.leased
            assert lead.task.failures == 0
            assert actor.messages() >= 1, "nobody will come for it"
            assert refine(actor, lead_id)
        assert b"owner@example.com" in actor.store.documents([lead_id])[lead_id]


def test_a_worker_that_lost_its_lead_changes_nothing_that_anybody_sees(
    moto: str, clock: HandClock
) -> None:
    seen: list[dict[str, object]] = []

    def meanwhile(actor: Actor) -> None:
        """The lease runs out, the CRM corrects the address, another worker refines the lead."""
        clock.advance(seconds=61)
        raw = b'{"email":"countess@example.org"}'
        event = captured(clock, "update", kind=Kind.UPDATED, record="contact:1", raw=raw)
        actor.store.accept([named(event)])
        (lead_id,) = (i for i, lead in actor.leads().items() if lead.fate == Fate.CAPTURED)
        assert refine(actor, lead_id)
        seen.append(actor.visible())

    for actor, lead_id, _ in failing_anywhere(moto, clock, meanwhile, before(clock), refine):
        if not seen:
            continue
        assert actor.visible() == seen.pop()
        folded = bool(actor.leads()[lead_id].updates)
        document = actor.store.documents([lead_id])[lead_id]
        assert (b"countess@example.org" in document) is folded
        (alike,) = (alike_of(item) for item in actor.table.scan() if item["sk"] == ALIKE)
        assert {bytes.fromhex(key) for key in actor.items("M#")} == set(alike.digests)


@in_any_order
@given(schedules(2))
def test_two_leads_of_one_person_that_are_refined_at_once_have_one_first(
    moto: str, schedule: list[int]
) -> None:
    clock = HandClock(AT)
    with world(moto, clock) as actors:
        ids = []
        for name in ("one", "two"):
            raw = b'{"email":"ada@example.com","phone":"+1 212 555 0100","n":"%s"}' % name.encode()
            lead = named(captured(clock, name, delay=timedelta(), raw=raw))
            actors[0].store.accept([lead])
            ids.append(lead.id)
        Interleaving(schedule).run(actors, [partial(refine, lead_id=lead_id) for lead_id in ids])
        for lead_id in ids:
            refine(actors[0], lead_id)
        known = actors[0].leads()
        repeats = {i: s.duplicate_of for i in ids if (s := known[i].summary)}
        (first,) = (i for i, other in repeats.items() if other is None)
        assert repeats == {i: None if i == first else first for i in ids}
        under = actors[0].items("M#").values()
        assert {one for item in under for one in (item.get("leads") or [item["lead_id"]])} == set(
            ids
        )


def claimed(actor: Actor, _: object) -> list[str]:
    return [c.task.lead_id for c in actor.store.lease(Step.REFINE, 1, LEASE)]


def test_two_workers_that_lease_at_once_never_get_the_same_task(
    moto: str, clock: HandClock
) -> None:
    got: list[list[str]] = []

    def meanwhile(actor: Actor) -> None:
        got.append(claimed(actor, None))

    for actor, lead_id, mine in failing_anywhere(moto, clock, meanwhile, before(clock), claimed):
        theirs = got.pop() if got else []
        assert [*(mine or []), *theirs] == [lead_id]
        assert claimed(actor, None) == []
        task = actor.leads()[lead_id].task
        assert task is not None
        assert (task.attempt, task.failures) == (1, 0)


@in_any_order
@given(schedules(3))
def test_a_task_is_put_leased_and_folded_into_at_once_and_stays_one_task(
    moto: str, schedule: list[int]
) -> None:
    clock = HandClock(AT)
    with world(moto, clock, 3) as actors:
        lead_id = before(clock)(actors[0])
        clock.advance(seconds=1)

        def put(actor: Actor) -> None:
            actor.store.put([Task(Step.REFINE, lead_id)], clock.now, "replayed")

        update = accepting(clock, "update", Kind.UPDATED)
        acts: list[Callable[[Actor], object]] = [put, partial(refine, lead_id=lead_id), update]
        Interleaving(schedule).run(actors, acts)
        lead = actors[0].leads()[lead_id]
        if lead.task is not None:
            assert not lead.task.leased, "nobody holds it who could end it"
            clock.advance(seconds=1)
            assert refine(actors[0], lead_id)
        lead = actors[0].leads()[lead_id]
        assert lead.task is None
        assert [line.what for line in lead.timeline].count("replayed") == 1
        if lead.updates:
            assert b"owner@example.com" in actors[0].store.documents([lead_id])[lead_id]


def test_an_event_is_readmitted_though_it_comes_again_at_that_moment(
    moto: str, clock: HandClock
) -> None:
    def filtered(actor: Actor) -> str:
        return accepting(clock, "ada", Kind.IGNORED)(actor).lead_id

    def readmit(actor: Actor, lead_id: str) -> list[str]:
        return actor.store.readmit([lead_id], clock.now)

    again = accepting(clock, "ada", Kind.IGNORED)
    for actor, lead_id, made in failing_anywhere(moto, clock, again, filtered, readmit):
        assert made == [lead_id]
        lead = actor.leads()[lead_id]
        assert (lead.fate, lead.status) == (Fate.CAPTURED, Status.WAITING)
        assert refine(actor, lead_id)


def test_two_readmissions_and_a_creation_at_once_make_one_lead_of_a_record(
    moto: str, clock: HandClock
) -> None:
    def filtered(actor: Actor) -> list[str]:
        return [accepting(clock, name, Kind.IGNORED)(actor).lead_id for name in ("a", "b")]

    def readmit(actor: Actor, ids: list[str]) -> list[str]:
        return actor.store.readmit(ids, clock.now)

    create = accepting(clock, "c")
    for actor, _, made in failing_anywhere(moto, clock, create, filtered, readmit):
        heads = [i for i, lead in actor.leads().items() if lead.fate == Fate.CAPTURED]
        assert len(heads) == 1
        assert made in ([], heads)
        (owner,) = actor.items("R#").values()
        assert owner["lead_id"] == heads[0]


@in_any_order
@given(schedules(3))
def test_a_channel_is_reserved_for_one_and_the_longest_pause_counts(
    moto: str, schedule: list[int]
) -> None:
    clock = HandClock(AT)
    gap = timedelta(seconds=1)
    with world(moto, clock, 3) as actors:

        def reserve(actor: Actor) -> timedelta | None:
            return actor.store.reserve("slack", gap)

        def hold(actor: Actor) -> timedelta | None:
            actor.store.pause("slack", clock.now + timedelta(seconds=30))
            return None

        waits = Interleaving(schedule).run(actors, [reserve, hold, reserve])
        assert [waits[0], waits[2]].count(timedelta()) <= 1
        assert actors[0].store.reserve("slack", gap) == timedelta(seconds=30)
