"""What one delivery may make of itself: so many events, and so many bytes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from leadline import wiring
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.bounds import MOST_EVENTS, Bounds
from leadline.model.errors import ConfigurationError, TooManyEvents, TooMuchToStore
from leadline.model.lead import CapturedLead, Delivery, Event, Kind
from leadline.plugins import is_source
from leadline.ports.source import Source
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.standins.form_bodies import multipart
from leadline.standins.sample_bodies import ORGANIZATION, compact, salesforce_message
from tests.standins.payloads import AT, BODIES, source
from tests.worlds.batches import BATCHES, XML, change_event, people, zoho_notice


def deliver(name: str, body: bytes, media: str = "") -> Delivery:
    return Delivery(name, body, AT, {"content-type": media or "application/json"})


def kit(**settings: Any) -> CaptureKit:
    return wiring.capture_kit(Settings(**settings))


def stored(leads: Iterable[CapturedLead]) -> int:
    """The bytes that are kept of a delivery."""
    return sum(len(lead.raw) + len(lead.body or b"") for lead in leads)


@pytest.mark.parametrize("what", BATCHES)
def test_a_delivery_may_hold_as_many_events_as_the_limit_says_and_no_more(what: str) -> None:
    name, media, body_of = BATCHES[what]
    assert len(read(deliver(name, body_of(3), media), kit(max_events=3))) == 3
    with pytest.raises(TooManyEvents, match="more than 3 events") as caught:
        read(deliver(name, body_of(4), media), kit(max_events=3))
    assert caught.value.status == 413


def test_every_source_that_cuts_is_looked_at() -> None:
    single = {"close", "form", "typeform", "web_to_lead"}
    assert {name for name, _, _ in BATCHES.values()} | single == {n for n in BODIES if is_source(n)}


class ManyEvents(Source):
    """Makes a thousand events, if they are asked for."""

    name = "many"
    made = 0

    def authenticate(self, delivery: Delivery) -> None:
        pass

    def events(self, delivery: Delivery) -> Iterator[Event]:
        for _ in range(1000):
            self.made += 1
            yield Event(Kind.CREATED, b"1" * 10)


def test_no_more_events_are_made_than_are_taken() -> None:
    many = ManyEvents()
    limited = CaptureKit({"many": many}, AT - AT, Bounds(max_events=5))
    with pytest.raises(TooManyEvents):
        read(deliver("many", b""), limited)
    assert many.made == 6
    many.made = 0
    narrow = CaptureKit({"many": many}, AT - AT, Bounds(max_stored=100))
    with pytest.raises(TooMuchToStore, match=r"take up 110 bytes or more.* limit is 100 bytes"):
        read(deliver("many", b""), narrow)
    assert many.made == 11


@pytest.mark.parametrize("what", BATCHES)
def test_no_source_makes_events_beyond_the_limit(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, media, body_of = BATCHES[what]
    made: list[Event] = []

    def make(*args: Any, **fields: Any) -> Event:
        made.append(Event(*args, **fields))
        return made[-1]

    monkeypatch.setattr(f"leadline.vendors.{name}.webhook.Event", make)
    body = body_of(40)
    with pytest.raises(TooManyEvents):
        list(Bounds(max_events=4).within(source(name).events(deliver(name, body, media)), body))
    assert len(made) == 5


# --- how many bytes


@pytest.mark.parametrize("what", BATCHES)
def test_what_is_stored_grows_with_the_body(what: str) -> None:
    name, media, body_of = BATCHES[what]
    sizes = [stored(read(deliver(name, body_of(n), media), kit())) for n in (50, 100, 200)]
    assert sizes[1] < 2.5 * sizes[0]
    assert sizes[2] < 2.5 * sizes[1]


def test_a_piece_of_a_change_event_names_no_record_but_its_own() -> None:
    leads = read(deliver("salesforce", change_event(3)), kit())
    for lead in leads:
        piece = json.loads(lead.raw)
        assert piece["ChangeEventHeader"]["recordIds"] == [lead.record] == [piece["Id"]]
        assert piece["LastName"] == "Kinsella"
    assert [lead.body is None for lead in leads] == [False, True, True]


def test_a_record_named_twice_is_one_event() -> None:
    body = change_event(2).replace(b"00Q5g0000000078EAA", b"00Q5g0000000077EAA")
    assert len(read(deliver("salesforce", body), kit())) == 1


@pytest.mark.parametrize("body_of", [change_event, zoho_notice])
def test_what_records_share_is_not_repeated_without_end(body_of: Any) -> None:
    name = "zoho" if body_of is zoho_notice else "salesforce"
    shared = json.loads(body_of(20))
    (shared["payload"] if name == "salesforce" else shared)["Description"] = "x" * 5_000
    body = compact(shared)
    assert len(read(deliver(name, body), kit(max_stored=200_000))) == 20
    with pytest.raises(TooMuchToStore) as caught:
        read(deliver(name, body), kit(max_stored=50_000))
    assert caught.value.status == 413
    assert f"from a body of {len(body)} bytes" in caught.value.detail
    assert f"the limit is {max(50_000, 8 * len(body))} bytes" in caught.value.detail


@pytest.mark.parametrize("what", BATCHES)
def test_a_delivery_that_repeats_little_is_taken_however_large_it_is(what: str) -> None:
    name, media, body_of = BATCHES[what]
    assert len(read(deliver(name, body_of(2), media), kit(max_stored=1))) == 2


def test_a_delivery_of_one_event_is_never_too_much_to_store() -> None:
    """A control character takes six bytes in JSON, and the form is kept beside it."""
    body = multipart({"email": "ada@example.com", "message": "\x01" * 10_000}, "b")
    delivery = deliver("form", body, "multipart/form-data; boundary=b")
    (lead,) = read(delivery, kit(max_stored=1))
    assert stored([lead]) > 6 * len(body)


# --- where readers give up


@pytest.mark.parametrize("organization", [(), (ORGANIZATION,)])
def test_a_reader_makes_no_more_pieces_than_any_limit_allows(
    monkeypatch: pytest.MonkeyPatch, organization: tuple[str, ...]
) -> None:
    monkeypatch.setattr("leadline.vendors._webhooks.soap.MOST_EVENTS", 3)
    salesforce = source("salesforce", organization=organization)
    body = salesforce_message(people(4), AT, ORGANIZATION)
    with pytest.raises(TooManyEvents):
        read(deliver("salesforce", body, XML), CaptureKit({"salesforce": salesforce}, AT - AT))


def test_the_sender_hears_of_the_limit_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.model.texts.json_text.MOST_EVENTS", 3)
    with pytest.raises(TooManyEvents, match="more than 2 events"):
        read(deliver("generic", b"[1,2,3,4]"), kit(max_events=2))


def test_the_limits_are_settings() -> None:
    text = 'max_events = 20\nmax_stored = "1MiB"'
    settings = load(document=(text, "test"), environ={}).settings
    assert wiring.capture_kit(settings).bounds == Bounds(20, 1 << 20)
    assert wiring.capture_kit(Settings()).bounds == Bounds()
    for wrong in (0, MOST_EVENTS + 1):
        with pytest.raises(ConfigurationError, match="max_events"):
            load(document=(f"max_events = {wrong}", "test"), environ={})
