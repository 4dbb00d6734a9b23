"""What every book of troubles remembers, and what operators are still to be told of it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.model.monitoring.trouble import KnownTrouble, Trouble, TroubleKind, TroubleState
from leadline.ports.store_parts.troubles import TroubleBook
from leadline.stores.memory_troubles import MemoryTroubles
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock


@pytest.fixture(params=["memory", "sqlite"])
def book(request: Any, clock: HandClock, tmp_path: Path) -> Iterator[TroubleBook]:
    if request.param == "memory":
        yield MemoryTroubles(clock)
        return
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        yield store


SLACK = Trouble(
    kind=TroubleKind.CHANNEL, subject="slack", words="The channel slack has failed since 09:00 UTC."
)
MENDED = Trouble(
    kind=TroubleKind.DISK, subject="sync", words="A sync failed.", state=TroubleState.ONCE
)


def dead(count: int, lead_id: str = "") -> Trouble:
    return Trouble(
        kind=TroubleKind.DEAD_LETTERS,
        subject="notify slack.no_service",
        words=f"{count} dead letters",
        remedy="leadline dead",
        count=count,
        lead_id=lead_id,
    )


def news(book: TroubleBook, clock: HandClock) -> list[KnownTrouble]:
    return [known for known in book.troubles() if known.is_news(clock())]


def tell(book: TroubleBook, clock: HandClock) -> list[Trouble]:
    """Tell all news, as the teller does; returns what was told."""
    found = news(book, clock)
    book.note_told(found)
    return [known.trouble for known in found]


def test_a_reported_trouble_is_told_once_as_it_was_reported(
    book: TroubleBook, clock: HandClock
) -> None:
    book.report([dead(2, "0193a5b2"), SLACK])
    (first, second) = book.troubles()
    assert (first.trouble, second.trouble) == (SLACK, dead(2, "0193a5b2"))
    assert first == KnownTrouble(SLACK, clock(), clock())
    assert tell(book, clock) == [SLACK, dead(2, "0193a5b2")]
    clock.advance(minutes=5)
    book.report([SLACK, dead(2, "0193a5b2")])
    assert tell(book, clock) == []
    assert [known.told for known in book.troubles()] == [1, 2]


def test_the_end_is_told_once_and_then_forgotten(book: TroubleBook, clock: HandClock) -> None:
    began = clock()
    book.report([SLACK])
    tell(book, clock)
    clock.advance(minutes=20)
    book.report([SLACK.ended()])
    (known,) = news(book, clock)
    assert (known.trouble, known.since, known.changed_at) == (SLACK.ended(), began, clock())
    book.report([SLACK.ended()])
    assert tell(book, clock) == [SLACK.ended()]
    assert list(book.troubles()) == []


def test_a_trouble_that_was_over_before_it_was_told_is_told_as_over(
    book: TroubleBook, clock: HandClock
) -> None:
    book.report([SLACK])
    clock.advance(minutes=1)
    book.report([SLACK.ended()])
    assert tell(book, clock) == [SLACK.ended()]
    assert list(book.troubles()) == []


def test_the_end_of_what_never_began_is_nothing(book: TroubleBook) -> None:
    book.report([SLACK.ended()])
    assert list(book.troubles()) == []


def test_a_trouble_that_comes_again_is_told_again(book: TroubleBook, clock: HandClock) -> None:
    book.report([SLACK])
    tell(book, clock)
    book.report([SLACK.ended()])
    clock.advance(minutes=1)
    book.report([SLACK])
    (known,) = news(book, clock)
    assert (known.since, known.told) == (clock(), 0)


def test_single_events_are_counted_until_they_are_told(book: TroubleBook, clock: HandClock) -> None:
    book.report([MENDED])
    book.report([MENDED, MENDED])
    (told,) = tell(book, clock)
    assert told.count == 3
    assert list(book.troubles()) == []


@pytest.mark.parametrize(
    ("count", "after", "again"),
    [(9, timedelta(hours=23), False), (10, timedelta(0), True), (2, timedelta(days=1), True),
     (1, timedelta(days=9), False)],
)  # fmt: skip
def test_a_growing_count_is_told_at_ten_times_or_the_next_day(
    book: TroubleBook, clock: HandClock, count: int, after: timedelta, again: bool
) -> None:
    book.report([dead(1)])
    tell(book, clock)
    clock.now += after
    book.report([dead(count)])
    assert tell(book, clock) == ([dead(count)] if again else [])


def test_what_changes_while_it_is_being_told_is_told_next_time(
    book: TroubleBook, clock: HandClock
) -> None:
    book.report([SLACK, MENDED])
    found = news(book, clock)
    clock.advance(seconds=1)
    book.report([SLACK.ended(), MENDED])
    book.note_told(found)
    assert [known.trouble.state for known in news(book, clock)] == [
        TroubleState.ONCE,
        TroubleState.ENDED,
    ]


def test_a_trouble_survives_a_restart_with_what_was_told(clock: HandClock, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.report([SLACK, dead(1)])
        store.note_told([k for k in store.troubles() if k.trouble == SLACK])
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        assert [known.trouble for known in news(store, clock)] == [dead(1)]


def test_the_same_report_writes_nothing(clock: HandClock, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.report([SLACK])
        before = store.db.connection.total_changes()
        clock.advance(minutes=1)
        store.report([SLACK])
        store.report([msgspec.structs.replace(MENDED, state=TroubleState.ENDED)])
        assert store.db.connection.total_changes() == before
