"""`leadline.duplicates.comparisons.named_mailboxes`: what a mailbox says about the name of its
owner."""

import pytest

from leadline.duplicates.comparisons.named_mailboxes import completed

CASES = [
    ("jo", "", "jo.martin@alder.example", ("jo", "martin"), "the last name beside the first"),
    ("jo", "", "martin_jo@alder.example", ("jo", "martin"), "in the other order"),
    ("greta", "", "gretasandqvist7@alder.example", ("greta", "sandqvist"), "in one word"),
    ("theodore", "", "t.white@alder.example", ("theodore", "white"), "behind the initial"),
    ("anna", "", "annamaria@alder.example", ("anna", ""), "a second first name is no last name"),
    ("anna", "", "anna.w@alder.example", ("anna", ""), "an initial is no last name"),
    ("anna", "", "peter.weber@alder.example", ("anna", ""), "somebody else's mailbox"),
    ("", "martin", "jo.martin@alder.example", ("", "martin"), "two letters may be anything"),
    ("", "king", "lola.k63@alder.example", ("lola", "king"), "the initial of the last name"),
    ("", "holm", "claraholm@alder.example", ("clara", "holm"), "a first name in one word"),
    ("", "holm", "dr.holm@alder.example", ("", "holm"), "no first name"),
    ("", "holm", "sales.holm@alder.example", ("", "holm"), "a department is no first name"),
    ("j", "martin", "jane.martin@alder.example", ("jane", "martin"), "what an initial stands for"),
    ("j", "martin", "peter.martin@alder.example", ("j", "martin"), "another initial"),
    ("j", "", "jane@alder.example", ("j", ""), "an initial alone"),
    ("", "", "jo.martin@alder.example", ("", ""), "without a name nothing is known"),
    ("jo", "martin", "peter.hall@alder.example", ("jo", "martin"), "a whole name stays"),
    ("jo", "", "", ("jo", ""), "no mailbox"),
]


@pytest.mark.parametrize(("first", "last", "email", "name", "why"), CASES, ids=lambda one: str(one))
def test_a_mailbox_completes_a_name_only_where_it_is_sure(
    first: str, last: str, email: str, name: tuple[str, str], why: str
) -> None:
    assert completed(first, last, email) == name, why
