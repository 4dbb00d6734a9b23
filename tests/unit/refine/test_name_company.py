"""Companies in the field for a person's name."""

from datetime import UTC, datetime

import pytest

from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.names.company import is_company

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ABOUT = About("0190", NOW, NOW, "form")

COMPANIES = [
    "Brightmill GmbH", "Brightmill GmbH & Co. KG", "brightmill ltd.", "Brightmill, Inc.",
    "Brightmill AG", "Brightmill S.A.", "Brightmill Pty Ltd", "Brightmill Sp. z o.o.",
    "Weber & Söhne", "Weber & Co.", "Brightmill Consulting", "ООО Ромашка", "株式会社山田",
    "北京光厂科技有限公司", "주식회사 빛공장",
]  # fmt: skip


@pytest.mark.parametrize("name", COMPANIES)
def test_a_company_in_the_field_for_a_name_becomes_the_company(name: str) -> None:
    refined = refine(LeadFields(name=name, email="ada@example.com"), ABOUT)
    contact = refined.contact
    assert (contact.name, contact.first_name, contact.last_name) == (None, None, None)
    assert contact.company is not None
    assert contact.company.casefold() == name.casefold()
    assert "name.missing" in refined.problems
    rules = [(change.field, change.rule) for change in refined.changes]
    assert rules[:2] == [("name", "name.is_company"), ("company", "name.is_company")]


@pytest.mark.parametrize(
    ("name", "last"),
    [("Amadou SA", "Sa"), ("Mehmet AS", "As"), ("Ousmane SA", "Sa"), ("Anna AB", "Ab"),
     ("Jürgen SE", "Se"), ("José SA", "Sa")],
)  # fmt: skip
def test_a_given_name_before_what_may_be_a_legal_form_is_a_person_and_told_as_doubtful(
    name: str, last: str
) -> None:
    first = name.split()[0]
    for fields in (LeadFields(name=name), LeadFields(first_name=first, last_name=name.split()[1])):
        refined = refine(fields, ABOUT)
        contact = refined.contact
        assert (contact.first_name, contact.last_name, contact.company) == (first, last, None)
        assert "name.maybe_company" in refined.problems


@pytest.mark.parametrize("name", ["Ana Sa", "Brightmill AG", "Roche SA", "AMADOU SA", "Anna Weber"])
def test_a_name_that_is_clear_is_not_told_as_doubtful(name: str) -> None:
    refined = refine(LeadFields(name=name, email="ada@example.com"), ABOUT)
    assert "name.maybe_company" not in refined.problems


def test_a_company_in_the_fields_for_first_and_last_name_becomes_the_company() -> None:
    fields = LeadFields(first_name="Brightmill", last_name="GmbH", email="ada@example.com")
    contact = refine(fields, ABOUT).contact
    assert (contact.name, contact.company) == (None, "Brightmill GmbH")


def test_words_of_trades_in_two_fields_are_no_company() -> None:
    fields = LeadFields(first_name="Sales", last_name="Marketing", email="ada@example.com")
    contact = refine(fields, ABOUT).contact
    assert (contact.name, contact.company) == ("Sales Marketing", None)


def test_beside_another_company_it_stays_and_is_told() -> None:
    fields = LeadFields(name="Brightmill GmbH", company="Oakmill", email="ada@example.com")
    refined = refine(fields, ABOUT)
    assert (refined.contact.name, refined.contact.company) == ("Brightmill GmbH", "Oakmill")
    assert refined.contact.last_name is None
    assert "name.company" in refined.problems


def test_beside_the_same_company_it_is_no_name() -> None:
    fields = LeadFields(name="BRIGHTMILL GMBH", company="Brightmill GmbH", email="a@example.com")
    contact = refine(fields, ABOUT).contact
    assert (contact.name, contact.company) == (None, "Brightmill GmbH")


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace", "Ana Sa", "ANA SA", "Maria Co", "Anna & Peter Weber", "Ada Group", "Inc",
     "Kim Se", "Sarah Bank", "Andy Ag", "王小明", "Ltd", "Anna and Paul"],
)  # fmt: skip
def test_people_are_no_companies(name: str) -> None:
    assert not is_company(name)
