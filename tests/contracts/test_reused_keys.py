"""One key under which senders tell of several people: whoever is told of is kept."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline import wiring
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.formats import key_of
from leadline.model.lead import Delivery, Fate, Kind
from leadline.model.monitoring.event_notes import KEY_REUSED, OTHER_WORDS
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.top.general import Settings
from leadline.wiring import sources
from tests.worlds.leads import HandClock, capture, captured
from tests.worlds.timelines import lines_of

SETTINGS = Settings()
ADA = {"name": "Ada Vance", "email": "ada@example.com", "phone": "+1 415 555 0101"}
BOB = {"name": "Bob Lund", "email": "bob@example.com", "phone": "+1 415 555 0102"}


class Door:
    """A store with what it needs to compare, and senders before it."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        store.apart = telling_apart(sources(SETTINGS))  # type: ignore[attr-defined]
        self.store, self.clock = store, clock
        self.kit = CaptureKit(sources(SETTINGS), timedelta(minutes=10))

    def send(self, body: object, source: str = "generic", **headers: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        delivery = Delivery(source, json.dumps(body).encode(), self.clock.now, named)
        data: dict[str, Any] = json.loads(capture(delivery, self.kit, self.store).body)
        return data

    def problems(self, lead_id: str) -> tuple[str, ...]:
        """What is doubtful about a lead once it is refined."""
        self.clock.advance(minutes=11)
        refine_due(Kit(self.store, self.kit.sources, {}, self.clock, chance=lambda: 0.5))
        return self.store.refined([lead_id])[lead_id].problems


@pytest.fixture
def door(store: Store, clock: HandClock) -> Door:
    return Door(store, clock)


def _cloud_event(number: str, person: dict[str, str]) -> dict[str, object]:
    return {"specversion": "1.0", "type": "lead.created", "source": "/crm", "id": number,
            "data": person}  # fmt: skip


Shape = Callable[[dict[str, str]], object]
KEYS: dict[str, tuple[Shape, dict[str, str], str]] = {
    "an Idempotency-Key": (lambda person: person, {"idempotency_key": "k-1"}, "generic"),
    "a webhook-id": (lambda person: person, {"webhook_id": "msg_1"}, "standard_webhooks"),
    "a CloudEvents id": (lambda person: _cloud_event("7", person), {}, "generic"),
    "an event id of Typeform": (
        lambda person: {
            "event_id": "01",
            "event_type": "form_response",
            "form_response": {"answers": [
                {"type": "email", "email": person["email"], "field": {"id": "a"}}]},
        },
        {}, "typeform",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_key_with_another_persons_body_is_another_lead(door: Door, key: str) -> None:
    shape, headers, source = KEYS[key]
    first = door.send(shape(ADA), source, **headers)["lead_id"]
    other = door.send(shape(BOB), source, **headers)["lead_id"]
    assert other != first
    assert door.send(shape(ADA), source, **headers)["lead_id"] == first
    assert door.send(shape(BOB), source, **headers)["lead_id"] == other, "a redelivery, too"
    assert KEY_REUSED in door.problems(other)
    assert KEY_REUSED not in door.problems(first)


def test_a_key_that_every_event_has_loses_nobody(door: Door) -> None:
    people = [{"name": f"Person {n}", "email": f"p{n}@example.com"} for n in range(5)]
    ids = {door.send(person, idempotency_key="1")["lead_id"] for person in people}
    assert len(ids) == len(people)


def test_two_people_in_one_call_with_one_key_are_two_leads(door: Door, clock: HandClock) -> None:
    ada = captured(clock, "ada", key="1")
    bob = captured(clock, "bob", key="1")
    again = captured(clock, "bob", key="1")
    fates = [(r.lead_id, r.fate) for r in door.store.accept([ada, bob, again])]
    assert fates[0] == (ada.id, Fate.CAPTURED)
    assert fates[1][1] is Fate.CAPTURED
    assert fates[2] == (fates[1][0], Fate.REDELIVERED)


def test_a_vendors_event_key_with_another_record_is_another_lead(door: Door) -> None:
    def person(number: int) -> dict[str, object]:
        return {"meta": {"action": "create", "entity": "person", "id": "u-1"},
                "data": {"id": number, "first_name": "Ada", "name": "Ada Vance"}}  # fmt: skip

    first = door.send(person(1), "pipedrive")["lead_id"]
    assert door.send(person(2), "pipedrive")["lead_id"] != first


def test_the_same_person_in_other_words_is_a_redelivery_whose_difference_is_kept(
    door: Door, clock: HandClock
) -> None:
    first = door.send({**ADA, "company": "Acme"}, idempotency_key="k")["lead_id"]
    second = door.send({**ADA, "company": "Acme Ltd"}, idempotency_key="k")
    assert second["lead_id"] == first
    assert door.store.count_due(Step.REFINE) == 0
    clock.advance(minutes=10)
    assert door.store.count_due(Step.REFINE) == 1
    assert any("Acme Ltd" in line and OTHER_WORDS in line for line in lines_of(door.store, first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({**ADA}, {**ADA, "email": " ADA@example.com"}),
        ({"email": "ada@example.com"}, {"email": "ada@example.com", "name": "Ada"}),
        ({"phone": "+1 415 555 0101"}, {"phone": "(415) 555-0101", "name": "Ada"}),
        ({"name": "Ada Vance"}, {"first_name": "Ada", "last_name": "Vance"}),
    ],
)
def test_what_tells_one_person_apart_is_not_how_they_are_written(
    door: Door, first: dict[str, str], second: dict[str, str]
) -> None:
    lead_id = door.send(first, idempotency_key="k")["lead_id"]
    assert door.send(second, idempotency_key="k")["lead_id"] == lead_id


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "ada@example.com"}, {"phone": "+1 415 555 0102"}),
        ({"phone": "+1 415 555 0101"}, {"phone": "+1 415 555 0102"}),
        ({"name": "Ada Vance"}, {"name": "Bob Lund"}),
        ({**ADA}, {**ADA, "email": "bob@example.com"}),
        ({"email": "info@example.com", "lead_id": 1}, {"email": "info@example.com", "lead_id": 2}),
        ({"hello": "world"}, {**BOB}),
    ],
)
def test_who_can_not_be_shown_to_be_the_same_person_is_another(
    door: Door, first: dict[str, str], second: dict[str, str]
) -> None:
    lead_id = door.send(first, idempotency_key="k")["lead_id"]
    assert door.send(second, idempotency_key="k")["lead_id"] != lead_id


ATTEMPTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "HubSpot": (
        "hubspot",
        {"eventId": 1, "subscriptionId": 2, "objectId": 3, "occurredAt": 4,
         "subscriptionType": "contact.creation", "attemptNumber": 0},
        {"attemptNumber": 1},
    ),
    "Pipedrive": (
        "pipedrive",
        {"meta": {"action": "create", "entity": "person", "id": "u-1", "attempt": 1},
         "data": {"id": 1, "first_name": "Ada", "name": "Ada Vance"}},
        {"meta": {"action": "create", "entity": "person", "id": "u-1", "attempt": 2}},
    ),
    "Pipedrive, version 1": (
        "pipedrive",
        {"meta": {"action": "added", "object": "person", "id": 1, "timestamp_milli": 5},
         "event": "added.person", "retry": 0,
         "current": {"id": 1, "first_name": "Ada", "name": "Ada Vance"}},
        {"retry": 1},
    ),
    "Intercom": (
        "generic",
        {"type": "notification_event", "id": "notif_1", "topic": "contact.lead.created",
         "delivery_attempts": 1, "delivery_status": "pending", "delivered_at": 0,
         "data": {"item": {"type": "contact", "role": "lead", **ADA}}},
        {"delivery_attempts": 2, "delivery_status": "retry", "delivered_at": 9},
    ),
    "Segment": (
        "generic",
        {"type": "identify", "messageId": "m-1", "sentAt": "2026-03-02T09:00:00Z",
         "receivedAt": "2026-03-02T09:00:01Z", "traits": ADA},
        {"sentAt": "2026-03-02T10:00:00Z", "receivedAt": "2026-03-02T10:00:01Z"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("vendor", ATTEMPTS)
def test_a_vendors_second_attempt_is_a_redelivery_that_says_nothing_else(
    door: Door, vendor: str
) -> None:
    source, body, second = ATTEMPTS[vendor]
    first = door.send(body, source)["lead_id"]
    assert door.send({**body, **second}, source)["lead_id"] == first
    assert not any(OTHER_WORDS in line for line in lines_of(door.store, first))


def test_blanks_and_the_order_of_keys_say_nothing(door: Door, clock: HandClock) -> None:
    first = door.send({"name": "Ada", "company": "Acme"}, idempotency_key="k")["lead_id"]
    body = b'{ "company": "Acme",\n "name": "Ada" }'
    delivery = Delivery("generic", body, clock.now, {"idempotency-key": "k"})
    answer = json.loads(capture(delivery, door.kit, door.store).body)
    assert answer["lead_id"] == first
    assert not any(OTHER_WORDS in line for line in lines_of(door.store, first))


@pytest.mark.parametrize("event", [{"type": "ping"}, {"type": "contact.deleted", "id": 4}])
def test_the_redelivery_of_an_event_that_is_no_lead_is_answered_as_the_first_was(
    door: Door, event: dict[str, object]
) -> None:
    first = door.send(event)
    assert first["message"] == "Event kept, but it is no new lead"
    assert door.send(event) == first


def test_an_update_that_came_too_late_is_answered_the_same_twice(
    store: Store, clock: HandClock
) -> None:
    update = captured(clock, kind=Kind.UPDATED, record="contact:9")
    (first,) = store.accept([update])
    (second,) = store.accept([captured(clock, kind=Kind.UPDATED, record="contact:9")])
    assert (second.fate, second.why) == (Fate.REDELIVERED, first.why)


def test_an_installation_compares(tmp_path: Path, clock: HandClock) -> None:
    kit, key = CaptureKit(sources(SETTINGS), timedelta(minutes=10)), {"idempotency-key": "1"}
    with closing(wiring.store(Settings(data=tmp_path))) as store:
        answers = {
            capture(Delivery("generic", json.dumps(who).encode(), clock.now, key), kit, store).body
            for who in (ADA, BOB)
        }
    assert len(answers) == 2


def test_a_key_counts_where_nothing_is_left_to_compare_with(door: Door) -> None:
    first = door.send(ADA, idempotency_key="k")["lead_id"]
    _lose_words(door.store, first)
    assert door.send(BOB, idempotency_key="k")["lead_id"] == first


def _lose_words(store: Any, lead_id: str) -> None:
    """As damage does, or a restored file."""
    if hasattr(store, "events"):
        pytest.skip("it has no disk that could lose anything")
    if hasattr(store, "db"):
        with store.db.writing() as db:
            db.execute("DELETE FROM main.raw")
        return
    key = key_of("raw", lead_id, store.clock.now)
    store.bucket._caller.call("s3", "DELETE", f"/{store.bucket.name}/{key}")
