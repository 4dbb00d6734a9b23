"""Leads that write more than a table takes go their way on AWS like any other."""

import json
from base64 import b64encode
from contextlib import closing
from datetime import timedelta

import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import key_of
from leadline.model.lead import Delivery
from leadline.settings.top.general import Settings
from leadline.vendors.generic.webhook import Generic
from leadline.wiring import kit_of
from tests.standins import quick_moto
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, capture, captured

EXTREMES = {
    "a name of half a megabyte": b'{"name":"%s","email":"b@example.com"}' % (b"x" * 500_000),
    "a number that no table takes": b'{"name":"N","email":"c@example.com","score":1e300}',
    "a number next to nothing": b'{"name":"N","email":"f@example.com","score":"1e-200"}',
    "a number that is none": b'{"name":"N","email":"d@example.com","score":1e999}',
    "an owner that is no key": b'{"name":"O","email":"e@example.com","owner":"%s"}' % (b"o" * 5000),
    "half a letter": b'{"name":"A\\ud800B","email":"a@example.com","owner":"\\udfff"}',
    "nothing in between": b'{"name":"A\\u0000B","email":"a@example.com"}',
}


def test_what_a_table_refuses_of_one_lead_harms_no_other(
    moto: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.stores.aws.keys._LONGEST_TEXT", 10**6)
    monkeypatch.setattr(quick_moto, "MOST_BYTES", 900)  # refinement cuts what is longer by itself
    with closing(AwsResources(moto)) as rooms:
        store = rooms.store(clock)
        kit = kit_of(Settings(max_attempts=2), store, {}, clock)
        leads = [captured(clock, name, delay=timedelta()) for name in ("ada", "bob", "cy")]
        huge = EXTREMES["a name of half a megabyte"]
        leads.insert(1, captured(clock, "huge", delay=timedelta(), raw=huge))
        store.accept(leads)
        for _ in range(4):
            refine_due(kit)
            clock.advance(minutes=2)
        found = {lead.id: store._lead(lead.id) for lead in leads}
        assert [str(item.status) for item in found.values() if item] == [
            "refined", "dead", "refined", "refined",
        ]  # fmt: skip
        (dead,) = [item.task for item in found.values() if item and item.task]
        assert (dead.reason, dead.error) == ("refine.gave_up", "storage.ValidationException")


@pytest.mark.parametrize("what", EXTREMES)
def test_a_lead_is_refined_whatever_it_writes(moto: str, clock: HandClock, what: str) -> None:
    with closing(AwsResources(moto)) as rooms:
        store = rooms.store(clock)
        kit = kit_of(Settings(), store, {}, clock)
        front = CaptureKit({"generic": Generic()}, timedelta())
        delivery = Delivery("generic", EXTREMES[what], clock.now, {})
        lead_id = json.loads(capture(delivery, front, store).body)["lead_id"]
        assert refine_due(kit) == 1
        lead = store._lead(lead_id)
        assert lead is not None
        assert (lead.status, lead.task) == ("refined", None)
        kept = rooms.bucket.get(key_of("raw", lead_id, clock.now))
        assert kept is not None
        words = EXTREMES[what]
        assert words in kept or b64encode(words) in kept, "the archive has every word"
