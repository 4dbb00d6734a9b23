"""What every store gives of refined leads: themselves, and their documents."""

import logging
from datetime import timedelta

import msgspec
import pytest

from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import key_of, refined_head
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.stores.aws.base import changed
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Put
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, refined, refined_in
from tests.worlds.sales_office import SalesOffice

NO_TEXT = b'{"lead_id":"\xff"}'


def damage(store: Store, lead_id: str, document: bytes) -> None:
    """Put something else where the refined document of a lead is."""
    match store:
        case SqliteStore():
            with store.db.writing() as db:
                sql = """UPDATE main.refined SET head = ? WHERE lead =
                         (SELECT n FROM lead WHERE id = unhex(replace(?, '-', '')))"""
                bulk.query(db, sql, document, lead_id)
        case AwsStore():
            item = store.table.get(lead_key(lead_id))
            assert item is not None
            lead = lead_of(item)
            assert lead.summary is not None
            version = store.bucket.put(key_of("refined", lead_id, store.clock()), document)
            summary = msgspec.structs.replace(lead.summary, version=version)
            store.table.write(Put(changed(lead, summary=summary).item(), lead.rev))
            store.recent.clear()
        case _:
            pytest.skip("it keeps no documents that could be damaged")


def test_a_refined_lead_is_given_as_it_was_made_and_as_a_document(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock, "ada")
    waiting = captured(clock, "bob")
    store.accept([waiting])
    ids = [lead.id, waiting.id, captured(clock, "nobody").id]
    refined_lead = refined(lead, clock)
    assert store.refined(ids) == {lead.id: refined_lead}
    whole = refined_head(refined_lead)[:-1] + b',"metadata":{"original_data":' + lead.raw + b"}}"
    assert store.documents(ids) == {lead.id: whole}
    assert (store.refined([]), store.documents([])) == ({}, {})


@pytest.mark.parametrize("document", [b"{", b"[]", NO_TEXT], ids=["cut", "other", "no text"])
def test_a_damaged_document_is_left_out_and_logged_and_takes_no_neighbour_along(
    store: Store, clock: HandClock, document: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    ada, bob = refined_in(store, clock, "ada"), refined_in(store, clock, "bob")
    damage(store, ada.id, document)
    with caplog.at_level(logging.ERROR):
        assert store.refined([ada.id, bob.id]) == {bob.id: refined(bob, clock)}
    (line,) = caplog.records
    assert (line.message, vars(line)["lead"]) == ("document.damaged", ada.id)
    assert store.documents([ada.id, bob.id]).keys() == {ada.id, bob.id}, "they were refined"


def test_an_alert_of_a_lead_whose_document_is_damaged_dies_alone(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock, asks=False)
    ada, bob = (office.post(email=f"{name}@example.com") for name in ("ada", "bob"))
    clock.advance(minutes=11)
    while refine_due(office.kit):
        pass
    damage(store, ada, b"{")
    office.turn()
    clock.advance(hours=1)
    assert [m["lead_id"] for m in office.messengers["slack"].hanging.values()] == [bob]
    assert store.lease(Step.NOTIFY, 9, timedelta(minutes=1), "slack") == []
