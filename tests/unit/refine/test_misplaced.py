"""Values in the wrong field, and labels before values."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from leadline.refine.misplaced.fields import put_right

AT = datetime(2026, 3, 2, tzinfo=UTC)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "ada@example.com",
            "www.example.com",
            "+1 212 555 0123",
            "Name: Ada",
            "E-Mail: x",
            "@",
            ":",
        ]
    ),
)


def refined(fields: LeadFields) -> RefinedLead:
    return refine(fields, About("0190", AT, AT, "generic", "US"))


@pytest.mark.parametrize(
    ("written", "field", "value", "rule"),
    [
        (LeadFields(phone="ada@example.com"), "email", "ada@example.com", "phone.is_email"),
        (LeadFields(company="ada@example.com"), "email", "ada@example.com", "company.is_email"),
        (LeadFields(website="ada@example.com"), "email", "ada@example.com", "website.is_email"),
        (LeadFields(title=" ada@example.com"), "email", "ada@example.com", "title.is_email"),
        (LeadFields(company="www.example.com"), "website", "www.example.com", "company.is_website"),
        (
            LeadFields(company="https://example.com/a?b=1"),
            "website",
            "https://example.com/a?b=1",
            "company.is_website",
        ),
        (LeadFields(email="+1 212 555 0123"), "phone_e164", "+12125550123", "email.is_phone"),
        (LeadFields(company="(212) 555-0123"), "phone_e164", "+12125550123", "company.is_phone"),
    ],
)
def test_a_value_that_can_be_nothing_else_is_moved(
    written: LeadFields, field: str, value: str, rule: str
) -> None:
    lead = refined(written)
    assert getattr(lead.contact, field) == value
    (place,) = (name for name in LeadFields.__struct_fields__ if getattr(written, name))
    assert getattr(lead.contact, place) is None
    assert [change.rule for change in lead.changes][:2] == [rule, rule]


def test_a_value_that_stands_in_both_fields_is_taken_from_the_wrong_one() -> None:
    lead = refined(LeadFields(email="ada@example.com", company="Ada@example.com"))
    assert (lead.contact.email, lead.contact.company) == ("ada@example.com", None)


def test_an_address_and_a_number_in_each_others_field_are_exchanged() -> None:
    contact = refined(LeadFields(email="+1 212 555 0123", phone="ada@example.com")).contact
    assert (contact.email, contact.phone_e164) == ("ada@example.com", "+12125550123")


def test_nothing_is_moved_over_another_value() -> None:
    written = LeadFields(email="ada@example.com", phone="bo@example.org", company="www.example.org",
                         website="www.example.com")  # fmt: skip
    assert put_right(written) == (written, ())


def test_a_name_that_is_an_address_stays_beside_the_address() -> None:
    lead = refined(LeadFields(name="ada@example.com"))
    assert (lead.contact.name, lead.contact.email) == ("ada@example.com", "ada@example.com")
    assert "name.suspect" in lead.problems


@pytest.mark.parametrize("company", ["Booking.com", "Yahoo!", "Example.com Ltd", "3M", "Web GmbH"])
def test_a_company_named_like_a_site_stays_a_company(company: str) -> None:
    assert put_right(LeadFields(company=company)) == (LeadFields(company=company), ())


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("first_name", "Firstname: Ada", "Ada"),
        ("first_name", "First name: Ada", "Ada"),
        ("last_name", "Nachname: Kinsella", "Kinsella"),
        ("name", "Name: Ada Kinsella", "Ada Kinsella"),
        ("email", "E-Mail: ada@example.com", "ada@example.com"),
        ("company", "Entreprise : Kinsella SARL", "Kinsella SARL"),
        ("title", "Position: COO", "COO"),
        ("title", "Director: Sales", "Director: Sales"),
        ("company", "Name: Value", "Name: Value"),
        ("company", "Company:", "Company:"),
    ],
)
def test_a_label_before_its_value_is_taken_off(field: str, written: str, value: str) -> None:
    fields, changes = put_right(msgspec.structs.replace(LeadFields(), **{field: written}))
    assert getattr(fields, field) == value
    assert [change.rule for change in changes] == ([f"{field}.label"] if value != written else [])


@given(name=TEXTS, email=TEXTS, phone=TEXTS, company=TEXTS, website=TEXTS)
def test_a_lead_that_was_put_right_is_right(**texts: Any) -> None:
    fields, changes = put_right(LeadFields(**texts))
    for change in changes:
        assert change.before != change.after
    again, _ = put_right(fields)
    assert [getattr(again, name) for name in ("phone", "company", "website")] == [
        getattr(fields, name) for name in ("phone", "company", "website")
    ]


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        ("Ada Kinsella", "Ada Kinsella", ("Ada Kinsella", "Ada", "Kinsella")),
        ("Ada Kinsella", "Kinsella", ("Ada Kinsella", "Ada", "Kinsella")),
        ("Ada", "Ada Kinsella", ("Ada Kinsella", "Ada", "Kinsella")),
        ("Carmen Ruiz Vega", "Ruiz Vega", ("Carmen Ruiz Vega", "Carmen", "Ruiz Vega")),
        ("Kinsella, Ada", None, ("Ada Kinsella", "Ada", "Kinsella")),
        (None, "Kinsella, Ada", ("Ada Kinsella", "Ada", "Kinsella")),
        ("Ali", "Ali", ("Ali Ali", "Ali", "Ali")),
        ("Ada", "Kinsella, PhD", ("Ada Kinsella, PhD", "Ada", "Kinsella, PhD")),
        ("Mary Ann", None, ("Mary Ann", "Mary Ann", None)),
    ],
)
def test_a_whole_name_in_the_field_of_a_part_is_taken_apart(
    first: str | None, last: str | None, parts: tuple[str | None, str | None, str | None]
) -> None:
    contact = refined(LeadFields(first_name=first, last_name=last)).contact
    assert (contact.name, contact.first_name, contact.last_name) == parts


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        (LeadFields(name="Kinsella", first_name="Ada"), ("Ada Kinsella", "Ada", "Kinsella")),
        (LeadFields(name="Ada", last_name="de Vries"), ("Ada de Vries", "Ada", "de Vries")),
        (LeadFields(name="Ada", first_name="Ada"), ("Ada", "Ada", None)),
        (LeadFields(name="Adaline", first_name="Ada"), ("Adaline", "Ada", None)),
        (LeadFields(name="Deal 12", first_name="Ada"), ("Deal 12", "Ada", None)),
        (LeadFields(name="李明", first_name="Ming"), ("李明", "Ming", None)),
    ],
)
def test_a_name_of_one_word_beside_one_part_is_the_other_part(
    fields: LeadFields, parts: tuple[str, str, str | None]
) -> None:
    contact = refined(fields).contact
    assert (contact.name, contact.first_name, contact.last_name) == parts
