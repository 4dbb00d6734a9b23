"""How long DynamoDB keeps the key of an event that is only a digest of its text."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import msgspec
import pytest

from leadline.stores.aws.keys import digest_key
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


@pytest.mark.parametrize("window", [timedelta(), timedelta(minutes=10), None, timedelta(days=30)])
def test_the_key_is_kept_for_as_long_as_any_retry_of_its_sender_counts(
    rooms: AwsResources, clock: HandClock, window: timedelta | None
) -> None:
    """An imported event itself has no window, but a retry of its sender has."""
    lead = msgspec.structs.replace(captured(clock, lasting=False), window=window)
    rooms.store(clock).accept([lead])
    item = rooms.table.get(digest_key("E", lead.event_key))
    assert item is not None
    longest = max(window or timedelta(), timedelta(days=7))
    assert int(item["expires"]) >= (clock.now + longest).timestamp()
