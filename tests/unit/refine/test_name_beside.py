"""What stands around a person's name in its field, and family names of several words."""

from datetime import UTC, datetime

import pytest

from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.names.name import refine_name

AT = datetime(2026, 3, 2, tzinfo=UTC)
ABOUT = About("0190", AT, AT, "generic", "US")


@pytest.mark.parametrize(
    ("whole", "region", "last"),
    [
        ("Mme Le Goff", "FR", "Le Goff"),
        ("Sra. de la Vega", "ES", "de la Vega"),
        ("Signora De Santis", "IT", "De Santis"),
        ("Mr Van Houten", "US", "Van Houten"),
        ("Meneer de Boer", "NL", "de Boer"),
        ("Mevrouw Jansen", "NL", "Jansen"),
        ("Mrs O'Connor", "US", "O'Connor"),
        ("Frau Müller-Schmidt", "DE", "Müller-Schmidt"),
        ("Г-н Иванов", "RU", "Иванов"),
        ("Hr.Weber", "DE", "Weber"),
        ("Prof.Dr.Weber", "DE", "Weber"),
    ],
)
def test_behind_a_title_the_whole_family_name_is_the_last_name(
    whole: str, region: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.whole, name.first, name.last) == (whole, None, last)


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [("Mr. Van Nguyen", "Van", "Nguyen"), ("Mr. Al Smith", "Al", "Smith")],
)
def test_a_given_name_like_a_particle_stays_one(whole: str, first: str, last: str) -> None:
    name = refine_name(whole, None, None, "US")
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("whole", "region"),
    [
        ("Anna Weber - CEO", "US"),
        ("Anna Weber | Head of Sales", "US"),
        ("Anna Weber – Vertriebsleiterin", "DE"),
        ("CEO Anna Weber", "US"),
        ("VP Anna Weber", "US"),
        ("Anna Weber 😊", "US"),
        ("★ Anna Weber ★", "US"),
        ("Anna Weber from Brightmill", "US"),
        ("Dr.Anna Weber", "DE"),
        ("MUDr. Anna Weber", "CZ"),
        ("Bc. Anna Weber", "CZ"),
        ("Er. Anna Weber", "IN"),
        ("Adv. Anna Weber", "IN"),
        ("CA Anna Weber", "IN"),
        ("Señora Anna Weber", "ES"),
        ("Sheikha Anna Weber", "QA"),
        ("RA Anna Weber", "DE"),
        ("Prof. Dr. Dr. h.c. Anna Weber", "DE"),
        ("Attn: Anna Weber", "US"),
        ("My name is Anna Weber", "US"),
        ("Ich bin Anna Weber", "DE"),
        ("Anna Weber c/o Peter Schmidt", "US"),
    ],
)
def test_titles_jobs_and_signs_beside_a_name_are_no_part_of_it(whole: str, region: str) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.whole, name.first, name.last, name.problems) == (whole, "Anna", "Weber", ())


@pytest.mark.parametrize(
    ("whole", "last"),
    [
        ("Jürgen von und zu Lichtenfels", "von und zu Lichtenfels"),
        ("Rui Costa e Silva", "Costa e Silva"),
        ("José Ortega y Gasset", "Ortega y Gasset"),
    ],
)
def test_a_family_name_may_have_a_word_for_and(whole: str, last: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.first, name.last, name.problems) == (whole.split()[0], last, ())


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("HEINZ STRAßMANN", "Heinz Straßmann"),
        ("JOHN McDONALD", "John McDonald"),
        ("McDONALD, JOHN", "John McDonald"),
        ("JOSÉ Mª PÉREZ", "José Mª Pérez"),
        ("PIET VAN 'T HOFF", "Piet van 't Hoff"),
        ("ŞÜKRÜ İNCE", "Şükrü İnce"),
        ("MACKENZIE FOY", "Mackenzie Foy"),
        ("JOHN MACKENZIE", "John MacKenzie"),
    ],
)
def test_capitals_are_typing_also_with_letters_that_have_none(written: str, right: str) -> None:
    assert refine_name(written, None, None, "").whole == right


@pytest.mark.parametrize(
    "written",
    [
        "Anna Weber, Brightmill GmbH",
        "Brightmill GmbH, Anna Weber",
        "Anna Weber - Brightmill GmbH",
        "Anna Weber (Brightmill GmbH)",
        "Anna Weber | Brightmill GmbH",
    ],
)
def test_a_person_and_a_company_in_one_field_go_to_their_own(written: str) -> None:
    lead = refine(LeadFields(name=written), ABOUT)
    assert (lead.contact.name, lead.contact.company) == ("Anna Weber", "Brightmill GmbH")
    assert [one.rule for one in lead.changes[:2]] == ["name.has_company"] * 2


@pytest.mark.parametrize(
    "written",
    ["Weber, Müller & Partner GmbH", "Anna Weber, LLC", "Autohaus Meier", "University of Leeds"],
)
def test_a_company_in_the_field_for_a_name_is_no_person(written: str) -> None:
    contact = refine(LeadFields(name=written), ABOUT).contact
    assert (contact.name, contact.company) == (None, written)


@pytest.mark.parametrize("written", ["Michael Holding", "Peter Group", "Hans AG", "Ana Sá"])
def test_a_family_name_like_a_legal_form_is_a_person(written: str) -> None:
    contact = refine(LeadFields(name=written), ABOUT).contact
    assert (contact.name, contact.company) == (written, None)


def test_two_people_at_a_comma_are_told() -> None:
    name = refine_name("Anna Weber, Peter Schmidt", None, None, "DE")
    assert (name.first, name.last, name.problems) == (None, None, ("name.several",))


def test_a_department_is_told_and_has_no_first_name() -> None:
    name = refine_name("Purchasing Department", None, None, "US")
    assert (name.first, name.last, name.problems) == (None, None, ("name.suspect",))


@pytest.mark.parametrize(
    ("whole", "region", "first", "last", "problems"),
    [
        ("LE GALL Yann", "FR", "Yann", "Le Gall", ()),
        ("VAN DEN BERG Jan", "NL", "Jan", "van den Berg", ()),
        ("de la Cruz Juan", "ES", "Juan", "de la Cruz", ("name.order_unsure",)),
        ("von Weber Anna", "DE", "Anna", "von Weber", ("name.order_unsure",)),
        ("von Hohenfels", "DE", None, "von Hohenfels", ()),
        ("Van Morrison", "US", "Van", "Morrison", ()),
        ("Le Van Minh", "VN", "Minh", "Le", ()),
        ("Juan dela Cruz", "PH", "Juan", "dela Cruz", ()),
        ("Muthu a/l Raman", "MY", "Muthu", "Raman", ()),
    ],
)
def test_particles_before_the_first_word_begin_the_family_name(
    whole: str, region: str, first: str | None, last: str, problems: tuple[str, ...]
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.first, name.last, name.problems) == (first, last, problems)
