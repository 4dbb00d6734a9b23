"""Leads that an earlier version refined come under their candidate keys."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.merging import filled_from
from leadline.duplicates.traits import traits_of
from leadline.model.batches import batched
from leadline.model.facts.likeness import RULES, FirstSeen, Judgement, Ruling, Traits, Trust
from leadline.model.keys import match_keys
from leadline.model.lead import Contact, RefinedLead
from leadline.model.task import Done, Step, Task
from leadline.stores.likeness import Likeness, likeness_of
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.persons.backfill import DONE_S, WAIT_S, Backfill, has_earlier_leads
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.likeness import LikenessKeeping
from leadline.stores.sqlite.schema import newest_schema
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle
from tests.worlds.match_keys import owner_in_file
from tests.worlds.older_schema import older_file, set_back

BEFORE = 7
"""The last schema without likenesses."""


MAKES = "leadline.stores.sqlite.persons.rekeying.likeness_of"
FAMILIES = {"ada": "lovelock", "bob": "karlsen", "eve": "umbridge", "robert": "quist"}


def of(name: str) -> dict[str, str]:
    """The contact of a made-up person."""
    address = f"{name}@example.com"
    return {"name": f"{name} {FAMILIES[name]}", "email": address, "email_canonical": address}


def refine_as_before(store: SqliteStore, clock: HandClock, name: str) -> RefinedLead:
    """Refine a lead as earlier versions did: under its match keys, without traits."""
    lead = captured(clock, name, key=f"{name} {clock.now}")
    store.accept([lead])
    clock.advance(minutes=10)
    made = refined(lead, clock, **of(name))
    before = owner_in_file(store, match_keys(made)["email"])
    if before is not None:
        link = FirstSeen(before, lead.captured_at, ("email",))
        made = msgspec.structs.replace(made, duplicate_of=link)
    assert settle(store, lease_task(store, Step.REFINE), Done(made, match_keys(made)))
    return made


def older(folder: Path, clock: HandClock, names: Sequence[str]) -> list[RefinedLead]:
    """A data folder as the last version without likenesses left it."""
    with closing(SqliteStore(folder, clock=clock)) as store:
        leads = [refine_as_before(store, clock, name) for name in names]
    set_back(folder, BEFORE)
    return leads


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def opened(folder: Path, clock: HandClock) -> Iterator[tuple[SqliteStore, list[RefinedLead]]]:
    leads = older(folder, clock, ["ada", "bob", "eve", "ada"])
    with closing(SqliteStore(folder, clock=clock)) as store:
        yield store, leads


def ids(store: SqliteStore, *keys: bytes) -> list[str]:
    return [one.lead_id for one in store.candidates({"new": keys})["new"].candidates]


def keys_of(lead: RefinedLead) -> list[bytes]:
    return list(candidate_keys(traits_of(lead)).values())


def finish(store: SqliteStore) -> int:
    """Do all pieces; returns how many there were."""
    backfill, count = Backfill(store, leads=2, written=3), 1
    while backfill.once() != DONE_S:
        count += 1
    backfill.close()
    return count


def rows(store: SqliteStore, table: str) -> int:
    return int(store.db.rows(f"SELECT count(*) FROM {table}")[0][0])


def test_the_keys_of_addresses_are_those_of_earlier_versions(clock: HandClock) -> None:
    lead = refined(captured(clock), clock, **of("ada"))
    assert candidate_keys(traits_of(lead))["email"] == match_keys(lead)["email"]


def test_before_the_backfill_leads_are_found_by_their_match_keys(
    opened: tuple[SqliteStore, list[RefinedLead]],
) -> None:
    store, leads = opened
    (found,) = store.candidates({"new": keys_of(leads[1])})["new"].candidates
    assert (found.lead_id, found.first) == (leads[1].lead_id, leads[1].lead_id)
    assert found.traits == traits_of(leads[1])
    first, later = leads[0].lead_id, leads[3].lead_id
    assert [one.lead_id for one in store.clusters([first])[first]] == [first, later]


def test_after_the_backfill_all_leads_are_under_all_their_keys(
    opened: tuple[SqliteStore, list[RefinedLead]], folder: Path
) -> None:
    store, leads = opened
    assert has_earlier_leads(folder)
    assert finish(store) > 3
    assert not has_earlier_leads(folder)
    for lead in leads:
        for key in keys_of(lead):
            assert lead.lead_id in ids(store, key)
    assert ids(store, *keys_of(leads[0])) == [leads[0].lead_id, leads[3].lead_id]
    assert rows(store, "likeness") == len(leads)
    assert finish(store) == 1


def test_a_file_of_an_early_version_gets_its_likenesses(folder: Path, clock: HandClock) -> None:
    leads = older_file(folder, clock, ("ada", "bob"))
    with closing(SqliteStore(folder, clock=clock)) as store:
        finish(store)
        assert rows(store, "likeness") == len(leads)
        assert not has_earlier_leads(folder)


def refine_now(store: SqliteStore, clock: HandClock, name: str) -> RefinedLead:
    """Refine a lead as this version does."""
    lead = captured(clock, name, key=f"{name} {clock.now}")
    store.accept([lead])
    clock.advance(minutes=10)
    made = refined(lead, clock, **of(name))
    traits = traits_of(made)
    done = Done(made, candidate_keys(traits), traits=traits)
    assert settle(store, lease_task(store, Step.REFINE), done)
    return made


def with_earlier_rules(folder: Path, clock: HandClock, names: Sequence[str]) -> list[RefinedLead]:
    """A data folder whose leads are under the keys of earlier rules, which knew last names alone
    and another key."""
    with closing(SqliteStore(folder, clock=clock)) as store:
        leads = [refine_now(store, clock, name) for name in names]
        with store.db.writing() as db:
            for number, lead in enumerate(leads, 1):
                keys = {"old": lead.lead_id.encode()[-16:], "name": keys_of(lead)[0]}
                keeping = LikenessKeeping(db, store.candidate_index)
                keeping.read_earlier([number])
                keeping.keep(number, Done(lead, keys, traits=Traits(last=of_last(lead))), None)
                keeping.write()
            db.execute("UPDATE likeness_made SET keyed = 1")
    return leads


def of_last(lead: RefinedLead) -> str:
    return (lead.contact.name or "").split()[-1]


def progress(store: SqliteStore) -> tuple[int, ...]:
    return tuple(store.db.rows("SELECT n, last, keyed FROM likeness_made")[0])


def test_leads_under_keys_of_earlier_rules_come_under_those_of_today(
    folder: Path, clock: HandClock
) -> None:
    leads = with_earlier_rules(folder, clock, ["ada", "bob", "eve", "robert"])
    assert has_earlier_leads(folder)
    with (
        closing(SqliteStore(folder, clock=clock)) as store,
        closing(SqliteStore(folder, clock=clock)) as other,
    ):
        old = leads[0].lead_id.encode()[-16:]
        assert ids(other, old) == [leads[0].lead_id], "until then by the keys that they are under"
        assert leads[0].lead_id not in ids(store, *keys_of(leads[0])[1:])
        assert finish(store) > 1
        for one in (store, other):
            for lead in leads:
                (found,) = one.candidates({"x": keys_of(lead)[1:]})["x"].candidates
                assert (found.lead_id, found.traits) == (lead.lead_id, traits_of(lead))
                assert ids(one, lead.lead_id.encode()[-16:]) == []
        assert not has_earlier_leads(folder)
        assert finish(store) == 1
        assert progress(store) == (4, 4, RULES)


def test_leads_that_get_keys_anew_go_on_where_the_last_process_ended(
    folder: Path, clock: HandClock
) -> None:
    leads = with_earlier_rules(folder, clock, ["ada", "bob", "eve", "robert"])
    with closing(SqliteStore(folder, clock=clock)) as store:
        backfill = Backfill(store, leads=1)
        assert backfill.once() == backfill.once() == 0.0
        backfill.close()
        assert progress(store) == (2, 4, -RULES)
        new = refine_now(store, clock, "ada")
        store.erase(leads[3].lead_id)
        finish(store)
        assert progress(store) == (4, 4, RULES)
        for lead in (*leads[:3], new):
            assert lead.lead_id in ids(store, *keys_of(lead)[1:])
        assert ids(store, *keys_of(leads[3])) == []


def test_leads_of_other_rules_get_keys_anew_from_the_first(folder: Path, clock: HandClock) -> None:
    leads = with_earlier_rules(folder, clock, ["ada", "bob"])
    with closing(SqliteStore(folder, clock=clock)) as store:
        with store.db.writing() as db:  # another version was interrupted
            db.execute("UPDATE likeness_made SET n = 1, last = 2, keyed = -99")
        finish(store)
        for lead in leads:
            assert ids(store, *keys_of(lead)[1:]) == [lead.lead_id]


def test_a_lead_that_is_refined_again_while_it_gets_keys_anew_keeps_its_new_ones(
    folder: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ada,) = with_earlier_rules(folder, clock, ["ada"])
    made = msgspec.structs.replace(ada, contact=Contact(**of("robert")))
    with closing(SqliteStore(folder, clock=clock)) as store:

        def refined_meanwhile(lead: RefinedLead) -> Likeness | None:
            monkeypatch.setattr(MAKES, likeness_of)
            store.put([Task(Step.REFINE, ada.lead_id)], clock.now)
            traits = traits_of(made)
            done = Done(made, candidate_keys(traits), traits=traits)
            assert settle(store, lease_task(store, Step.REFINE), done)
            return likeness_of(lead)

        monkeypatch.setattr(MAKES, refined_meanwhile)
        finish(store)
        assert ids(store, *keys_of(made)[1:]) == [ada.lead_id]
        assert ids(store, *[key for key in keys_of(ada) if key not in keys_of(made)]) == []


def test_a_new_file_needs_no_backfill(folder: Path, clock: HandClock) -> None:
    with closing(SqliteStore(folder, clock=clock)) as store:
        assert not has_earlier_leads(folder)
        assert finish(store) == 1


def test_a_backfill_that_ended_at_any_piece_is_finished_by_the_next_process(
    opened: tuple[SqliteStore, list[RefinedLead]],
) -> None:
    store, leads = opened
    for pieces in range(1, 12):
        backfill = Backfill(store, leads=2, written=3)
        for _ in range(pieces):
            backfill.once()
        backfill.close()
    finish(store)
    wanted = sum(len(set(keys_of(lead))) for lead in leads)
    assert rows(store, "candidate") == wanted


def test_only_one_process_does_the_backfill(
    opened: tuple[SqliteStore, list[RefinedLead]],
) -> None:
    store, _ = opened
    one, other = Backfill(store, leads=2), Backfill(store, leads=2)
    assert (one.once(), other.once()) == (0.0, WAIT_S)
    one.close()
    assert other.once() == 0.0
    other.close()


def test_a_lead_that_is_erased_while_the_backfill_runs_stays_erased(
    opened: tuple[SqliteStore, list[RefinedLead]],
) -> None:
    store, leads = opened
    for lead in leads[:2]:
        backfill = Backfill(store, leads=2, written=3)
        backfill.once()
        store.erase(lead.lead_id)
        while backfill.once() != DONE_S:
            pass
        backfill.close()
        assert ids(store, *keys_of(lead)[:1]) == ([leads[3].lead_id] if lead is leads[0] else [])
    assert rows(store, "likeness") == 2


def test_the_first_lead_of_others_that_an_earlier_version_erased_is_succeeded(
    opened: tuple[SqliteStore, list[RefinedLead]],
) -> None:
    store, leads = opened
    store.erase(leads[0].lead_id)
    first, later = leads[0].lead_id, leads[3].lead_id
    assert [one.first for one in store.clusters([later])[later]] == [later]
    with store.db.writing() as db:  # as the earlier version left it
        db.execute("UPDATE refined SET duplicate_of = 1 WHERE lead = 4")
    finish(store)
    assert first not in store.clusters([first])
    assert [one.first for one in store.clusters([later])[later]] == [later]


def test_a_lead_that_is_refined_again_during_the_backfill_keeps_its_new_keys_only(
    opened: tuple[SqliteStore, list[RefinedLead]], clock: HandClock
) -> None:
    store, leads = opened
    backfill = Backfill(store, leads=9, written=1)
    backfill.once()
    backfill.once()
    store.put([Task(Step.REFINE, leads[1].lead_id)], clock.now)
    made = msgspec.structs.replace(leads[1], contact=Contact(**of("robert")))
    traits = traits_of(made)
    assert settle(
        store,
        lease_task(store, Step.REFINE),
        Done(made, candidate_keys(traits), traits=traits),
    )
    while backfill.once() != DONE_S:
        pass
    backfill.close()
    gone = [key for key in keys_of(leads[1]) if key not in keys_of(made)]
    assert leads[1].lead_id not in ids(store, *gone)
    assert leads[1].lead_id in ids(store, *keys_of(made))


def test_keys_that_were_moved_to_the_sorted_table_are_found_by_all_processes(
    folder: Path, clock: HandClock
) -> None:
    with (
        closing(SqliteStore(folder, clock=clock)) as store,
        closing(SqliteStore(folder, clock=clock)) as other,
    ):
        index, late = CandidateIndex(gather=100), CandidateIndex(gather=100)
        wanted = {number * 7919 * 2**32 % 2**48: {number} for number in range(1, 3_000)}
        with other.db.reading() as db:
            late.mark(db)  # it remembers what the other one moves
        for place, some in enumerate(batched([*wanted.items()], 20)):
            one, file = (index, store.db) if place % 3 else (late, other.db)
            with file.writing() as writing:
                one.add(writing, [(lead, [key]) for key, leads in some for lead in leads])
        assert 0 < rows(store, "candidate") < len(wanted)
        assert rows(store, "candidate_log") < len(wanted)
        for one in (index, late, CandidateIndex()):
            with store.db.reading() as db:
                assert one.leads(db, list(wanted)) == wanted


def test_a_lead_that_left_its_keys_is_under_none_for_any_process(
    folder: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(folder, clock=clock)) as store:
        mine, other = CandidateIndex(gather=0), CandidateIndex(gather=0)
        with store.db.writing() as db:
            mine.add(db, [(1, [5, 6, 7]), (2, [5, 6])])
            other.mark(db)
            mine.remove(db, 1, [5])
            mine.forget_lead(db, 2, [5, 6])
            for turn in range(0, 1_200, 20):  # moves the first slice, and the rest of the log
                other.add(db, [(turn + number, [turn + number]) for number in range(10, 30)])
            for index in (mine, other, CandidateIndex()):
                assert index.leads(db, [5, 6, 7]) == {6: {1}, 7: {1}}


def test_no_byte_of_traits_and_keys_is_left_of_an_erased_lead(
    folder: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(folder, clock=clock)) as store:
        leads = []
        for name in ("ada", "bob"):
            lead = captured(clock, name)
            store.accept([lead])
            clock.advance(minutes=10)
            made = refined(lead, clock, **of(name))
            traits = traits_of(made)
            done = Done(made, candidate_keys(traits), traits=traits)
            assert settle(store, lease_task(store, Step.REFINE), done)
            leads.append(made)
        store.judge(Judgement(leads[0].lead_id, leads[1].lead_id, Ruling.APART, "kim", clock.now))
        keys = [key[:6] for key in keys_of(leads[0])]
        assert b"ada@example.com" in content(folder)
        assert all(key in content(folder) for key in keys)
        store.erase(leads[0].lead_id)
        assert b"ada@example.com" not in content(folder)
        assert not any(key in content(folder) for key in keys)
        assert b"bob@example.com" in content(folder)
        assert rows(store, "judgement") == 0


def test_no_byte_is_left_of_values_of_an_erased_lead_that_filled_blanks(
    folder: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(folder, clock=clock)) as store:
        ids: list[str] = []
        for n, own in enumerate(({}, {"phone": "+49 30 901820"}, {"title": "Bosun"})):
            lead = captured(clock, f"ada{n}")
            store.accept([lead])
            clock.advance(minutes=10)
            made = refined(lead, clock, **{**of("ada"), **own})
            if ids:
                first = FirstSeen(ids[0], clock.now, ("email",))
                made = msgspec.structs.replace(made, duplicate_of=first)
                made = filled_from(made, [(one, Trust.FORM) for one in store.refined(ids).values()])
            assert settle(store, lease_task(store, Step.REFINE), Done(made))
            ids.append(lead.id)
        last = store.refined(ids)[ids[2]]
        assert last.filled["phone"].lead_id == ids[1]
        store.erase(ids[1])
        left = store.refined(ids)[ids[2]]
        assert (left.contact, left.filled) == (
            msgspec.structs.replace(last.contact, phone=None),
            {},
        )
        assert b"+49 30 901820" not in content(folder)
        assert b"Bosun" in content(folder)


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{FILE}*"))


def test_who_came_too_long_ago_to_tell_is_searched_for_again(
    folder: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(folder, clock=clock)) as store, store.db.writing() as db:
        index = CandidateIndex()
        mark = index.mark(db)
        index.add(db, [(number, [number]) for number in range(1, 2_000)])
        assert index.newcomers(db, [5], mark) is None
        later = index.mark(db)
        index.add(db, [(2_001, [5])])
        assert index.newcomers(db, [5, 6], later) == {2_001}


def test_a_file_of_this_version_has_its_schema(folder: Path, clock: HandClock) -> None:
    older(folder, clock, ["ada"])
    with closing(SqliteStore(folder, clock=clock)) as store:
        assert store.db.rows("PRAGMA user_version") == [(newest_schema(),)]
