"""The rules by which traits and candidate keys are made have a number that is raised with them."""

from hashlib import sha256
from typing import Any

import msgspec

from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.model.facts.likeness import RULES
from leadline.model.lead import Change, Contact, LeadDetails, RefinedLead
from tests.unit.duplicates.test_traits import AT

MADE = {2: "51f5443940cb61b8"}
"""What the rules of each number make of the leads below."""

ADDRESS = {"street": "12 Mill Lane", "postcode": "SW1A 1AA", "city": "Alderby", "state": "NSW"}
CONTACTS = [
    Contact(name="Dr. Zo\xeb Br\xfbl\xe9", first_name="Zo\xeb", last_name="Br\xfbl\xe9",
            email="zoe.b77@gmail.com", email_canonical="zoeb77@gmail.com"),
    Contact(name="Herr Maiwald", phone="+49 30 23125042 ext. 7", phone_e164="+493023125042",
            phone_extension="7", company="Bergwerk Maschinen GmbH", country="DE", title="Einkauf"),
    Contact(name="Peter Hall Jr.", first_name="Peter", last_name="Hall", phone="555-0147 22",
            email="none@none.com", email_canonical="none@none.com", company="Alder Bakery, Inc."),
    Contact(company="\xd8stergaard & S\xf8n A/S", email="info@oestergaard.example",
            email_canonical="info@oestergaard.example", company_domain="oestergaard.example"),
    Contact(email="ada@one.example", email_canonical="ada@one.example"),
]  # fmt: skip
CUSTOM: list[dict[str, Any]] = [
    {},
    {"Anrede": "Herr", "Stra\xdfe": "M\xfchlweg 12", "PLZ": "04011", "Ort": "Alderstadt"},
    {**ADDRESS, "dob": "1980-02-03"},
    {"address": "40 Mill Street Apt 9"},
    {"emails": [{"email": "ada@one.example"}, {"email": "Ada.B@two.example"}], "gender": "female"},
]
CHANGES = (Change("email", "ada@one.example; b@three.example", "ada@one.example", "email.several"),)


def test_what_is_made_of_a_lead_is_what_the_number_of_the_rules_says() -> None:
    made = []
    for contact, custom in zip(CONTACTS, CUSTOM, strict=True):
        lead = RefinedLead(
            lead_id="one", captured_at=AT, processed_at=AT, status="refined", contact=contact,
            lead_details=LeadDetails(), received_from="generic", custom=custom,
            changes=CHANGES if contact.email == "ada@one.example" else (),
        )  # fmt: skip
        traits = traits_of(lead)
        keys = {name: key.hex() for name, key in candidate_keys(traits).items()}
        made.append((traits, keys))
    digest = sha256(msgspec.json.encode(made, order="sorted")).hexdigest()[:16]
    assert MADE.get(RULES) == digest, (
        "raise RULES in model/facts/likeness.py, so that leads of earlier versions get what these "
        "rules "
        f"make of them, and note here that it is {digest}"
    )
