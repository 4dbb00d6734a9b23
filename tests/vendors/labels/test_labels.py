"""What labels ask for, in the words of many languages and form builders."""

import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.labels import read_label
from leadline.model.labels.vocabulary import LANGUAGES, Word
from leadline.model.labels.words import without_accents
from leadline.vendors._reader.aliases import understood
from tests.vendors.labels.of_forms import LABELS, cases

ROOT = Path(__file__).parents[3]
CAMEL = re.compile(r"[a-z][A-Z]|__c$|/")
KNOWN = [(f, label) for _, f, label in cases() if f != "-" and not CAMEL.search(label)]


def asked(label: str, field: str) -> str:
    """What a label asks for; what is only likely, if that is *field* (then its value decides)."""
    found = understood(label)
    return found.field or (field if found.likely == field else "-")


@pytest.mark.parametrize("language", LABELS)
def test_the_labels_of_forms_are_read(language: str) -> None:
    wrong = {
        label: (found, field)
        for own, field, label in cases()
        if own == language and (found := asked(label, field)) != field
    }
    assert wrong == {}


def test_no_word_means_two_things() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        table: dict[str, str] = import_module(f"leadline.model.labels.vocabulary.{language}").WORDS
        for name, words in table.items():
            for word in without_accents(words).split():
                meanings[word].add(name)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}
    assert {name for found in meanings.values() for name in found} <= set(Word.__members__)


@given(
    st.sampled_from(KNOWN),
    st.sampled_from(["", "* ", "1. ", "2) ", "Q3: ", "field_7_", "No Label ", "Please enter "]),
    st.sampled_from(
        ["", "*", ":", " (optional)", " (required)", " *", " (Pflichtfeld)", "?", " -"]
    ),
    st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_what_stands_around_a_label_does_not_change_what_it_asks_for(
    known: tuple[str, str], before: str, after: str, cased: object
) -> None:
    field, label = known
    assert callable(cased)
    written = f"{before}{cased(label)}{after}"
    assert asked(written, field) == field


@given(st.text(), st.sampled_from(["Manager's e-mail", "Emergency contact phone", "紹介者 Email"]))
def test_no_words_beside_it_make_another_persons_label_the_leads(text: str, label: str) -> None:
    assert read_label(f"{label} {text}").field is None
    assert read_label(f"{label} {text}").others


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = read_label(text)
    assert found.field is None or not found.others
    assert read_label(text) == found


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("company contact name", "name"),
        ("contact company name", "company"),
        ("Vorname / First name", "first_name"),
        ("Vorname / Last name", "name"),
        ("Name / Company", None),
        ("E-mail / Phone", None),
        ("Company: city", None),
        ("Name (of your pet)", None),
        ("Email 2", "email"),
        ("field:first_name_a1b2", "first_name"),
        ("email_5f3c", "email"),
        ("name_b2b", None),
        ("0-1/firstname", "first_name"),
        ("0-2/name", "company"),
        ("0-2/city", None),
        ("Kontaktperson", "name"),
        ("Persona de contacto", "name"),
        ("Contact 2 email", None),
        ("x" * 500 + " name", None),
    ],
)
def test_parts_of_a_label_have_to_agree(label: str, field: str | None) -> None:
    assert read_label(label).field == field


def test_a_label_in_words_that_are_not_all_known_only_makes_a_value_likely() -> None:
    assert read_label("Under which phone line are you best met?").likely == "phone"
    assert read_label("Which address for our e-mail?").likely is None
    assert read_label("Which mailbox for our e-mail?").likely == "email"
    assert read_label("E-mail or phone of choice").likely is None
    assert read_label("Lieblingsfarbe").likely is None


def documented() -> list[tuple[str, str]]:
    """The fields and labels in the table of the how-to."""
    page = (ROOT / "docs/how-to/connect-a-sender.md").read_text(encoding="utf-8")
    section = page.split("### Labels that are understood\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    return [(field, label) for field, labels in rows[2:] for label in labels.split(", ")]


def test_the_how_to_names_labels_that_are_understood() -> None:
    assert len(documented()) > 80
    wrong = [(field, label) for field, label in documented() if asked(label, "") != field]
    assert wrong == []
