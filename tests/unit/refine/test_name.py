"""Person names, case by case. The people are made up or long dead."""

import pytest

from leadline.refine.casing import recase, recase_last
from leadline.refine.name import refine_name


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("ADA LOVELACE", "Ada Lovelace"),
        ("ada lovelace", "Ada Lovelace"),
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
    ],
)
def test_case_is_mended_only_where_it_says_nothing(typed: str, cased: str) -> None:
    assert recase(typed) == cased
    assert recase(cased) == cased


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
    ],
)
def test_a_whole_name_is_split_and_particles_stay_with_the_last(
    whole: str, region: str, first: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    "whole",
    ["Ada", "李明", "김 민준", "John and Mary Smith", "Nguyen Van An", "Test User 17",
     "Dr. Lovelace", "Ada K, Lovelace", "Ada - Lovelace", "One Two Three Four Five Six Seven"],
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
