"""Salesforce: Outbound Messages, Flow call-outs, relayed change events, and Web-to-Lead."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.errors import NotUnderstood, Unauthentic, Unreadable
from leadline.model.lead import Delivery, Event, Fate, Kind, Receipt
from leadline.standins.form_bodies import urlencoded, web_to_lead
from leadline.standins.sample_bodies import ORGANIZATION, compact, salesforce_message
from tests.standins.payloads import ADA, AT, delivery, source

SALESFORCE = source("salesforce")
GRACE = type(ADA)(78, "Grace & Co", "Adeyemi <x>", "grace@example.org", "", "Ade's", "", "US")
RECORD = "00Q5g0000000077EAA"


def events(body: bytes, media: str = "text/xml; charset=UTF-8") -> list[Event]:
    return list(SALESFORCE.events(Delivery("salesforce", body, AT, {"content-type": media})))


def message(change: str = "", by: str = "") -> bytes:
    return salesforce_message([ADA], AT, ORGANIZATION).replace(change.encode(), by.encode())


def test_each_notification_is_an_event() -> None:
    first, second = events(salesforce_message([ADA, GRACE], AT, ORGANIZATION))
    assert (first.kind, first.key, first.record) == (Kind.CREATED, "04l5g0000000077AAA", RECORD)
    assert second.key == "04l5g0000000078AAA"


def test_a_notification_keeps_every_field_and_its_odd_characters() -> None:
    (_, event) = events(salesforce_message([ADA, GRACE], AT, ORGANIZATION))
    fields = SALESFORCE.fields(event.raw)
    assert (fields.first_name, fields.last_name) == ("Grace & Co", "Adeyemi <x>")
    assert (fields.email, fields.company, fields.phone) == ("grace@example.org", "Ade's", None)
    assert fields.source == "Partner Referral"
    assert fields.owner == "0055g000000ExmplAA"
    assert fields.crm_url == f"https://example.my.salesforce.com/{event.record}"
    assert fields.custom == {"Rating": "Hot", "IsDeleted": "false"}


def test_the_session_that_opens_their_salesforce_is_not_kept() -> None:
    for event in events(message()):
        assert b"not-a-real-session" not in event.raw
        assert b"SessionId" not in event.raw


def test_a_byte_order_mark_and_white_space_do_no_harm() -> None:
    assert len(events(b"\xef\xbb\xbf" + message())) == 1
    assert len(events(b"\r\n  " + message())) == 1


def test_another_encoding_is_read_as_it_says() -> None:
    body = message("UTF-8", "iso-8859-1").replace(b"Kinsella Looms", b"Caf\xe9")
    assert SALESFORCE.fields(events(body)[0].raw).company == "Café"


def test_an_empty_message_has_no_events_and_is_kept_as_such() -> None:
    empty = salesforce_message([], AT, ORGANIZATION)
    assert events(empty) == []
    kit = CaptureKit({"salesforce": SALESFORCE}, AT - AT)
    (kept,) = read(Delivery("salesforce", empty, AT, {"content-type": "text/xml"}), kit)
    assert (kept.kind, kept.why) == (Kind.IGNORED, "empty")


@pytest.mark.parametrize(
    ("change", "by", "kind", "why"),
    [
        ("sf:Lead", "sf:Contact", Kind.CREATED, ""),
        ("sf:Lead", "sf:Lead2", Kind.CREATED, ""),
        ("sf:Lead", "sf:Opportunity", Kind.IGNORED, "not_a_lead"),
        ("IsDeleted>false", "IsDeleted>true", Kind.IGNORED, "deleted"),
    ],
)
def test_what_a_notification_is_about(change: str, by: str, kind: Kind, why: str) -> None:
    (event,) = events(message(change, by))
    assert (event.kind, event.why) == (kind, why)


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        (b"<x/>", "not an Outbound Message"),
        (b"<x>", "not XML"),
        (b"", "not XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', "encoding|XML"),
        (b"<a>" * 33, "deeply"),
        (b"<a>" * 100_000, "deeply"),
    ],
)
def test_xml_that_is_no_message_is_refused_in_words(document: bytes, detail: str) -> None:
    with pytest.raises(Unreadable, match=detail):
        events(document)


def test_the_answer_is_the_acknowledgement() -> None:
    answer = SALESFORCE.answer([Receipt("id", Fate.CAPTURED)])
    assert answer is not None
    assert (answer.status, answer.media_type.partition(";")[0]) == (200, "text/xml")
    root = ElementTree.fromstring(answer.body)
    (ack,) = root.iter("{http://soap.sforce.com/2005/09/outbound}Ack")
    assert ack.text == "true"


# --- whose organization


@pytest.mark.parametrize("own", [ORGANIZATION, ORGANIZATION[:15]])
@pytest.mark.parametrize("sent", [ORGANIZATION, ORGANIZATION[:15]])
def test_15_and_18_characters_are_the_same_organization(own: str, sent: str) -> None:
    body = salesforce_message([ADA], AT, sent)
    source("salesforce", organization=("00Dother", own)).authenticate(
        Delivery("salesforce", body, AT, {"content-type": "text/xml"})
    )


@pytest.mark.parametrize("sent", ["", "00D", ORGANIZATION[:14] + "x", ORGANIZATION.lower()])
def test_another_organization_is_not_believed(sent: str) -> None:
    body = salesforce_message([ADA], AT, sent)
    with pytest.raises(Unauthentic):
        source("salesforce", organization=(ORGANIZATION,)).authenticate(
            Delivery("salesforce", body, AT, {"content-type": "text/xml"})
        )


@pytest.mark.parametrize("body", [b"", b"<x/>", b"<x", b"\xff", b"{}", b"[]"])
def test_whoever_names_no_organization_is_not_believed(body: bytes) -> None:
    believer = source("salesforce", organization=(ORGANIZATION,))
    for media in ("text/xml", "application/json", ""):
        with pytest.raises(Unauthentic):
            believer.authenticate(Delivery("salesforce", body, AT, {"content-type": media}))


def test_organization_and_secret_are_both_demanded() -> None:
    believer = source("salesforce", organization=("00Dother",), secret=("sales-one",))
    with pytest.raises(Unauthentic):
        believer.authenticate(delivery("salesforce"))


# --- JSON


def flow(**more: Any) -> bytes:
    record = {
        "attributes": {"type": "Lead", "url": "/services/data/v62.0/sobjects/Lead/x"},
        "Id": RECORD,
        "FirstName": "Ada",
        "LastName": "Kinsella",
        "Email": "ada@example.com",
        "Phone": None,
        "MobilePhone": "+442079460123",
        "Owner": {"Name": "Grace Adeyemi", "Email": "grace@example.org"},
        "LastModifiedDate": "2026-03-02T09:00:00Z",
    }
    return compact(record | more)


def test_a_flow_sends_a_record_as_json() -> None:
    (event,) = events(flow(), "application/json")
    assert (event.raw, event.record, event.key) == (
        flow(),
        RECORD,
        f"{RECORD}:2026-03-02T09:00:00Z",
    )
    fields = SALESFORCE.fields(event.raw)
    assert (fields.phone, fields.owner) == ("+442079460123", "grace@example.org")
    assert fields.source == "Salesforce"


def change(what: str, **header: Any) -> bytes:
    about = {
        "entityName": "Lead",
        "recordIds": [RECORD, "00Q5g0000000078EAA"],
        "changeType": what,
        "transactionKey": "0002343d-9d90",
        "sequenceNumber": 1,
    }
    payload = {
        "ChangeEventHeader": about | header,
        "Name": {"FirstName": "Ada", "LastName": "Kinsella", "Salutation": "Ms."},
        "Address": {"City": "Cork", "Country": "Ireland"},
    }
    return compact({"schema": "x", "payload": payload, "event": {"replayId": 4}})


@pytest.mark.parametrize(
    ("what", "kind", "why"),
    [
        ("CREATE", Kind.CREATED, ""),
        ("UNDELETE", Kind.CREATED, ""),
        ("UPDATE", Kind.UPDATED, ""),
        ("DELETE", Kind.IGNORED, "deleted"),
        ("GAP_OVERFLOW", Kind.IGNORED, "gap_overflow"),
    ],
)
def test_a_change_event_is_one_event_for_each_record(what: str, kind: Kind, why: str) -> None:
    found = events(change(what), "application/json")
    assert [(e.kind, e.why, e.record) for e in found] == [
        (kind, why, RECORD),
        (kind, why, "00Q5g0000000078EAA"),
    ]
    assert len({e.key for e in found}) == 2


def test_a_change_event_has_compound_names_and_addresses() -> None:
    fields = SALESFORCE.fields(events(change("CREATE"), "application/json")[0].raw)
    assert (fields.first_name, fields.last_name) == ("Ada", "Kinsella")
    assert (fields.country, fields.record) == ("Ireland", RECORD)
    assert fields.custom == {
        "Salutation": "Ms.",
        "Address.City": "Cork",
        "Address.Country": "Ireland",
    }


def test_a_change_of_another_object_is_no_lead() -> None:
    found = events(change("CREATE", entityName="Account"), "application/json")
    assert {e.why for e in found} == {"not_a_lead"}


@pytest.mark.parametrize("raw", [b"null", b"7", b"{}", b'{"payload":{"ChangeEventHeader":{}}}'])
def test_json_that_says_nothing_is_kept_but_not_understood(raw: bytes) -> None:
    (event,) = events(raw, "application/json")
    json.loads(event.raw)
    with pytest.raises(NotUnderstood):
        SALESFORCE.fields(event.raw)


# --- Web-to-Lead


def web_fields(body: bytes, **config: Any) -> Any:
    form = source("web_to_lead", **config)
    (event,) = form.events(Delivery("web_to_lead", body, AT, {"content-type": form.media[0]}))
    return form.fields(event.raw)


def test_a_web_to_lead_form() -> None:
    fields = web_fields(web_to_lead(ADA))
    assert (fields.first_name, fields.last_name, fields.email) == (ADA.first, ADA.last, ADA.email)
    assert (fields.phone, fields.company, fields.title) == (ADA.phone, ADA.company, ADA.title)
    assert fields.source == "Web"
    assert fields.custom["00N5g00000ExmplX"] == "Newsletter"


def test_the_page_to_return_to_is_kept_and_not_obeyed() -> None:
    form = source("web_to_lead")
    assert form.answer([Receipt("id", Fate.CAPTURED)]) is None
    assert web_fields(web_to_lead(ADA)).custom["retURL"] == "https://www.example.com/thanks"


def test_a_form_of_another_organization_is_not_believed() -> None:
    media = {"content-type": "application/x-www-form-urlencoded"}
    own = source("web_to_lead", organization=(ORGANIZATION,))
    own.authenticate(Delivery("web_to_lead", web_to_lead(ADA), AT, media))
    for body in (web_to_lead(ADA, oid="00Dother"), b"email=x", b""):
        with pytest.raises(Unauthentic):
            own.authenticate(Delivery("web_to_lead", body, AT, media))


def test_a_program_that_fills_the_honeypot_is_told_apart() -> None:
    spam = web_to_lead(ADA, url2="http://spam.example.com")
    assert web_fields(spam, honeypot="url2").suspicions == ("spam.honeypot",)
    assert web_fields(web_to_lead(ADA, url2=""), honeypot="url2").suspicions == ()


def test_a_form_without_a_lead_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="retURL"):
        web_fields(urlencoded({"retURL": "https://www.example.com", "oid": "00D"}))
