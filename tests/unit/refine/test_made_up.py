"""Names that are nobody's; above all, whose names are not taken for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.keys import match_keys
from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.doubtful import mash
from leadline.refine.doubtful.made_up import (
    is_placeholder_company,
    is_placeholder_name,
    is_test_name,
)
from leadline.refine.doubtful.mash import is_mashed

ABOUT = About("1", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "form", "US")


@pytest.mark.parametrize(
    "name",
    ["Test", "Test Test", "test user", "Test User 17", "Testing Testing", "TEST LEAD",
     "test1 test2", "This is a test", "Testy McTestface", "Demo User", "Sample Contact",
     "Prueba", "Teszt", "тест", "asdf", "asdf asdf", "qwerty qwerty", "First Last", "First Name",
     "Your Name", "Vorname Nachname", "Prénom Nom", "Nombre Apellido", "Nome Cognome",
     "Imię Nazwisko", "имя фамилия", "John Doe", "Jane Doe", "Max Mustermann",
     "Erika Mustermann", "Joe Bloggs", "Fulano de Tal", "foo bar", "Lorem Ipsum", "xxx",
     "Xxx Xxx", "aaa bbb", "x", "x x", "abc", "abc def", "Anonymous", "no one", "nobody",
     "Mickey Mouse", "Donald Duck", "Batman", "haha", "12345", "Please Ignore", "QA Test",
     "Zapier Test Lead", "Fake Name", "Fake Fake",
     "テスト太郎", "山田テスト", "测试用户", "TESTING DO NOT CALL", "Fname Lname", "ignore",
     "Not Real"],
)  # fmt: skip
def test_a_name_that_fills_a_field_is_flagged(name: str) -> None:
    assert is_placeholder_name(name)
    lead = refine(LeadFields(name=name, email="jo.martin@brightmill.com"), ABOUT)
    assert "name.placeholder" in lead.problems
    assert (lead.contact.name or "").casefold() == name.casefold()
    assert lead.status == "refined"


@pytest.mark.parametrize(
    "name",
    ["hjkdfhgjkd sdfkjh", "asdfgh", "sdfsdf", "dfgdfg dfgdfg", "asdasd", "asdfasdf asdf",
     "qwertyuiop", "lkjlkj", "kjhkjhkjh", "zxcvbn", "xcvxcv", "fgfgfg", "jfjfj", "bsbsbs",
     "sadasd", "qweqwe werwer", "rtyrty", "Maria Dfgdfg", "Asdfasf Fdsafd", "QxVbTrLmKz",
     "Fgh Jkl", "aslkdj",
     "xkjwqz", "qXvaTrLeKzPo", "Hjkl Hjkl", "poiuytrewq"],
)  # fmt: skip
def test_keys_typed_by_chance_are_flagged(name: str) -> None:
    assert is_mashed(name)
    lead = refine(LeadFields(name=name, email="jo.martin@brightmill.com"), ABOUT)
    assert {"name.mash", "name.placeholder"} & set(lead.problems)
    assert lead.status == "refined"


@pytest.mark.parametrize(
    "name",
    ["Nguyen Van An", "Krzysztof Brzęczyszczykiewicz", "Krzysztof Brzeczyszczykiewicz", "Ng",
     "Xu", "Schmidt", "Claire Test", "Monsieur Test", "Mr. Test", "Jon Tester", "Carlo Testa",
     "Jennifer Null", "Ola Fake", "Fake", "Steven Sample", "Max Muster Schmidt", "Erik Demo",
     "Demo", "Li Foo", "Foo", "Moshe Bar", "Hans Doe", "Andrew Guest", "Mia Kunde", "Niemand",
     "Anna Lead", "Nada Surf", "Will Power", "Hrafnhildur Hrolfsdottir",
     "Nkosazana Dlamini-Zuma", "Kwame Nkrumah", "Mthunzi Mthethwa", "Zviad Gvritishvili",
     "Mkrtchyan", "Strc Prst", "Jiri Smrz", "Vlk", "Hrdlicka", "Trstenjak", "Brzovic",
     "Gwynn Llwyd", "Rhys Glynn", "Flynn Lynch", "Mxolisi Nxumalo", "Ngcobo", "Szczepanski",
     "Wm. Hart", "Chs Dickens", "J. J. Abrams", "JJ Abrams", "J. W.", "C. R.", "AJ", "Aa", "Oo",
     "Ee Sze", "O", "E", "Sasha Dallas", "Khaddad Ghadhaf", "Assad", "Fadda", "Hadja Salah",
     "Jagga Gadhda", "Lakshda", "Magda", "Dahlgaard", "Barbar", "Shasha", "Turtur", "Lulu",
     "Mimi Mimi",
     "Abdullah Abdullah", "Edward Ewert", "Doherty", "Trewin", "Hertz", "Edward Tredcroft",
     "Azerbaijani", "McDonald MacLeod", "JuanCarlosPerezLopez", "DeShawn LeBron", "O'Neil",
     "Mickey Rooney", "Donald Duckworth", "Harry Potter", "James Bond", "Jan Kowalski",
     "Mario Rossi", "Jean Dupont", "Иван Иванов", "山田太郎", "王小明", "김민수"],
)  # fmt: skip
def test_a_name_that_somebody_has_is_not(name: str) -> None:
    assert not is_placeholder_name(name)
    assert not is_mashed(name)
    assert not is_placeholder_name(name.upper()) or len(name) < 3
    assert not is_mashed(name.upper())
    assert not is_mashed(name.lower())


@pytest.mark.parametrize(
    "name", ["test", "Test Company", "asdf", "asdfasdf", "sdfsdf", "Musterfirma"]
)
def test_a_company_that_fills_a_field_is_flagged(name: str) -> None:
    assert is_placeholder_company(name)
    lead = refine(LeadFields(name="Jo Martin", company=name, email="jo@brightmill.com"), ABOUT)
    assert lead.problems == ("company.placeholder",)


@pytest.mark.parametrize(
    "name",
    ["KPMG", "BMW", "HSBC", "ABC", "XYZ", "LVMH", "GmbH", "AAA", "Fjord", "Testo SE",
     "TestFlight Inc", "Demo AG", "Sample Works Ltd", "Foo Fighters LLC", "ASDA", "Dfb",
     "HDFC Bank", "Nobody Ltd", "Querty Systems", "W. W. Grainger", "3M", "H&M", "Brightmill"],
)  # fmt: skip
def test_a_company_that_exists_is_not(name: str) -> None:
    assert not is_placeholder_company(name)


@pytest.mark.parametrize("number", ["1234567890", "+1 555 555 5555", "212-555-1212", "0000000000"])
def test_a_number_that_fills_a_field_is_flagged_and_is_no_key(number: str) -> None:
    lead = refine(LeadFields(name="Jo Martin", phone=number, email="jo@brightmill.com"), ABOUT)
    assert "phone.placeholder" in lead.problems
    assert set(match_keys(lead)) == {"email"}


def test_an_address_that_fills_a_field_is_no_key() -> None:
    for address in ("test@gmail.com", "noemail@noemail.com"):
        lead = refine(LeadFields(name="Jo Martin", email=address, phone="+12125550147"), ABOUT)
        assert set(match_keys(lead)) == {"phone"}


@given(
    st.text("asdfghjkl", min_size=4, max_size=9)
    | st.text("qwertzuiopasdfghjklyxcvbnm", min_size=4, max_size=9)
    | st.tuples(st.text("qweasdrtyi", min_size=2, max_size=4), st.integers(2, 4)).map(
        lambda drawn: drawn[0] * drawn[1]
    )
)
def test_the_cheap_test_lets_no_mash_by(word: str) -> None:
    if mash.is_mash(word) or mash._is_random(word):
        assert is_mashed(word)


def test_only_a_whole_name_of_test_words_is_a_test() -> None:
    assert is_test_name("Test Lead")
    assert not is_test_name("John Doe")
    assert not is_test_name("Claire Test")
