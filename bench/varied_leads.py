"""Leads as varied as real ones, for measuring what refinement costs.

`from_sets` takes the next row of the next of some public data sets of people, companies, numbers,
addresses and leads, in turn. `composed` makes up leads of the same variety, but with all fields at
once: capitals, commas and titles in names; capitals and slips in addresses, and
internationalised domains; numbers that are national, foreign, invalid or have extensions; legal
forms of many countries; and answers that were not recognised.

A lead is a flat object with English keys, as a form sends it.
"""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.refine import family_name

Lead = Mapping[str, Any]

_OF_FEBRL = {"given_name": "first_name", "surname": "last_name", "suburb": "City"}
_SETS: Mapping[str, Mapping[str, str]] = {
    "leads_xeducation.csv": {},
    "dedupe_febrl1.csv": _OF_FEBRL,
    "phone_examples_by_region.csv": {"region": "country", "national": "phone"},
    "names_company_labelled.jsonl": {"text": "company"},
    "dedupe_people_email.csv": {
        "first_name": "first_name",
        "surname": "last_name",
        "email": "email",
    },
    "leads_b2b_saas.csv": {},
    "dedupe_historical_people.csv": {"full_name": "name", "occupation": "title"},
    "phone_plan_samples.csv": {"input": "phone"},
    "email_isemail.json": {"address": "email"},
    "dedupe_organisations.csv": {"site_name": "company", "phone": "phone", "address": "Address"},
    "dedupe_febrl2.csv": _OF_FEBRL,
    "leads_bank_marketing.csv": {"job": "title", "contact": "Contact", "y": "Answer"},
    "email_syntax_cases.json": {"address": "email"},
    "names_person_labelled.jsonl": {"text": "name"},
    "company_names_country.csv": {"name": "company", "country": "country"},
    "leads_olist_funnel.csv": {},
    "dedupe_febrl3.csv": _OF_FEBRL,
}
"""Which column of each set is which field; all columns under their own names, where none is named.
"""


def from_sets(folder: Path, count: int) -> list[Lead]:
    """*count* leads of the data sets in a folder; none if one is not there."""
    if not all((folder / name).exists() for name in _SETS):
        return []
    sets = [
        cycle([_fields(row, columns) for row in _rows(folder / name)])
        for name, columns in _SETS.items()
    ]
    return [next(rows) for rows in islice(cycle(sets), count)]


def _rows(path: Path) -> list[Mapping[str, Any]]:
    """The rows of a set, shuffled, as some are sorted by country; always in the same order."""
    rows: list[Mapping[str, Any]]
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            rows = list(csv.DictReader(file))
        else:
            rows = json.load(file) if path.suffix == ".json" else list(map(json.loads, file))
    random.Random(7).shuffle(rows)
    return rows


def _fields(row: Mapping[str, Any], columns: Mapping[str, str]) -> Lead:
    named = columns or {key: key for key in row}
    return {field: row[column] for column, field in named.items() if row[column]}


_FIRST = (
    "Ada", "GRACE", "alan", "Zoë", "José", "Anne-Marie", "Dr. Priya", "Tomasz", "Mr Li", "O'Neil",
    "Владимир", "Jean Luc", "Mary  Jane", "\u200bNoor", "Bjørn", "m.", "Xiao-Ming", "Test",
)  # fmt: skip
_LAST = (
    "{0}", "{1}", "{2}", "van der {0}", "{0} Márquez", "O'{0}", "Mc{0}", "Ş{2}", "{0}ová", "D'{0}",
    "{0} Jr.", "von {0}", "{0}-{0}ski", "{0}", "{0}", "Иванов{2}",
)  # fmt: skip
_NAMED = ("{0} {1}", "{1}, {0}", "{0} {1} ", "{1} {0}", "{0}", " {0}  {1}")
_DOMAINS = (
    "example.com", "Example.COM", "sub.example.org", "bücher.example", "xn--bcher-kva.example",
    "example.co.uk", "EXAMPLE.NET", "пример.example", "example.com.au", "mail.example.de",
)  # fmt: skip
_ADDRESSED = (
    "{0}.{1}{2}@{3}", "{0}{2}@{3}", " {0}_{1}{2}@{3}", "{0}.{1}{2}@{3}>", "<{0}{2}@{3}>",
    "{0} {1} <{0}{2}@{3}>", "mailto:{0}{2}@{3}", "{0}{2}@@{3}", "{0}{2}(at){3}", "{0}.{2}",
    "info@{3}", "{0}+{1}{2}@{3}", "{0}{1}{2}@{3}", "{0}-{2}@{3}",
)  # fmt: skip
_NUMBERS = (
    "+1 212 555 {0:04}", "(212) 555-{0:04}", "212-555-{0:04} x{1}", "+44 20 7946 {0:04}",
    "020 7946 {0:04}", "030 2312 {0:04}", "+49 (0)30 2312{0:04}", "0049 30 2312{0:04}",
    "555-{0:04}", "+33 1 42 68 {0:04}", "+91 98765 4{0:04}", "12345",
    "+86 138 0013 {0:04}", "tel:+1212555{0:04}",
    "+999 {0:04}", "1-800-555-{0:04}", "+55 11 91234-{0:04}", "06 12 34 {0:04}",
)  # fmt: skip
_COUNTRIES = (
    "US", "United States", "GB", "Germany", "DE", "France", " U.S.A. ", "Brasil", "India", "", "",
    "Deutschland", "UK", "Atlantis",
)  # fmt: skip
_COMPANIES = (
    "{0} Engines Ltd", "{0} GMBH", "{0} & Sons, Inc.", "the {0} group llc", "{0} S.A. de C.V.",
    "ООО {0}", "{0} AG & Co. KG", "{0}株式会社", "{0} Pty Ltd", "", "n/a", "{0} university",
)  # fmt: skip
_ANSWERS: Mapping[str, Sequence[str | int]] = {
    "Lead Origin": ("API", "Landing Page Submission", "Lead Add Form"),
    "Do Not Email": ("No", "Yes"),
    "What matters most to you?": ("Better career prospects", "Select", "Flexibility & pace"),
    "Tags": ("Will revert after reading the email", "Ringing", "Interested in other courses"),
    "user_activity_var_1": (0, 1, 2),
    "balance": (29, 2143, -7),
    "business_segment": ("pet", "car_accessories", "home_decor"),
    "Last Activity": ("Email Opened", "SMS Sent", "Page Visited on Website"),
    "landing_page_id": ("88740e65d5d6b056e0cda098e1ea6313", "d45d558f0daeecf3cccdffe3c59684aa"),
}
_MESSAGES = (
    "", "", "We would like a quote for forty seats.\nBest regards",
    "  Hello \r\n\r\n\r\nthere\u00a0you ",
    "Call me, please: (212) 555-0147", "Bonjour, merci de me rappeler à l’occasion.", "asdf",
)  # fmt: skip


def composed(count: int) -> list[Lead]:
    """*count* made-up leads, always the same."""
    chance = random.Random(11)
    return [_made_up(number, chance) for number in range(count)]


def _made_up(number: int, chance: random.Random) -> Lead:
    pick = chance.choice
    first, family = pick(_FIRST), family_name(number)
    last = pick(_LAST).format(family, family.upper(), family.lower())
    said = "".join(filter(str.isalpha, first)) if first.isascii() else first[0]
    lead: dict[str, str | int] = {
        "email": pick(_ADDRESSED).format(said, family, number, pick(_DOMAINS)),
        "phone": pick(_NUMBERS).format(chance.randrange(10_000), chance.randrange(100)),
        "company": pick(_COMPANIES).format(family_name(number // 3 + 9)),
        "country": pick(_COUNTRIES),
        "message": pick(_MESSAGES),
    }
    if number % 2:
        lead |= {"first_name": first, "last_name": last}
    else:
        lead["name"] = pick(_NAMED).format(first, last)
    answers = chance.sample(sorted(_ANSWERS), number % 7)
    lead |= {label: pick(_ANSWERS[label]) for label in answers}
    return {field: value for field, value in lead.items() if value != ""}
