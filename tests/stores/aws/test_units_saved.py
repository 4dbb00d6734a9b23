"""What is written before a transaction, or left where it was, is harmless: early, late, and by an
earlier version."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from leadline.journey.refinement.refining import refine_due
from leadline.model.lead import Fate, Status
from leadline.model.monitoring.attempts import packed_attempts
from leadline.model.task import Drop, Step, Task
from leadline.ports.store import Settlement
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import ALIKE, lead_key
from leadline.stores.aws.people.likeness import AlikeItem, KeyItem, alike_of, packed
from leadline.stores.aws.table import Put
from leadline.stores.aws.values import plain, typed
from leadline.stores.aws.work.attempts import read_attempts
from tests.standins.aws_faults import Actor, AwsFault, failing_anywhere, named, outcome, world
from tests.worlds.leads import HandClock, captured

LEASE = timedelta(seconds=60)
RAW = b'{"email":"ada@example.com","phone":"+1 212 555 0100","n":"%s"}'


def refine(actor: Actor, lead_id: str) -> bool:
    refine_due(actor.kit(Task(Step.REFINE, lead_id)))
    return True


def come(actor: Actor, clock: HandClock, name: str) -> str:
    lead = named(captured(clock, name, delay=timedelta(), raw=RAW % name.encode()))
    actor.store.accept([lead])
    return lead.id


def under_keys(actor: Actor) -> set[str]:
    return {
        one
        for item in actor.items("M#").values()
        for one in (item.get("leads") or [item["lead_id"]])
    }


def traits(actor: Actor, lead_id: str) -> str:
    return next(
        (alike_of(i).traits for i in actor.table.scan()
         if (i["pk"], i["sk"]) == (f"L#{lead_id}", ALIKE)), "",
    )  # fmt: skip


def one_died(moto: str, clock: HandClock) -> Any:
    """Rooms in each of which a worker died at another call of a lead's first refinement, with the
    id of that lead."""
    return failing_anywhere(
        moto, clock, AwsFault.DEATH, partial(come, clock=clock, name="one"), refine
    )


def test_a_twin_of_a_lead_whose_worker_died_anywhere_is_linked_to_it_in_the_end(
    moto: str, clock: HandClock
) -> None:
    for actor, one, _ in one_died(moto, clock):
        clock.advance(seconds=1)
        two = come(actor, clock, "two")
        refine(actor, two)
        clock.advance(seconds=61)
        for lead_id in (one, two, one, two):
            refine(actor, lead_id)
        known = actor.leads()
        firsts = {i: s.duplicate_of for i in (one, two) if (s := known[i].summary)}
        (first,) = (i for i, other in firsts.items() if other is None)
        assert firsts == {i: None if i == first else first for i in (one, two)}
        assert under_keys(actor) == {one, two}


def test_what_was_written_early_about_a_lead_that_is_given_up_is_taken_back(
    moto: str, clock: HandClock
) -> None:
    early = 0
    for actor, one, _ in one_died(moto, clock):
        if actor.leads()[one].summary is not None:
            continue
        early += bool(traits(actor, one))
        clock.advance(seconds=61)
        two = come(actor, clock, "two")
        refine(actor, two)
        (lease,) = actor.handed(Task(Step.REFINE, one)).lease(Step.REFINE, 1, LEASE)
        assert actor.store.settle([Settlement(lease, Drop("lead.not_understood", ""))]) == [True]
        lead, twin = actor.leads()[one], actor.leads()[two]
        assert lead.status is Status.DEAD
        assert traits(actor, one) == ""
        assert under_keys(actor) == {two}
        assert twin.summary is not None
        assert twin.summary.duplicate_of is None, "nobody's duplicate, since its first is dead"
    assert early >= 3, "in no room anything was written early"


def test_a_lead_that_waits_for_its_record_is_brought_in_by_the_next_event(
    moto: str, clock: HandClock
) -> None:
    def prepare(_: Actor) -> None:
        """Nothing was there."""

    def accept(actor: Actor, _: None, name: str = "one") -> Any:
        return actor.store.accept([named(captured(clock, name, record="contact:1"))])[0]

    dangling = 0
    for actor, _, _ in failing_anywhere(moto, clock, AwsFault.DEATH, prepare, accept):
        owners = {item["lead_id"] for item in actor.items("R#").values()}
        dangling += not owners <= actor.leads().keys()
        clock.advance(seconds=1)
        second = accept(actor, None, "two")
        heads = [i for i, lead in actor.leads().items() if lead.fate == Fate.CAPTURED]
        assert {item["lead_id"] for item in actor.items("R#").values()} == set(heads)
        assert len(heads) == 1
        if owners:
            assert heads == [*owners]
            assert second.lead_id == heads[0]
    assert dangling == 1, "no death was between record and lead"


def as_earlier_version(item: Mapping[str, Any]) -> dict[str, Any]:
    """A leased lead as an earlier version stores it: at the end of its lease in the index."""
    lead = lead_of(dict(item))
    assert lead.task is not None
    old = dict(item) | {"held": True, "due_sk": f"{lead.task.due_at}#{lead.lead_id}"}
    old["task"] = {name: one for name, one in old["task"].items() if name != "listed_at"}
    return old


def test_a_lease_of_an_earlier_version_is_kept_and_ends(moto: str, clock: HandClock) -> None:
    with world(moto, clock, 1) as (actor,):
        one = come(actor, clock, "one")
        assert len(actor.store.lease(Step.REFINE, 1, LEASE)) == 1
        item = actor.table.get(lead_key(one))
        assert item is not None
        actor.table.write(Put(as_earlier_version(item), item["rev"]))
        assert actor.store.lease(Step.REFINE, 1, LEASE) == []
        assert actor.store.count_due(Step.REFINE) == 0
        assert actor.store.next_due(Step.REFINE) == clock.now + LEASE
        clock.advance(seconds=61)
        (lease,) = actor.store.lease(Step.REFINE, 1, LEASE)
        assert lease.failures == 1
        kept = actor.table.get(lead_key(one))
        assert kept is not None
        assert kept["due_sk"] == as_earlier_version(item)["due_sk"], "the entry moved"


def test_a_lease_leaves_the_entry_in_the_index_where_it_was(moto: str, clock: HandClock) -> None:
    with world(moto, clock, 1) as (actor,):
        one = come(actor, clock, "one")
        before = actor.table.get(lead_key(one))
        actor.store.lease(Step.REFINE, 1, LEASE)
        after = actor.table.get(lead_key(one))
        assert before is not None
        assert after is not None
        place = ("due_pk", "due_sk", "held", "day_pk", "day_sk")
        assert [before[name] for name in place] == [after[name] for name in place]


def test_a_search_that_misses_what_a_twin_has_just_written_is_done_again(
    moto: str, clock: HandClock
) -> None:
    """Reads for half the price may be a moment old: here they see no candidate keys at all."""
    with world(moto, clock, 2) as (one, two):
        first = come(one, clock, "one")
        refine(one, first)
        clock.advance(seconds=1)
        second = come(two, clock, "two")
        real, stale = two.table.get_all, [True]

        def old(keys: Any, *, exact: bool = True) -> Any:
            found = real(keys, exact=exact)
            if exact or not stale[0]:
                return found
            return {key: item for key, item in found.items() if not key[0].startswith("M#")}

        two.table.get_all = old  # type: ignore[method-assign]
        assert outcome(partial(refine, two, second))
        assert two.leads()[second].summary is None, "it was settled without its twin"
        stale[0] = False
        refine(two, second)
        summary = two.leads()[second].summary
        assert summary is not None
        assert summary.duplicate_of == first


def test_what_an_earlier_version_wrote_reads_as_what_is_written_now() -> None:
    key, one = bytes(range(16)), "01a22e1e-be9f-7d8d-85c2-f16062e168c5"
    written = KeyItem(key).with_lead(one, "2026-11-30T20:21:36Z").write()
    assert isinstance(written, Put)
    assert "leads" not in written.item
    before = {**written.item, "leads": [one]}
    read = KeyItem.of(key, dict(written.item))
    assert (read.leads, read.since) == ((one,), (1,))
    assert KeyItem.of(key, before) == read
    alike = AlikeItem(one, "2026-11-30T20:21:36Z", traits="{}", keys=packed([key, key[::-1]]))
    stored = plain(typed(alike.item()))
    assert stored["keys"] == alike.keys, "as text, as before"
    assert alike_of(stored) == alike
    packed_now = plain(typed({"body": packed_attempts(())}))
    packed_before = {"body": b64encode(packed_attempts(())).decode()}
    assert packed_now == packed_before
    assert read_attempts(packed_now) == ()
