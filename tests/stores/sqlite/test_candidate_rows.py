"""Candidates that were read are remembered as long as nobody changes the data file."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from leadline.model.facts.likeness import Traits
from leadline.model.lead import CapturedLead
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.persons import candidate_rows
from leadline.stores.sqlite.persons.candidate_rows import CandidateRows
from leadline.stores.sqlite.store import SqliteStore
from tests.contracts.test_duplicates import ADA, again, come, done, search
from tests.worlds.leads import HandClock


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as opened:
        yield opened


def first_names(store: SqliteStore, first: CapturedLead) -> list[str]:
    """The first names in the cluster of a lead."""
    return [one.traits.first for one in store.clusters([first.id])[first.id]]


def changed(store: SqliteStore, clock: HandClock, lead: CapturedLead, name: str) -> None:
    """Refine a lead once more, which now has another first name."""
    outcome = msgspec.structs.replace(done(lead, clock, ADA), traits=Traits(first=name))
    assert again(store, clock, lead, outcome)


@contextmanager
def statements(store: SqliteStore) -> Iterator[list[str]]:
    """The statements that are executed in the block."""
    told: list[str] = []

    def note(_cursor: object, sql: str, _values: object) -> bool:
        told.append(sql)
        return True

    store.db.connection.set_exec_trace(note)
    yield told
    store.db.connection.set_exec_trace(None)


def reads_of_traits(store: SqliteStore, leads: list[CapturedLead]) -> int:
    """How often traits are read to find leads under one key, and the clusters of all of them."""
    with statements(store) as told:
        store.candidates({"new": [ADA], "other": [ADA]})
        store.clusters([lead.id for lead in leads])
    return sum("captured_at, traits" in sql for sql in told)


def test_members_that_were_candidates_are_not_read_again(
    store: SqliteStore, clock: HandClock
) -> None:
    leads = [come(store, clock, name, ADA) for name in ("one", "two")]
    assert reads_of_traits(store, leads) == 1


def test_what_this_process_changes_is_read_again(store: SqliteStore, clock: HandClock) -> None:
    lead = come(store, clock, "ada", ADA)
    search(store, [ADA])
    changed(store, clock, lead, "grace")
    assert first_names(store, lead) == ["grace"]
    assert search(store, [ADA]).candidates[0].traits.first == "grace"


def test_what_another_process_changes_is_read_again(
    store: SqliteStore, tmp_path: Path, clock: HandClock
) -> None:
    lead = come(store, clock, "ada", ADA)
    search(store, [ADA])
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as other:
        changed(other, clock, lead, "grace")
    assert first_names(store, lead) == ["grace"]


def test_what_is_rolled_back_is_not_remembered(store: SqliteStore, clock: HandClock) -> None:
    lead = come(store, clock, "ada", ADA)
    rows, number = CandidateRows(), store.db.rows("SELECT n FROM lead")[0][0]

    def names() -> list[str]:
        return [
            one.traits.first for one in rows.of_clusters(store.db.connection, [lead.id])[lead.id]
        ]

    with store.db.reading():
        before = names()
    with store.db.writing() as db:
        traits = msgspec.json.encode(Traits(first="grace"))
        db.execute("SAVEPOINT change")
        db.execute("UPDATE main.likeness SET traits = ? WHERE lead = ?", (traits, number))
        assert names() == ["grace"]
        db.execute("ROLLBACK TO change")
        assert names() == before
    with store.db.reading():
        assert names() == before


@pytest.mark.parametrize("links", [{2: 1}, {2: 1, 3: 1}, {2: 1, 3: 2}, {2: 1, 3: 2, 4: 3, 5: 1}])
def test_members_read_together_are_those_of_each_cluster_alone(
    store: SqliteStore, clock: HandClock, links: dict[int, int]
) -> None:
    """Also in the chains that earlier versions made."""
    leads = {n: come(store, clock, f"lead {n}", ADA) for n in range(1, 7)}
    with store.db.writing() as db:
        for lead, first in links.items():
            db.execute("UPDATE main.refined SET duplicate_of = ? WHERE lead = ?", (first, lead))
    alone = {
        leads[n].id: [leads[member].id for (member,) in rows]
        for n in leads
        if (rows := store.db.rows(candidate_rows._sql.members, n, CAP))
    }
    found = store.clusters([lead.id for lead in leads.values()])
    assert {i: [one.lead_id for one in some] for i, some in found.items()} == alone
    assert all(one.first == i for i, some in found.items() for one in some)


def test_of_a_large_cluster_the_earliest_members_are_read(
    store: SqliteStore, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = come(store, clock, "first", ADA)
    later = [come(store, clock, f"later {n}", first=first) for n in range(CAP + 3)]
    earliest = [lead.id for lead in (first, *later)][:CAP]
    for most in (candidate_rows._MOST_CHILDREN, 4):
        monkeypatch.setattr(candidate_rows, "_MOST_CHILDREN", most)
        members = store.clusters([first.id])[first.id]
        assert [one.lead_id for one in members] == earliest


def test_a_cluster_without_links_takes_no_query_of_its_own(
    store: SqliteStore, clock: HandClock
) -> None:
    leads = [come(store, clock, f"lead {n}", ADA) for n in range(8)]
    with statements(store) as asked:
        found = store.clusters([lead.id for lead in leads])
    assert len(found) == 8
    assert not [sql for sql in asked if "RECURSIVE" in sql]
    with store.db.reading() as db:
        assert bulk.query(db, candidate_rows._sql.is_made) == [(1,)]
