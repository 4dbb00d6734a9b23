"""Names as they are typed: titles, departments, suffixes, halves, locked capitals."""

import pytest

from leadline.model.lead import LeadFields
from leadline.refine.names.company import company_from_name
from leadline.refine.names.name import refine_name


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("Chief Ikenna Obiora", "NG", "Ikenna", "Obiora"),
        ("Alhaji Sani Garba", "NG", "Sani", "Garba"),
        ("Tan Sri Halim Osman", "MY", "Halim", "Osman"),
        ("Dato' Halim Osman", "MY", "Halim", "Osman"),
        ("Ibu Ratna Wijaya", "ID", "Ratna", "Wijaya"),
        ("The Hon. Clara Holm", "GB", "Clara", "Holm"),
        ("Lady Clara Holm", "GB", "Clara", "Holm"),
        ("ir. Ruben Visser", "NL", "Ruben", "Visser"),
        ("Dipl. Ing. Greta Sand", "AT", "Greta", "Sand"),
        ("ppa. Greta Sand", "DE", "Greta", "Sand"),
        ("Д-р Петър Колев", "BG", "Петър", "Колев"),
        ("пан Остап Гнатюк", "UA", "Остап", "Гнатюк"),
        ("κ. Νίκος Δήμου", "GR", "Νίκος", "Δήμου"),
        ("Sig.ra Ricci", "IT", None, "Ricci"),
        ("Dott.ssa Ricci", "IT", None, "Ricci"),
        ("Lady Wu", "US", "Lady", "Wu"),
        ("Pak Chan", "US", "Pak", "Chan"),
        ("Ayşe Kaya Hanım", "TR", "Ayşe", "Kaya"),
        ("Ada Bey", "", "Ada", "Bey"),
        ("Ramesh Kumar Ji", "IN", "Ramesh", "Kumar"),
        ("Soo Ji", "KR", "Soo", "Ji"),
        ("Yuki Tanaka San", "JP", "Yuki", "Tanaka"),
        ("Bc. Petr Svoboda, DiS.", "CZ", "Petr", "Svoboda"),
        ("김민수 부장님", "KR", "민수", "김"),
        ("박서연 선생님", "KR", "서연", "박"),
    ],
)
def test_a_title_of_the_country_is_no_first_name(
    whole: str, region: str, first: str | None, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.whole, name.first, name.last) == (whole, first, last)


@pytest.mark.parametrize(
    "whole",
    [
        "Clara Holm, Einkauf",
        "Clara Holm, Accounts Payable",
        "Clara Holm, Service achats",
        "Clara Holm - Buchhaltung",
        "Clara Holm / Inkoop",
        "Compras - Clara Holm",
        "Clara Holm, geb. Trenk",
        "Clara Holm i.A. Geschäftsführung",
    ],
)
def test_a_department_or_a_name_at_birth_is_no_part_of_the_name(whole: str) -> None:
    name = refine_name(whole, None, None, "DE")
    assert (name.whole, name.first, name.last) == (whole, "Clara", "Holm")


def test_a_name_that_ends_with_a_department_is_not_split() -> None:
    name = refine_name("Clara Holm Einkauf", None, None, "DE")
    assert (name.first, name.last, name.problems) == (None, None, ("name.suspect",))


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("HOLM, PETER JR", "Peter Holm Jr"),
        ("Holm, Peter III", "Peter Holm III"),
        ("Holm, Clara Jane RN", "Clara Jane Holm RN"),
        ("Holm, Peter V", "Peter V Holm"),  # an initial rather than a numeral
    ],
)
def test_a_suffix_behind_the_first_name_goes_behind_the_last(written: str, whole: str) -> None:
    name = refine_name(written, None, None, "US")
    assert name.whole == whole
    assert name.last == "Holm"
    assert refine_name(name.whole, None, None, "US").last == "Holm"


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("cLARA hOLM", "Clara Holm"),
        ("aNNE-mARIE o'nEILL", "Anne-Marie O'Neill"),
        ("jÖRG wEISS", "Jörg Weiss"),
        ("Clara deBoer", "Clara deBoer"),
        ("eBay", "eBay"),
        ("j k", "J K"),
        ("vanDyke", "vanDyke"),
    ],
)
def test_locked_capitals_are_put_right(written: str, whole: str) -> None:
    assert refine_name(written, None, None, "").whole == whole


@pytest.mark.parametrize(
    ("written", "whole", "last"),
    [
        ("clara.holm", "Clara Holm", "Holm"),
        ("Clara_Holm", "Clara Holm", "Holm"),
        ("clara.shop", "clara.shop", None),
        ("brightmill.works", "Brightmill.Works", None),
    ],
)
def test_a_login_of_a_given_name_is_a_name(written: str, whole: str, last: str | None) -> None:
    name = refine_name(written, None, None, "US")
    assert (name.whole, name.last) == (whole, last)


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("Seán Ó Dálaigh", "Seán", "Ó Dálaigh"),
        ("Aoife Ní Chonaill", "Aoife", "Ní Chonaill"),
        ("Abdul Rahim Qureshi", "Abdul Rahim", "Qureshi"),
        ("Abd al Aziz Mansour", "Abd al Aziz", "Mansour"),
        ("Abdul Qureshi", "Abdul", "Qureshi"),
    ],
)
def test_words_that_are_one_name_stay_together(whole: str, first: str, last: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("Dumitrescu Radu", "RO", "Radu", "Dumitrescu"),
        ("Stefanopoulos Ilias", "", "Ilias", "Stefanopoulos"),
        ("Petrović Nenad", "RS", "Nenad", "Petrović"),
        ("Dell'Orto Paolo", "IT", "Paolo", "Dell'Orto"),
        ("Di Rienzo Chiara", "IT", "Chiara", "Di Rienzo"),
        ("Bianchi Giulia", "IT", "Giulia", "Bianchi"),
        ("Maiwald-Trenk Clara", "DE", "Clara", "Maiwald-Trenk"),
    ],
)
def test_what_can_only_be_a_family_name_is_the_last_name_though_it_stands_first(
    whole: str, region: str, first: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.whole, name.first, name.last) == (whole, first, last)
    assert name.problems == ("name.order_unsure",)


@pytest.mark.parametrize(
    ("whole", "region"),
    [
        ("Anne-Sophie Thomas", "FR"),
        ("Karl-Heinz Peter", "DE"),
        ("Anna-Lena Adam", "PL"),
        ("Abdel-Rahman Hassan", "EG"),
        ("D'Angelo Russell", "US"),
        ("Jacki Weaver", "US"),
        ("Ion Popescu", "RO"),
        ("Chiara Di Rienzo", "IT"),
    ],
)
def test_a_given_name_in_front_stays_the_first_name(whole: str, region: str) -> None:
    name = refine_name(whole, None, None, region)
    assert name.first == whole.split(" ")[0]


@pytest.mark.parametrize(
    ("written", "region", "first", "last"),
    [
        ("Clara Holm", "DE", "Clara", "Holm"),
        ("Dr. Clara Holm", "DE", "Clara", "Holm"),
        ("Lloyd Webber", "GB", None, "Lloyd Webber"),
        ("García López", "ES", None, "García López"),
        ("van der Berg", "NL", None, "van der Berg"),
        ("De Luca", "IT", None, "De Luca"),
        ("Wang Xiaoming", "CN", None, "Wang Xiaoming"),
    ],
)
def test_a_whole_name_in_the_field_of_the_last_is_split(
    written: str, region: str, first: str | None, last: str
) -> None:
    name = refine_name(None, None, written, region)
    assert (name.whole, name.first, name.last) == (written, first, last)


@pytest.mark.parametrize(
    "written", ["Holm (geb. Trenk)", "Holm geb. Trenk", "Holm, née Trenk", "Holm born Trenk"]
)
def test_the_name_before_marriage_is_not_in_the_last_name(written: str) -> None:
    name = refine_name(None, "Clara", written, "DE")
    assert (name.whole, name.last) == (f"Clara {written}", "Holm")


@pytest.mark.parametrize(
    "written",
    [
        "Jürgen Trenk, Alderbau GmbH",
        "Jürgen Trenk c/o Alderbau GmbH",
        "Jürgen Trenk bei Alderbau GmbH",
        "Jürgen Trenk from Alderbau GmbH",
        "Alderbau GmbH c/o Jürgen Trenk",
        "Alderbau GmbH z.Hd. Jürgen Trenk",
    ],
)
def test_a_person_at_a_company_is_parted_from_it(written: str) -> None:
    fields, changes = company_from_name(LeadFields(name=written))
    assert (fields.name, fields.company) == ("Jürgen Trenk", "Alderbau GmbH")
    assert {change.field for change in changes} == {"name", "company"}


@pytest.mark.parametrize(
    "written", ["Alderbau GmbH", "Brot bei Nacht GmbH", "Fresh from Farms Ltd"]
)
def test_a_company_without_a_person_is_not_parted(written: str) -> None:
    fields, _ = company_from_name(LeadFields(name=written))
    assert (fields.name, fields.company) == (None, written)
