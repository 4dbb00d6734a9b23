"""Corrections in the archive: a table that is made anew from it has them, with their lead."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import Correction
from leadline.model.formats import key_of
from leadline.model.lead import Fate
from leadline.stores.aws.capture.documents import document_of, read_document
from leadline.stores.aws.reading.ledger import AwsLedger
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


def test_a_correction_that_only_the_archive_has_is_taken_up_with_its_lead(
    rooms: AwsResources, clock: HandClock
) -> None:
    store, lead = rooms.store(clock), captured(clock)
    store.accept([lead])
    said = Correction("ada", clock.now, {"email": "eve@example.com"})
    event = event_of_correction(lead.id, "generic", said)
    store.bucket.put(key_of("raw", event.id, event.captured_at), document_of(event))
    there = read_document(document_of(event)).captured()
    assert there == event
    assert store.take_up(there).fate is Fate.FILTERED
    assert store.waiting([lead.id])[lead.id].corrections == (event.raw,)
    with closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger:
        assert ledger.account(deep=True).balanced
        story = ledger.story(lead.id)
    assert story is not None
    assert [one.kind for one in story.related] == ["corrected"]
