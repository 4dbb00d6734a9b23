"""Turns of teams on SQLite: many workers at once, workers that are killed, and damage."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.handling import Ending, Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.assigning import Documents, Kept, Rewrite
from leadline.model.staff.people import Person
from leadline.model.task import Lease, Step
from leadline.ports.store import Settlement
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import bytes_of
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, refined_in, settle
from tests.worlds.older_schema import set_back
from tests.worlds.turns import PEOPLE, ROSTER, counts, counts_in, owner_in, queued_in, turn_for

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def accepted(store: SqliteStore, clock: HandClock, number: int) -> list[CapturedLead]:
    """Leads that are due."""
    leads = [captured(clock, f"lead{n}", delay=timedelta()) for n in range(number)]
    store.accept(leads)
    return leads


def test_a_hundred_workers_at_once_take_turns_exactly(tmp_path: Path, clock: HandClock) -> None:
    stores = [SqliteStore(tmp_path, clock=clock) for _ in range(8)]
    leads = {lead.id: lead for lead in accepted(stores[0], clock, 100)}
    given: list[bool] = []

    def work(lease: Lease, store: SqliteStore) -> None:
        given.append(settle(store, lease, turn_for(leads[lease.task.lead_id], clock)))

    leases = stores[0].lease(Step.REFINE, 100, LEASE)
    threads = [
        threading.Thread(target=work, args=(lease, stores[n % 8])) for n, lease in enumerate(leases)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == [True] * 100
    owners = [owner_in(stores[1], lead_id) for lead_id in leads]
    assert {name: owners.count(name) for name in PEOPLE} == {"ada": 34, "bob": 33, "cleo": 33}
    assert counts(stores[2]) == {"ada": 34, "bob": 33, "cleo": 33}
    assert stores[3].kept([ROSTER])[ROSTER].rev == 100
    for store in stores:
        store.close()


def test_turns_and_what_is_given_back_at_once_are_counted_exactly(
    tmp_path: Path, clock: HandClock
) -> None:
    stores = [SqliteStore(tmp_path, clock=clock) for _ in range(4)]
    leads = {lead.id: lead for lead in accepted(stores[0], clock, 60)}

    def work(lease: Lease, store: SqliteStore) -> None:
        lead_id = lease.task.lead_id
        assert settle(store, lease, turn_for(leads[lead_id], clock))
        while True:
            kept = store.kept([ROSTER])[ROSTER]
            before = store.handling([lead_id])[lead_id]
            assert before.owner is not None
            left = counts_in(kept.body)
            left[before.owner.slack] -= 1
            changes = {ROSTER: Rewrite(kept, json.dumps(left).encode())}
            after = msgspec.structs.replace(before, owner=Person(slack="dan"))
            if store.handle(lead_id, before, after, changes=changes):
                return

    leases = stores[0].lease(Step.REFINE, 60, LEASE)
    threads = [
        threading.Thread(target=work, args=(lease, stores[n % 4])) for n, lease in enumerate(leases)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores[1].work_list("dan", 100)) == 60
    assert set(counts(stores[2]).values()) == {0}
    assert stores[3].kept([ROSTER])[ROSTER].rev == 120
    for store in stores:
        store.close()


def work_until_killed(folder: str, kills_at: int) -> None:
    """A worker that gives out leads one by one, and is killed after the decision about one."""
    clock = HandClock(datetime.now(UTC))
    decided = 0

    def decide(_documents: Documents) -> None:
        nonlocal decided
        decided += 1
        if decided == kills_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with closing(SqliteStore(Path(folder), clock=clock)) as store:
        while leases := store.lease(Step.REFINE, 3, timedelta(milliseconds=1)):
            leads = [captured(HandClock(AT), lease.task.lead_id) for lease in leases]
            for lead, lease in zip(leads, leases, strict=True):
                mine = msgspec.structs.replace(lead, id=lease.task.lead_id)
                store.settle([Settlement(lease, turn_for(mine, clock, called=decide))])
            clock.advance(seconds=1)


def worker(folder: Path, kills_at: int) -> "subprocess.Popen[bytes]":
    """Such a worker as a process."""
    code = (
        "from tests.stores.sqlite.test_turns_of_teams import work_until_killed as work; "
        f"work({str(folder)!r}, {kills_at})"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


def test_a_worker_that_is_killed_between_decision_and_commit_takes_no_turn(
    tmp_path: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        leads = {lead.id: lead for lead in accepted(store, clock, 2)}
        assert worker(tmp_path, kills_at=2).wait() == -signal.SIGKILL
        assert counts(store) == {"ada": 1}
        assert len(store.refined([*leads])) == 1
        clock.now = datetime.now(UTC) + timedelta(minutes=1)
        lease = lease_task(store, Step.REFINE)
        assert settle(store, lease, turn_for(leads[lease.task.lead_id], clock))
        assert counts(store) == {"ada": 1, "bob": 1}


@pytest.mark.slow
def test_eight_processes_that_are_killed_over_and_over_take_turns_exactly(
    tmp_path: Path, clock: HandClock
) -> None:
    chance = random.Random(7)
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        leads = [lead.id for lead in accepted(store, clock, 400)]
        kills = 0
        while store.next_due(Step.REFINE) is not None:
            workers = [worker(tmp_path, chance.randint(1, 20)) for _ in range(8)]
            kills += sum(one.wait() == -signal.SIGKILL for one in workers)
        owners = [owner_in(store, lead_id) for lead_id in leads]
        assert {n: owners.count(n) for n in PEOPLE} == {"ada": 134, "bob": 133, "cleo": 133}
        assert counts(store) == {"ada": 134, "bob": 133, "cleo": 133}
        assert store.kept([ROSTER])[ROSTER].rev == 400
        assert kills > 10


def test_a_settlement_of_which_a_part_fails_takes_no_turn(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        leads = {lead.id: lead for lead in accepted(store, clock, 3)}
        store.db.connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON task WHEN new.channel = 'bob' "
            "BEGIN SELECT raise(ABORT, 'no'); END"
        )
        made = [
            Settlement(lease, turn_for(leads[lease.task.lead_id], clock))
            for lease in store.lease(Step.REFINE, 3, LEASE)
        ]
        store.settle(made)
        assert counts(store) == {"ada": 1}
        assert len(store.refined([*leads])) == 1


def test_a_damaged_document_is_begun_anew(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        assert store.keep({ROSTER: Rewrite(Kept(), json.dumps({"bob": 9}).encode())})
        store.db.connection.execute("UPDATE document SET body = ?", (b'{"bob": 8}',))
        assert store.kept([ROSTER]) == {ROSTER: Kept(b"", 1)}
        assert [record.__dict__["document"] for record in caplog.records] == [ROSTER]
        (lead,) = accepted(store, clock, 1)
        assert settle(store, lease_task(store, Step.REFINE), turn_for(lead, clock))
        assert store.kept([ROSTER]) == {ROSTER: Kept(b'{"ada": 1}', 2)}


def test_leads_without_teams_write_no_document(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        (lead,) = accepted(store, clock, 1)
        lease = lease_task(store, Step.REFINE)
        said: list[str] = []

        def trace(_: object, sql: str, __: object) -> bool:
            said.append(sql)
            return True

        store.db.connection.exec_trace = trace
        plain = turn_for(lead, clock)
        assert settle(store, lease, type(plain)(refined=plain.refined))
        assert not [sql for sql in said if "document" in sql or "team_queue" in sql]


def test_verify_tells_of_queues_that_are_out_of_step_and_of_damaged_documents(
    tmp_path: Path, clock: HandClock
) -> None:
    with (
        closing(SqliteStore(tmp_path, clock=clock)) as store,
        closing(SqliteLedger(tmp_path)) as ledger,
    ):
        lost, kept, strange = (queued_in(store, clock, f"lead{n}", n).id for n in range(3))
        assert store.keep({ROSTER: Rewrite(Kept(), b"1")})
        assert ledger.account(deep=True).balanced
        db = store.db.connection
        db.execute("DELETE FROM team_queue WHERE id = ?", (bytes_of(lost),))
        db.execute("UPDATE team_queue SET team = 'support' WHERE id = ?", (bytes_of(strange),))
        db.execute("UPDATE document SET body = ?", (b"2",))
        told = {one.lead_id: one.problem for one in ledger.account(deep=True).unaccounted}
        assert told == {
            lost: "the queue of sales lacks it, in which it waits",
            strange: "it does not wait in the queue of support, which has it",
            ROSTER: "what is remembered to give out leads is damaged",
        }
        assert [one.lead_id for one in ledger.account().unaccounted] == [strange]
        assert kept not in told


def test_a_folder_of_the_version_without_teams_opens_and_gives_out_leads(
    tmp_path: Path, clock: HandClock
) -> None:
    ada = Handling(owner=Person(slack="ada"), ending=Ending.WON)
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        old = refined_in(store, clock, "old", handling=ada).id
    set_back(tmp_path, 8)
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        assert store.handling([old]) == {old: msgspec.structs.replace(ada, rev=1)}
        assert list(store.queue_of("sales")) == []
        (lead,) = accepted(store, clock, 1)
        assert settle(store, lease_task(store, Step.REFINE), turn_for(lead, clock))
        assert counts(store) == {"ada": 1}
    with closing(SqliteLedger(tmp_path)) as ledger:
        assert ledger.account(deep=True).balanced


def test_a_backup_has_rosters_and_queues(tmp_path: Path, clock: HandClock) -> None:
    copy, data = tmp_path / "copy.db", tmp_path / "data"
    with closing(SqliteStore(data, clock=clock)) as store:
        (lead,) = accepted(store, clock, 1)
        assert settle(store, lease_task(store, Step.REFINE), turn_for(lead, clock))
        waiting = queued_in(store, clock, "waiting")
    back_up(data, copy, lambda _part: None)
    restored = tmp_path / "restored"
    restore(copy, restored, replace=False)
    with closing(SqliteStore(restored, clock=clock)) as store:
        assert counts(store) == {"ada": 1}
        assert list(store.queue_of("sales")) == [waiting.id]
