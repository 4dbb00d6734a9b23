"""LinkedIn Lead Sync: notices of ids, the challenge, and responses together with their forms."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood
from leadline.model.lead import Delivery, Event, Kind
from leadline.ports.source import Answer
from leadline.standins.notice_bodies import linkedin_notice
from leadline.standins.sample_bodies import compact
from leadline.vendors.linkedin.webhook import linkedin_fields
from tests.standins.payloads import AT, URL, source

LINKEDIN = source("linkedin")
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"


def question(number: int, field: str | None, name: str, **details: Any) -> dict[str, Any]:
    about = {"questionId": number, "name": name, "question": {"localized": {"en_US": name}}}
    return about | ({"predefinedField": field} if field else {}) | {"questionDetails": details}


def answer(number: int, words: str) -> dict[str, Any]:
    return {"questionId": number, "answerDetails": {"textQuestionAnswer": {"answer": words}}}


OPTIONS = [
    {"id": 1, "text": {"localized": {"en_US": "wide"}}},
    {"id": 2, "text": {"localized": {"en_US": "narrow"}}},
]
RESPONSE = {
    "id": "example77-4",
    "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:123"},
    "leadType": "SPONSORED",
    "submittedAt": 1772442000000,
    "testLead": False,
    "leadMetadata": {"sponsoredLeadMetadata": {"campaign": "urn:li:sponsoredCampaign:789"}},
    "formResponse": {
        "answers": [
            answer(1, "Ada"),
            answer(2, "Kinsella"),
            answer(3, "ada@example.com"),
            answer(4, "Kinsella Looms"),
            answer(5, "CTO"),
            {"questionId": 6, "answerDetails": {"multipleChoiceAnswer": {"options": [2]}}},
            {"questionId": 7, "answerDetails": {"multipleChoiceAnswer": {"options": [1, 2]}}},
        ]
    },
}
FORM = {
    "id": 1,
    "hiddenFields": [{"name": "utm_campaign", "value": "spring"}, {"name": "team", "value": "EU"}],
    "content": {
        "questions": [
            question(1, "FIRST_NAME", "First name"),
            question(2, "LAST_NAME", "Last name"),
            question(3, "WORK_EMAIL", "Work mail"),
            question(4, "COMPANY_NAME", "Company"),
            question(5, None, "Your role"),
            question(6, None, "Looms", multipleChoiceQuestionDetails={"options": OPTIONS}),
            question(7, None, "Widths", multipleChoiceQuestionDetails={"options": OPTIONS}),
        ]
    },
}


def event(body: Any) -> Event:
    raw = body if isinstance(body, bytes) else compact(body)
    (event,) = LINKEDIN.events(Delivery("linkedin", raw, AT))
    return event


def test_an_answered_form_is_a_lead() -> None:
    found = event(linkedin_notice(77, AT))
    assert (found.kind, found.record) == (Kind.CREATED, "example77-4")
    assert found.raw == linkedin_notice(77, AT)
    fields = LINKEDIN.fields(found.raw)
    assert (fields.record, fields.source) == ("example77-4", "LinkedIn")
    assert fields.custom["leadType"] == "SPONSORED"


def test_a_deletion_is_none_and_has_a_key_of_its_own() -> None:
    found = event(linkedin_notice(77, AT, "DELETED"))
    assert (found.kind, found.why, found.record) == (Kind.IGNORED, "deleted", "example77-4")
    assert found.key != event(linkedin_notice(77, AT)).key


def test_a_notice_again_has_the_same_key() -> None:
    again = json.loads(linkedin_notice(77, AT)) | {"occurredAt": 1}
    assert event(again).key == event(linkedin_notice(77, AT)).key == "example77-4:CREATED"


def test_other_notices_are_no_leads() -> None:
    found = event(json.loads(linkedin_notice(77, AT)) | {"type": "ORGANIZATION_ACTION"})
    assert (found.kind, found.why) == (Kind.IGNORED, "not_a_lead")


def test_a_response_with_its_form_is_understood() -> None:
    body = RESPONSE | {"form": FORM}
    assert (event(body).kind, event(body).record) == (Kind.CREATED, "example77-4")
    fields = LINKEDIN.fields(compact(body))
    assert (fields.first_name, fields.last_name) == ("Ada", "Kinsella")
    assert (fields.email, fields.company) == ("ada@example.com", "Kinsella Looms")
    assert (fields.title, fields.campaign, fields.source) == ("CTO", "spring", "LinkedIn")
    assert (fields.record, fields.created) == ("example77-4", "1772442000000")
    assert (fields.custom["Looms"], fields.custom["Widths"]) == ("narrow", ["wide", "narrow"])
    assert fields.custom["team"] == "EU"
    assert fields.suspicions == ()


def test_without_the_form_answers_have_numbers_and_the_address_its_looks() -> None:
    fields = LINKEDIN.fields(compact(RESPONSE))
    assert (fields.email, fields.first_name) == ("ada@example.com", None)
    assert (fields.custom["answer.1"], fields.custom["answer.6"]) == ("Ada", "2")
    assert fields.campaign == "urn:li:sponsoredCampaign:789"


def test_a_test_lead_is_flagged() -> None:
    assert linkedin_fields(RESPONSE | {"testLead": True}).suspicions == ("test.flagged",)


def test_a_mapping_places_questions_and_hidden_fields() -> None:
    placed = {"message": "Looms", "owner": "team", "phone": "nothing"}
    fields = linkedin_fields(RESPONSE | {"form": FORM}, placed)
    assert (fields.message, fields.owner, fields.phone) == ("narrow", "EU", None)


@pytest.mark.parametrize("raw", [b"null", b"[7]", b"{}", b'{"type":"LEAD_ACTION"}'])
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        LINKEDIN.fields(raw)


# --- the challenge


def asked(query: str, *secrets: str) -> Answer | None:
    question = Delivery("linkedin", b"", AT, {}, "GET", f"{URL}linkedin?{query}")
    return source("linkedin", secret=secrets).handshake(question)


def test_the_challenge_is_answered_with_its_signature() -> None:
    """LinkedIn docs, "Webhooks"; the digest was made with `openssl dgst -mac HMAC`."""
    answer = asked(f"challengeCode={CODE}", "li-example-secret", "an older one")
    assert answer is not None
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert json.loads(answer.body) == {
        "challengeCode": CODE,
        "challengeResponse": "32f8b207e12a2cb6b7e19ead16ed3b56dc7c1da136aad2db44926fa3592b0207",
    }


@pytest.mark.parametrize(
    "code",
    [
        "hmacsha256%3D%7B%22type%22%3A%22LEAD_ACTION%22%7D",
        f"hmacsha256={CODE}",
        f"{CODE}%0A",
        CODE[:-1],
        "",
    ],
)
def test_nothing_but_a_challenge_is_signed(code: str) -> None:
    """Or anybody could have the signature of a forged delivery."""
    assert asked(f"challengeCode={code}", "li-example-secret") is None


def test_without_a_secret_there_is_no_answer() -> None:
    assert asked(f"challengeCode={CODE}") is None
    assert asked(f"challengeCode={CODE}", "") is None
