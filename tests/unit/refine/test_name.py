"""Person names, case by case. The people are made up or long dead."""

import pytest

from leadline.refine.names.casing import recase, recase_last
from leadline.refine.names.name import refine_name


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("ADA LOVELACE", "Ada Lovelace"),
        ("ada lovelace", "Ada Lovelace"),
        ("ada LOVELACE", "Ada Lovelace"),
        ("ADA lovelace", "Ada Lovelace"),
        ("ada Lovelace", "Ada Lovelace"),
        ("Ada lovelace", "Ada Lovelace"),
        ("ada de SOUZA", "Ada de Souza"),
        ("ada McKay-lovelace", "Ada McKay-lovelace"),
        ("van Dam Ada", "van Dam Ada"),
        ("Ada Lovelace jr", "Ada Lovelace jr"),
        ("bin Said Ada", "bin Said Ada"),
        ("Ada LOVELACE", "Ada LOVELACE"),  # some countries write family names so: it is meant
        ("RONALD MCDONALD", "Ronald McDonald"),
        ("FLORA MACDONALD", "Flora MacDonald"),
        ("CARLOS MACHADO", "Carlos Machado"),  # no Scot
        ("sean o'brien", "Sean O'Brien"),
        ("D’ARTAGNAN", "D’Artagnan"),
        ("KA'ANA", "Ka'ana"),  # an apostrophe inside a word
        ("jean-pierre", "Jean-Pierre"),
        ("AL-SAYED", "Al-Sayed"),
        ("LUDWIG VAN BEETHOVEN", "Ludwig van Beethoven"),
        ("WOLFGANG VON GOETHE", "Wolfgang von Goethe"),
        ("MARIA DE LA CRUZ", "Maria de la Cruz"),
        ("VINCENT VAN DER MEER", "Vincent van der Meer"),
        ("NGUYEN VAN AN", "Nguyen Van An"),  # here Van is a name
        ("VAN MORRISON", "Van Morrison"),  # and here
        ("j.r.r. tolkien", "J.R.R. Tolkien"),
        ("JRR TOLKIEN", "JRR Tolkien"),  # no vowels: initials
        ("AJ SMITH", "AJ Smith"),
        ("KIM NG", "Kim Ng"),  # a family name without vowels
        ("henry ford iii", "Henry Ford III"),
        ("HENRY FORD III MD", "Henry Ford III MD"),
        ("JOHN SMITH JR.", "John Smith Jr."),
        ("JOHN SMITH PHD", "John Smith PhD"),
        ("XI SMITH", "Xi Smith"),  # no numeral in first place
        ("YO-YO MA", "Yo-Yo Ma"),  # no degree
        ("MARY E JONES", "Mary E Jones"),
        ("DR. ADA LOVELACE", "Dr. Ada Lovelace"),
        ('ROBERT "BOB" SMITH', 'Robert "Bob" Smith'),
        ("JOHN AND MARY SMITH", "John and Mary Smith"),
        ("JOSÉ GARCÍA", "José García"),
        ("МАРИЯ ИВАНОВА", "Мария Иванова"),
        ("ΓΙΩΡΓΟΣ ΠΑΠΠΑΣ", "Γιωργος Παππας"),  # with final sigmas
        ("IŞIL YILDIZ", "Işıl Yıldız"),  # Turkish: I and İ are two letters
        ("გიორგი", "გიორგი"),  # Georgian small letters start names
        ("李明", "李明"),
        ("ŉ", "ŉ"),  # has no capital
        ("DICK VAN DYKE", "Dick Van Dyke"),  # an American
        ("VINCENT VAN GOGH", "Vincent van Gogh"),
        ("JAN VAN LEEUWEN", "Jan van Leeuwen"),  # spelt in Dutch
        ("PETER DE VRIES", "Peter De Vries"),
        ("MARCO DE LUCA", "Marco De Luca"),
        ("YANN LECUN", "Yann LeCun"),
        ("JOHN A. SMITH VI", "John A. Smith VI"),
        ("NGUYEN THI VI", "Nguyen Thi Vi"),
        ("ANNA VI", "Anna Vi"),
        ("ADA LOVELACE AIA", "Ada Lovelace AIA"),
    ],
)
def test_case_is_mended_only_where_it_says_nothing(typed: str, cased: str) -> None:
    assert recase(typed) == cased
    assert recase(cased) == cased


@pytest.mark.parametrize(
    ("typed", "region", "whole"),
    [
        ("priya RAMANATHAN", "", "Priya Ramanathan"),
        ("JOHN smith", "", "John Smith"),
        ("María del pilar", "", "María del Pilar"),
        ("Priya RAMANATHAN", "", "Priya RAMANATHAN"),
        ("ir. Ruben Visser", "NL", "ir. Ruben Visser"),
        ("AB de villiers", "", "AB de Villiers"),
        ("RA dickey", "", "RA Dickey"),
        ("john smith COO", "", "John Smith COO"),
        ("ada lovelace CISSP", "", "Ada Lovelace CISSP"),
        ("ada de SOUZA", "", "Ada de Souza"),
        ("maría GARCÍA LÓPEZ", "", "María García López"),
        ("Dr. med. Anna berg", "DE", "Dr. med. Anna Berg"),
        ("mac Giolla Ada", "", "mac Giolla Ada"),
        ("Hans Meier sen", "", "Hans Meier sen"),
        ("ada LEE", "", "Ada Lee"),
        ("Rolls-Royce plc", "", "Rolls-Royce plc"),
        ("TKE gmbh", "", "TKE gmbh"),
        ("пан Остап Гнатюк", "UA", "пан Остап Гнатюк"),
    ],
)
def test_a_whole_name_gets_its_capitals_when_it_is_refined(
    typed: str, region: str, whole: str
) -> None:
    assert refine_name(typed, None, None, region).whole == whole


@pytest.mark.parametrize(
    ("typed", "region", "cased"),
    [
        ("DICK VAN DYKE", "US", "Dick Van Dyke"),
        ("DICK VAN DYKE", "NL", "Dick van Dyke"),
        ("PIET VAN DYCK", "ZA", "Piet van Dyck"),
        ("LUC VAN DAMME", "BE", "Luc Van Damme"),
        ("JAN VAN DEN BERG", "US", "Jan van den Berg"),
        ("JAN DE VRIES", "NL", "Jan de Vries"),
        ("JAN DE VRIES", "US", "Jan De Vries"),
        ("MARIO DE LUCA", "IT", "Mario De Luca"),
        ("MARIA DE LUCA", "ES", "Maria de Luca"),
        ("MARIA DE SOUZA", "US", "Maria de Souza"),
    ],
)
def test_particles_have_the_case_of_their_country(typed: str, region: str, cased: str) -> None:
    assert recase(typed, region) == cased
    last = typed.partition(" ")[2]
    assert recase_last(last, region) == cased.partition(" ")[2]
    assert refine_name(typed, None, None, region).whole == cased


def test_a_family_name_alone_keeps_its_particle_small() -> None:
    assert recase_last("DE LA CRUZ") == "de la Cruz"
    assert recase_last("LOVELACE") == "Lovelace"


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("Lovelace, Ada", "Ada Lovelace"),
        ("LOVELACE,ADA", "Ada Lovelace"),
        ("de la Cruz, María José", "María José de la Cruz"),
        ("Smith, John, Jr.", "John Smith, Jr."),
        ("Smith Jr, John", "John Smith Jr"),
        ("John Smith, Jr.", "John Smith, Jr."),
        ("Ada Lovelace, Ph.D.", "Ada Lovelace, Ph.D."),
        ("Dr. Lovelace, Ada", "Dr. Ada Lovelace"),
        ("Lovelace, A.", "A. Lovelace"),
        ("Brightmill GmbH, Ada Lovelace", "Brightmill GmbH, Ada Lovelace"),
        ("Ada Lovelace, Sales Director", "Ada Lovelace, Sales Director"),
        ("Ada Lovelace, BSN", "Ada Lovelace, BSN"),  # letters after a name
        ("Arthur Gray, Jr., M.D.", "Arthur Gray, Jr., M.D."),
        ("Lovelace, MA", "Lovelace, MA"),  # a degree or Ma Lovelace: left alone
        ("Acme, Inc.", "Acme, Inc."),
        ("Ada K, Lovelace", "Ada K, Lovelace"),  # the comma is no reversal
        ("Lovelace, 17", "Lovelace, 17"),
        ("Lovelace,", "Lovelace"),
    ],
)
def test_last_comma_first_is_turned_round(written: str, whole: str) -> None:
    assert refine_name(written, None, None, "").whole == whole


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("Ada Lovelace", "", "Ada", "Lovelace"),
        ("Augusta Ada King", "", "Augusta", "King"),
        ("Ludwig van Beethoven", "", "Ludwig", "van Beethoven"),
        ("Maria de la Cruz", "", "Maria", "de la Cruz"),
        ("Dr. Ada Lovelace", "", "Ada", "Lovelace"),
        ("Prof. Dr. Ada Lovelace", "", "Ada", "Lovelace"),
        ("Mr. and Mrs. John Smith", "", "John", "Smith"),
        ("John Smith Jr.", "", "John", "Smith"),
        ("John Smith, PhD", "", "John", "Smith"),
        ('Robert "The Rocket" Smith', "", "Robert", "Smith"),
        ("Gabriel García Márquez", "CO", "Gabriel", "García Márquez"),  # two family names
        ("Gabriel García Márquez", "", "Gabriel", "Márquez"),
        ("García Márquez, Gabriel", "", "Gabriel", "García Márquez"),  # the comma says so
        ("Ada LOVELACE", "", "Ada", "Lovelace"),
        ("LOVELACE Ada Augusta", "FR", "Ada Augusta", "Lovelace"),  # the capitals say so
        ("Ada K, Lovelace", "", "Ada", "Lovelace"),
        ("Ada Mrs, Lovelace", "", "Ada", "Lovelace"),
        ("James O Lovelace", "", "James", "Lovelace"),  # an initial
        ("Patrick O Meara", "", "Patrick", "O Meara"),
        ("José Ortega y Gasset", "", "José", "Ortega y Gasset"),
        ("Ada Lovelace Attorney at Law", "", "Ada", "Lovelace"),
        ("Ada Lovelace, BSN, RN, -", "", "Ada", "Lovelace"),
        ("Lovelace, PhD, RN, Ada", "", "Ada", "Lovelace"),
        ("Ada B. Lovelace AIA", "", "Ada", "Lovelace"),
        ("ada lovelace ceo", "", "Ada", "Lovelace"),
        ("John A. Smith VI", "", "John", "Smith"),
        ("Anna Vi", "", "Anna", "Vi"),  # a family name
        ("State Senator Ada Lovelace", "", "Ada", "Lovelace"),
        ("Herr Dr. med. Hans Weber", "DE", "Hans", "Weber"),
        ("Dipl.-Ing. Hans Weber", "AT", "Hans", "Weber"),
        ("Dott.ssa Maria Rossi", "IT", "Maria", "Rossi"),
        ("De heer Jan de Vries", "NL", "Jan", "de Vries"),
        ("M. Jean Dupont", "FR", "Jean", "Dupont"),
        ("M. Jean Dupont", "US", "M.", "Dupont"),  # an initial
        ("Pan Jan Kowalski", "PL", "Jan", "Kowalski"),
        ("Dr. Weber, Anna", "DE", "Anna", "Weber"),
        ("Anna Weber geb. Schmidt", "DE", "Anna", "Weber"),
        ("Anna Weber, Marketing Manager", "", "Anna", "Weber"),
        ("Phil Collins", "GB", "Phil", "Collins"),  # a title only with a dot
    ],
)
def test_a_whole_name_is_split_and_particles_stay_with_the_last(
    whole: str, region: str, first: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    "whole",
    ["Ada", "Dr. Ada", "Miss Jenny", "Judge Lovelace", "Test User 17", "Ada - Lovelace",
     "One Two Three Four Five Six Seven", "Ada;Lovelace Byron"],
)  # fmt: skip
def test_a_name_that_a_rule_would_only_guess_at_is_not_split(whole: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.whole, name.first, name.last) == (whole, None, None)


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("Ada", "Lovelace", "Ada Lovelace"),
        ("ADA", "LOVELACE", "Ada Lovelace"),
        ("Ada", None, "Ada"),
        (None, "Lovelace", "Lovelace"),
        ("太郎", "山田", "山田太郎"),  # family first, no space
        ("Ada Lovelace", "Lovelace", "Ada Lovelace"),  # the whole name in the first field
        ("Ada", "[not provided]", "Ada"),  # what Salesforce writes
        ("Ada", "-", "Ada"),
    ],
)
def test_first_and_last_are_joined(first: str | None, last: str | None, whole: str) -> None:
    assert refine_name(None, first, last, "").whole == whole


@pytest.mark.parametrize("titles", ["Herr Dr.", "Dr.", "Mr", "Frau", "Sra.", "Mme"])
def test_titles_alone_are_no_first_name(titles: str) -> None:
    name = refine_name(None, titles, "Weber", "")
    assert (name.whole, name.first, name.last) == (f"{titles} Weber", None, "Weber")
    assert [change.rule for change in name.changes if change.field == "first_name"] == [
        "name.honorific"
    ]


@pytest.mark.parametrize("first", ["Mag", "Hon"])
def test_titles_that_are_names_stay_first_names(first: str) -> None:
    assert refine_name(None, first, "Weber", "").first == first


def test_titles_before_a_last_name_leave_it() -> None:
    name = refine_name(None, "Anna", "Dr. Weber", "")
    assert (name.first, name.last) == ("Anna", "Weber")


@pytest.mark.parametrize("whole", ["Mw. de Vries", "Herr von Hohenfels", "van der Berg"])
def test_a_particle_in_small_letters_begins_a_last_name(whole: str) -> None:
    name = refine_name(whole, None, None, "")
    assert name.first is None
    assert name.last == whole.removeprefix("Mw. ").removeprefix("Herr ")


@pytest.mark.parametrize("whole", ["Herr Dr. Weber", "Frau Weber", "Dr. Weber", "Mme Weber"])
def test_a_title_and_one_word_are_a_last_name(whole: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.first, name.last, name.problems) == (None, "Weber", ())


@pytest.mark.parametrize(
    ("whole", "last"),
    [
        ("Anna & Peter Weber", "Weber"),
        ("Anna und Peter Weber", "Weber"),
        ("Anna&Peter Weber", "Weber"),
        ("Anna A. and Peter B. van der Meer", "van der Meer"),
        ("Anna Weber & Peter Weber", "Weber"),
        ("Anna Weber & Peter Schmidt", None),
        ("Juan y María López", "López"),
        ("Анна и Пётр Ивановы", "Ивановы"),
        ("Herr und Frau Weber", "Weber"),
        ("Mr. and Mrs. Smith", "Smith"),
        ("Familie Weber", "Weber"),
        ("The Weber Family", "Weber"),
    ],
)
def test_several_people_have_no_first_name_and_are_told(whole: str, last: str | None) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.whole, name.first, name.last) == (whole, None, last)
    assert name.problems == ("name.several",)


def test_two_people_in_the_field_for_a_first_name_are_told() -> None:
    name = refine_name(None, "Anna & Peter", "Weber", "")
    assert (name.first, name.last, name.problems) == ("Anna & Peter", "Weber", ("name.several",))


def test_an_honorific_stays_in_the_whole_name_and_leaves_the_first() -> None:
    name = refine_name(None, "Dr. Ada", "Lovelace", "")
    assert (name.whole, name.first, name.last) == ("Dr. Ada Lovelace", "Ada", "Lovelace")


@pytest.mark.parametrize(
    "whole",
    ["ada@example.com", "https://example.com/win", "www.example.com", "Cheap pills example.shop",
     "word " * 50],
)  # fmt: skip
def test_a_name_that_is_an_address_is_flagged_and_kept(whole: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.whole, name.problems) == (whole.strip(), ("name.suspect",))
    assert name.first is None


@pytest.mark.parametrize("whole", [None, "", "  ", "\u200b", "-", "N/A", "undefined", "?"])
def test_no_name_is_a_problem(whole: str | None) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.whole, name.problems) == (None, ("name.missing",))


@pytest.mark.parametrize("last", ["Null", "Na", "No", "None"])
def test_people_are_called_so(last: str) -> None:
    assert refine_name(None, "Ada", last, "").last == last
