"""Personal data that other processes know of, and that the file itself may still hold."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec

from leadline.model.facts.likeness import FirstSeen
from leadline.model.keys import match_keys
from leadline.model.task import Done, Step
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, digest, lease_task, refined, settle
from tests.worlds.match_keys import owner_in_file

EMAIL = "ada.kinsella@example.com"


def told(store: SqliteStore, clock: HandClock) -> tuple[str, bytes]:
    """A refined lead of somebody, and the key by which they are known."""
    lead = captured(clock, raw=f'{{"email":"{EMAIL}"}}'.encode(), record="r:1", delay=timedelta())
    store.accept([lead])
    refined_lead = refined(lead, clock, email=EMAIL, email_canonical=EMAIL)
    keys = match_keys(refined_lead)
    assert settle(
        store, lease_task(store, Step.REFINE), Done(refined=refined_lead, match_keys=keys)
    )
    return lead.id, keys["email"]


def test_a_key_that_was_removed_does_not_come_back_from_another_process(
    tmp_path: Path, clock: HandClock
) -> None:
    one = SqliteStore(tmp_path, clock=clock)
    two = SqliteStore(tmp_path, clock=clock)
    with closing(one), closing(two):
        lead_id, key = told(one, clock)
        assert owner_in_file(two, key) == lead_id
        one.erase(lead_id)
        two.keys._gather = 0
        for n in range(64):
            two.accept([captured(clock, f"other{n}")])
        assert owner_in_file(two, key) is None
        assert owner_in_file(one, key) is None
        for table in ("known", "key_log"):
            assert one.db.rows(f"SELECT count(*) FROM {table} WHERE key = ?", key) == [(0,)]


def test_other_keys_are_still_known_after_one_was_removed(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        lead_id, _ = told(store, clock)
        other = captured(clock, "other")
        store.accept([other])
        store.erase(lead_id)
        assert store.accept([captured(clock, "other")])[0].lead_id == other.id
        with closing(SqliteStore(tmp_path, clock=clock)) as fresh:
            assert fresh.accept([captured(clock, "other")])[0].lead_id == other.id
            assert owner_in_file(fresh, digest("nobody")) is None


def test_the_file_does_not_hold_the_words_any_more(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        lead_id, _ = told(store, clock)
        store.erase(lead_id)
    words = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert EMAIL.encode() not in words


def test_a_later_lead_of_the_same_person_is_named_as_not_reached(
    tmp_path: Path, clock: HandClock
) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        lead_id, _ = told(store, clock)
        later = captured(clock, "later", delay=timedelta())
        store.accept([later])
        first = FirstSeen(lead_id, clock.now, ("email",))
        again = msgspec.structs.replace(refined(later, clock, email=EMAIL), duplicate_of=first)
        assert settle(store, lease_task(store, Step.REFINE), Done(refined=again))
        assert f"lead {later.id} of the same person" in store.erase(lead_id)
        assert not any(lead_id in words for words in store.erase(later.id))
