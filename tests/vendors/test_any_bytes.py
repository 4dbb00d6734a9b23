"""Promises that every source keeps for any body whatever."""

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.model.errors import LeadlineError, NotUnderstood, Unreadable
from leadline.model.lead import Delivery, Event, LeadFields
from leadline.standins.form_bodies import multipart
from leadline.standins.sample_bodies import compact, hubspot_event
from leadline.vendors._answers.answers import are_answers
from tests.standins.payloads import ADA, AT, BODIES, MEDIA, source

ALL = sorted(BODIES)
NAMES = st.sampled_from(ALL)
MEDIA_TYPES = st.sampled_from([
    "", "application/json", "text/plain", "text/xml", "application/json; charset=utf-16",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=koi8-r",
    "multipart/form-data; boundary=b", "multipart/form-data", "multipart/form-data; boundary=\xff",
])  # fmt: skip
# Words that the sources look for, so that random values meet their branches.
WORDS = st.sampled_from(
    tuple(
        """
        event data id meta current previous vid properties value contacts emails phones answers type
        form_response field definition fields sObject Id Name Address payload ChangeEventHeader
        recordIds subscriptionType objectId objectTypeId lead_id object_type action name email phone
        company owner score form_id 1.3 1.6 question answer specversion hidden calculated org_id
        contact[email] rawRequest custom.cf_x entityName changeType transactionKey primary host
        ids operation module affected_values record_id values entry changes leadgen field_data
        events event_type object_id formResponse content questions questionId answerDetails
        leadGenFormResponse leadAction _model _id updated_attributes custom_fields model record
        party. contact. employee. __class__ write_date Owner user_id country_id referenced_actor_id
        label title text choices options inputs ref form headline q1 a1 question_1 answer_1 labels
        values first last full rows columns textAnswers 0 1
        """.split()  # noqa: SIM905
    )
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "lead",
            "contact",
            "created",
            "person",
            "added",
            "Lead",
            "contact.creation",
            "crm.lead",
            "Leads",
            "insert",
            "leadgen",
            "record.created",
            "new",
            "LEAD_ACTION",
            "datetime",
            "email",
            "Your name",
            "first = Ada\nlast = Vance",
        ]
    )
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=10), inner, max_size=8)
    ),
    max_leaves=40,
)


def deliver(name: str, body: bytes, media: str) -> Delivery:
    return Delivery(name, body, AT, {"content-type": media}, "POST", "https://x.example/webhook")


def check(name: str, body: bytes, media: str) -> Sequence[Event] | None:
    """What must hold for any body; returns the events, or None where the body is unreadable."""
    reader = source(name, honeypot="trap")
    try:
        events = list(reader.events(deliver(name, body, media)))
    except Unreadable as error:
        explained(error)
        return None
    again = list(reader.events(deliver(name, body, media)))
    assert [e.key for e in events] == [e.key for e in again]
    assert events == again
    for event in events:
        json.loads(event.raw.decode())
        assert event.record is None or event.record
        assert "None" not in (event.record or "") or b"None" in body
        check_fields(name, event.raw)
    return events


def explained(error: LeadlineError) -> None:
    assert isinstance(error, NotUnderstood | Unreadable)
    assert error.detail


def check_fields(name: str, raw: bytes) -> None:
    try:
        fields = source(name, honeypot="trap").fields(raw)
    except LeadlineError as error:
        explained(error)
        return
    assert isinstance(fields, LeadFields)
    json.dumps(fields.custom)
    texts = (getattr(fields, n) for n in LeadFields.__struct_fields__ if n not in NOT_TEXT)
    assert all(text is None or (isinstance(text, str) and text.strip()) for text in texts)
    assert fields.score is None or abs(fields.score) < float("inf")


NOT_TEXT = ("attribution", "consent", "score", "custom", "suspicions")


@given(name=NAMES, body=st.binary(max_size=300), media=MEDIA_TYPES)
def test_any_bytes(name: str, body: bytes, media: str) -> None:
    check(name, body, media)


def holds_lists(value: list[Any]) -> bool:
    """Whether a list or an object in the list has a list in it, which may hold several leads."""
    return "[" in json.dumps(value)[1:]


@given(name=NAMES, value=VALUES)
def test_any_json_value(name: str, value: Any) -> None:
    body = json.dumps(value).encode()
    events = check(name, body, "application/json")
    may_cut = name in ("generic", "standard_webhooks")
    if name in ("generic", "hubspot", "pipedrive", "standard_webhooks"):
        assert events is not None
        several = isinstance(value, list) and not (may_cut and are_answers(value))
        wanted = len(value) if several else 1
        assert len(events) >= wanted, "no lead is lost"
        if not (may_cut and holds_lists(value if several else [value])):
            assert len(events) == wanted, "and none is invented"


@given(name=NAMES, value=VALUES)
def test_fields_of_any_json_value(name: str, value: Any) -> None:
    check_fields(name, json.dumps(value).encode())


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with some pieces cut out, doubled, swapped or overwritten."""
    text = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        i, j = sorted(chance.choices(range(len(text) + 1), k=2))
        j = min(j, i + chance.randint(0, 40))
        piece = bytes(text[i:j])
        text[i:j] = chance.choice([b"", piece * 2, piece[::-1], chance.randbytes(3), b"null", b'"'])
    return bytes(text)


@given(name=NAMES, seed=st.integers(0, 2**32))
def test_bodies_that_were_damaged_on_the_way(name: str, seed: int) -> None:
    media = MEDIA.get(name, "application/json")
    check(name, mutated(BODIES[name](ADA), random.Random(seed)), media)


def replaced(value: Any, chance: random.Random, by: Any) -> Any:
    """The value with one of its members replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        return {**value, key: replaced(value[key], chance, by)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        i = chance.randrange(len(value))
        return [*value[:i], replaced(value[i], chance, by), *value[i + 1 :]]
    return by


@given(
    name=st.sampled_from([n for n in ALL if n not in MEDIA]),
    seed=st.integers(0, 2**32),
    by=VALUES,
)
def test_bodies_in_which_anything_is_something_else(name: str, seed: int, by: Any) -> None:
    body = replaced(json.loads(BODIES[name](ADA)), random.Random(seed), by)
    check(name, json.dumps(body).encode(), "application/json")


@given(seed=st.integers(0, 2**32), by=VALUES)
def test_arrays_of_hubspot_in_which_anything_is_something_else(seed: int, by: Any) -> None:
    chance = random.Random(seed)
    body = [replaced(hubspot_event(124, AT, "contact.propertyChange"), chance, by), by]
    assert len(check("hubspot", json.dumps(body).encode(), "application/json") or ()) == 2


@given(name=NAMES, fields=st.dictionaries(WORDS | st.text(max_size=9), st.text(max_size=30)))
def test_any_form(name: str, fields: dict[str, str]) -> None:
    if name in ("form", "web_to_lead", "generic", "zoho"):
        sound = {k.replace("\n", ""): v for k, v in fields.items()}
        body = multipart({k.replace("\r", "").replace('"', ""): v for k, v in sound.items()}, "b")
        assert len(check(name, body, "multipart/form-data; boundary=b") or [1]) == 1


@pytest.mark.parametrize("name", ALL)
def test_a_lead_among_rubbish_is_found_all_the_same(name: str) -> None:
    """Each record fails alone."""
    if name in ("generic", "standard_webhooks", "hubspot", "pipedrive"):
        good = json.loads(BODIES[name](ADA))
        body = compact([7, None, good, {}])
        events = list(source(name).events(deliver(name, body, "application/json")))
        assert len(events) == 4
        assert source(name).fields(events[2].raw).email == ADA.email


@pytest.mark.fuzz
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(name=NAMES, seed=st.integers(0, 2**32), media=MEDIA_TYPES)
def test_damaged_bodies_at_length(name: str, seed: int, media: str) -> None:
    chance = random.Random(seed)
    body = BODIES[chance.choice(ALL)](ADA)
    check(name, mutated(body, chance), media)


@pytest.mark.fuzz
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(name=NAMES, value=VALUES)
def test_any_value_at_length(name: str, value: Any) -> None:
    check(name, json.dumps(value).encode(), "application/json")
    check(name, json.dumps([value]).encode(), "")


@pytest.mark.fuzz
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from([n for n in ALL if n not in MEDIA]), seed=st.integers(0, 2**32), by=VALUES
)
def test_anything_is_something_else_at_length(name: str, seed: int, by: Any) -> None:
    chance = random.Random(seed)
    body = replaced(json.loads(BODIES[name](ADA)), chance, by)
    check(name, json.dumps(replaced(body, chance, by)).encode(), "application/json")
