"""Pairs of leads, in the order of arrival: whether the last is the person of the first."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadline.duplicates.measuring.evaluating import clusters_found
from leadline.duplicates.weights import Weights
from leadline.model.lead import LeadFields

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("pairs.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_pair_is_linked_if_it_is_one_person(case: dict[str, Any]) -> None:
    rows = [LeadFields(**lead) for lead in case["leads"]]
    found = clusters_found(rows, Weights.load_default(), region="US")
    assert (found[0] == found[-1]) is case["link"]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_order_of_two_leads_makes_no_difference(case: dict[str, Any]) -> None:
    rows = [LeadFields(**lead) for lead in case["leads"]]
    if len(rows) == 2:
        found = clusters_found(reversed(rows), Weights.load_default(), region="US")
        assert (found[0] == found[-1]) is case["link"]


NAMES = """\
Ana Petrov, Ben Ashdown, Clara Holm, Dario Ricci, Eva Lindgren, Finn Maiwald, Greta Sandqvist,
Hugo Tarrant, Ines Vogt, Jan Vogt, Jana Vogt, Karl Trenk, Karla Trenk, Lena Holm, Leo Holm
"""


def test_no_two_people_of_one_switchboard_are_linked() -> None:
    rows = [
        LeadFields(
            name=name,
            phone="+49 30 23125000",
            company="Bergwerk GmbH",
            email="info@bergwerk.example",
            custom={"street": "Mühlweg 12", "postcode": "04011", "city": "Alderstadt"},
        )
        for name in NAMES.split(",")
    ]
    found = clusters_found(rows, Weights.load_default())
    assert len(set(found)) == len(rows)
