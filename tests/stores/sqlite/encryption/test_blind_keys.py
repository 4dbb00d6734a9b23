"""Keys by which events, records and people are recognised are blind where the file is encrypted,
and work as before, also while some are blind and some are not."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, Fate, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.task import Done, Step
from leadline.stores.likeness import likeness_of
from leadline.stores.sqlite.encryption.blinding import plain_number
from leadline.stores.sqlite.encryption.changing import reseal_all, turn_off
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.encryption.resealing import DONE_S, Resealing
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.encrypted import encrypting
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

ADA = Person(id="crm-1", name="Ada Vance", email="ada.vance@example.com", slack="U01ADA")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder about which the settings of this process say nothing yet."""
    yield tmp_path / "data"
    give_reference(tmp_path / "data", "")


def opened(folder: Path, clock: HandClock) -> "closing[SqliteStore]":
    return closing(SqliteStore(folder, clock=clock))


def come(store: SqliteStore, clock: HandClock, name: str) -> tuple[CapturedLead, RefinedLead]:
    """A lead that is refined, and is on Ada's desk."""
    lead = captured(clock, name, record=f"{name}:1")
    store.accept([lead])
    clock.advance(minutes=10)
    made = refined(
        lead, clock, name=f"{name} Corrigan", email=f"{name}@example.com",
        email_canonical=f"{name}@example.com",
    )  # fmt: skip
    alike = likeness_of(made)
    assert alike is not None
    keys = {str(n): key for n, key in enumerate(alike.keys)}
    done = Done(made, keys, traits=alike.traits, handling=Handling(owner=ADA))
    assert settle(store, lease_task(store, Step.REFINE), done)
    return lead, made


def keys_of(lead: RefinedLead) -> tuple[bytes, ...]:
    alike = likeness_of(lead)
    assert alike is not None
    return tuple(alike.keys)


def is_known(store: SqliteStore, clock: HandClock, lead: CapturedLead, made: RefinedLead) -> bool:
    """Whether the event, its record and the person are recognised, and whose lead it is."""
    again = captured(clock, "again", key=lead.raw.decode().split('"')[3])
    (receipt,) = store.accept([again])
    found = store.candidates({"new": keys_of(made)})["new"].candidates
    return (
        receipt.fate is Fate.REDELIVERED
        and receipt.lead_id == lead.id
        and lead.record_key is not None
        and store.of_records([lead.record_key]) == {lead.record_key: lead.id}
        and lead.id in [one.lead_id for one in found]
        and lead.id in store.work_list("U01ADA")
    )


def in_the_clear(store: SqliteStore, made: RefinedLead) -> list[str]:
    """The tables with keys that tell who has an address whether it is there."""
    numbers = {plain_number(key) for key in keys_of(made)}
    parts = [number.to_bytes(6) for number in numbers]
    found = []
    with store.db.reading() as db:
        for table in ("known", "key_log"):
            rows = db.execute(f"SELECT key FROM {table} WHERE lead <> 0").fetchall()
            found += [table for (key,) in rows if isinstance(key, bytes) and len(key) == 16]
        rows = db.execute("SELECT key FROM candidate").fetchall()
        found += ["candidate" for (key,) in rows if key in numbers]
        for table in ("candidate_log", "likeness"):
            rows = db.execute(f"SELECT keys FROM {table}").fetchall()
            all_keys = b"".join(keys for (keys,) in rows if isinstance(keys, bytes))
            found += [table for part in parts if part in all_keys]
        rows = db.execute("SELECT person FROM main.desk").fetchall()
        found += ["desk" for (person,) in rows if person in (ADA.slack, ADA.email, ADA.id)]
    return sorted(set(found))


def test_keys_are_blind_from_the_first_lead_on(folder: Path, clock: HandClock) -> None:
    with opened(encrypting(folder), clock) as store:
        lead, made = come(store, clock, "bob")
        assert in_the_clear(store, made) == []
        assert is_known(store, clock, lead, made)


def test_keys_in_the_clear_become_blind_and_are_recognised_all_along(
    folder: Path, clock: HandClock
) -> None:
    with opened(folder, clock) as store:
        bob = come(store, clock, "bob")
        assert in_the_clear(store, bob[1]) == [
            "candidate_log", "desk", "key_log", "likeness"
        ]  # fmt: skip
    encrypting(folder)
    with opened(folder, clock) as store, opened(folder, clock) as other:
        assert is_known(other, clock, *bob)
        eve = come(other, clock, "eve")
        resealing = Resealing(store)
        while resealing.once() != DONE_S:
            for who in (bob, eve):
                assert is_known(other, clock, *who)
                assert is_known(store, clock, *who)
        resealing.close()
        for made in (bob[1], eve[1]):
            assert in_the_clear(store, made) == []
        assert is_known(other, clock, *bob)
    with opened(folder, clock) as store:
        assert is_known(store, clock, *bob)
        assert is_known(store, clock, *eve)


def test_keys_are_in_the_clear_again_when_encryption_was_turned_off(
    folder: Path, clock: HandClock
) -> None:
    with opened(encrypting(folder), clock) as store, opened(folder, clock) as other:
        bob = come(store, clock, "bob")
        turn_off(store.db)
        eve = come(other, clock, "eve")
        assert reseal_all(store)
        for who in (bob, eve):
            assert is_known(store, clock, *who)
            assert is_known(other, clock, *who)
    Path(f"{folder}.master").unlink()
    give_reference(folder, "")
    with opened(folder, clock) as store:
        assert is_known(store, clock, *bob)
        assert is_known(store, clock, *eve)
        store.erase(eve[0].id)
        found = store.candidates({"new": keys_of(eve[1])})["new"].candidates
        assert [one.lead_id for one in found] == [bob[0].id]  # of the same family


def test_an_erasure_while_keys_become_blind_forgets_both_forms(
    folder: Path, clock: HandClock
) -> None:
    with opened(folder, clock) as store:
        lead, made = come(store, clock, "bob")
    with opened(encrypting(folder), clock) as store:
        store.erase(lead.id)
        assert not store.candidates({"new": keys_of(made)})["new"].candidates
        assert reseal_all(store)
        assert not store.candidates({"new": keys_of(made)})["new"].candidates
        assert in_the_clear(store, made) == []
