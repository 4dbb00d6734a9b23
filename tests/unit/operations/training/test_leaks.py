"""Columns that a model must not have, by their names and values; and how dates are written."""

from datetime import UTC, datetime

import pytest

from leadline.operations.training.dates import form_of_dates, time_in_form
from leadline.operations.training.leaks import (
    is_about_people,
    looks_personal,
    word_of_afterwards,
)


@pytest.mark.parametrize(
    "name",
    ["last activity", "Last_Notable_Activity", "opportunity stage", "is_closed", "call duration",
     "lead quality", "tags", "won_date", "lost reason", "date converted"],
)  # fmt: skip
def test_names_tell_that_a_column_is_filled_in_later(name: str) -> None:
    assert word_of_afterwards(f"custom.{name.lower()}")


@pytest.mark.parametrize(
    "name",
    ["visits", "lead origin", "elastic plan", "lasting interest", "poutcome", "company size"],
)
def test_other_names_do_not(name: str) -> None:
    assert word_of_afterwards(f"custom.{name}") == ""


def test_what_leadline_makes_of_a_lead_is_known_at_its_capture() -> None:
    assert word_of_afterwards("problem email.last") == ""
    assert not is_about_people("has_phone", [1.0] * 20)


PEOPLE = [f"Ada Ember{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("custom.vorname", PEOPLE),
        ("custom.contact email", ["a@example.com"] * 20),
        ("custom.ip address", [f"192.0.2.{n}" for n in range(20)]),
        ("custom.referred by", [f"ada{n}@example.com" for n in range(20)]),
        ("custom.reach me at", ["+1 202 555 0100", "(202) 555-0101", "202.555.0102"]),
    ],
)
def test_columns_about_people_are_known_by_name_or_values(name: str, values: list[str]) -> None:
    assert is_about_people(name, values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("custom.do not email", ["yes", "no"] * 20),
        ("custom.total time spent on website", [12.0, 15.0]),
        ("custom.signup date", ["24-09-2020", "19-09-2020"]),
        ("custom.plan", ["gold", "silver"]),
    ],
)
def test_other_columns_are_not_about_people(name: str, values: list[str]) -> None:
    assert not is_about_people(name, values)


def test_a_word_that_may_be_an_address_or_a_number_is_personal() -> None:
    assert looks_personal("call 202-555-0100")
    assert looks_personal("ada@example.com")
    assert not looks_personal("2026-03-02")
    assert not looks_personal("plan 9 from 2026")


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["2026-03-02", "2026-03-02T10:00:00Z"], ""),
        (["24-09-2020", "01-02-2020"], "%d-%m-%Y"),
        (["02/24/2020", "01/02/2020"], "%m/%d/%Y"),
        (["24.09.2020 10:30"], "%d.%m.%Y %H:%M"),
        (["20200924", "20200925"], None),
        (["gold", "silver"], None),
        (["", " "], None),
    ],
)
def test_the_form_of_dates_is_found(values: list[str], form: str | None) -> None:
    assert form_of_dates(values) == form


def test_a_time_without_a_zone_is_in_the_zone_that_is_given() -> None:
    assert time_in_form("24-09-2020", "%d-%m-%Y", UTC) == datetime(2020, 9, 24, tzinfo=UTC)
    assert time_in_form("gold", "%d-%m-%Y", UTC) is None


@pytest.mark.parametrize("name", ["custom.second mobile", "custom.dob", "custom.fax"])
def test_numbers_of_people_are_known_though_they_are_written_as_mere_digits(name: str) -> None:
    numbers = [float(4_799_900_000 + n % 60) for n in range(100)]
    assert is_about_people(name, numbers)


def test_how_often_somebody_called_says_not_who_it_is() -> None:
    assert not is_about_people("custom.calls by phone", [float(n) for n in range(40)])
    assert not is_about_people("custom.time on website", [1_000_000.0 + n for n in range(40)])
