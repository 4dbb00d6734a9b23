"""Any JSON: the usual names at any depth, whose they are, and the events around them."""

import base64
import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood, Unreadable
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.standins.form_bodies import flat_lead, urlencoded
from leadline.standins.sample_bodies import compact
from leadline.vendors._reader.aliases import meaning
from tests.standins.payloads import ADA, AT, source

GENERIC = source("generic")


def events(body: Any, **headers: str) -> list[Event]:
    raw = body if isinstance(body, bytes) else compact(body)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return list(GENERIC.events(Delivery("generic", raw, AT, named)))


def fields(body: Any, **mapping: str) -> LeadFields:
    return source("generic", map=mapping).fields(compact(body))


# --- events


def test_an_array_of_leads_is_several_leads() -> None:
    body = b'[ {"email" : "a@example.com"} , {"email":"b@example.com"}]'
    assert [e.raw for e in events(body)] == [
        b'{"email" : "a@example.com"}',
        b'{"email":"b@example.com"}',
    ]


@pytest.mark.parametrize("body", [b"null", b"7", b'"x"', b"{}", b"true"])
def test_what_is_no_lead_is_kept_and_judged_later(body: bytes) -> None:
    assert events(body) == [Event(Kind.CREATED, body)]
    assert events(b"[" + body + b"]") == [Event(Kind.CREATED, body)]
    with pytest.raises(NotUnderstood):
        GENERIC.fields(body)


def test_an_empty_array_has_no_events() -> None:
    assert events(b"[]") == []


def test_a_key_of_the_sender_is_taken_where_there_is_one() -> None:
    assert events({"a": 1})[0].key is None
    assert events({"id": 5})[0].key is None, "that may be the id of anything"
    assert events({}, idempotency_key="k1")[0].key == "k1"
    assert events({}, idempotency_key=" ", webhook_id="w1")[0].key == "w1"
    assert events({}, idempotency_key="", webhook_id=" ")[0].key is None
    assert events({}, webhook_id="msg_1")[0].key == "msg_1"
    assert events({}, ce_id="A1", ce_source="/forms")[0].key == "/forms A1"
    cloud = {"specversion": "1.0", "id": "A1", "source": "/forms", "type": "x", "data": {}}
    assert events(cloud)[0].key == "/forms A1"


def test_a_key_that_covers_an_array_is_told_apart_by_position() -> None:
    assert [e.key for e in events([{}, {}], idempotency_key="k1")] == ["k1#0", "k1#1"]
    assert [e.key for e in events([{}], idempotency_key="k1")] == ["k1"]


def test_the_settings_may_place_the_key_and_the_record() -> None:
    placed = source("generic", map={"event_id": "meta.eid", "record": "/lead/id"})
    body = compact([{"meta": {"eid": i}, "lead": {"id": f"r{i}"}} for i in (1, 2)])
    found = placed.events(Delivery("generic", body, AT))
    assert [(e.key, e.record) for e in found] == [("1", "r1"), ("2", "r2")]


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        ({"event": "lead.created"}, Kind.CREATED, ""),
        ({"event": "new_lead"}, Kind.CREATED, ""),
        ({"type": "com.example.lead.deleted"}, Kind.IGNORED, "deleted"),
        ({"event_type": "contact_updated"}, Kind.UPDATED, ""),
        ({"eventName": "person.updated"}, Kind.UPDATED, ""),
        ({"type": "notification_event", "topic": "ping"}, Kind.IGNORED, "ping"),
        ({"type": "Address change"}, Kind.CREATED, ""),
        ({"type": "policy_change"}, Kind.CREATED, ""),
        ({"type": "delete"}, Kind.CREATED, ""),
        ({"event": {"name": "x"}, "type": 7}, Kind.CREATED, ""),
    ],
)
def test_only_the_name_of_an_event_makes_it_no_new_lead(
    body: dict[str, Any], kind: Kind, why: str
) -> None:
    (event,) = events(body)
    assert (event.kind, event.why) == (kind, why)


@pytest.mark.parametrize("media", ["", "application/json", "text/plain", "application/x.y+json"])
def test_json_may_come_under_many_names(media: str) -> None:
    assert events(b'{"a":1}', content_type=media)[0].raw == b'{"a":1}'


def test_a_form_is_taken_too() -> None:
    body = urlencoded({"email": "ada@example.com", "contact[name]": "Ada"})
    (event,) = events(body, content_type="application/x-www-form-urlencoded")
    lead = GENERIC.fields(event.raw)
    assert (lead.name, lead.email) == ("Ada", "ada@example.com")


def test_json_in_another_charset_or_wrapping_is_read() -> None:
    koi = '{"name":"Шевчук"}'.encode("koi8-r")
    assert b"\xd0" in events(koi, content_type="application/json; charset=koi8-r")[0].raw
    wrapped = base64.b64encode(b'[{"a":1},{"a":2}]')
    assert [e.raw for e in events(wrapped)] == [b'{"a":1}', b'{"a":2}']


def test_broken_json_is_refused() -> None:
    with pytest.raises(Unreadable):
        events(b'{"a":')


# --- fields


def test_a_flat_lead() -> None:
    lead = fields(flat_lead(ADA))
    assert (lead.first_name, lead.last_name, lead.email) == (ADA.first, ADA.last, ADA.email)
    assert (lead.phone, lead.company, lead.title) == (ADA.phone, ADA.company, ADA.title)
    assert (lead.country, lead.source, lead.campaign) == ("GB", "Partner portal", "brand")
    assert (lead.score, lead.owner) == (77.0, None)
    assert lead.custom == {"seats": 40}


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("first_name", "first_name firstName FirstName First-Name FIRSTNAME fname lead_first_name"),
        ("last_name", "last_name lastName surname 'Last Name' family-name Nachname"),
        ("name", "name full_name 'Full Name' your-name fullName contactName FULL_NAME"),
        ("email", "email Email E-Mail email_address emailAddress work_email your-email 'Email 2'"),
        ("phone", "phone phoneNumber 'Phone Number' mobile Tel telephone work_phone User-Phone"),
        ("company", "company Company companyName organization 'Company Name' account_name Firma"),
        ("title", "title jobTitle 'Job Title' position role JOB_TITLE"),
        ("country", "country Country country_code addressCountry"),
        ("website", "website Web-Site companyWebsite"),
        ("message", "message comments your-message Nachricht description"),
        ("source", "source lead_source LeadSource utm_source 'lead source'"),
        ("campaign", "campaign utm_campaign"),
        ("owner", "owner lead_owner assignedTo ownerId"),
        ("record", "lead_id contactId crm_id"),
    ],
)
def test_the_usual_names_of_a_field(field: str, keys: str) -> None:
    for key in _words(keys):
        lead = fields({key: "Xyz", "email": "a@example.com"} if field != "email" else {key: "Xyz"})
        assert getattr(lead, field) == "Xyz", key


def _words(keys: str) -> list[str]:
    quoted = keys.split("'")
    return [w for part in quoted[::2] for w in part.split()] + quoted[1::2]


@pytest.mark.parametrize(
    "key", ["form_name", "user_agent", "lead_title", "user_id", "address1", "x" * 999]
)
def test_names_that_mean_something_else_are_nobodys_field(key: str) -> None:
    assert meaning(key) is None


@pytest.mark.parametrize(
    "wrap",
    [
        lambda p: p,
        lambda p: {"data": p},
        lambda p: {"payload": {"object": p}},
        lambda p: {"lead": {"contact": p}},
        lambda p: {"type": "identify", "traits": p, "context": {"library": {"name": "js"}}},
        lambda p: {"properties": {key: {"value": value} for key, value in p.items()}},
        lambda p: {"answers": [{"question": key, "answer": value} for key, value in p.items()]},
        lambda p: {"field_data": [{"name": key, "values": [value]} for key, value in p.items()]},
        lambda p: {"name": "Contact us", "formId": "1", "data": p},
        lambda p: {"form": {"name": "Contact us"}, "fields": p},
        lambda p: {"created_by": {"name": "Admin", "email": "admin@example.org"}, "record": p},
        lambda p: {"company": {"name": "Looms", "phone": "1"}, "contact": p},
        lambda p: {"a": {"b": {"c": {"d": [p]}}}},
    ],
)
def test_a_person_is_found_wherever_it_stands(wrap: Any) -> None:
    person = {"full_name": "Ada K", "email": "ada@example.com", "phone": "+442079460123"}
    lead = fields(wrap(person))
    assert (lead.name, lead.email, lead.phone) == ("Ada K", "ada@example.com", "+442079460123")


def test_names_beside_the_address_win_over_names_elsewhere() -> None:
    lead = fields({"name": "Spring form", "data": {"first": "Ada", "email": "ada@example.com"}})
    assert (lead.name, lead.first_name) == (None, "Ada")
    assert lead.custom == {"name": "Spring form"}


def test_an_owner_is_not_the_lead() -> None:
    body = {"owner": {"name": "Grace", "email": "grace@example.org"}, "lead": {"name": "Ada"}}
    lead = fields(body)
    assert (lead.name, lead.email, lead.owner) == ("Ada", None, "grace@example.org")


def test_of_several_people_the_first_is_the_lead_and_the_others_are_kept() -> None:
    two = [{"name": "Ada"}, {"name": "Bo", "email": "bo@example.org"}]
    lead = fields({"contacts": [{**two[0], "email": "ada@example.com"}, two[1]]})
    assert (lead.name, lead.email) == ("Ada", "ada@example.com")
    assert lead.custom == {"contacts.1.name": "Bo", "contacts.1.email": "bo@example.org"}


def test_the_primary_address_is_taken_from_a_list() -> None:
    lead = fields(
        {"emails": [{"value": "b@example.com"}, {"value": "a@example.com", "primary": True}]}
    )
    assert lead.email == "a@example.com"
    assert lead.custom == {"emails.0.value": "b@example.com"}


def test_a_phone_in_parts_is_put_together() -> None:
    parts = {"primaryPhoneNumber": "2125550123", "primaryPhoneCallingCode": "+1"}
    assert fields({"phones": parts}).phone == "(+1) 2125550123"
    assert fields({"phone": 15550000000}).phone == "15550000000"


def test_odoo_says_false_for_nothing_and_pairs_for_links() -> None:
    body = {"contact_name": "Ada", "name": "40 seats", "phone": False, "source_id": [4, "Fair"]}
    lead = fields(body)
    assert (lead.name, lead.phone, lead.source) == ("Ada", None, "Fair")


def test_gravity_forms_numbers_the_parts_of_a_name() -> None:
    entry = {"form_id": "1", "1.3": "Ada", "1.6": "Kinsella", "4.1": "a", "4.3": "b", "4.6": "c"}
    lead = fields(entry | {"2": "ada@example.com"})
    assert (lead.first_name, lead.last_name, lead.email) == ("Ada", "Kinsella", "ada@example.com")
    assert lead.custom["4.3"] == "b"


def test_an_address_under_an_unknown_name_is_found_by_its_looks() -> None:
    body = {"to": "us@example.org", "reply_to": "us@example.org", "Ваша почта": "ada@example.com"}
    lead = fields(body)
    assert lead.email == "ada@example.com"
    assert lead.custom == {"to": "us@example.org", "reply_to": "us@example.org"}


def test_the_settings_win_over_guesses() -> None:
    body = {"name": "x", "a": {"b/c": [{"d": "Ada"}]}, "dotted.key": "Looms", "n": 7}
    lead = fields(body, name="/a/b~1c/0/d", company="dotted.key", score="n", email="no.where")
    assert (lead.name, lead.company, lead.score, lead.email) == ("Ada", "Looms", 7.0, None)


@pytest.mark.parametrize(
    ("score", "number"),
    [
        (7, 7.0),
        ("82", 82.0),
        ("1.5", 1.5),
        ("Hot", None),
        (True, None),
        ("nan", None),
        ("1e999", None),
    ],
)
def test_a_score_is_a_finite_number(score: object, number: float | None) -> None:
    assert fields({"name": "Ada", "score": score}).score == number


def test_a_cloud_events_source_is_not_the_leads() -> None:
    cloud = {"specversion": "1.0", "source": "/forms/42", "id": "1", "data": {"name": "Ada"}}
    assert fields(cloud).source == "Webhook"


def test_a_test_lead_is_flagged() -> None:
    assert fields({"name": "Ada", "is_test": True}).suspicions == ("test.flagged",)
    assert fields({"name": "Ada", "is_test": "no"}).suspicions == ()


def test_what_nobody_knows_is_kept_under_its_own_name_but_secrets_are_not() -> None:
    lead = fields({"name": "Ada", "Häufigkeit": 3, "a": {"b": [1, 2]}, "api_key": "k", "e": ""})
    assert lead.custom == {"Häufigkeit": 3, "a.b": [1, 2]}


def test_no_name_of_a_field_makes_a_link_but_the_one_that_the_settings_say() -> None:
    url = "https://crm.example.com/1"
    body = {"name": "Ada", "crm_url": url, "record_url": url, "profile_url": url, "at": url}
    lead = fields(body)
    assert lead.crm_url is None
    assert lead.custom == {"crm_url": url, "record_url": url, "profile_url": url, "at": url}
    assert fields(body, crm_url="at").crm_url == url


def test_a_refusal_names_the_keys_and_never_the_values() -> None:
    with pytest.raises(NotUnderstood, match="temperature, unit") as refusal:
        fields({"unit": "hush", "temperature": 21})
    assert "hush" not in refusal.value.detail
    assert "map" in refusal.value.detail


def test_a_body_of_a_hundred_thousand_members_is_read_in_part() -> None:
    many = {f"k{i}": i for i in range(100_000)}
    lead = fields({"email": "ada@example.com", **many})
    assert lead.email == "ada@example.com"
    assert len(lead.custom) < 3_000


def test_every_custom_value_can_be_written_as_json() -> None:
    lead = fields({"name": "Ada", "x": [[1, {"y": None}], {"z": [True]}], "q": {"r": {"s": 1.5}}})
    json.dumps(lead.custom)
    assert lead.custom["q.r.s"] == 1.5
