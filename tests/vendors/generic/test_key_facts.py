"""What keys say is looked up once, and what is kept of senders' keys is bounded."""

from typing import Any

import pytest

from leadline.vendors._answers.members import is_plain, of_object
from leadline.vendors._reader import key_facts
from leadline.vendors._reader.key_facts import facts_of_key, facts_of_object

PLAIN: list[dict[str, Any]] = [
    {"name": "Ada Vance", "email": "ada@example.com", "number": 7},
    {"contact": {"fullName": "Ada Vance"}, "company": {"name": "Vance Tools"}, "score": 50},
    {"lead": {"email": "ada@example.com", "tags": ["a", "b"]}, "empty": {}, "none": None},
]
ANSWERS: list[dict[str, Any]] = [
    {"name": {"label": "Your name", "value": "Ada Vance"}},
    {"question_1": "Name", "answer_1": "Ada Vance"},
    {"name": "first = Ada\nlast = Vance"},
    {"labels": ["Name"], "values": ["Ada Vance"]},
    {"contact_info": ["Ada", "Vance", "ada@example.com"]},
]


@pytest.mark.parametrize("value", PLAIN)
def test_a_plain_object_has_the_members_that_a_closer_look_finds(value: dict[str, Any]) -> None:
    assert is_plain(value, facts_of_object(value), {})
    assert list(of_object(value, {})) == list(value.items())


@pytest.mark.parametrize("value", ANSWERS)
def test_an_object_that_may_hold_answers_is_not_plain(value: dict[str, Any]) -> None:
    assert not is_plain(value, facts_of_object(value), {})
    assert list(of_object(value, {})) != list(value.items())


def test_an_object_is_not_plain_where_a_key_is_the_id_of_a_question() -> None:
    value = {"abc": "Ada Vance"}
    assert not is_plain(value, facts_of_object(value), {"abc": "Your name"})


def test_objects_with_the_same_keys_are_looked_up_once() -> None:
    one, other = ({"e-mail": address, "name": "Ada"} for address in ("a@example.com", None))
    assert facts_of_object(one) is facts_of_object(other)
    assert facts_of_object({"name": 1, "e-mail": 2}) is not facts_of_object(one)


def test_the_facts_of_an_object_are_those_of_its_keys() -> None:
    keys = ["Vorname", "country_code", "form_id", "q1", "anything", "x" * 300]
    found = facts_of_object(dict.fromkeys(keys, ""))
    assert list(found.keys) == [facts_of_key(key) for key in keys]
    assert found.numbered
    assert not found.lists


@pytest.mark.parametrize(
    "value", [{"k" * 1_001: 1}, {f"key {n}": n for n in range(61)}], ids=["long", "many"]
)
def test_long_and_many_keys_are_not_kept(value: dict[str, int]) -> None:
    before = key_facts._of_keys.cache_info().currsize
    assert len(facts_of_object(value).keys) == len(value)
    assert key_facts._of_keys.cache_info().currsize == before
