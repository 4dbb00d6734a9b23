"""Turns on AWS: conflicts of workers who give out leads of one team."""

import itertools
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.formats import key_of
from leadline.model.lead import CapturedLead
from leadline.model.staff.assigning import Documents, Rewrite, TeamRoster
from leadline.model.task import Lease, Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.ports.store import Settlement, Store
from leadline.ports.store_parts.assigning import roster_of
from leadline.stores.aws import table
from leadline.stores.aws.keys import queue_key
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.table import Delete, PutIf
from leadline.stores.aws.work import settling
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from tests.standins.aws_faults import Actor, AwsFault, Interleaving, failing_anywhere, named, world
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, settle
from tests.worlds.teams import PEOPLE as PEOPLE_OF_TEAM
from tests.worlds.teams import RULES
from tests.worlds.teams import TEAM as TEAM_OF_THREE
from tests.worlds.turns import PEOPLE, ROSTER, TEAM, counts, owner_in, queued_in, turn_for

in_any_order = settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Leased = tuple[CapturedLead, Lease]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Workers note how long they would wait, and do not wait."""
    waited: list[float] = []
    monkeypatch.setattr(settling, "sleep", waited.append)
    return waited


def leased_in(actor: Actor, clock: HandClock, names: list[str]) -> list[Leased]:
    """Leads that are due, with the leases of their refinements."""
    leads = {
        lead.id: lead for lead in (named(captured(clock, n, delay=timedelta())) for n in names)
    }
    actor.store.accept([*leads.values()])
    leases = actor.store.lease(Step.REFINE, len(leads), LEASE)
    return [(leads[lease.task.lead_id], lease) for lease in leases]


def one_lead(clock: HandClock) -> Callable[[Actor], Leased]:
    def prepare(actor: Actor) -> Leased:
        return leased_in(actor, clock, ["ada"])[0]

    return prepare


def document_of(actor: Actor, lead: CapturedLead) -> bytes:
    """The refined document that the table names."""
    summary = actor.leads()[lead.id].summary
    assert summary is not None
    document = actor.bucket.get(key_of("refined", lead.id, lead.captured_at), summary.version)
    assert document is not None
    return document


def another_turn(store: Store, body: bytes) -> None:
    """Another worker gives a lead out."""
    kept = store.kept([ROSTER])
    assert store.keep({ROSTER: Rewrite(kept[ROSTER], body)})


def test_after_a_conflict_the_turn_is_decided_again_and_the_document_stored_again(
    moto: str, clock: HandClock, pauses: list[float]
) -> None:
    with world(moto, clock) as (one, other):
        ((lead, lease),) = leased_in(one, clock, ["ada"])
        called: list[Documents] = []

        def meanwhile(documents: Documents) -> None:
            called.append(documents)
            if len(called) == 1:
                another_turn(other.store, b'{"ada": 1}')

        assert settle(one.store, lease, turn_for(lead, clock, called=meanwhile))
        assert called == [{}, {ROSTER: b'{"ada": 1}'}]
        assert counts(other.store) == {"ada": 1, "bob": 1}
        assert owner_in(other.store, lead.id) == "bob"
        assert list(other.store.work_list("ada")) == []
        assert b'"owner":"bob"' in document_of(other, lead)
        assert len(pauses) == 1


@pytest.mark.parametrize("fault", AwsFault, ids=lambda fault: fault.name)
def test_a_fault_at_any_call_takes_a_turn_once_or_not_at_all(
    moto: str, clock: HandClock, fault: AwsFault
) -> None:
    def act(actor: Actor, leased: Leased) -> bool:
        lead, lease = leased
        return settle(actor.store, lease, turn_for(lead, clock))

    for actor, (lead, _), _ in failing_anywhere(moto, clock, fault, one_lead(clock), act):
        is_refined = lead.id in actor.store.refined([lead.id])
        assert counts(actor.store) == ({"ada": 1} if is_refined else {})
        if not is_refined:
            clock.now += LEASE
            assert settle(actor.store, lease_task(actor.store, Step.REFINE), turn_for(lead, clock))
        assert counts(actor.store) == {"ada": 1}
        assert owner_in(actor.store, lead.id) == "ada"


def test_a_turn_of_another_worker_before_any_call_is_seen(moto: str, clock: HandClock) -> None:
    def act(actor: Actor, leased: Leased) -> bool:
        lead, lease = leased
        return settle(actor.store, lease, turn_for(lead, clock))

    def other_turn(actor: Actor) -> None:
        if not counts(actor.store):
            another_turn(actor.store, b'{"ada": 1}')

    for actor, (lead, _), done in failing_anywhere(moto, clock, other_turn, one_lead(clock), act):
        assert done
        owner = owner_in(actor.store, lead.id)
        assert counts(actor.store) in ({"ada": 1}, {"ada": 1, "bob": 1})
        assert owner == ("bob" if "bob" in counts(actor.store) else "ada")


@in_any_order
@given(st.lists(st.integers(0, 2), min_size=4, max_size=24))
def test_turns_in_any_order_are_exact(moto: str, schedule: list[int]) -> None:
    clock = HandClock(AT)
    with world(moto, clock, 3) as actors:
        leased = leased_in(actors[0], clock, [f"lead{n}" for n in range(3)])

        def give(number: int) -> Callable[[Actor], bool]:
            lead, lease = leased[number]
            return lambda actor: settle(actor.store, lease, turn_for(lead, clock))

        assert all(Interleaving(schedule).run(actors, [give(n) for n in range(3)]))
        assert sorted(owner_in(actors[0].store, lead.id) for lead, _ in leased) == [*PEOPLE]
        assert counts(actors[0].store) == dict.fromkeys(PEOPLE, 1)


def test_a_hundred_leads_that_are_given_out_at_once_are_given_out_exactly(
    moto: str, clock: HandClock
) -> None:
    with world(moto, clock, 10) as actors:
        leased = leased_in(actors[0], clock, [f"lead{n}" for n in range(100)])
        leads = {lead.id: lead for lead, _ in leased}
        one_call = threading.Lock()  # of moto, which is made for one at a time
        for actor in actors:
            actor.caller.turn = lambda: one_call
        while leased:
            parts = [leased[n::10] for n in range(10)]

            def work(actor: Actor, part: list[Leased]) -> None:
                made = [Settlement(lease, turn_for(lead, clock)) for lead, lease in part]
                actor.handed(*(lease.task for _, lease in part)).settle(made)

            threads = [
                threading.Thread(target=work, args=pair) for pair in zip(actors, parts, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            clock.advance(minutes=2)  # leads that others were faster for are tried again
            leases = actors[0].store.lease(Step.REFINE, 100, LEASE)
            assert all(lease.failures == 0 for lease in leases)
            leased = [(leads[lease.task.lead_id], lease) for lease in leases]
        owners = [owner_in(actors[0].store, lead_id) for lead_id in leads]
        assert {name: owners.count(name) for name in PEOPLE} == {"ada": 34, "bob": 33, "cleo": 33}
        assert counts(actors[0].store) == {"ada": 34, "bob": 33, "cleo": 33}
        assert actors[0].store.kept([ROSTER])[ROSTER].rev == 100


def test_a_lead_for_which_others_are_always_faster_is_tried_later_without_a_failure(
    moto: str, clock: HandClock, pauses: list[float]
) -> None:
    with world(moto, clock) as (one, other):
        leased = leased_in(one, clock, [f"lead{n}" for n in range(4)])
        numbers = itertools.count(1)

        def faster(_documents: Documents) -> None:
            another_turn(other.store, b'{"ada": %d}' % next(numbers))

        store = one.handed(*(Task(Step.REFINE, lead.id) for lead, _ in leased))
        made = [Settlement(lease, turn_for(lead, clock, called=faster)) for lead, lease in leased]
        assert store.settle(made) == [False] * 4
        assert len(pauses) < 60, "the batch ends while its function may run"
        assert one.store.count_due(Step.REFINE) == 0
        clock.advance(seconds=30)
        again = one.store.lease(Step.REFINE, 4, LEASE)
        assert [(lease.failures, lease.error) for lease in again] == [(0, "team.contested")] * 4
        leads = {lead.id: lead for lead, _ in leased}
        made = [Settlement(lease, turn_for(leads[lease.task.lead_id], clock)) for lease in again]
        assert one.store.settle(made) == [True] * 4


def test_a_lead_for_which_others_are_faster_is_put_off_before_the_function_ends(
    moto: str, clock: HandClock, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "_SPARE_S", 2000.0)
    with world(moto, clock) as (one, other):
        leased = leased_in(one, clock, [f"lead{n}" for n in range(3)])
        numbers = itertools.count(1)

        def faster(_documents: Documents) -> None:
            number = next(numbers)
            another_turn(other.store, b'{"ada": %d}' % number)
            if number == 4:  # less time is left from here on than is spared
                one.caller.until = time.monotonic() + 1000

        store = one.handed(*(Task(Step.REFINE, lead.id) for lead, _ in leased))
        made = [Settlement(lease, turn_for(lead, clock, called=faster)) for lead, lease in leased]
        assert store.settle(made) == [False] * 3
        assert len(pauses) == 3, "of the first lead alone, and no more when the time ends"
        one.caller.until = None
        clock.advance(seconds=30)
        again = one.store.lease(Step.REFINE, 3, LEASE)
        assert [(lease.failures, lease.error) for lease in again] == [(0, "team.contested")] * 3


@pytest.mark.parametrize(("left", "tries"), [(None, 8), (1000.0, 8), (-1.0, 1)])
def test_a_transaction_in_the_way_of_others_is_tried_again_while_there_is_time(
    monkeypatch: pytest.MonkeyPatch, left: float | None, tries: int
) -> None:
    monkeypatch.setattr(table, "pauses", lambda number: iter([0.0] * number))
    reasons = b'{"CancellationReasons": [{"Code": "TransactionConflict"}]}'
    asked: list[str] = []

    class Busy(Caller):
        def json(self, service: str, target: str, body: object, version: str = "1.0") -> bytes:
            del service, body, version
            asked.append(target)
            raise AwsFailed(target, "TransactionCanceledException", reasons)

    caller = Busy("eu-west-1", lambda: Keys("", ""))
    caller.until = None if left is None else time.monotonic() + 500 + left
    writes = [PutIf({"pk": "a", "sk": "b"}), PutIf({"pk": "a", "sk": "c"})]
    with pytest.raises(AwsFailed):
        table.Table(caller, "t").write_all(writes, 500.0)
    assert len(asked) == tries


def test_verify_tells_of_queues_that_are_out_of_step(moto: str, clock: HandClock) -> None:
    with (
        world(moto, clock, 1) as (one,),
        closing(AwsLedger(one.table, one.bucket, clock=clock)) as ledger,
    ):
        lost, kept, strange = (queued_in(one.store, clock, f"lead{n}", n).id for n in range(3))
        assert ledger.account(deep=True).balanced
        one.table.write(Delete(queue_key(TEAM, 0.0, lost), None))
        one.table.write(Delete(queue_key(TEAM, 2.0, strange), None))
        pk, sk = queue_key("support", 2.0, strange)
        one.table.write(PutIf({"pk": pk, "sk": sk}))
        told = sorted((each.lead_id, each.problem) for each in ledger.account().unaccounted)
        assert told == [
            (lost, "the queue of sales lacks it, in which it waits"),
            (strange, "it does not wait in the queue of support, which has it"),
        ]
        assert kept not in dict(told)


def team_kit(actor: Actor, lead: CapturedLead) -> Kit:
    """The back half of a function that refines a lead for a team."""
    members = Team(PEOPLE_OF_TEAM)
    return msgspec.structs.replace(
        actor.kit(Task(Step.REFINE, lead.id)),
        pools={"dach": TEAM_OF_THREE},
        team=members,
        routes=Routes(RULES, {}, members, usual=("slack",)),
    )


@pytest.mark.parametrize("fault", AwsFault, ids=lambda fault: fault.name)
def test_a_team_gives_a_lead_once_whichever_call_of_its_refinement_fails(
    moto: str, clock: HandClock, fault: AwsFault
) -> None:
    def prepare(actor: Actor) -> CapturedLead:
        lead = named(captured(clock, "ada", delay=timedelta()))
        actor.store.accept([lead])
        return lead

    def act(actor: Actor, lead: CapturedLead) -> int:
        return refine_due(team_kit(actor, lead))

    for actor, lead, _ in failing_anywhere(moto, clock, fault, prepare, act):
        while not actor.store.refined([lead.id]):
            clock.advance(minutes=2)
            refine_due(team_kit(actor, lead))
        kept = actor.store.kept([roster_of("dach")])
        shares = msgspec.json.decode(kept[roster_of("dach")].body, type=TeamRoster).shares
        charge = actor.store.handling([lead.id])[lead.id].charge
        assert charge is not None
        assert {name: share.open for name, share in shares.items() if share.open} == {
            charge.person: 1
        }
        assert sum(share.owed for share in shares.values()) == 0
        assert actor.store.refined([lead.id])[lead.id].lead_details.owner == charge.person
