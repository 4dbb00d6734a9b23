"""Bodies of several leads, JSON in a text, and bodies under a wrong label."""

import json
from typing import Any

import pytest

from leadline.model.errors import TooManyEvents, Unauthentic, Unreadable
from leadline.model.lead import Delivery, Event, Kind
from leadline.standins.form_bodies import urlencoded
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import AT, source

A = {"name": "Ada Vance", "email": "ada@example.com"}
B = {"name": "Ben Okoro", "email": "ben@example.com"}
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def events(body: Any, media: str = JSON, name: str = "generic") -> list[Event]:
    raw = body if isinstance(body, bytes) else compact(body)
    return list(source(name).events(Delivery(name, raw, AT, {"content-type": media})))


def emails(events: list[Event], name: str = "generic") -> list[str | None]:
    return [source(name).fields(event.raw).email for event in events]


def mautic(person: dict[str, str]) -> dict[str, Any]:
    fields = {"firstname": {"value": person["name"]}, "email": {"value": person["email"]}}
    return {"contact": {"id": 2, "fields": {"core": fields}}, "timestamp": "2026-11-29T10:00:00Z"}


BOTH = ["ada@example.com", "ben@example.com"]


@pytest.mark.parametrize("name", ["generic", "standard_webhooks"])
@pytest.mark.parametrize(
    "body",
    [
        {"leads": [A, B]},
        {"data": [A, B]},
        {"contacts": [A, B], "campaign": "Spring"},
        {"mautic.lead_post_save_new": [mautic(A), mautic(B)]},
        {"mautic.lead_post_save_new": [mautic(A)], "mautic.lead_post_save_update": [mautic(B)]},
        {"data": {"leads": [A, B]}},
        {"d": {"results": [A, B]}},
        {"name": "Import of Monday", "leads": [A, B]},
        [[A, B]],
        [{"leads": [A, B]}],
        {"type": "leads.created", "data": {"items": [A, B]}},
    ],
)
def test_every_element_of_a_list_of_people_is_a_lead(body: Any, name: str) -> None:
    found = events(body, name=name)
    assert emails(found, name) == BOTH
    assert not any(source(name).fields(event.raw).suspicions for event in found)


@pytest.mark.parametrize("people", ["users", "members"])
def test_users_alone_are_leads(people: str) -> None:
    assert emails(events({people: [A, B]})) == BOTH


@pytest.mark.parametrize("leads", [[A], [A, B]])
@pytest.mark.parametrize("staff", ["users", "agents", "owners", "members"])
def test_a_list_of_the_senders_own_people_beside_the_leads_is_none_of_leads(
    leads: list[dict[str, str]], staff: str
) -> None:
    own = [{"id": 7, "name": "Ann Archer", "email": "ann@example.com"}]
    assert emails(events({staff: own, "leads": leads})) == [one["email"] for one in leads]


@pytest.mark.parametrize("name", ["generic", "form"])
def test_a_list_of_people_in_a_form_is_several_leads(name: str) -> None:
    form = {"campaign": "Spring"}
    for number, person in enumerate((A, B)):
        form |= {f"leads[{number}][{key}]": value for key, value in person.items()}
    found = events(urlencoded(form), FORM, name)
    assert emails(found, name) == BOTH
    assert source(name).fields(found[1].raw).campaign == "Spring"
    answers = urlencoded({"q[0]": "a", "q[1]": "b", "email": "ada@example.com"})
    assert b"q[1]" in events(answers, FORM, name)[0].raw


def test_only_the_first_deeper_list_is_looked_beside() -> None:
    body = {"data": {"leads": [A, B]}, "payload": {"leads": [A, B]}}
    assert [event.raw for event in events(body)] == [compact(body)]


def test_what_stands_beside_a_list_goes_with_each_element() -> None:
    found = events({"campaign": "Spring", "leads": [A, B]})
    assert [source("generic").fields(e.raw).campaign for e in found] == ["Spring", "Spring"]


def test_the_elements_are_the_very_bytes_and_a_lead_alone_is_the_body() -> None:
    one = b'{ "leads": [ {"email":"ada@example.com","score":1.50} ] }'
    assert [event.raw for event in events(one)] == [one]
    two = b'{"leads": [{"email" : "ada@example.com"}, {"email":"ben@example.com"}]}'
    assert b'{"email" : "ada@example.com"}' in events(two)[0].raw


def test_a_key_of_the_sender_is_told_apart_by_position() -> None:
    body = compact({"leads": [A, B]})
    delivery = Delivery("generic", body, AT, {"idempotency-key": "k"})
    assert [event.key for event in source("generic").events(delivery)] == ["k#0", "k#1"]


def test_what_stands_beside_a_long_list_does_not_grow_with_it() -> None:
    body = {"schema": "x" * 9_000, "campaign": "Spring", "leads": [A, B] * 50}
    found = events(body)
    assert len(found) == 100
    assert sum(len(event.raw) for event in found) < 8 * len(compact(body))
    assert source("generic").fields(found[0].raw).campaign == "Spring"


def test_more_leads_than_any_delivery_may_hold_are_refused() -> None:
    with pytest.raises(TooManyEvents):
        events({"leads": [{"email": "a@example.com"}] * 10_001})


@pytest.mark.parametrize(
    ("body", "email"),
    [
        ({**A, "colleagues": [B, B]}, "ada@example.com"),
        ({"attendees": [A, B]}, "ada@example.com"),
        ({"name": "Ada Vance", "contacts": [{"email": "a@x.com"}, {"email": "b@x.com"}]},
         "a@x.com"),
        ({"data": [{"title": "E-mail", "value": "ada@example.com"}, {"title": "x", "value": "y"}]},
         None),
        ({"fields": [{"name": "email", "value": "ada@example.com"}, {"name": "x", "value": "y"}]},
         "ada@example.com"),
        ({**A, "items": [{"name": "Loom"}, {"name": "Spindle"}]}, "ada@example.com"),
        ({"created_by": [A, B], "email": "cy@example.com"}, "cy@example.com"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_sure_to_hold_people_stays_one_lead(body: Any, email: str) -> None:
    (event,) = events(body)
    assert event.raw == compact(body)
    if email is not None:
        assert source("generic").fields(event.raw).email == email


def test_the_first_of_several_in_an_unsure_list_is_said_to_be_among_others() -> None:
    lead = source("generic").fields(compact({"attendees": [A, B]}))
    assert lead.suspicions == ("custom.another_person",)
    alone = source("generic").fields(compact({"attendees": [A]}))
    assert alone.suspicions == ()


# --- events that are no new lead


_ENDS = (
    "invitee.canceled BOOKING_CANCELLED bookingCancelled ContactDelete contact-deleted merged "
    "contactdeleted contact.deletion contact.privacyDeletion deleted.person unsubscribe no_show "
    "Unsubscribed NoShow BOOKING_NO_SHOW_UPDATED archived lead_archived contact.merge "
    "subscriber.removed_from_list"
)
ENDS = _ENDS.split()
KEYS = ("event", "event_type", "type", "trigger", "triggerEvent", "action", "topic")


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("key", KEYS)
def test_the_end_of_a_record_is_no_new_lead(key: str, name: str) -> None:
    (event,) = events({key: name, **A})
    assert event.kind is Kind.IGNORED
    assert event.why
    (event,) = events(urlencoded({key: name, **A}), FORM, "form")
    assert event.kind is Kind.IGNORED


@pytest.mark.parametrize("name", ["mautic.lead_post_delete", "contact.deleted", "merged"])
def test_the_only_key_of_a_body_may_be_the_name_of_the_event(name: str) -> None:
    assert [e.kind for e in events({name: [A]})] == [Kind.IGNORED]
    assert [e.kind for e in events({name: A})] == [Kind.IGNORED]
    assert [e.kind for e in events({name: [A], "form": "x"})] == [Kind.CREATED]


@pytest.mark.parametrize(
    "name",
    [
        "lead.created", "undeleted", "contact.unarchived", "booking.rescheduled", "Cancellation",
        "Removal", "early-bird-offer", "demo", "Address change", "Cancel my order",
        "Account deletion", "How do I unsubscribe?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["type", "topic"])
def test_what_a_visitor_chooses_and_what_begins_is_a_lead(key: str, name: str) -> None:
    (event,) = events({key: name, **A})
    assert event.kind is Kind.CREATED


# --- JSON in a text


@pytest.mark.parametrize("key", ["payload", "data", "data.json", "body"])
@pytest.mark.parametrize("media", [FORM, JSON])
@pytest.mark.parametrize("name", ["generic", "form"])
def test_json_in_a_text_is_read_under_the_usual_keys(key: str, media: str, name: str) -> None:
    said = {"page": "Prices", key: json.dumps({"leads": [A, B]})}
    body = urlencoded(said) if media == FORM else compact(said)
    assert emails(events(body, media, name), name) == BOTH


@pytest.mark.parametrize("name", ["generic", "form"])
def test_the_hidden_answers_of_a_form_are_read_where_nobody_is_named_beside(name: str) -> None:
    answers = json.dumps({"q3_email": "ada@example.com"})
    assert emails(events(urlencoded({"formID": "1", "rawRequest": answers}), FORM, name), name) == [
        "ada@example.com"
    ]
    beside = {"email": "ben@example.com", "rawRequest": answers}
    lead = source(name).fields(events(urlencoded(beside), FORM, name)[0].raw)
    assert lead.email == "ben@example.com"
    assert lead.custom["rawRequest"] == answers


@pytest.mark.parametrize("name", ["generic", "form"])
def test_the_name_of_an_event_in_json_that_was_a_text_counts(name: str) -> None:
    canceled = json.dumps({"event": "invitee.canceled", "payload": A})
    (event,) = events(urlencoded({"token": "t", "payload": canceled}), FORM, name)
    assert (event.kind, event.why) == (Kind.IGNORED, "canceled")
    new = json.dumps({"event": "invitee.created", "payload": A})
    (event,) = events(urlencoded({"token": "t", "payload": new}), FORM, name)
    assert (event.kind, emails([event], name)) == (Kind.CREATED, ["ada@example.com"])


def test_a_body_that_is_one_json_string_is_read() -> None:
    assert emails(events(json.dumps(json.dumps([A, B])).encode())) == BOTH
    escaped = json.dumps(A).replace('"', "\\u0022")
    assert emails(events(f'{{"payload": "{escaped}"}}'.encode())) == ["ada@example.com"]


@pytest.mark.parametrize("key", ["message", "comments", "notes", "subject", "custom"])
def test_what_a_visitor_typed_is_never_read_as_json(key: str) -> None:
    body = {"company": "Vance Looms", key: json.dumps(A)}
    (event,) = events(body)
    assert event.raw == compact(body)
    assert source("generic").fields(event.raw).email is None


@pytest.mark.parametrize("who", [{"email": "cy@example.com"}, {"phone": "+12125550100"},
                                 {"name": "Cy"}, {"first_name": "Cy"}])  # fmt: skip
def test_json_beside_a_person_is_what_that_person_typed(who: dict[str, str]) -> None:
    body = {**who, "payload": json.dumps(A)}
    assert [event.raw for event in events(body)] == [compact(body)]


@pytest.mark.parametrize(
    "text",
    ['{"email": "ada@example.com"', "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, "{}x"],
)
def test_a_text_that_is_no_json_or_nested_too_deeply_stays_a_text(text: str) -> None:
    body = compact({"payload": text + '"', "company": "Vance Looms"})
    assert [event.raw for event in events(body)] == [body]


# --- labels that are wrong


@pytest.mark.parametrize("name", ["generic", "form", "web_to_lead", "zoho"])
def test_json_under_the_label_of_a_form_is_read_from_the_very_bytes(name: str) -> None:
    body = b'{"email":"ada+x@example.com","last_name":"R&D = 100% & more"}'
    (event,) = events(body, FORM, name)
    lead = source(name).fields(event.raw)
    assert (lead.email, lead.last_name) == ("ada+x@example.com", "R&D = 100% & more")
    assert event.raw == body or name == "zoho"


def test_an_array_under_the_label_of_a_form_is_several_leads() -> None:
    assert emails(events(compact([A, B]), FORM)) == BOTH
    assert emails(events(compact([A, B]), FORM, "form"), "form") == BOTH


def test_json_that_was_encoded_as_the_name_of_a_field_is_read() -> None:
    assert emails(events(urlencoded({json.dumps(A): ""}), FORM)) == ["ada@example.com"]


@pytest.mark.parametrize("text", ["%s", "[%s]", "[\n %s]"])
def test_broken_json_under_the_label_of_a_form_is_not_taken_for_a_form(text: str) -> None:
    body = text % '{"email":"ada@example.com","message":"the "best" &name=more"}'
    with pytest.raises(Unreadable):
        events(body.encode(), FORM)


@pytest.mark.parametrize("name", ["generic", "form"])
def test_a_form_under_the_label_of_json_is_read_as_a_form(name: str) -> None:
    body = urlencoded({"name": "Ada Vance", "email": "ada@example.com", "message": "R&D {x}"})
    assert emails(events(body, JSON, name), name) == ["ada@example.com"]
    parts = (
        b'--b1\r\nContent-Disposition: form-data; name="email"\r\n\r\nada@example.com\r\n--b1--\r\n'
    )
    assert emails(events(parts, JSON, name), name) == ["ada@example.com"]


@pytest.mark.parametrize("body", [b"hello = world", b'{"a" = 1}', b"<a b=c>", b"x", b"=", b"{a=b"])
def test_what_is_neither_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        events(body)


def test_web_to_lead_knows_an_organization_in_json_too() -> None:
    sender = source("web_to_lead", organization=("00D000000000001",))
    body = b'{"oid":"00D000000000001","email":"ada@example.com"}'
    sender.authenticate(Delivery("web_to_lead", body, AT, {"content-type": FORM}))
    other = body.replace(b"1", b"2")
    with pytest.raises(Unauthentic):
        sender.authenticate(Delivery("web_to_lead", other, AT, {"content-type": FORM}))
