"""Typeform: answers by type, whose questions stand elsewhere."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.form_bodies import typeform_response
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import ADA, AT, source

TYPEFORM = source("typeform")


def event(body: bytes) -> Event:
    (event,) = TYPEFORM.events(Delivery("typeform", body, AT))
    return event


def response(*answers: dict[str, Any], **more: Any) -> bytes:
    return compact({"event_type": "form_response", "form_response": {"answers": answers} | more})


def answer(kind: str, value: Any, number: str = "a1", ref: str = "") -> dict[str, Any]:
    return {"type": kind, kind: value, "field": {"id": number, "ref": ref, "type": kind}}


def test_a_response_is_an_event_with_its_own_key() -> None:
    body = typeform_response(ADA, AT)
    assert event(body) == Event(Kind.CREATED, body, key="01EXAMPLE00000000000000077")


def test_without_an_event_id_the_token_of_the_submission_stands_in() -> None:
    assert event(response(token="tok1")).key == "tok1"
    assert event(response()).key is None


def test_other_events_are_no_leads() -> None:
    found = event(b'{"event_id":"1","event_type":"form_response_partial"}')
    assert (found.kind, found.why, found.key) == (Kind.IGNORED, "not_a_lead", "1")


def test_answers_are_known_by_their_type_and_their_questions_titles() -> None:
    fields = TYPEFORM.fields(typeform_response(ADA, AT))
    assert (fields.first_name, fields.last_name) == (ADA.first, ADA.last)
    assert (fields.email, fields.phone, fields.company) == (ADA.email, ADA.phone, ADA.company)
    assert (fields.source, fields.campaign, fields.score) == ("podcast", "autumn", 77.0)
    assert fields.created == "2026-03-02T09:00:00Z"
    assert fields.custom["How many seats do you need?"] == 80


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("What's your *first name*?", "first_name"),
        ("Your full name", "name"),
        ("And your surname?", "last_name"),
        ("Which organisation are you with?", "company"),
        ("Where is your country of residence?", "country"),
        ("How can we help you today?", "message"),
        ("What is your job title?", "title"),
    ],
)
def test_a_question_is_understood_by_the_words_of_its_title(title: str, field: str) -> None:
    raw = response(
        answer("text", "Xyz"),
        answer("email", "ada@example.com", "e"),
        definition={"fields": [{"id": "a1", "title": title}]},
    )
    assert getattr(TYPEFORM.fields(raw), field) == "Xyz"


def test_a_reference_is_enough_where_the_definition_is_missing() -> None:
    raw = response(answer("text", "Ada", ref="first_name"), answer("text", "Xyz", ref="01FP-ulid"))
    fields = TYPEFORM.fields(raw)
    assert fields.first_name == "Ada"
    assert fields.custom["01FP-ulid"] == "Xyz"


def test_the_settings_may_name_a_question() -> None:
    raw = response(answer("text", "Ada", "q9"), answer("text", "Looms", "q8", ref="r8"))
    fields = source("typeform", map={"name": "q9", "company": "r8"}).fields(raw)
    assert (fields.name, fields.company) == ("Ada", "Looms")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (answer("choice", {"label": "Blue", "id": "x"}), "Blue"),
        (answer("choice", {"other": "Mauve"}), "Mauve"),
        (answer("choices", {"labels": ["A", "B"], "other": "C"}), ["A", "B", "C"]),
        (answer("boolean", False), False),
        (answer("number", 0), 0),
        (answer("date", "2026-03-02"), "2026-03-02"),
        (answer("payment", {"amount": "1", "name": "Ada"}), "Ada"),
    ],
)
def test_every_type_of_answer_is_kept(given: dict[str, Any], kept: object) -> None:
    raw = response(given, answer("email", "ada@example.com", "e"))
    assert TYPEFORM.fields(raw).custom["a1"] == kept


def test_a_second_address_does_not_push_out_the_first() -> None:
    raw = response(answer("email", "a@example.com"), answer("email", "b@example.com", "a2"))
    fields = TYPEFORM.fields(raw)
    assert (fields.email, fields.custom["a2"]) == ("a@example.com", "b@example.com")


@pytest.mark.parametrize("raw", [
    b"null", b"7", b"{}", b'{"form_response":null}', b'{"form_response":{"answers":null}}',
    b'{"form_response":{"answers":[7,{"type":7},{"field":7}],"hidden":[],"calculated":9}}',
    b'{"form_response":{"answers":{},"definition":{"fields":{}}}}',
])  # fmt: skip
def test_what_says_nothing_is_kept_but_not_understood(raw: bytes) -> None:
    assert event(raw).raw == raw
    with pytest.raises(NotUnderstood):
        TYPEFORM.fields(raw)


def test_the_questions_are_named_when_no_lead_is_found() -> None:
    raw = response(
        answer("text", "secret words"), definition={"fields": [{"id": "a1", "title": "Your wish"}]}
    )
    with pytest.raises(NotUnderstood, match="Your wish") as refusal:
        TYPEFORM.fields(raw)
    assert "secret words" not in refusal.value.detail
    json.dumps(refusal.value.detail)


def test_answers_that_are_no_list_are_no_answers() -> None:
    raw = b'{"form_response":{"answers":true,"hidden":{"email":"ada@example.com"}}}'
    assert source("typeform").fields(raw).email == "ada@example.com"
