"""What only SQLite can show of handled leads and of the second schema."""

import threading
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import apsw
import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Later, Step, Task
from leadline.ports.store import ChannelHealth, Settlement
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.schema import is_current
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, refined, refined_in, settle

FIRST = (files("leadline.stores.sqlite") / "migrations" / "0001_first.sql").read_text()


def test_of_a_hundred_who_press_at_once_in_four_processes_one_has_it(
    tmp_path: Path, clock: HandClock
) -> None:
    stores = [SqliteStore(tmp_path, clock=clock) for _ in range(4)]
    lead = refined_in(stores[0], clock)
    won: list[str] = []

    def press(person: Person, store: SqliteStore) -> None:
        later = (Later(Task(Step.UPDATE, lead.id, "slack")),)
        if store.handle(lead.id, UNHANDLED, Handling(claimed_by=person), later, "claimed"):
            won.append(person.slack)

    threads = [
        threading.Thread(target=press, args=(Person(slack=f"U{n}"), stores[n % 4]))
        for n in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = won
    handling = stores[1].handling([lead.id])[lead.id]
    assert handling == Handling(claimed_by=Person(slack=winner), rev=1)
    assert [list(stores[2].work_list(f"U{n}")) for n in range(100)].count([lead.id]) == 1
    assert stores[3].count_due(Step.UPDATE, "slack") == 1
    with_note = stores[0].db.rows("SELECT count(*) FROM history WHERE what = 'claimed'")
    assert with_note == [(1,)]


@pytest.mark.parametrize("table", ["handling", "desk", "task", "history"])
def test_a_change_of_which_a_part_fails_is_not_done_at_all(
    tmp_path: Path, clock: HandClock, table: str
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    lead = refined_in(store, clock)
    then = (Later(Task(Step.UPDATE, lead.id, "slack")),)
    store.db.connection.execute(
        f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'no'); END"
    )
    after = Handling(owner=Person(slack="U1"))
    with pytest.raises(apsw.ConstraintError):
        store.handle(lead.id, UNHANDLED, after, then, note="owner.found")
    assert store.handling([lead.id]) == {}
    store.db.connection.execute("DROP TRIGGER no")
    assert list(store.work_list("U1")) == []
    assert store.next_due(Step.UPDATE, "slack") is None
    assert store.handle(lead.id, UNHANDLED, after, then, note="owner.found")


def test_a_lead_that_nobody_handles_writes_no_work_list(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    said: list[str] = []

    def trace(_: object, sql: str, __: object) -> bool:
        said.append(sql)
        return True

    store.db.connection.exec_trace = trace
    leads = [captured(clock, f"lead{n}", delay=timedelta()) for n in range(64)]
    store.accept(leads)
    assert len(said) == 10, "what it took before there was a desk"
    leases = store.lease(Step.REFINE, 64, LEASE)
    by_id = {lead.id: lead for lead in leads}
    said.clear()
    made = [
        Settlement(
            lease,
            Done(
                refined=refined(by_id[lease.task.lead_id], clock),
                then=(Task(Step.NOTIFY, lease.task.lead_id, "slack"),),
            ),
        )
        for lease in leases
    ]
    assert all(store.settle(made))
    assert len(said) == 8, "what it took before there was a desk"
    assert not [sql for sql in said if "handling" in sql or "desk" in sql]


def test_a_destination_that_fares_well_costs_no_write(tmp_path: Path, clock: HandClock) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    for before in (False, True):
        if before:
            store.record_attempt("slack", succeeded=False)
            store.record_attempt("slack", succeeded=True)
        changes = store.db.connection.total_changes()
        assert store.record_attempt("slack", succeeded=True) == ChannelHealth()
        assert store.db.connection.total_changes() == changes


def test_a_file_of_the_first_schema_goes_on_with_all_it_has(
    tmp_path: Path, clock: HandClock
) -> None:
    with apsw.Connection(str(tmp_path / FILE)) as old:
        old.execute(FIRST)
        old.execute("PRAGMA user_version = 1")
        head = msgspec.json.encode(refined(captured(clock), clock, name="Ada"))
        old.execute(
            """INSERT INTO lead VALUES (1, ?, 'generic', 'created', 1, 'contact:1', 'captured', '',
                                        NULL)""",
            (bytes(15) + b"\1",),
        )
        old.execute("INSERT INTO raw VALUES (1, '{}', NULL, '')".replace("'{}'", "x'7b7d'"))
        old.execute("INSERT INTO refined VALUES (1, 1, 'refined', NULL, 1, ?)", (head,))
        old.execute("INSERT INTO alert VALUES (1, 1, 'slack', 1000000, 'new_lead/1', 0)")
        old.execute("INSERT INTO channel VALUES ('slack', 5)")
        old.execute(
            """INSERT INTO tally VALUES ('1970-01-01', 'generic', 'captured', 1),
                                        ('1970-01-01', 'generic', 'refined', 1),
                                        ('1970-01-01', 'generic', 'alerted', 1)"""
        )
    old.close()
    store = SqliteStore(tmp_path, clock=clock)
    assert is_current(store.db.connection)
    lead_id = "00000000-0000-0000-0000-000000000001"
    (alert,) = store.alerts([lead_id])[lead_id]
    assert (alert.ref, alert.step, alert.template) == ("", Step.NOTIFY, "new_lead/1")
    assert store.health("slack") == ChannelHealth()
    assert store.handling([lead_id]) == {}
    account = SqliteLedger(tmp_path).account(deep=True)
    assert (account.balanced, account.alerted) == (True, 1)
    assert store.handle(lead_id, UNHANDLED, Handling(owner=Person(slack="U1")))
    assert list(store.work_list("U1")) == [lead_id]
    store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], clock.now)
    told = Alert(lead_id, "slack", clock.now, "new_lead/1", ref="C1/2")
    assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=told))
    assert [a.ref for a in store.alerts([lead_id])[lead_id]] == ["", "C1/2"]
