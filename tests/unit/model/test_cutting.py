"""Cutting events out of the body of a delivery that tells of others, too."""

import json
from datetime import UTC, datetime

import pytest

from leadline.model.lead import Delivery
from leadline.model.texts.cutting import body_without
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, BEN, CY = (
    f'{{ "email": "{name}@example.com" }}'.encode() for name in ("ada", "ben", "cy")
)  # fmt: skip


def events(body: bytes) -> list[bytes]:
    return [one.raw for one in Generic(SourceConfig()).events(Delivery("generic", body, NOW))]


def test_the_other_elements_of_an_array_keep_their_bytes() -> None:
    body = b"[ " + ADA + b" ,\n" + BEN + b", " + CY + b"]"
    assert body_without(body, [BEN]) == b"[" + ADA + b"," + CY + b"]"
    assert body_without(body, [ADA, CY]) == b"[" + BEN + b"]"


@pytest.mark.parametrize(
    "body",
    [
        b'{"leads":[%b,%b,%b]}',
        b'{"data":{"leads":[%b, %b, %b]},"campaign":"Spring"}',
        b'{"mautic.lead_post_save_new":[%b,%b,%b],"timestamp":"2026"}',
        b'{"tags":[{"name":"fair"}],"contacts":[%b,%b,%b],"at":[{"a":1},{"b":2}]}',
        b"[[%b,%b],[%b]]",
    ],
)
def test_an_event_is_cut_out_of_a_list_and_the_others_are_read_as_before(body: bytes) -> None:
    whole = body % (ADA, BEN, CY)
    first, second, third = events(whole)
    rest = body_without(whole, [second])
    assert rest is not None
    assert b"ben@" not in rest
    assert events(rest) == [first, third]
    last = body_without(rest, [first])
    assert last is not None
    assert b"ada@" not in last
    assert json.loads(events(last)[0]) == json.loads(third)


def test_nothing_is_left_where_nobody_else_was() -> None:
    assert body_without(b"[" + ADA + b"]", [ADA]) is None
    body = b'{"leads":[' + ADA + b"," + BEN + b"]}"
    assert body_without(body, events(body)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"email=ada%40example.com",
        b"<lead><email>ada@example.com</email></lead>",
        b'{"payload":"[{\\"email\\":\\"ada@example.com\\"}]"}',
        b'[{"email":"ada@example.com","attempt":2}]',
        b"[" * 50_000,
        b"",
    ],
)
def test_what_cannot_be_cut_is_said(body: bytes) -> None:
    assert body_without(body, [ADA]) is None


def test_what_is_nested_deeper_than_leads_are_stays_as_it_is() -> None:
    deep = b"[" * 20 + BEN + b"]" * 20
    assert body_without(b"[" + deep + b"," + ADA + b"]", [ADA]) == b"[" + deep + b"]"


def test_all_events_must_be_found() -> None:
    assert body_without(b"[" + ADA + b"," + BEN + b"]", [ADA, CY]) is None


def test_where_nothing_is_to_be_cut_the_body_stays_as_it_is() -> None:
    body = b"[ " + ADA + b" ]"
    assert body_without(body, []) == body
