"""A body under a known head becomes the lead that it would be if its delivery were read whole."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.journey.receiving.capture import CaptureKit, answer, read
from leadline.journey.receiving.same_head import SameHead, same_head
from leadline.model.lead import Delivery, Fate, Receipt
from leadline.ports.source import Source
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.form.webhook import Form
from leadline.vendors.generic.webhook import Generic

AT = datetime(2026, 11, 30, 12, 0, 0, 123_457, tzinfo=UTC)
ID = "01938b7a-0000-7000-8000-000000000001"
HEAD = {"host": "x", "content-type": "application/json", "content-length": "2"}
USUAL = b'{"first_name": "Mirela", "email": "mirela.vance@example.com"}'

_names = st.sampled_from(
    ("email", "name", "type", "event", "topic", "id", "source", "specversion", "messageId", "leads")
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12)
    | st.sampled_from(("contact.deleted", "lead.updated", "ping", '{"email":"a@example.com"}')),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_names, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
_bodies = (
    st.dictionaries(_names, _values, max_size=4).map(msgspec.json.encode)
    | st.binary(max_size=20)
    | _values.map(msgspec.json.encode)
)


def kit(source: Source, **given: Any) -> CaptureKit:
    return CaptureKit({source.name: source}, timedelta(minutes=10), new_id=lambda _: ID, **given)


def delivery(
    body: bytes = USUAL, fields: Mapping[str, str] = {}, source: str = "generic"
) -> Delivery:
    headers = {**HEAD, **fields}
    return Delivery(source, body, AT, headers, "POST", "https://leads.example.com/webhook")


def known(kit: CaptureKit, fields: Mapping[str, str] = {}) -> SameHead:
    found = same_head(delivery(USUAL, fields), kit)
    assert found is not None
    return found


@given(_bodies, st.booleans(), st.sampled_from(({}, {"origin": "https://www.example.com"})))
def test_a_body_is_read_like_the_whole_delivery_or_left_to_it(
    body: bytes, first_look: bool, fields: dict[str, str]
) -> None:
    front = kit(Generic(), first_look=first_look)
    lead = known(front, fields).lead(body, AT)
    if lead is not None:
        assert [lead] == read(delivery(body, fields), front)


@pytest.mark.parametrize(
    "config",
    [SourceConfig(), SourceConfig(delay=timedelta()), SourceConfig(redelivery_window=timedelta(1))],
)
def test_a_usual_body_is_not_left_to_it(config: SourceConfig) -> None:
    front = kit(Generic(config), first_look=True)
    assert [known(front).lead(USUAL, AT)] == read(delivery(), front)


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b'{"type": "contact.deleted"}',
        b'{"id": "1", "email": "a@example.com"}',
        b'{"leads": [{"email": "a@example.com"}, {"email": "b@example.com"}]}',
        b'{"lead.deleted": {"email": "a@example.com"}}',
        b'{"data": "{\\"email\\": \\"a@example.com\\"}"}',
        '{"name": "Žofie"}'.encode(),
    ],
)
def test_what_takes_a_closer_look_is_left_to_it(body: bytes) -> None:
    assert known(kit(Generic())).lead(body, AT) is None


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        (Form(), {}),
        (Generic(SourceConfig(hot_score=50.0)), {}),
        (Generic(SourceConfig(skip_when_owned=True)), {}),
        (Generic(SourceConfig(map={"event_id": "/id"})), {}),
        (Generic(SourceConfig(map={"record": "/id"})), {}),
        (Generic(SourceConfig(oauth_issuer="https://issuer.example.com")), {}),
        (Generic(), {"idempotency-key": "a"}),
        (Generic(), {"idempotency-key": ""}),
        (Generic(), {"webhook-id": "a"}),
        (Generic(), {"ce-id": "a"}),
        (Generic(), {"content-type": "application/json; charset=utf-8"}),
    ],
)
def test_heads_that_do_not_decide_alone_decide_nothing(
    source: Source, fields: dict[str, str]
) -> None:
    assert same_head(delivery(USUAL, fields, source.name), kit(source)) is None


def test_a_new_lead_is_answered_in_the_same_words() -> None:
    front = kit(Generic())
    assert known(front).answer(ID) == answer(delivery(), front, [Receipt(ID, Fate.CAPTURED)]).body


def test_a_source_made_from_one_that_lets_heads_decide_must_say_so_itself() -> None:
    class Signed(Generic):
        name = "signed"
        signs = True

    assert same_head(delivery(source="signed"), kit(Signed())) is None
