"""Whose data a body holds: halves of a name, other people, owners, and values without a label."""

from typing import Any

import pytest

from leadline.model.lead import LeadFields
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import source

DOUBTFUL = "name.fields_differ"
GENERIC = source("generic")


def fields(body: Any) -> LeadFields:
    return GENERIC.fields(compact(body))


def named(body: Any) -> tuple[str | None, str | None, str | None]:
    lead = fields(body)
    return lead.name, lead.first_name, lead.last_name


@pytest.mark.parametrize(
    ("body", "first", "last"),
    [
        ({"Vorname": "Ada", "Name": "Kinsella"}, "Ada", "Kinsella"),
        ({"Vorname": "Ada", "Name": "von der Lane"}, "Ada", "von der Lane"),
        ({"Prénom": "Ada", "Nom": "Kinsella"}, "Ada", "Kinsella"),
        ({"Nombre": "María José", "Apellidos": "Ruiz Vega"}, "María José", "Ruiz Vega"),
        ({"Nome": "Ada", "Cognome": "Kinsella"}, "Ada", "Kinsella"),
        ({"Nome": "Ada", "Sobrenome": "Kinsella Lima"}, "Ada", "Kinsella Lima"),
        ({"Voornaam": "Ada", "Naam": "de Vries"}, "Ada", "de Vries"),
        ({"Имя": "Ада", "Фамилия": "Кинселла"}, "Ада", "Кинселла"),
        ({"name": "Ada", "surname": "Kinsella"}, "Ada", "Kinsella"),
        ({"Your name (required)": "Ada", "Your surname": "Kinsella"}, "Ada", "Kinsella"),
        ({"姓": "田中", "名": "花子"}, "花子", "田中"),
        ({"name": "Spring fair", "first_name": "Ada", "last_name": "Kinsella"}, "Ada", "Kinsella"),
        ({"name": "Ada", "first_name": "Ada", "last_name": "Kinsella"}, "Ada", "Kinsella"),
    ],
)
def test_a_name_beside_one_half_is_the_other_half(
    body: dict[str, str], first: str, last: str
) -> None:
    lead = fields(body)
    assert (lead.name, lead.first_name, lead.last_name) == (None, first, last)
    assert lead.suspicions == ()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": "Ada Kinsella", "first_name": "Ada"}, ("Ada Kinsella", "Ada", "Kinsella")),
        ({"name": "Ada de Vries", "first_name": "Ada"}, ("Ada de Vries", "Ada", "de Vries")),
        ({"name": "Ada Kinsella", "surname": "Kinsella"}, ("Ada Kinsella", "Ada", "Kinsella")),
        ({"name": "Ruiz Vega, Ada", "surname": "Ruiz Vega"}, ("Ruiz Vega, Ada", None, "Ruiz Vega")),
        ({"Full name": "Joanna Kinsella", "First name": "Jo"}, ("Joanna Kinsella", None, None)),
        ({"name": "李明", "first_name": "Ming", "last_name": "Li"}, ("李明", "Ming", "Li")),
        ({"Name": "Ada Kinsella", "Name 2": "Ada"}, ("Ada Kinsella", None, None)),
        ({"Name": "Ada", "Name 2": "Ada Kinsella"}, ("Ada Kinsella", None, None)),
    ],
)
def test_a_name_that_has_its_half_in_it_is_whole(
    body: dict[str, str], name: tuple[str | None, str | None, str | None]
) -> None:
    assert named(body) == name
    assert fields(body).suspicions == ()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"Name": ["Ada", "Kinsella"]}, (None, "Ada", "Kinsella")),
        ({"Name": "Ada", "Name 2": "Kinsella"}, (None, "Ada", "Kinsella")),
        ([{"label": "Name", "value": v} for v in ("Ada", "Kinsella")], (None, "Ada", "Kinsella")),
        ({"first_name": "Bill", "name": "William Gates"}, (None, "Bill", "William Gates")),
        ({"Full name": "Ada Kinsella", "First name": "Bo"}, ("Ada Kinsella", None, None)),
        ({"Your name": "Ada Kinsella", "Contact name": "Bo Lund"}, ("Ada Kinsella", None, None)),
    ],
)
def test_fields_that_do_not_make_one_name_are_told(
    body: Any, name: tuple[str | None, str | None, str | None]
) -> None:
    body = {"answers": body} if isinstance(body, list) else body
    assert named(body) == name
    assert fields(body).suspicions == (DOUBTFUL,)


OTHERS = (
    "Manager's e-mail", "Emergency contact e-mail", "Friend's email", "referred_by_email",
    "Second contact's e-mail", "spouse_email", "Contact 2 email", "E-Mail des Vorgesetzten",
    "Correo del jefe", "E-mail du responsable", "sales_rep_mail", "紹介者メールアドレス",
)  # fmt: skip


@pytest.mark.parametrize("label", OTHERS)
def test_what_a_label_says_of_somebody_else_is_never_the_leads(label: str) -> None:
    lead = fields({"Name": "Ada Kinsella", label: "bo@example.org"})
    assert (lead.name, lead.email) == ("Ada Kinsella", None)
    assert lead.custom == {label: "bo@example.org"}


def test_an_object_about_somebody_else_gives_the_lead_nothing() -> None:
    other = {"name": "Bo Lund", "phone": "+12125550123"}
    lead = fields(
        {"emergency_contact": other, "contact": {"name": "Ada", "email": "a@example.com"}}
    )
    assert (lead.name, lead.email, lead.phone) == ("Ada", "a@example.com", None)
    assert lead.custom == {f"emergency_contact.{key}": value for key, value in other.items()}


def test_where_nobody_else_is_named_somebody_elses_label_is_told() -> None:
    assert fields({"student": {"name": "Ada", "email": "a@example.com"}}).email == "a@example.com"
    lead = fields({"Referrer's e-mail": "bo@example.org"})
    assert (lead.email, lead.suspicions) == ("bo@example.org", ("custom.another_person",))


@pytest.mark.parametrize("number", ["+1 212 555 0123", "+442079460123", "(212) 555-0123"])
def test_a_value_that_can_be_nothing_but_a_phone_is_the_phone(number: str) -> None:
    assert fields({"Name": "Ada", "field_x7": number}).phone == number
    beside = fields({"Name": "Ada", "Phone": "030 1234567", "field_x7": number})
    assert (beside.phone, beside.custom) == ("030 1234567", {"field_x7": number})


@pytest.mark.parametrize(
    "body",
    [
        {"a": "+1 212 555 0123", "b": "+1 212 555 0199"},
        {"Fax": "+1 212 555 0123"},
        {"Emergency phone": "+1 212 555 0123"},
        {"Order": "2125550123"},
        {"Height": "+1.85"},
        {"Id": "+1234567890123456"},
        {"Phone": "yes"},
    ],
)
def test_what_may_be_another_number_is_no_phone(body: dict[str, str]) -> None:
    lead = fields({"Name": "Ada", **body})
    assert lead.phone is None
    assert lead.custom == body


def test_a_label_that_is_not_fully_known_counts_if_the_value_fits() -> None:
    known = {"Name": "Ada", "Under which phone line are you best met?": "030 1234567"}
    assert fields(known).phone == "030 1234567"
    unknown = {"Name": "Ada", "How many phone lines have you got?": "12"}
    assert fields(unknown).phone is None
    mail = {"Name": "Ada", "Mail (never on weekends)": "a@example.com", "Email type": "HTML"}
    assert (fields(mail).email, fields(mail).custom) == ("a@example.com", {"Email type": "HTML"})


@pytest.mark.parametrize(
    "key", ["lead_owner", "assigned_to", "sales_owner", "contact_owner", "assignee", "sales_rep"]
)
def test_whose_the_lead_is_counts_before_who_made_the_record(key: str) -> None:
    lead = source("generic", owner="trusted").fields(
        compact({"name": "Ada", "owner": "import-job", key: "bo@example.org"})
    )
    assert lead.owner == "bo@example.org"
    assert lead.custom == {"owner": "import-job"}


def test_a_document_of_erpnext_has_its_creator_heading_and_company_in_it() -> None:
    document = {
        "doctype": "Lead", "name": "CRM-LEAD-2026-00007", "owner": "Administrator",
        "title": "Kinsella Looms", "company": "The Seller", "company_name": "Kinsella Looms",
        "lead_name": "Ada Kinsella", "email_id": "ada@example.com",
    }  # fmt: skip
    lead = fields(document)
    assert (lead.name, lead.company, lead.title, lead.owner) == (
        "Ada Kinsella", "Kinsella Looms", None, None,
    )  # fmt: skip
    assert lead.custom["owner"] == "Administrator"
    assert fields({"title": "Director", "name": "Ada"}).title == "Director"


def test_the_account_of_chatwoot_is_not_the_leads_company() -> None:
    account = {"id": 1, "name": "The Seller"}
    event = {
        "event": "contact_created",
        "name": "Ada",
        "email": "a@example.com",
        "account": account,
    }
    assert fields({**event, "additional_attributes": {}}).company is None
    assert fields({"name": "Ada", "account": account}).company == "The Seller"


def test_a_name_with_digits_is_a_things_where_a_person_is_named_elsewhere() -> None:
    person = {"first_name": "Ada", "last_name": "Kinsella"}
    lead = fields({"name": "Order #1001", "email": "a@example.com", "customer": person})
    assert (lead.name, lead.first_name, lead.last_name) == (None, "Ada", "Kinsella")
    assert lead.custom == {"name": "Order #1001"}
    assert fields({"name": "R2D2", "email": "a@example.com"}).name == "R2D2"


@pytest.mark.parametrize("name", ["Ben Okoro", "Ben Amadi-Okoro", "Anna Maria Berg"])
def test_the_name_of_somebody_else_beside_a_first_and_a_last_name_is_told(name: str) -> None:
    lead = fields({"name": name, "first_name": "Ada", "last_name": "Kinsella"})
    assert (lead.name, lead.first_name, lead.last_name) == (None, "Ada", "Kinsella")
    assert lead.suspicions == (DOUBTFUL,)


@pytest.mark.parametrize(
    "title", ["Contact Form", "Spring fair", "Demo Request", "Lead 4711", "Newsletter", "Q4 Offer"]
)
def test_the_title_of_a_form_beside_a_first_and_a_last_name_is_not(title: str) -> None:
    lead = fields({"name": title, "first_name": "Ada", "last_name": "Kinsella"})
    assert lead.suspicions == ()
