"""Retention runs once a day, in small steps, and goes on wherever it was stopped."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from leadline.model.lead import Kind
from leadline.model.personal_data.privacy import AuditEntry, ChainedEntry, DataHold
from leadline.model.personal_data.retiring import RETIRED_WORDS, DataKind
from leadline.operations.personal_data.retention import (
    EVERY,
    PAUSE,
    candidates,
    counted,
    hold_data,
    last_pass,
    oldest_kept,
    release_data,
    retain_all,
    retain_in_turn,
)
from leadline.ports.personal_data.retention import MOST
from leadline.privacy.terms import Term
from leadline.stores.memory import MemoryStore
from tests.worlds.leads import HandClock, captured

RAW = (Term(DataKind.RAW, timedelta(days=90), frozenset(), others=True),)


class NotedAudit:
    """An audit log in a list."""

    def __init__(self) -> None:
        self.noted: list[AuditEntry] = []

    def append(self, entries: Sequence[AuditEntry]) -> None:
        self.noted += entries

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        del since
        yield from ()

    def head(self) -> ChainedEntry | None:
        return None


@pytest.fixture
def store(clock: HandClock) -> MemoryStore:
    return MemoryStore(clock)


def events(store: MemoryStore, clock: HandClock, count: int, name: str = "n") -> list[str]:
    made = [captured(clock, f"{name}{n}", kind=Kind.IGNORED, why="test") for n in range(count)]
    store.accept(made)
    return [one.id for one in made]


def left(store: MemoryStore) -> int:
    return sum(one.raw != RETIRED_WORDS for one in store.events.values())


def whole_pass(store: MemoryStore, clock: HandClock, terms: tuple[Term, ...] = RAW) -> int:
    """Do all steps that are due; returns how many there were."""
    steps = 0
    while retain_in_turn(store, terms, clock.now) == PAUSE:
        steps += 1
    return steps


def test_a_pass_deletes_a_page_a_step_and_pauses_between_them(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, MOST + 3)
    clock.advance(days=100)
    assert retain_in_turn(store, RAW, clock.now) == PAUSE
    assert left(store) == 3
    assert retain_in_turn(store, RAW, clock.now) == PAUSE
    assert left(store) == 0
    assert retain_in_turn(store, RAW, clock.now) == EVERY
    assert last_pass(store) == clock.now


def test_a_pass_goes_on_where_it_was_stopped_with_the_times_that_it_began_with(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, MOST + 3)
    clock.advance(days=89)
    young = events(store, clock, 1, "young")
    clock.advance(days=2)
    began = clock.now
    retain_in_turn(store, RAW, clock.now)
    clock.advance(days=200)  # the process was ended, and starts much later
    retain_in_turn(store, RAW, clock.now)
    assert last_pass(store) == began
    assert store.events[young[0]].raw != RETIRED_WORDS
    whole_pass(store, clock)
    assert left(store) == 0


def test_a_pass_that_began_while_the_clock_was_ahead_does_not_go_on(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, MOST + 3)
    assert retain_in_turn(store, RAW, clock.now + timedelta(days=3650)) == PAUSE
    assert left(store) == 3
    clock.advance(minutes=1)
    whole_pass(store, clock)
    assert left(store) == 3, "nothing is older than its term by the clock as it is now"
    clock.advance(days=91)
    whole_pass(store, clock)
    assert left(store) == 0


def test_the_next_pass_comes_a_day_later_and_deletes_what_has_become_too_old(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, 1, "first")
    clock.advance(hours=12)
    events(store, clock, 1, "second")
    clock.advance(days=90)
    clock.advance(hours=-6)
    whole_pass(store, clock)
    assert left(store) == 1
    assert whole_pass(store, clock) == 0
    clock.advance(days=1)
    whole_pass(store, clock)
    assert left(store) == 0


def test_what_was_held_goes_with_the_weekly_pass_over_all_leads(
    store: MemoryStore, clock: HandClock
) -> None:
    (held,) = events(store, clock, 1)
    store.hold_data(DataHold(held, "dispute", "command:ops", clock.now))
    clock.advance(days=100)
    whole_pass(store, clock)
    store.release_data(held)
    clock.advance(days=1)
    whole_pass(store, clock)
    assert left(store) == 1, "the day's pass begins where leads were too young"
    clock.advance(days=6)
    whole_pass(store, clock)
    assert left(store) == 0


def test_changed_terms_count_at_once_and_for_all_leads(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, 1)
    clock.advance(days=50)
    whole_pass(store, clock)
    assert left(store) == 1
    shorter = (Term(DataKind.RAW, timedelta(days=30), frozenset(), others=True),)
    assert whole_pass(store, clock, shorter) == 1
    assert left(store) == 0


def test_each_pass_that_deletes_is_in_the_audit_log_without_persons(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, 2)
    clock.advance(days=100)
    audit = NotedAudit()
    while retain_in_turn(store, RAW, clock.now, audit) == PAUSE:
        pass
    (entry,) = audit.noted
    assert (entry.actor, entry.action, entry.detail) == ("system", "retention.deleted", "raw=2")
    clock.advance(days=1)
    while retain_in_turn(store, RAW, clock.now, audit) == PAUSE:
        pass
    assert len(audit.noted) == 1


def test_holds_and_releases_are_in_the_audit_log_without_their_reasons(
    store: MemoryStore, clock: HandClock
) -> None:
    (lead_id,) = events(store, clock, 1)
    audit = NotedAudit()
    hold = DataHold(lead_id, "Ada Vance sues", "command:ops", clock.now)
    assert hold_data(store, audit, hold)
    assert release_data(store, audit, lead_id, clock.now, "command:ops")
    assert not release_data(store, audit, lead_id, clock.now, "command:ops")
    assert [(one.action, one.subject) for one in audit.noted] == [
        ("data.held", lead_id),
        ("data.released", lead_id),
    ]
    assert "Ada" not in repr(audit.noted)


def test_a_dry_run_counts_by_kind_and_source_and_deletes_nothing(
    store: MemoryStore, clock: HandClock
) -> None:
    events(store, clock, MOST + 1)
    first = clock.now
    clock.advance(days=100)
    assert counted(candidates(store, RAW, clock.now)) == {(DataKind.RAW, "generic"): MOST + 1}
    assert left(store) == MOST + 1
    assert oldest_kept(store, clock.now) == {DataKind.RAW: first}
    done = retain_all(store, RAW, clock.now)
    assert counted(done) == {(DataKind.RAW, "generic"): MOST + 1}
    assert oldest_kept(store, clock.now) == {}
