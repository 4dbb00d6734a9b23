"""What every store remembers of how a destination fares."""

from datetime import timedelta

from leadline.ports.store import Store, Trouble
from tests.worlds.leads import HandClock

NONE = Trouble()


def test_a_channel_that_nobody_spoke_to_is_in_no_trouble(store: Store) -> None:
    assert store.trouble("slack") == NONE


def test_failures_in_a_row_are_counted_from_the_first(store: Store, clock: HandClock) -> None:
    began = clock.now
    assert store.fared("slack", well=False) == Trouble(1, began)
    clock.advance(minutes=3)
    assert store.fared("slack", well=False) == Trouble(2, began)
    assert store.trouble("slack") == Trouble(2, began)


def test_one_success_ends_the_trouble(store: Store, clock: HandClock) -> None:
    store.fared("slack", well=False)
    clock.advance(minutes=1)
    assert store.fared("slack", well=True) == NONE
    assert store.trouble("slack") == NONE
    clock.advance(minutes=1)
    assert store.fared("slack", well=False) == Trouble(1, clock.now)


def test_success_without_trouble_changes_nothing(store: Store) -> None:
    assert store.fared("slack", well=True) == NONE
    assert store.trouble("slack") == NONE


def test_channels_fare_each_for_itself(store: Store, clock: HandClock) -> None:
    store.fared("slack", well=False)
    assert store.trouble("mail") == NONE
    store.fared("mail", well=True)
    assert store.trouble("slack") == Trouble(1, clock.now)


def test_trouble_and_pace_leave_each_other_alone(store: Store, clock: HandClock) -> None:
    gap = timedelta(seconds=1)
    store.fared("slack", well=False)
    assert store.reserve("slack", gap) == timedelta()
    store.hold("slack", clock.now + timedelta(minutes=1))
    assert store.fared("slack", well=False) == Trouble(2, clock.now)
    assert store.reserve("slack", gap) == timedelta(minutes=1)
    store.fared("slack", well=True)
    assert store.reserve("slack", gap) == timedelta(minutes=1)
    store.hold("mail", clock.now + timedelta(minutes=1))
    assert store.trouble("mail") == NONE


def test_trouble_did_not_begin_in_what_is_now_the_future(store: Store, clock: HandClock) -> None:
    store.fared("slack", well=False)
    clock.advance(days=-365)
    store.rebase()
    assert store.trouble("slack") == Trouble(1, clock.now)
