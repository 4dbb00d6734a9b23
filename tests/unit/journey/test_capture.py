"""The front half, with a source that is as simple as a source can be."""

import json
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit, answer, read
from leadline.model.errors import TooMuchUnreadable, Unauthentic, UnsupportedMedia
from leadline.model.lead import Delivery, Event, Fate, Kind, LeadFields, Receipt
from leadline.model.task import Step
from leadline.ports.source import Answer, Source
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.memory import MemoryStore
from leadline.vendors.registry import find
from leadline.vendors.salesforce.webhook import Salesforce
from tests.worlds.leads import HandClock, capture

FORM = {"content-type": "application/x-www-form-urlencoded"}


class LineSource(Source):
    """One event a line: `+name` is new, `~name` an update, `-name` a deletion."""

    name = "lines"

    def authenticate(self, delivery: Delivery) -> None:
        if delivery.headers.get("x-bad"):
            raise Unauthentic

    def events(self, delivery: Delivery) -> Sequence[Event]:
        kinds = {"+": Kind.CREATED, "~": Kind.UPDATED, "-": Kind.IGNORED}
        return [
            Event(kinds[line[0]], json.dumps(line[1:]).encode(), record=line[1:], why="deleted")
            for line in delivery.body.decode().splitlines()
        ]

    def fields(self, raw: bytes) -> LeadFields:
        name, _, owner = json.loads(raw).partition("@")
        return LeadFields(name=name, owner=owner or None, score=float(len(raw)))


def kit(**config: object) -> CaptureKit:
    source = LineSource(SourceConfig(**config))  # type: ignore[arg-type]
    return CaptureKit({"lines": source}, timedelta(minutes=10))


def deliver(clock: HandClock, body: str, **headers: str) -> Delivery:
    return Delivery("lines", body.encode(), clock.now, headers)


def told(answer: Answer) -> dict[str, object]:
    body: dict[str, object] = json.loads(answer.body)
    return body


def test_one_lead_is_answered_with_its_id(clock: HandClock) -> None:
    store = MemoryStore(clock)
    answer = told(capture(deliver(clock, "+ada"), kit(), store))
    (lead_id,) = store.events
    assert answer == {"message": "Lead captured successfully", "lead_id": lead_id}


def test_several_leads_are_answered_with_all_their_ids(clock: HandClock) -> None:
    store = MemoryStore(clock)
    answer = told(capture(deliver(clock, "+ada\n+bob\n-cy"), kit(), store))
    ada, bob, _ = store.events
    assert answer["lead_ids"] == [ada, bob]
    assert answer["lead_id"] == ada


def test_a_redelivery_is_answered_like_the_first_time(clock: HandClock) -> None:
    store = MemoryStore(clock)
    first = capture(deliver(clock, "+ada"), kit(), store)
    clock.advance(hours=20)
    assert capture(deliver(clock, "+ada"), kit(), store) == first
    assert len(store.events) == 1


def test_the_same_form_on_the_next_day_is_another_lead(clock: HandClock) -> None:
    settings = SourceConfig(redelivery_window=timedelta(days=3))
    posted = Delivery("x", b"email=ada%40example.com", clock.now, FORM)
    json_posted = Delivery("x", b'{"email":"ada@example.com"}', clock.now, {})
    for name, config, headers, window in [
        ("form", SourceConfig(), {}, timedelta(minutes=10)),
        ("web_to_lead", SourceConfig(), {}, timedelta(minutes=10)),
        ("form", settings, {}, timedelta(days=3)),
        ("generic", SourceConfig(), {}, None),
        ("generic", SourceConfig(public=True), {}, timedelta(minutes=10)),
        ("generic", SourceConfig(), {"origin": "https://example.com"}, timedelta(minutes=10)),
        ("form", SourceConfig(), {"idempotency-key": "k"}, None),
    ]:
        source = find(name)(config)
        sent = json_posted if name == "generic" else posted
        made = CaptureKit({name: source}, timedelta(minutes=10))
        delivery = msgspec.structs.replace(sent, source=name, headers={**sent.headers, **headers})
        assert [lead.window for lead in read(delivery, made)] == [window], (name, config, headers)


def test_what_browsers_post_has_no_longer_window_than_all_have(clock: HandClock) -> None:
    made = CaptureKit({"form": find("form")()}, timedelta(), redelivery_window=timedelta(minutes=1))
    (lead,) = read(Delivery("form", b"email=ada%40example.com", clock.now, FORM), made)
    assert lead.window == timedelta(minutes=1)


def test_a_delivery_that_its_quota_does_not_take_is_answered_429(clock: HandClock) -> None:
    delivery = deliver(clock, "{")
    with pytest.raises(TooMuchUnreadable) as refused:
        answer(delivery, kit(), [Receipt("", Fate.REFUSED)])
    assert (refused.value.status, refused.value.retry_after) == (429, 60)


def test_what_is_no_new_lead_is_kept_and_said_so(clock: HandClock) -> None:
    store = MemoryStore(clock)
    answer = told(capture(deliver(clock, "-ada"), kit(), store))
    assert answer == {"message": "Event kept, but it is no new lead", "reason": "deleted"}
    assert len(store.events) == 1


def test_a_delivery_without_any_event_is_kept_too(clock: HandClock) -> None:
    (kept,) = read(deliver(clock, ""), kit())
    assert (kept.kind, kept.why, kept.body) == (Kind.IGNORED, "empty", b"")


def test_nothing_is_read_from_who_is_not_who_they_say(clock: HandClock) -> None:
    store = MemoryStore(clock)
    with pytest.raises(Unauthentic):
        capture(deliver(clock, "+ada", **{"x-bad": "1"}), kit(), store)
    assert store.events == {}


def test_another_content_type_is_refused(clock: HandClock) -> None:
    with pytest.raises(UnsupportedMedia, match="application/json"):
        read(deliver(clock, "+ada", **{"content-type": "image/png"}), kit())
    assert read(deliver(clock, "+ada", **{"content-type": "application/vnd.x+json"}), kit())
    assert read(deliver(clock, "+ada", **{"content-type": 'Application/JSON; charset="x"'}), kit())


def test_a_source_may_have_its_own_delay(clock: HandClock) -> None:
    (lead,) = read(deliver(clock, "+ada"), kit(delay=timedelta(hours=30)))
    assert lead.due_at == clock.now + timedelta(hours=30)


def test_a_hot_lead_skips_the_wait(clock: HandClock) -> None:
    store = MemoryStore(clock)
    capture(deliver(clock, "+al\n+alexandrina"), kit(hot_score=8), store)
    (lease,) = store.lease(Step.REFINE, 9, timedelta(seconds=9))
    assert store.waiting([lease.task.lead_id])[lease.task.lead_id].raw == b'"alexandrina"'


@pytest.mark.parametrize("hot", [{}, {"hot_score": 99}])
def test_a_lead_that_comes_with_a_trusted_owner_skips_the_wait_where_that_is_set(
    clock: HandClock, hot: dict[str, object]
) -> None:
    body = "+ada\n+bob@ann\n~cy@ann"
    waits = [timedelta(minutes=10), timedelta(), timedelta(minutes=10)]
    leads = read(deliver(clock, body), kit(skip_when_owned=True, owner="trusted", **hot))
    assert [lead.due_at - clock.now for lead in leads] == waits
    leads = read(deliver(clock, body), kit(owner="trusted", **hot))
    assert {lead.due_at - clock.now for lead in leads} == {timedelta(minutes=10)}
    leads = read(deliver(clock, body), kit(skip_when_owned=True, **hot))
    assert {lead.due_at - clock.now for lead in leads} == {timedelta(minutes=10)}


def test_the_body_is_kept_once_where_the_raw_words_are_not_it(clock: HandClock) -> None:
    first, second = read(deliver(clock, "+ada\n+bob"), kit())
    assert first.body == b"+ada\n+bob"
    assert second.body is None


def test_a_session_of_salesforce_is_not_archived(clock: HandClock) -> None:
    body = (
        b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>"
        b"<notifications xmlns='http://soap.sforce.com/2005/09/outbound'>"
        b"<SessionId>00D!opens.everything</SessionId>"
        b"<Notification><Id>04l1</Id><sObject xsi:type='sf:Lead' "
        b"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:sf='urn:s'>"
        b"<sf:Id>00Q1</sf:Id><sf:LastName>Vance</sf:LastName></sObject></Notification>"
        b"</notifications></e:Body></e:Envelope>"
    )
    delivery = Delivery("salesforce", body, clock.now, {"content-type": "text/xml"})
    (lead,) = read(delivery, CaptureKit({"salesforce": Salesforce()}, timedelta()))
    assert lead.body is not None
    assert b"<sf:LastName>Vance" in lead.body
    assert b"opens.everything" not in lead.body + lead.raw


def test_an_idempotency_key_makes_a_redelivery_known_whatever_the_bytes(clock: HandClock) -> None:
    store = MemoryStore(clock)
    header = {"idempotency-key": "order-1"}
    first = capture(deliver(clock, "+ada\n+bob", **header), kit(), store)
    clock.advance(days=30)
    assert capture(deliver(clock, "+ada\n+bob\n", **header), kit(), store) == first
    other = {"idempotency-key": "order-2"}
    assert capture(deliver(clock, "+ada\n+cy", **other), kit(), store) != first


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_idempotency_key_is_none(clock: HandClock, empty: str) -> None:
    [without] = read(deliver(clock, "+ada"), kit())
    [lead] = read(deliver(clock, "+ada", **{"idempotency-key": empty}), kit())
    assert (lead.event_key, lead.lasting_key) == (without.event_key, False)
