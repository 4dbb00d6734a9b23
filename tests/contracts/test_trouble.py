"""What every store remembers of how a destination fares."""

from datetime import timedelta

from leadline.ports.store import ChannelHealth, Store
from tests.worlds.leads import HandClock

NONE = ChannelHealth()


def test_a_channel_that_nobody_spoke_to_is_in_no_trouble(store: Store) -> None:
    assert store.health("slack") == NONE


def test_failures_in_a_row_are_counted_from_the_first(store: Store, clock: HandClock) -> None:
    began = clock.now
    assert store.record_attempt("slack", succeeded=False) == ChannelHealth(1, began)
    clock.advance(minutes=3)
    assert store.record_attempt("slack", succeeded=False) == ChannelHealth(2, began)
    assert store.health("slack") == ChannelHealth(2, began)


def test_one_success_ends_the_trouble(store: Store, clock: HandClock) -> None:
    store.record_attempt("slack", succeeded=False)
    clock.advance(minutes=1)
    assert store.record_attempt("slack", succeeded=True) == NONE
    assert store.health("slack") == NONE
    clock.advance(minutes=1)
    assert store.record_attempt("slack", succeeded=False) == ChannelHealth(1, clock.now)


def test_success_without_trouble_changes_nothing(store: Store) -> None:
    assert store.record_attempt("slack", succeeded=True) == NONE
    assert store.health("slack") == NONE


def test_channels_fare_each_for_itself(store: Store, clock: HandClock) -> None:
    store.record_attempt("slack", succeeded=False)
    assert store.health("mail") == NONE
    store.record_attempt("mail", succeeded=True)
    assert store.health("slack") == ChannelHealth(1, clock.now)


def test_trouble_and_pace_leave_each_other_alone(store: Store, clock: HandClock) -> None:
    gap = timedelta(seconds=1)
    store.record_attempt("slack", succeeded=False)
    assert store.reserve("slack", gap) == timedelta()
    store.pause("slack", clock.now + timedelta(minutes=1))
    assert store.record_attempt("slack", succeeded=False) == ChannelHealth(2, clock.now)
    assert store.reserve("slack", gap) == timedelta(minutes=1)
    store.record_attempt("slack", succeeded=True)
    assert store.reserve("slack", gap) == timedelta(minutes=1)
    store.pause("mail", clock.now + timedelta(minutes=1))
    assert store.health("mail") == NONE


def test_trouble_did_not_begin_in_what_is_now_the_future(store: Store, clock: HandClock) -> None:
    store.record_attempt("slack", succeeded=False)
    clock.advance(days=-365)
    store.rebase()
    assert store.health("slack") == ChannelHealth(1, clock.now)
