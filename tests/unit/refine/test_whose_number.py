"""Whose number or address a message names: the lead's own, or one that it writes about."""

import pytest

from leadline.refine.misplaced.found_in_text import find_email, find_phone


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("You called me from 212-555-0199", "US"),
        ("I got a call from 212-555-0199, was that you?", "US"),
        ("I missed your call from 212-555-0199", "US"),
        ("The old number 212-555-0199 no longer works", "US"),
        ("My old number was 212-555-0199", "US"),
        ("My number is no longer 212-555-0199", "US"),
        ("My line 212-555-0199 is out of service", "US"),
        ("Someone with number 212-555-0199 scammed me", "US"),
        ("Scam caller 212-555-0199 pretends to be you", "US"),
        ("Who is 212-555-0199?", "US"),
        ("Peter (212-555-0199) is our CFO", "US"),
        ("Our CFO Peter Schmidt, 212-555-0199, decides", "US"),
        ("Ich habe unter 030 23125001 niemanden erreicht", "DE"),
        ("Meine alte Nummer 030 23125001 gilt nicht mehr", "DE"),
        ("Ein Anruf von 030 23125001", "DE"),
        ("Kd-Nr. 030 23125001", "DE"),
        ("from Bob 212-555-0199", "US"),
        ("He llamado al 912 345 679 y no contestan", "ES"),
        ("Ho chiamato lo 02 1234 5678", "IT"),
        ("売上は 12 345 678円です", "JP"),
    ],
)
def test_a_number_that_a_lead_writes_about_is_not_its_own(text: str, region: str) -> None:
    assert find_phone(text, region, "Jo Martin") is None


@pytest.mark.parametrize(
    ("text", "region", "written"),
    [
        ("My number changed from 212-555-0100 to 212-555-0147", "US", "212-555-0147"),
        ("I am calling from 212-555-0147", "US", "212-555-0147"),
        ("Tel.: 030/23125001, Fax: 030/23125002", "DE", "030/23125001"),
        ("I missed the webinar, please call 212-555-0147", "US", "212-555-0147"),
        ("From Jo Martin 212-555-0147", "US", "212-555-0147"),
        ("Jo Martin from Brightmill, 212-555-0147", "US", "212-555-0147"),
        ("Fax 212 555 0148, Tel 212 555 0147", "US", "212 555 0147"),
        ("Jo Martin, CEO, 212-555-0147", "US", "212-555-0147"),
        ("Merci de me rappeler au 06.12.34.56.78", "FR", "06.12.34.56.78"),
        ("Llámeme al 612 345 679 por favor", "ES", "612 345 679"),
        ("電話番号は03-1234-5678です", "JP", "03-1234-5678"),
    ],
)
def test_a_number_of_the_lead_is_found_beside_others(text: str, region: str, written: str) -> None:
    found = find_phone(text, region, "Jo Martin")
    assert found is not None
    assert (found.written, found.others) == (written, False)


@pytest.mark.parametrize(
    "text",
    ["I got spam from promo@example.com", "kim@example.com is no longer with us",
     "My old address jo@example.org no longer works"],
)  # fmt: skip
def test_an_address_that_a_lead_writes_about_is_not_its_own(text: str) -> None:
    assert find_email(text, "Jo Martin") is None
