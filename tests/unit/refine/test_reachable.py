"""Leads that left the field for the phone or the e-mail address empty, but say it elsewhere."""

from datetime import UTC, datetime

import pytest

from leadline.model.keys import match_keys
from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from leadline.refine.misplaced.found_in_text import find_email, find_phone

AT = datetime(2026, 3, 2, tzinfo=UTC)
MAIL = "jo.martin@example.com"
PHONE = "+1 212 555 0147"
E164 = "+12125550147"
JO = "Jo Martin"


def refined(fields: LeadFields, region: str = "US") -> RefinedLead:
    return refine(fields, About("0190", AT, AT, "generic", region))


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name=PHONE),
        LeadFields(first_name="Jo", last_name=PHONE),
        LeadFields(name=f"Jo Martin {PHONE}"),
        LeadFields(name="Jo Martin 212-555-0147"),
        LeadFields(name="Jo Martin 2125550147"),
        LeadFields(name=JO, email=PHONE),
        LeadFields(name=JO, email="2125550147"),
        LeadFields(name=JO, email=f"tel {PHONE}"),
        LeadFields(name=JO, company=PHONE),
        LeadFields(name=JO, company="212-555-0147"),
        LeadFields(name=JO, company=f"tel: {PHONE}"),
        LeadFields(name=JO, company="Brightmill (212) 555-0147"),
        LeadFields(name=JO, title=PHONE),
        LeadFields(name=JO, title=f"COO, {PHONE}"),
        LeadFields(name=JO, country=PHONE),
        LeadFields(name=JO, website=PHONE),
        LeadFields(name=JO, website="tel:+12125550147"),
        LeadFields(name=JO, website="https://wa.me/12125550147"),
        LeadFields(name=JO, message=f"Please call me on {PHONE}"),
        LeadFields(name=JO, message="my cell: 2125550147"),
        LeadFields(name=JO, message="2125550147"),
        LeadFields(name=JO, message="https://wa.me/12125550147"),
        LeadFields(name=JO, custom={"billing_phone": "212 555 0147"}),
        LeadFields(name=JO, custom={"q7": PHONE}),
        LeadFields(name=JO, custom={"answers": {"q7": PHONE}}),
        LeadFields(name=JO, custom={"comments": "call me at 212 555 0147 please"}),
    ],
)
def test_a_phone_number_in_any_field_makes_a_lead_reachable(fields: LeadFields) -> None:
    lead = refined(fields)
    assert (lead.contact.phone_e164, lead.contact.email) == (E164, None)
    assert "contact.unreachable" not in lead.problems
    assert any(change.field == "phone" for change in lead.changes)


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name=f"Jo Martin <{MAIL}>"),
        LeadFields(name=f"Jo Martin {MAIL}"),
        LeadFields(name=JO, company=f"Brightmill, {MAIL}"),
        LeadFields(name=JO, country=MAIL),
        LeadFields(name=JO, website=f"mailto:{MAIL}?subject=Hi"),
        LeadFields(name=JO, message=f"Write me: {MAIL}."),
        LeadFields(name=JO, custom={"q7": MAIL}),
    ],
)
def test_an_address_in_any_field_makes_a_lead_reachable(fields: LeadFields) -> None:
    lead = refined(fields)
    assert (lead.contact.email, lead.contact.phone) == (MAIL, None)
    assert lead.contact.name == JO
    assert lead.contact.company in (None, "Brightmill")


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name=JO, email="2125550147", phone=MAIL),
        LeadFields(name=JO, email=f"{MAIL} / {PHONE}"),
        LeadFields(name=JO, email=f"{MAIL}, 2125550147"),
        LeadFields(name=JO, phone=f"{PHONE}, {MAIL}"),
        LeadFields(name=JO, phone=f"{MAIL} 2125550147"),
        LeadFields(message=f"Jo Martin\n{MAIL}\n(212) 555-0147"),
    ],
)
def test_a_number_and_an_address_in_one_field_are_both_found(fields: LeadFields) -> None:
    contact = refined(fields).contact
    assert (contact.email, contact.phone_e164) == (MAIL, E164)


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(message="call my boss at +1 212 555 0147"),
        LeadFields(message="Ann's number is 212 555 0147"),
        LeadFields(message="Call Ann on 212 555 0147"),
        LeadFields(message="+1 212 555 0147 is my boss's number"),
        LeadFields(message="I called your hotline 212 555 0147"),
        LeadFields(message="About order 2125550147"),
        LeadFields(message="My invoice number is 212 555 0147"),
        LeadFields(message="The budget is 212 555 0147 EUR"),
        LeadFields(message="see https://example.com/2125550147"),
        LeadFields(message="Thanks\n> call us: +1 212 555 0147"),
        LeadFields(message="Fax: +1 212 555 0147"),
        LeadFields(message="We need 2125550147 of them"),
        LeadFields(company="2125550147"),
        LeadFields(company="1-800-Flowers"),
        LeadFields(company="Studio 2125550147"),
        LeadFields(website="https://example.com/2125550147"),
        LeadFields(source=PHONE),  # the number that was called, not the caller's
        LeadFields(custom={"order": "2125550147"}),
        LeadFields(custom={"friend_phone": PHONE}),
        LeadFields(custom={"owner_phone": PHONE}),
        LeadFields(custom={"fax": PHONE}),
        LeadFields(custom={"ip": "192.168.100.200", "ts": 2125550147}),
        LeadFields(custom={"notes": "invoice 212 555 0147"}),
        LeadFields(custom={"q7": PHONE, "q8": "+1 212 555 0148"}),
        LeadFields(custom={"q7": PHONE, "friend": "bo@example.com"}),
        LeadFields(message="write to my boss ann@example.com"),
        LeadFields(message="I wrote to sales@example.org"),
        LeadFields(custom={"leads": [{"email": "bo@example.com"}], "friend": "ann@example.com"}),
    ],
)
def test_what_is_another_persons_or_no_phone_number_is_not_taken(fields: LeadFields) -> None:
    contact = refined(fields).contact
    assert (contact.email, contact.phone) == (None, None)


def test_a_number_in_the_message_is_told_and_is_no_match_key() -> None:
    lead = refined(LeadFields(email=MAIL, message=f"My number is {PHONE} x42. Thanks"))
    assert (lead.contact.phone, lead.contact.phone_extension) == ("+1 212-555-0147 ext. 42", "42")
    assert lead.problems == ("name.missing", "phone.found_in_message")
    assert [change.rule for change in lead.changes] == ["message.has_phone", "phone.format"]
    assert match_keys(lead).keys() == {"email"}


def test_an_address_in_the_message_is_told_and_is_no_match_key() -> None:
    lead = refined(LeadFields(name=JO, phone=PHONE, message=f"My mail is {MAIL}"))
    assert lead.contact.email == MAIL
    assert lead.problems == ("email.found_in_message",)
    assert match_keys(lead).keys() == {"phone"}


def test_a_lead_with_a_phone_keeps_it() -> None:
    lead = refined(LeadFields(phone="(917) 555-0148", message=f"call me on {PHONE}"))
    assert lead.contact.phone_e164 == "+19175550148"


def test_of_several_numbers_in_a_message_the_leads_own_counts() -> None:
    text = "Office 212 555 0199, my cell is (917) 555-0148, my boss has 212-555-0147"
    found = find_phone(text, "US")
    assert found is not None
    assert (found.written, found.others) == ("(917) 555-0148", False)
    lead = refined(LeadFields(message="T +1 212 555 0147\nM +1 917 555 0148"))
    assert {"phone.several", "phone.found_in_message"} <= {*lead.problems}


@pytest.mark.parametrize(
    ("text", "region", "written"),
    [
        ("Rufen Sie mich unter 030 23125001 an", "DE", "030 23125001"),
        ("Meine Handynummer ist 0171 1234567", "DE", "0171 1234567"),
        ("Llámame al 612 345 678", "ES", "612 345 678"),
        ("Meu celular: 11 91234-5678", "BR", "11 91234-5678"),
        ("Mon portable : 06 12 34 56 78", "FR", "06 12 34 56 78"),
        ("My boss is away, call me at 212 555 0147", "US", "212 555 0147"),
        ("Please call Jo at 212 555 0147", "US", "212 555 0147"),
        ("Mi número es 612345678", "ES", "612345678"),
        ("I can be reached from 9 to 5 at 212.555.0147.", "US", "212.555.0147"),
        ("Do not call 212-555-0147", "US", None),
        ("Numéro de commande 06 12 34 56 78", "FR", None),
        ("Ligue para meu chefe 11 91234-5678", "BR", None),
        ("Our switchboard is 020 7946 0018", "GB", None),
        ("Bestellnummer 030 23125001", "DE", None),
        ("Mi jefe: 612 345 678", "ES", None),
        ("Ihre Hotline 030 23125001", "DE", None),
        ("Vom 2026-11-30 bis 2026-12-01", "DE", None),
        ("IBAN DE89 3704 0044 0532 0130 00", "DE", None),
        ("Nous avons 33 000 000 clients", "FR", None),
    ],
)
def test_words_say_whose_a_number_is_in_other_languages(
    text: str, region: str, written: str | None
) -> None:
    found = find_phone(text, region, JO)
    assert (found.written if found else None) == written


def test_a_text_without_an_address_has_none() -> None:
    assert find_email("no @ here") is None
    assert find_phone("nothing", "US") is None
