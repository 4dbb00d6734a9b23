"""Meta Lead Ads: notices of ids, the question whose URL it is, and leads of the Graph API."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood, Unauthentic
from leadline.model.lead import Delivery, Event, Kind
from leadline.ports.source import Answer
from leadline.standins.notice_bodies import meta_leadgen
from leadline.standins.sample_bodies import compact
from leadline.vendors.meta.webhook import meta_fields
from tests.standins.payloads import AT, URL, source

META = source("meta")
LEAD = {
    "id": "900700",
    "created_time": "2026-03-02T08:49:14+0000",
    "ad_id": "120200000000001",
    "campaign_name": "Looms in spring",
    "platform": "ig",
    "is_organic": False,
    "field_data": [
        {"name": "full_name", "values": ["Ada Kinsella"]},
        {"name": "email", "values": ["ada@example.com"]},
        {"name": "phone_number", "values": ["+442079460123"]},
        {"name": "Firma", "values": ["Kinsella Looms"]},
        {"name": "which_looms?", "values": ["wide", "narrow"]},
    ],
}


def events(body: Any) -> list[Event]:
    raw = body if isinstance(body, bytes) else compact(body)
    return list(META.events(Delivery("meta", raw, AT)))


def test_each_change_is_an_event_with_its_own_bytes() -> None:
    found = events(meta_leadgen([900700, 900701], AT))
    assert [e.record for e in found] == ["900700", "900701"]
    assert [e.key for e in found] == ["900700", "900701"]
    assert {e.kind for e in found} == {Kind.CREATED}
    changes = json.loads(meta_leadgen([900700, 900701], AT))["entry"][0]["changes"]
    assert [e.raw for e in found] == [compact(change) for change in changes]


def test_several_entries_are_all_read_and_rubbish_between_them_hides_none() -> None:
    one, two = (json.loads(meta_leadgen([n], AT))["entry"][0] for n in (1, 2))
    found = events({"object": "page", "entry": [one, None, {"changes": []}, 7, two]})
    assert [e.record for e in found if e.record] == ["1", "2"]


def test_ids_may_be_numbers() -> None:
    body = meta_leadgen([900700], AT).replace(b'"900700"', b"900700")
    (event,) = events(body)
    assert (event.record, event.key) == ("900700", "900700")
    assert META.fields(event.raw).record == "900700"


@pytest.mark.parametrize("field", ["feed", "messages", "leadgen_fat"])
def test_changes_of_other_fields_are_no_leads(field: str) -> None:
    (event,) = events(meta_leadgen([900700], AT, field))
    assert (event.kind, event.why, event.record) == (Kind.IGNORED, "not_a_lead", None)


def test_a_page_without_changes_is_no_event() -> None:
    assert events({"object": "page", "entry": []}) == []


def test_a_notice_says_no_more_than_its_ids() -> None:
    (event,) = events(meta_leadgen([900700], AT))
    fields = META.fields(event.raw)
    assert (fields.record, fields.source) == ("900700", "Meta Lead Ads")
    assert fields.created == str(int(AT.timestamp()))
    assert fields.custom["form_id"] == "120200000000003"
    assert (fields.name, fields.suspicions) == (None, ())


def test_the_dashboards_test_button_is_flagged() -> None:
    (event,) = events(meta_leadgen([444444444444], AT))
    assert META.fields(event.raw).suspicions == ("test.flagged",)


@pytest.mark.parametrize(
    "words", ["<test lead: dummy data for full_name>", "test lead: dummy data for X"]
)
def test_what_the_test_tool_fills_in_is_flagged(words: str) -> None:
    """Meta has no flag for it; public integrations go by the words."""
    dummy = {"id": "900702", "field_data": [{"name": "full_name", "values": [words]}]}
    assert META.fields(compact(dummy)).suspicions == ("test.flagged",)


def test_a_lead_of_the_graph_api_is_understood() -> None:
    (event,) = events(LEAD)
    assert (event.kind, event.record) == (Kind.CREATED, "900700")
    fields = META.fields(compact(LEAD))
    assert (fields.name, fields.email) == ("Ada Kinsella", "ada@example.com")
    assert (fields.phone, fields.company) == ("+442079460123", "Kinsella Looms")
    assert (fields.source, fields.campaign) == ("Instagram", "Looms in spring")
    assert (fields.record, fields.suspicions) == ("900700", ())
    assert fields.custom == {
        "which_looms?": ["wide", "narrow"],
        "ad_id": "120200000000001",
        "platform": "ig",
        "is_organic": False,
    }


def test_an_address_is_known_by_its_looks_and_a_mapping_places_questions() -> None:
    data = [
        {"name": "почта", "values": ["ada@example.com"]},
        {"name": "who.pays?", "values": ["Kinsella Looms"]},
    ]
    fields = meta_fields({"id": "1", "field_data": data}, {"company": "who.pays?"})
    assert (fields.email, fields.company) == ("ada@example.com", "Kinsella Looms")


@pytest.mark.parametrize(
    "raw", [b"null", b"[7]", b"{}", b'{"field":"leadgen"}', b'{"field":"leadgen","value":{}}']
)
def test_what_says_nothing_is_not_understood(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        META.fields(raw)


# --- whose URL it is

ASKED = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-two"


def asked(query: str, *secrets: str) -> Answer | None:
    question = Delivery("meta", b"", AT, {}, "GET", f"{URL}meta?{query}")
    return source("meta", secret=secrets).handshake(question)


def test_the_challenge_comes_back_as_plain_text_if_the_verify_token_fits() -> None:
    answer = asked(ASKED, "app-one:verify-one", "app-two:verify-two")
    assert answer == Answer(b"1158201444", "text/plain; charset=utf-8", 200)
    assert asked(ASKED) == answer, "without a secret everybody is believed"


@pytest.mark.parametrize(
    "secrets", [("app-one:verify-one",), ("verify-two",), ("verify-two:",), (":",), ("",)]
)
def test_another_verify_token_or_the_app_secret_itself_opens_nothing(
    secrets: tuple[str, ...],
) -> None:
    for query in (ASKED, ASKED.replace("verify-two", ""), ASKED.partition("&hub.verify")[0]):
        with pytest.raises(Unauthentic, match="verify token"):
            asked(query, *secrets)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.challenge=1",
        ASKED.replace("subscribe", "unsubscribe"),
        ASKED.replace("1158201444", "%3Cscript%3E"),
        ASKED.replace("1158201444", "1" * 300),
        ASKED.replace("hub.challenge=1158201444&", ""),
    ],
)
def test_other_questions_are_not_answered(query: str) -> None:
    assert asked(query, "app-two:verify-two") is None
