"""The index of the embedded store follows the data file, whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from leadline.model.handling import Ending
from leadline.model.personal_data.retiring import DataKind
from leadline.model.rights import PRIVATE
from leadline.model.task import Step, Task
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.reading.questions import Counted, LeadQuestion, SortKey, Unanswerable
from leadline.stores.sqlite.file.folder import FILE, INDEX, settle_folder
from leadline.stores.sqlite.index import at_once, making, planning, reading
from leadline.stores.sqlite.index.asking import SqliteQuestions
from leadline.stores.sqlite.index.file import open_to_write
from leadline.stores.sqlite.index.making import IndexMaker, index_faults, rebuild_index
from leadline.stores.sqlite.index.searching import SearchingLedger
from leadline.stores.sqlite.moving.backup import back_up
from leadline.stores.sqlite.moving.restoring import restore
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.ledger import fill as fill_everywhere
from tests.worlds.questions import IndexedWorld, fill, person

KINSELLA = b"kinsella"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[IndexedWorld]:
    with IndexedWorld(tmp_path / "data") as made:
        fill(made)
        yield made


def has_bytes(folder: Path, words: bytes) -> list[str]:
    """The files of a folder that hold these bytes, in any case of ASCII letters."""
    return sorted(one.name for one in folder.iterdir() if words in one.read_bytes().lower())


def current(world: IndexedWorld) -> bool:
    """Take all in, and whether the index is what it would be if it were made anew."""
    world.maker.all()
    assert index_faults(world.store.db) == []
    return world.questions.behind(world.clock.now).is_current


def test_capturing_leads_writes_nothing_for_the_index(world: IndexedWorld) -> None:
    before = reading.last_change(world.store.db.connection)
    for n in range(3):
        world.capture(f"more{n}", delay=timedelta(days=1))
    assert reading.last_change(world.store.db.connection) == before
    assert current(world)


CHANGES: dict[str, Callable[[IndexedWorld, str], object]] = {
    "a handling": lambda world, lead: world.handle(lead, ending=Ending.JUNK),
    "an erasure": lambda world, lead: world.store.erase(lead),
    "retention": lambda world, lead: world.store.retire(
        DataKind.REFINED, world.clock.now + timedelta(1), [lead]
    ),
    "a raw text's end": lambda world, lead: world.store.retire(
        DataKind.RAW, world.clock.now + timedelta(1), [lead]
    ),
    "another refinement": lambda world, lead: world.store.put(
        [Task(Step.REFINE, lead)], world.clock.now
    ),
}


@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("name", ["ada", "zoe", "dead", "waits"])
def test_whatever_changes_a_lead_reaches_the_index(
    world: IndexedWorld, change: str, name: str
) -> None:
    (lead_id,) = (i for i, known in world.names.items() if known == name)
    if change in ("a handling", "another refinement") and name in ("dead", "waits"):
        pytest.skip("only refined leads are handled and refined again")
    CHANGES[change](world, lead_id)
    assert current(world)


def test_every_state_of_a_lead_reaches_the_index_step_by_step(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        steps = LedgerWorld(world.store, world.ledger, world.clock)
        settle = steps.settle

        def then_step(*given: object) -> None:
            settle(*given)  # type: ignore[arg-type]
            world.maker.once()

        steps.settle = then_step  # type: ignore[method-assign, assignment]
        fill_everywhere(steps)
        assert current(world)
        statuses = world.questions.facets(LeadQuestion()).statuses
        assert sum(statuses.values()) == 7


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize(
    ("module", "name"),
    [(making, "write"), (making, "reach"), (reading, "take_off"), (making, "writing")],
    ids=["writing", "noting how far", "taking changes off", "the transaction"],
)
def test_a_kill_at_any_point_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, at: str
) -> None:
    with IndexedWorld(tmp_path) as world:
        fill(world)
        for n in range(3):
            lead_id = world.refine(f"more{n}", *person(f"More {n}", campaign="late"), told=False)
        world.handle(next(iter(world.names)), ending=Ending.LOST)
        real = getattr(module, name)

        def killed(*given: object) -> object:
            if at == "after":
                real(*given)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            world.maker.close()
            with closing(IndexMaker(world.store, new=2)) as maker, pytest.raises(Killed):
                maker.all()
        world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))
        assert current(world)
        assert world.ask(campaigns=("late",))[0] == world.names[lead_id]


def test_a_change_while_changes_are_taken_off_is_not_lost(
    world: IndexedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead_id,) = (i for i, known in world.names.items() if known == "ada")
    real = reading.take_off
    times: list[int] = []

    def after_another_change(data: apsw.Connection, change: int) -> None:
        if not times:
            data.execute("UPDATE handling SET rev = rev")
        times.append(change)
        real(data, change)

    world.handle(lead_id, ending=Ending.WON)
    monkeypatch.setattr(reading, "take_off", after_another_change)
    world.maker.once()
    assert world.questions.behind(world.clock.now).leads == 2
    assert current(world)


def test_an_old_folder_is_taken_up_in_short_steps_that_a_kill_does_not_undo(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        fill(world)
        (tmp_path / INDEX).unlink()
        with closing(SqliteQuestions(tmp_path)) as questions:
            with pytest.raises(Unanswerable, match="leadline index rebuild"):
                questions.page(LeadQuestion())
            behind = questions.behind(world.clock.now)
            assert (behind.leads, behind.building) == (6, True)
        world.maker.close()
        for left in (4, 2, 0):
            with (
                closing(IndexMaker(world.store, new=2)) as maker,
                closing(SqliteQuestions(tmp_path)) as questions,
            ):
                assert maker.once() == 0.0
                assert questions.behind(world.clock.now).leads == left
        assert index_faults(world.store.db) == []
        world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))


def test_one_process_keeps_the_index_at_a_time(world: IndexedWorld) -> None:
    with closing(IndexMaker(world.store)) as other:
        assert other.once() == 30.0
        world.maker.close()
        assert other.once() < 30.0
    world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))


@pytest.mark.parametrize("way", ["erased", "retired"])
def test_no_byte_of_a_person_is_left_in_the_index_when_the_erasure_ends(
    world: IndexedWorld, way: str
) -> None:
    (lead_id,) = (i for i, known in world.names.items() if known == "zoe")
    assert has_bytes(world.folder, KINSELLA) != []
    assert world.ask(text="kinsella") == ["zoe"]
    if way == "erased":
        world.store.erase(lead_id)
    else:
        world.store.retire(DataKind.REFINED, world.clock.now, [lead_id])
        world.store.retire(DataKind.RAW, world.clock.now, [lead_id])
    assert [name for name in has_bytes(world.folder, KINSELLA) if name.startswith(INDEX)] == []
    # Trigrams of the name that no other lead has stand in the pages of the search table.
    with closing(open_to_write(world.folder)) as index:
        index.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search, row)")
        terms = {term for (term,) in index.execute("SELECT term FROM temp.terms")}
    assert not terms & {"kin", "ins", "nse", "sel", "ell", "lla"}
    assert world.ask(text="kinsella") == []
    assert current(world)


def test_an_index_that_cannot_be_cleared_is_told_and_cleared_by_the_next_step(
    world: IndexedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead_id,) = (i for i, known in world.names.items() if known == "zoe")

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(at_once, "write", killed)
        with pytest.raises(Killed):
            world.store.erase(lead_id)
    assert current(world)
    assert [name for name in has_bytes(world.folder, KINSELLA) if name.startswith(INDEX)] == []


def test_a_restore_leaves_no_index_of_the_data_before(world: IndexedWorld, tmp_path: Path) -> None:
    back_up(world.folder, tmp_path / "backup", lambda *_: None)
    assert [one.name for one in (tmp_path / "backup").iterdir() if INDEX in one.name] == []
    world.refine("later", *person("Later Comer"), told=False)
    world.maker.all()
    world._stack.close()
    restore(tmp_path / "backup", world.folder, replace=True)
    assert list(world.folder.glob(f"{INDEX}*")) == []
    with closing(SqliteStore(world.folder)) as store, closing(IndexMaker(store)) as maker:
        maker.all()
        assert index_faults(store.db) == []
        with closing(SqliteQuestions(world.folder)) as questions:
            assert questions.count(LeadQuestion()).number == 6
            assert questions.page(LeadQuestion(text="comer")).rows == ()


def test_the_index_of_another_data_file_is_made_anew(world: IndexedWorld, tmp_path: Path) -> None:
    with IndexedWorld(tmp_path / "other") as other:
        other.refine("mia", *person("Mia Thorn"), told=False)
        other.maker.all()
    world.maker.close()
    for end in ("", "-wal", "-shm"):
        (world.folder / f"{INDEX}{end}").unlink(missing_ok=True)
    (tmp_path / "other" / INDEX).rename(world.folder / INDEX)
    with closing(IndexMaker(world.store)) as maker:
        maker.all()
    with closing(SqliteQuestions(world.folder)) as questions:
        assert questions.page(LeadQuestion(text="thorn")).rows == ()
        assert questions.count(LeadQuestion()).number == 6
    assert index_faults(world.store.db) == []
    world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))


def test_a_damaged_index_is_made_anew(world: IndexedWorld) -> None:
    world.maker.close()
    world.questions.close()
    for end in ("-wal", "-shm"):
        (world.folder / f"{INDEX}{end}").unlink(missing_ok=True)
    (world.folder / INDEX).write_bytes(b"no file of SQLite " * 1000)
    with closing(IndexMaker(world.store)) as maker:
        maker.all()
    assert index_faults(world.store.db) == []
    world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))
    world.questions = world._stack.enter_context(closing(SqliteQuestions(world.folder)))


def test_an_index_of_an_earlier_version_is_made_anew(world: IndexedWorld) -> None:
    world.maker.close()
    world.questions.close()
    with closing(apsw.Connection(str(world.folder / INDEX))) as index:
        index.execute("PRAGMA user_version = 3")
        index.execute("DELETE FROM words")
    with closing(SqliteQuestions(world.folder)) as questions:
        with pytest.raises(Unanswerable, match="not made yet"):
            questions.page(LeadQuestion())
        with closing(IndexMaker(world.store)) as maker:
            maker.all()
        assert len(questions.page(LeadQuestion(text="example")).rows) == 5
    assert index_faults(world.store.db) == []
    world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))
    world.questions = world._stack.enter_context(closing(SqliteQuestions(world.folder)))


def test_a_rebuilt_index_has_the_same_figures(world: IndexedWorld) -> None:
    query = LeadQuestion()
    span = (world.clock.now - timedelta(1), world.clock.now + timedelta(1))
    before = (world.questions.page(query), world.questions.figures(*span))
    assert rebuild_index(world.store) == 6
    assert index_faults(world.store.db) == []
    assert (world.questions.page(query), world.questions.figures(*span)) == before


def test_few_leads_among_many_that_meet_one_condition_are_looked_for_once(
    world: IndexedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_FEW", 1)
    query = LeadQuestion(campaigns=("spring",), owners=("Bea Voss",), sort=SortKey.COMPANY)
    assert world.shown(world.questions.page(query)) == ["ada"]
    assert world.questions.count(query) == Counted(1)
    assert world.questions.count(query, 0) == Counted(0, more=True)
    world.refine("also", *person("Al So", "Bea Voss", campaign="spring"), told=False)
    world.maker.all()
    assert world.questions.count(query) == Counted(2)
    assert world.shown(world.questions.page(query)) == ["ada", "also"]
    assert world.questions.count(query) == Counted(2)


def test_an_index_without_texts_holds_no_words_and_says_that_it_cannot_search(
    world: IndexedWorld,
) -> None:
    world.maker.close()
    with closing(IndexMaker(world.store, texts=False)) as maker:
        maker.all()
    world.store.overwrite_erased()
    for words in (KINSELLA, b"example.com", b"901820", b"engines"):
        assert [one for one in has_bytes(world.folder, words) if one.startswith(INDEX)] == []
    assert index_faults(world.store.db) == []
    assert world.ask(owners=("bea voss",)) == ["zoe", "ada"]
    for unknown in ({"text": "kinsella"}, {"sort": SortKey.NAME}, {"sort": SortKey.COMPANY}):
        for masked in (False, True):
            with pytest.raises(Unanswerable, match="encrypted"):
                world.ask(**unknown, masked=masked)
    for sort in (SortKey.SOURCE, SortKey.STATUS, SortKey.OWNER, SortKey.SCORE):  # is of no person
        assert sorted(world.ask(sort=sort)) == sorted(world.names.values())
    with closing(SearchingLedger(world.folder)) as ledger:
        assert len(ledger.find(LeadFilter(search="kinsella"))) == 1
    assert rebuild_index(world.store) == 6
    assert world.ask(text="kinsella") == ["zoe"]
    world.maker = world._stack.enter_context(closing(IndexMaker(world.store)))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE figure SET won = won + 1",
        "DELETE FROM figure",
        "UPDATE total SET lost = lost + 1 WHERE kind = 'owner'",
        "UPDATE bar SET captured = captured + 1 WHERE step = 86400",
        "UPDATE facet SET score = 1 WHERE n = 1",
        "DELETE FROM words WHERE n = 1",
    ],
)
def test_verify_finds_what_is_wrong_in_the_index(world: IndexedWorld, damage: str) -> None:
    with closing(open_to_write(world.folder)) as index:
        index.execute(damage)
    assert index_faults(world.store.db) != []
    rebuild_index(world.store)
    assert index_faults(world.store.db) == []


def test_the_index_is_private_or_shared_as_the_data_file_is(world: IndexedWorld) -> None:
    modes = {(world.folder / name).stat().st_mode & 0o777 for name in (FILE, INDEX)}
    assert modes == {0o600}
    (world.folder / INDEX).chmod(0o644)
    settle_folder(world.folder, PRIVATE)
    assert (world.folder / INDEX).stat().st_mode & 0o777 == 0o600


def test_events_that_made_no_lead_are_found_by_their_status_alone(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        fill_everywhere(LedgerWorld(world.store, world.ledger, HandClock(world.clock.now)))
        world.maker.all()
        assert world.questions.count(LeadQuestion()).number == 7
        assert world.questions.page(LeadQuestion(text="update@example.com")).rows == ()
