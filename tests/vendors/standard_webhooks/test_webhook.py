"""Standard Webhooks: a signed envelope around JSON of any shape."""

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Kind
from leadline.standins.sample_bodies import compact, standard_webhook
from tests.standins.payloads import ADA, AT, delivery, source

STANDARD = source("standard_webhooks")


def test_the_id_of_the_message_is_the_key_of_the_event() -> None:
    signed = delivery("standard_webhooks")
    (event,) = STANDARD.events(signed)
    assert (event.kind, event.key, event.raw) == (Kind.CREATED, "msg_1", signed.body)


def test_each_element_of_an_array_has_a_key_of_its_own() -> None:
    body = b'[{"email":"a@example.com"}, {"email":"b@example.com"}]'
    events = list(STANDARD.events(delivery("standard_webhooks", body)))
    assert [e.key for e in events] == ["msg_1#0", "msg_1#1"]
    assert events[1].raw == b'{"email":"b@example.com"}'


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("lead.created", Kind.CREATED, ""),
        ("anything", Kind.CREATED, ""),
        ("contact.updated", Kind.UPDATED, ""),
        ("contact.deleted", Kind.IGNORED, "deleted"),
        ("ping", Kind.IGNORED, "ping"),
    ],
)
def test_the_type_says_what_happened(name: str, kind: Kind, why: str) -> None:
    (event,) = STANDARD.events(delivery("standard_webhooks", standard_webhook(name, ADA, AT)))
    assert (event.kind, event.why) == (kind, why)


def test_the_lead_is_found_inside_the_envelope() -> None:
    fields = STANDARD.fields(standard_webhook("lead.created", ADA, AT))
    assert (fields.name, fields.email, fields.phone) == (ADA.name, ADA.email, ADA.phone)
    assert (fields.company, fields.country, fields.title) == (ADA.company, "GB", "CTO")
    assert (fields.source, fields.campaign) == ("webinar", "Q4")


def test_an_update_finds_its_lead_by_the_record_that_the_settings_place() -> None:
    body = compact({"type": "lead.updated", "data": {"id": 7, "owner": "Grace"}})
    placed = source("standard_webhooks", map={"record": "data.id"})
    (event,) = placed.events(delivery("standard_webhooks", body))
    assert (event.kind, event.record) == (Kind.UPDATED, "7")


@pytest.mark.parametrize("raw", [b"null", b"7", b"[[]]", b'{"type":{}}', b'{"type":"x","data":[]}'])
def test_what_says_nothing_is_kept_but_not_understood(raw: bytes) -> None:
    (event,) = STANDARD.events(Delivery("standard_webhooks", raw, AT))
    assert event.kind is Kind.CREATED
    with pytest.raises(NotUnderstood):
        STANDARD.fields(event.raw)
