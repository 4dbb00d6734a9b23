"""HTML forms: two encodings, every charset, files, honeypots and the habits of plug-ins."""

import json
from typing import Any

import pytest

from leadline.model.errors import NotUnderstood, Unreadable
from leadline.model.lead import Delivery, Kind, LeadFields
from leadline.standins.form_bodies import form_fields, multipart, urlencoded
from tests.standins.payloads import ADA, AT, source

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=----x"


def raw(body: bytes, media: str = URLENCODED) -> bytes:
    (event,) = source("form").events(Delivery("form", body, AT, {"content-type": media}))
    assert event.kind is Kind.CREATED
    return event.raw


def form(body: bytes, media: str = URLENCODED) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(raw(body, media))
    return fields


def fields(body: bytes, media: str = URLENCODED, **config: Any) -> LeadFields:
    return source("form", **config).fields(raw(body, media))


def test_a_contact_form() -> None:
    lead = fields(urlencoded(form_fields(ADA)))
    assert (lead.name, lead.email, lead.phone) == (ADA.name, ADA.email, ADA.phone)
    assert (lead.company, lead.country) == (ADA.company, "GB")
    assert (lead.source, lead.campaign) == ("newsletter", "spring & summer")
    assert lead.message == "Hello,\r\nplease send a quote & a price list."


def test_a_form_that_names_no_source_is_a_website_form() -> None:
    assert fields(b"email=ada%40example.com").source == "Website form"


def test_every_field_is_kept_and_a_repeated_one_is_a_list() -> None:
    assert form(b"a=1&b=&a=2&c=%26+%3D&a=3&=x") == {
        "a": ["1", "2", "3"],
        "b": "",
        "c": "& =",
        "": "x",
    }


def test_a_form_in_parts_has_the_same_fields_and_the_facts_of_its_files() -> None:
    body = multipart(form_fields(ADA), "----x")
    assert form(body, MULTIPART) == form_fields(ADA) | {
        "brief": {"filename": "brief.txt", "content_type": "text/plain", "size": 12}
    }


def test_a_name_with_escaped_spaces_is_the_name_that_the_sender_meant() -> None:
    body = multipart({"Your\\ full\\ name": "Ada Vance", "e-mail": "ada@example.com"}, "----x")
    assert list(form(body, MULTIPART)) == ["Your full name", "e-mail", "brief"]
    assert fields(body, MULTIPART, map={"title": "Your full name"}).title == "Ada Vance"


def test_a_backslash_that_ends_a_character_of_another_charset_stays() -> None:
    body = multipart({"表 示": "x", "_charset_": "shift_jis"}, "----x").decode().encode("shift_jis")
    assert form(body, MULTIPART)["表 示"] == "x"


@pytest.mark.parametrize(
    ("charset", "media"),
    [
        ("utf-8", URLENCODED),
        ("cp1252", URLENCODED),
        ("iso-8859-2", URLENCODED + "; charset=iso-8859-2"),
        ("cp1252", URLENCODED + "; charset=nonsense"),
        ("shift_jis", URLENCODED + '; charset="Shift_JIS"'),
    ],
)
def test_any_charset_is_read(charset: str, media: str) -> None:
    name = {"iso-8859-2": "Łukasz Błażej", "shift_jis": "山田太郎"}.get(charset, "Zoë Müller")
    assert form(urlencoded({"name": name}, charset), media) == {"name": name}


def test_a_form_may_say_its_charset_in_a_field() -> None:
    """HTML standard, the `_charset_` field that the browser fills in."""
    body = b"_charset_=koi8-r&" + urlencoded({"name": "Шевчук"}, "koi8-r")
    assert form(body)["name"] == "Шевчук"


def test_a_form_in_parts_may_be_of_an_old_page() -> None:
    body = multipart({"name": "Zoë"}, "----x").decode().encode("cp1252")
    assert form(body, MULTIPART)["name"] == "Zoë"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"------x\r\n",
        b"no parts at all",
        multipart({"a": "b"}, "----x")[:-9],
        multipart({"a": "b"}, "----other"),
    ],
)
def test_a_form_in_parts_that_breaks_off_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        raw(body, MULTIPART)


def test_a_form_in_parts_without_a_boundary_is_refused() -> None:
    with pytest.raises(Unreadable, match="boundary"):
        raw(b"x", "multipart/form-data")


def test_a_form_with_thousands_of_fields_is_refused() -> None:
    with pytest.raises(Unreadable, match="1000"):
        raw(b"a=1&" * 1001)
    with pytest.raises(Unreadable, match="1000"):
        raw(multipart({str(i): "" for i in range(1001)}, "----x"), MULTIPART)


def test_a_program_that_fills_the_honeypot_is_told_apart() -> None:
    spam = urlencoded(form_fields(ADA) | {"url2": "http://spam.example.com"})
    assert fields(spam, honeypot="url2").suspicions == ("spam.honeypot",)
    assert fields(urlencoded(form_fields(ADA)), honeypot="url2").suspicions == ()
    assert fields(spam).suspicions == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"contact[email]=a@example.com&contact[first_name]=Ada", ("Ada", "a@example.com")),
        (b"fields[name][value]=Ada&fields[email][value]=a@example.com", ("Ada", "a@example.com")),
        (b"fields[f1][title]=Name&fields[f1][value]=Ada&fields[f2][title]=E-mail"
         b"&fields[f2][value]=a@example.com", ("Ada", "a@example.com")),
        (b"Vorname=Ada&E-Mail-Adresse=a@example.com", ("Ada", "a@example.com")),
        (b"Pr%C3%A9nom=Ada&Courriel=a@example.com", ("Ada", "a@example.com")),
        (b"input_1=x&%D0%9F%D0%BE%D1%87%D1%82%D0%B0=a@example.com", (None, "a@example.com")),
        (b"a[b]=1&a=2&a[b][c]=3&[x]=4&name=Ada&email=a@example.com", ("Ada", "a@example.com")),
    ],
)  # fmt: skip
def test_the_habits_of_form_plug_ins(body: bytes, expected: tuple[str | None, str]) -> None:
    lead = fields(body)
    assert (lead.name or lead.first_name, lead.email) == expected


def test_jotform_hides_the_answers_in_one_field() -> None:
    answers = {
        "q3_fullName": {"first": "Ada", "last": "Kinsella"},
        "q4_email": "ada@example.com",
        "q5_phoneNumber": {"area": "020", "phone": "7946 0123"},
        "q6_password": "hunter2",
        "q7_seats": "40",
    }
    body = urlencoded({"formID": "2334", "formTitle": "Sales", "rawRequest": json.dumps(answers)})
    lead = fields(body)
    assert (lead.first_name, lead.last_name, lead.email) == ("Ada", "Kinsella", "ada@example.com")
    assert lead.phone == "020 7946 0123"
    assert lead.custom["q7_seats"] == "40"
    assert "q6_password" not in lead.custom, "a password has no place in an alert"
    assert b"hunter2" in raw(body), "but the raw lead is kept whole"


def test_broken_json_in_a_field_is_a_field() -> None:
    lead = fields(b"email=a@example.com&rawRequest=%7Bbroken")
    assert lead.custom["rawRequest"] == "{broken"


def test_the_settings_may_place_a_field() -> None:
    lead = fields(b"input_3=Ada&input_4=Looms", map={"name": "input_3", "company": "/input_4"})
    assert (lead.name, lead.company) == ("Ada", "Looms")


def test_a_form_without_a_lead_names_its_fields_but_not_what_was_typed() -> None:
    with pytest.raises(NotUnderstood, match="colour") as refusal:
        fields(b"colour=green")
    assert "green" not in refusal.value.detail
